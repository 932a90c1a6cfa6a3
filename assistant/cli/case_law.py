"""`sourcier decisions install | update | status`: what administrative courts decided."""

from pathlib import Path
from urllib.parse import urljoin

from rich.console import Console
from typer import Context

from assistant.cli.options import (
    ACTING_USER,
    Steps,
    Terminal,
    both,
    in_units,
    option,
    progress_bars,
)
from assistant.cli.usage import Actions
from assistant.publishing.build_record import Recorder, recorded
from assistant.settings import Settings, load_settings
from ingestion.case_law.installation import (
    CaseLawCopy,
    RulingsFound,
    case_law_home,
    gather,
    make_searchable,
)
from ingestion.durable import lock_for_writing, require_space
from ingestion.index.publication import current_name, read_manifest
from ingestion.legislation.dila import DilaServer
from ingestion.legislation.legi import DilaFund
from ingestion.legislation.mirror import (
    ArchiveFolder,
    ArchivePlan,
    ArchiveSource,
    ListedArchive,
    plan_gathering,
)

OK = 0

ROOM = 2_000_000_000
"""Bytes that twenty thousand decisions, their vectors and their index may take."""

SHOWN = 10
READING = "Lecture des archives"

ABOUT = (
    "Décisions du Conseil d'État et des cours administratives d'appel qui citent le code de la "
    "commande publique, ou les textes d'avant. Elles se demandent à part (« jurisprudence sur "
    "l'allotissement ») et ne sont jamais citées comme la règle."
)
EPILOG = """\
exemples :
  sourcier decisions install                      depuis le serveur de la DILA (fonds JADE)
  sourcier decisions install --from /media/disque archives apportées sur un disque
  sourcier decisions update                       celles qui ont paru depuis
  sourcier decisions status                       ce qui est installé

Sans cette commande, aucune décision n'est lue. L'adresse est voisine de celle des textes : le
dossier JADE à côté de celui de « law_source », dans settings.toml. L'archive complète fait plus
d'un gigaoctet et passe sans toucher le disque ; calculer les vecteurs des décisions gardées prend
ensuite des heures sur deux cœurs. Une coupure est reprise ; après un arrêt, les archives déjà lues
en entier ne le sont pas de nouveau.
"""

app = Actions(ABOUT, EPILOG)
FOLDER = option(
    "--from DOSSIER", "dossier d'archives JADE (.tar.gz), au lieu du réseau", Path, default=None
)


@app.action("install", "installe les décisions publiées par la DILA", ABOUT, EPILOG)
def _install(ctx: Context, folder: Path | None = FOLDER, user: str = ACTING_USER) -> int:
    return _bring(ctx.obj, folder, user)


@app.action("update", "prend celles qui ont paru depuis", epilog=EPILOG)
def _update(ctx: Context, folder: Path | None = FOLDER, user: str = ACTING_USER) -> int:
    if CaseLawCopy(ctx.obj).installed is None:
        Terminal().print("Aucune décision n'est installée. Lancez : sourcier decisions install")
        return 1
    return _bring(ctx.obj, folder, user)


@app.action("status", "dit ce qui est installé")
def _status(ctx: Context) -> int:
    _tell_installed(ctx.obj, Terminal())
    return OK


def _bring(home: Path, folder: Path | None, user: str) -> int:
    """From archives to an index that can be asked; the exit code."""
    settings, console, copy = load_settings(home), Terminal(), CaseLawCopy(home)
    source = _source(settings.law_source, folder)
    with copy.alone(), recorded(copy.folder, user) as record:
        reached = copy.reached
        plan = plan_gathering(source.listing(), reached.moment if reached else None)
        require_space(home, ROOM)
        _tell_plan(plan, console)
        with progress_bars(console, in_bytes=True) as bars:
            tell = both(Steps(bars), record)
            gather(
                copy,
                source,
                plan,
                lambda done, total: tell(READING, done, total),
                lambda archive, found: _tell_archive(archive, found, bars.console),
            )
        _index(home, settings, copy, record, console)
    _tell_installed(home, console)
    return OK


def _index(
    home: Path, settings: Settings, copy: CaseLawCopy, record: Recorder, console: Console
) -> None:
    """Keep what was gathered, and make it searchable."""
    from assistant.container import load_embedder  # the library of models takes seconds to import

    with lock_for_writing(copy.folder):
        with console.status("Découpage des décisions en considérants…"):
            copy.keep()
        with console.status("Chargement du modèle de vecteurs…"):
            embedder = load_embedder(home, settings)
        with progress_bars(console) as bars:
            make_searchable(home, embedder, both(Steps(bars), record))


def _source(law_source: str, folder: Path | None) -> ArchiveSource:
    """A folder, else the one of decisions that stands beside that of the law."""
    if folder:
        return ArchiveFolder(folder, DilaFund.JADE)
    beside = urljoin(f"{law_source.rstrip('/')}/", f"../{DilaFund.JADE}/")
    return DilaServer(beside, fund=DilaFund.JADE)


def _tell_plan(plan: ArchivePlan, console: Console) -> None:
    """What will be read, and its size."""
    if not plan.archives:
        console.print("Aucune archive n'est plus récente que ce qui est installé.")
        return
    first, last = plan.archives[0], plan.archives[-1]
    console.print(
        f"Archives à lire : {len(plan.archives)}, du {first.moment:%d/%m/%Y} au "
        f"{last.moment:%d/%m/%Y}, {in_units(plan.size)}. Le disque ne garde que les décisions de "
        "la commande publique.",
        soft_wrap=True,
    )


def _tell_archive(archive: ListedArchive, found: RulingsFound, console: Console) -> None:
    """What an archive had that someone should know."""
    console.print(f"{archive.name}, décisions gardées : {found.kept}.", soft_wrap=True)
    for refusal in found.refused[:SHOWN]:
        told = f"{archive.name}, {refusal.name} : {refusal.reason}"
        console.print(told, style="yellow", soft_wrap=True)
    if (rest := len(found.refused) - SHOWN) > 0:
        console.print(f"… et {rest} autres fichiers refusés.", style="yellow")


def _tell_installed(home: Path, console: Console) -> None:
    folder, installed = case_law_home(home), CaseLawCopy(home).installed
    if installed is None or not (folder / "current").exists():
        console.print("Aucune décision n'est installée. Pour le faire : sourcier decisions install")
        return
    manifest = read_manifest(folder, current_name(folder))
    console.print(
        f"Décisions : {manifest.documents}, considérants : {manifest.passages}, à jour du "
        f"{installed.moment:%d/%m/%Y}.",
        soft_wrap=True,
    )
