"""`sourcier notices fetch`: notices of the BOAMP, listed or put into a dossier. Door of rich."""

import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path

from rich.table import Table
from typer import BadParameter, Context

from assistant.accounts.identity import ALONE
from assistant.cli.dossier_pieces import filing_of, show_receipts
from assistant.cli.options import (
    AS_JSON,
    CPV,
    SINCE,
    UNTIL,
    Steps,
    Terminal,
    argument,
    number,
    option,
    print_json,
    progress_bars,
)
from assistant.cli.usage import Actions
from assistant.journal.journal import journal_of
from assistant.settings import load_settings
from assistant.tenders.published_notices import add_published, list_published
from ingestion.opendata.fetching import FoundNotices, PublicDataCriteria, notices_where
from ingestion.opendata.portal import REACH, OpenDataset

OK, BROKEN, NONE = 0, 1, 3

EPILOG = """\
exemples :
  sourcier notices fetch --buyer "Commune de Vernon" --since 2026-01-01
  sourcier notices fetch --cpv 45210000 --since 2026-11-01 --json
  sourcier notices fetch 26-127510 --into ecole-2026

Ces données sont publiques (Licence Ouverte), sans compte ni clé. Rien n'est demandé sans cette
commande, et le journal en garde la trace. Un seul serveur est demandé, par le mandataire de
l'environnement (https_proxy). Autre adresse, dans settings.toml :
  notices_source = "https://miroir.exemple.fr/api/explore/v2.1/catalog/datasets/boamp/"
"""

app = Actions(
    "Les avis publiés au BOAMP, demandés au portail de la DILA quand vous le dites.", EPILOG
)


@app.action(
    "fetch",
    "cherche des avis, ou en met un dans un dossier",
    "Demande au portail de la DILA les avis d'un acheteur ou d'un domaine, parus entre deux jours, "
    "les plus récents d'abord ; avec --into, met l'avis d'un numéro dans un dossier.",
    EPILOG,
)
def _fetch(
    ctx: Context,
    notice: str | None = argument("NUMÉRO", "le numéro d'un avis, avec --into", default=None),
    buyer: str = option("--buyer NOM", "l'acheteur : nom, SIRET ou SIREN", default=""),
    cpv: str = CPV,
    since: date | None = SINCE,
    until: date | None = UNTIL,
    most: int = option(
        "--most NOMBRE",
        "combien d'avis au plus",
        number(1, REACH, f"un nombre entre 1 et {REACH}"),
        default=50,
    ),
    dossier: str | None = option("--into DOSSIER", "met cet avis parmi les pièces d'un dossier"),
    as_json: bool = AS_JSON,
) -> int:
    dataset = OpenDataset(load_settings(ctx.obj).notices_source, "notices_source")
    if (notice is None) != (dossier is None):
        raise BadParameter(
            "NUMÉRO et --into DOSSIER vont ensemble ; sans eux, les avis sont listés"
        )
    if notice is not None and dossier is not None:
        return _put(ctx.obj, dataset, notice, dossier, as_json=as_json)
    where = notices_where(PublicDataCriteria(buyer, cpv, since, until))
    return _list(ctx.obj, dataset, where, most, as_json=as_json)


def _put(home: Path, dataset: OpenDataset, notice: str, dossier: str, *, as_json: bool) -> int:
    with progress_bars(Terminal(is_stderr=True)) as bars:
        receipts = add_published(
            dataset, notice, filing_of(home), dossier, journal_of(home), ALONE.user, Steps(bars)
        )
    if not receipts:
        sys.stderr.write(f"Il n'y a pas d'avis {notice} sur {dataset.host}.\n")
        return NONE
    show_receipts(receipts, as_json=as_json)
    return OK if any(receipt.entry for receipt in receipts) else BROKEN


def _list(home: Path, dataset: OpenDataset, where: str, most: int, *, as_json: bool) -> int:
    with progress_bars(Terminal(is_stderr=True)) as bars:
        bar = bars.add_task(f"Avis de {dataset.host}", total=None)
        found = list_published(
            dataset,
            where,
            most,
            journal_of(home),
            ALONE.user,
            lambda done: bars.update(bar, completed=done),
        )
    if as_json:
        print_json({**asdict(found), "notices": [asdict(each) for each in found.notices]})
    else:
        _show(found)
    return OK if found.notices else NONE


def _show(found: FoundNotices) -> None:
    console = Terminal()
    if not found.notices:
        console.print("Aucun avis publié ne correspond.")
        return
    table = Table("numéro", "parution", "limite", "nature", "acheteur", "objet")
    for each in found.notices:
        nature = f"{each.nature} ({each.state.lower()})" if each.state else each.nature
        table.add_row(each.number, each.published, each.deadline, nature, each.buyer, each.subject)
    console.print(table)
    shown = len(found.notices)
    rest = f" sur {found.total} (--most en montre davantage)" if found.total > shown else ""
    console.print(
        f"{shown} avis{rest}. Pour en lire un : sourcier notices fetch NUMÉRO --into DOSSIER",
        soft_wrap=True,
    )
