"""`sourcier law install | update` and `decisions`: from DILA’s archives to an index in use."""

import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urljoin

from rich.console import Console
from typer import Context

from assistant.cli import adding
from assistant.cli.actions import Actions
from assistant.cli.index_build import build_all
from assistant.cli.options import (
    ACTING_USER,
    Steps,
    Terminal,
    both,
    flag,
    in_units,
    option,
    progress_bars,
)
from assistant.publishing.build_record import Recorder, recorded
from assistant.publishing.official_texts import doubts, keep, require_articles
from assistant.publishing.schedule import units_of_law
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
from ingestion.legislation.archive_files import DilaFund
from ingestion.legislation.articles import SourceRefusal
from ingestion.legislation.dila import DilaServer
from ingestion.legislation.mirror import (
    ArchiveFolder,
    ArchivePlan,
    ArchiveSource,
    ListedArchive,
    plan_gathering,
    plan_installation,
    plan_update,
)
from ingestion.legislation.official_copy import ChosenText, OfficialCopy, Sifted, chosen_texts, take
from ingestion.library.library import Library
from ingestion.tenders.dossiers import provided_additions

OK, INCOMPLETE = 0, 1

ROOM = 300_000_000
"""Bytes that the texts, and the index made of them, may take besides what is there."""

SPEEDS = (100, 20)
"""Megabits a second of the lines for which the time is told."""

SHOWN = 10
READING = "Lecture des archives"
UP_TO_DATE = "Aucune archive n'est plus récente que ce qui est installé."


app = Actions()
FOLDER = option(
    "--from DOSSIER", "dossier d'archives LEGI (.tar.gz), au lieu du réseau", Path, default=None
)
LEFT = flag("--no-publish", "laisse toujours décider")


@app.action("law install")
def _install(
    ctx: Context, folder: Path | None = FOLDER, is_left: bool = LEFT, user: str = ACTING_USER
) -> int:
    return _bring(ctx.obj, folder, plan_installation, user, is_left)


@app.action("law update")
def _update(
    ctx: Context,
    folder: Path | None = FOLDER,
    is_left: bool = LEFT,
    shows_units: bool = flag("--units", "affiche les unités systemd d'une mise à jour par semaine"),
    user: str = ACTING_USER,
) -> int:
    if shows_units:
        command = (sys.executable, "-m", "assistant.cli", "--data", str(ctx.obj.absolute()))
        sys.stdout.write(units_of_law(command))
        return OK
    return _bring(ctx.obj, folder, plan_update, user, is_left)


Planner = Callable[[tuple[ListedArchive, ...], datetime | None], ArchivePlan]


def _bring(home: Path, folder: Path | None, planner: Planner, user: str, is_left: bool) -> int:
    """From archives to an index in service; the exit code."""
    console, copy = Terminal(), OfficialCopy(home)
    source = _source(load_settings(home).law_source, folder, DilaFund.LEGI)
    with copy.alone(), recorded(copy.folder, user) as record:
        plan = planner(source.listing(), copy.moment)
        require_space(home, ROOM)
        _tell_plan(plan, console)
        _take(copy, source, plan, record, console)
        _keep(home, copy, user, console)
    code = build_all(
        home, user, is_left=is_left, doubts=lambda home, name: doubts(home, name, date.today())
    )
    _tell_reached(copy, console, is_served=code == OK and not is_left)
    return code or (INCOMPLETE if plan.beyond else OK)


def _tell_plan(plan: ArchivePlan, console: Console) -> None:
    """What will be read, its size, the time that it takes, and what is not there."""
    for archive in plan.archives:
        if archive.is_complete:
            console.print(f"Archive complète du {archive.moment:%d/%m/%Y} : {_size(archive.size)}.")
    daily = [archive for archive in plan.archives if not archive.is_complete]
    if daily:
        console.print(
            f"Archives quotidiennes : {len(daily)}, du {daily[0].moment:%d/%m/%Y} au "
            f"{daily[-1].moment:%d/%m/%Y}, {_size(sum(each.size for each in daily))}."
        )
    if plan.size:
        times = [f"{_minutes(plan.size, speed)} à {speed} Mbit/s" for speed in SPEEDS]
        console.print(
            f"À lire : {_size(plan.size)}, soit {', '.join(times)}. Le disque n'en garde que "
            "quelques dizaines de Mo.",
            soft_wrap=True,
        )
    if not plan.archives:
        console.print(UP_TO_DATE)
    _tell_missing(plan, console)


def _tell_missing(plan: ArchivePlan, console: Console) -> None:
    if plan.missing:
        days = ", ".join(f"{day:%d/%m/%Y}" for day in plan.missing[:SHOWN])
        rest = f" et {len(plan.missing) - SHOWN} autres" if len(plan.missing) > SHOWN else ""
        console.print(
            f"Aucune archive pour ces jours : {days}{rest}. Si le droit a changé ces jours-là, "
            "cela manquera.",
            style="yellow",
            soft_wrap=True,
        )
    if plan.beyond:
        last = plan.archives[-1].moment if plan.archives else None
        since = f"depuis celle du {last:%d/%m/%Y}" if last else "depuis ce qui est installé"
        console.print(
            f"Il manque trop d'archives {since} : celle du {plan.beyond.moment:%d/%m/%Y} et les "
            "suivantes ne sont pas prises. Reprenez par une archive complète plus récente : "
            "sourcier law install",
            style="red",
            soft_wrap=True,
        )


def _take(
    copy: OfficialCopy, source: ArchiveSource, plan: ArchivePlan, record: Recorder, console: Console
) -> None:
    if not plan.archives:
        return
    with progress_bars(console, in_bytes=True) as bars:
        tell = both(Steps(bars), record)
        take(
            copy,
            source,
            plan,
            chosen_texts(),
            lambda done, total: tell(READING, done, total),
            lambda archive, found: _tell_archive(archive, found, bars.console),
        )


def _tell_archive(archive: ListedArchive, found: Sifted, console: Console) -> None:
    """What an archive has that someone should know."""
    for title in found.foreign:
        told = f"{archive.name} : « {title} » n'est pas le texte attendu, laissé de côté."
        console.print(told, style="yellow", soft_wrap=True)
    _tell_refused(archive, found.changes.refused, console)
    if archive.is_complete:
        for absent in found.absent:
            named = f"{absent.title} ({absent.id})" if absent.id else absent.title
            told = f"Pas dans l'archive : {named}."
            console.print(told, style="yellow", soft_wrap=True)


def _tell_refused(
    archive: ListedArchive, refused: Sequence[SourceRefusal], console: Console
) -> None:
    for each in refused[:SHOWN]:
        told = f"{archive.name}, {each.name} : {each.reason}"
        console.print(told, style="yellow", soft_wrap=True)
    if (rest := len(refused) - SHOWN) > 0:
        console.print(f"… et {rest} autres fichiers refusés.", style="yellow")


def _keep(home: Path, copy: OfficialCopy, user: str, console: Console) -> None:
    """Put the texts into the library, beside the built-in corpus."""
    for article in require_articles(copy, _required().id, date.today()):
        console.print(f"Le code lu n'a pas d'article {article} en vigueur.", style="yellow")
    decisions = adding.decisions_of(home, user)
    with lock_for_writing(home):
        if not Library(home).entries:
            adding.add_all(home, provided_additions(home), console, decisions)
        counted = {text: len(versions) for text, versions in copy.versions().items()}
        for name in keep(home, copy, decisions):
            text = name.removesuffix(".jsonl")
            console.print(f"{text} : {counted[text]} versions d'articles gardées.")


def _required() -> ChosenText:
    return next(each for each in chosen_texts() if each.required)


def _tell_reached(copy: OfficialCopy, console: Console, *, is_served: bool) -> None:
    if installed := copy.installed:
        served = "" if is_served else " : ils sont gardés, aucun index en service ne les a encore"
        console.print(
            f"Textes officiels à jour du {installed.moment:%d/%m/%Y}{served}.", soft_wrap=True
        )


def _size(size: int) -> str:
    return in_units(size) if size else "taille inconnue"


def _minutes(size: int, speed: int) -> str:
    return f"{max(1, round(size * 8 / speed / 1e6 / 60))} min"


# `sourcier decisions install | update | status`: what administrative courts decided.


RULINGS_ROOM = 2_000_000_000
"""Bytes that twenty thousand decisions, their vectors and their index may take."""


rulings = Actions("decisions")
RULINGS_FOLDER = option(
    "--from DOSSIER", "dossier d'archives JADE (.tar.gz), au lieu du réseau", Path, default=None
)


@rulings.action("install", like="decisions")
def _install_rulings(
    ctx: Context, folder: Path | None = RULINGS_FOLDER, user: str = ACTING_USER
) -> int:
    return _bring_rulings(ctx.obj, folder, user)


@rulings.action("update", like="decisions")
def _update_rulings(
    ctx: Context, folder: Path | None = RULINGS_FOLDER, user: str = ACTING_USER
) -> int:
    if CaseLawCopy(ctx.obj).installed is None:
        Terminal().print("Aucune décision n'est installée. Lancez : sourcier decisions install")
        return 1
    return _bring_rulings(ctx.obj, folder, user)


@rulings.action("status")
def _status(ctx: Context) -> int:
    _tell_installed(ctx.obj, Terminal())
    return OK


def _bring_rulings(home: Path, folder: Path | None, user: str) -> int:
    """From archives to an index that can be asked; the exit code."""
    settings, console, copy = load_settings(home), Terminal(), CaseLawCopy(home)
    # Its folder stands beside that of the law.
    beside = urljoin(f"{settings.law_source.rstrip('/')}/", f"../{DilaFund.JADE}/")
    source = _source(beside, folder, DilaFund.JADE)
    with copy.alone(), recorded(copy.folder, user) as record:
        plan = plan_gathering(source.listing(), copy.moment)
        require_space(home, RULINGS_ROOM)
        _tell_rulings_plan(plan, console)
        with progress_bars(console, in_bytes=True) as bars:
            tell = both(Steps(bars), record)
            gather(
                copy,
                source,
                plan,
                lambda done, total: tell(READING, done, total),
                lambda archive, found: _tell_rulings_archive(archive, found, bars.console),
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


def _source(address: str, folder: Path | None, fund: DilaFund) -> ArchiveSource:
    return ArchiveFolder(folder, fund) if folder else DilaServer(address, fund=fund)


def _tell_rulings_plan(plan: ArchivePlan, console: Console) -> None:
    """What will be read, and its size."""
    if not plan.archives:
        console.print(UP_TO_DATE)
        return
    first, last = plan.archives[0], plan.archives[-1]
    console.print(
        f"Archives à lire : {len(plan.archives)}, du {first.moment:%d/%m/%Y} au "
        f"{last.moment:%d/%m/%Y}, {in_units(plan.size)}. Le disque ne garde que les décisions de "
        "la commande publique.",
        soft_wrap=True,
    )


def _tell_rulings_archive(archive: ListedArchive, found: RulingsFound, console: Console) -> None:
    """What an archive had that someone should know."""
    console.print(f"{archive.name}, décisions gardées : {found.kept}.", soft_wrap=True)
    _tell_refused(archive, found.refused, console)


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


app.add_typer(rulings, name="decisions")
