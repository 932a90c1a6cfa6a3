"""`sourcier purchases fetch`: published contracts, asked of their portal and imported."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from typer import Context

from assistant.accounts.identity import ALONE
from assistant.cli.ledger_import import import_order
from assistant.cli.options import AS_JSON, Terminal, flag, option, progress_bars
from assistant.cli.public_data import CPV, SINCE, UNTIL, criteria_of
from assistant.cli.usage import Actions
from assistant.journal.journal import journal_of
from assistant.ledger.service import FETCHED, fetch_published
from assistant.settings import load_settings
from ingestion.ledger.importing import ImportOrder
from ingestion.ledger.rows import FileKind
from ingestion.opendata.criteria import contracts_where
from ingestion.opendata.fetching import FetchedFile
from ingestion.opendata.portal import OpenDataset

NONE = 3

EPILOG = """\
exemples :
  sourcier purchases fetch --buyer 21270681800012 --since 2026-01-01
  sourcier purchases fetch --buyer 212706818 --cpv 45 --preview

Ces données sont publiques (Licence Ouverte), sans compte ni clé. Rien n'est demandé sans cette
commande ; le journal garde l'adresse, le jour et l'empreinte de ce qui est venu, et le dossier
« fetched » le fichier. Un seul serveur est demandé, par le mandataire de l'environnement
(https_proxy). Autre adresse, dans settings.toml :
  purchases_source = "https://miroir.exemple.fr/api/explore/v2.1/catalog/datasets/decp/"
Ces données ne donnent ni le nom de l'acheteur, ni celui des titulaires : leurs SIRET seulement.
"""

BUYER = option("--buyer SIRET", "l'acheteur : SIRET (14 chiffres) ou SIREN (9 chiffres)")


def add_action(actions: Actions) -> None:
    """Add the action to those on purchases."""
    actions.action(
        "fetch",
        "demande des marchés publiés (DECP) et les enregistre",
        "Demande au portail de l'État les marchés d'un acheteur ou d'un domaine, notifiés entre "
        "deux jours, et les enregistre comme un fichier importé : tous, ou aucun.",
        EPILOG,
    )(_fetch)


def _fetch(
    ctx: Context,
    buyer: str | None = BUYER,
    cpv: str | None = CPV,
    since: date | None = SINCE,
    until: date | None = UNTIL,
    is_preview: bool = flag("--preview", "montre ce qui serait enregistré, sans le faire"),
    as_json: bool = AS_JSON,
) -> int:
    where = contracts_where(criteria_of(buyer, cpv, since, until))
    with _folder(ctx.obj, is_preview=is_preview) as folder:
        fetched = _fetched(ctx.obj, where, folder)
        if fetched is None:
            Terminal(is_stderr=True).print("Aucun marché publié ne correspond.")
            return NONE
        order = ImportOrder(FileKind.PURCHASES, (fetched.path,), {})
        return import_order(ctx.obj, order, is_preview=is_preview, as_json=as_json)


@contextmanager
def _folder(home: Path, *, is_preview: bool) -> Iterator[Path]:
    """Where the file stays, or is until the end of a preview."""
    if not is_preview:
        yield home / FETCHED
        return
    with TemporaryDirectory() as folder:
        yield Path(folder)


def _fetched(home: Path, where: str, folder: Path) -> FetchedFile | None:
    """The file, with a bar while it comes; what it says of itself goes to standard error."""
    dataset = OpenDataset(load_settings(home).purchases_source, "purchases_source")
    console = Terminal(is_stderr=True)
    with progress_bars(console, in_bytes=True) as bars:
        bar = bars.add_task(f"Marchés de {dataset.host}", total=None)
        fetched = fetch_published(
            dataset,
            where,
            folder,
            journal_of(home),
            ALONE.user,
            lambda size: bars.update(bar, completed=size),
        )
    if fetched:
        console.print(
            f"Reçu : {fetched.lines} lignes, {fetched.path.name}, sha256 {fetched.sha256}\n"
            f"De : {fetched.address}\n"
            "Lecture et contrôle des lignes…",
            soft_wrap=True,
        )
    return fetched
