"""`sourcier index status | verify | publish | rollback | restore | history`: in use, and before."""

from collections.abc import Sequence
from pathlib import Path

from rich.table import Column, Table
from rich.text import Text
from typer import Context

from assistant.cli import adding, index_build, law
from assistant.cli.actions import Actions
from assistant.cli.adding import decisions_of
from assistant.cli.index_build import NAME, ask_gate_once, chosen
from assistant.cli.options import ACTING_USER, AS_JSON, Terminal, argument, flag, option
from assistant.journal.journal import journal_of
from assistant.law.state_dates import state_range
from assistant.publishing.decisions import read_candidate
from assistant.publishing.history import index_events, restorable
from assistant.publishing.sources import Standing, standing_of
from assistant.publishing.storage import manifest_of
from assistant.retrieval.tuning import tuning_for
from ingestion.durable import lock_for_writing
from ingestion.errors import DamagedSnapshot
from ingestion.index.publication import finished, read_manifest, served_name, verify_snapshot
from ingestion.index.store import Manifest
from ingestion.library.library import Library
from ingestion.library.readings import LibraryEntry
from ingestion.tenders.dossiers import Dossiers

OK, BROKEN = 0, 1


actions = Actions("index")


@actions.action("status")
def _status(
    ctx: Context,
    shows_files: bool = flag("--files", "nomme aussi les fichiers ajoutés"),
    shows_warnings: bool = flag("--warnings", "montre les avertissements de l'index en service"),
) -> int:
    """Show the indexes and what was added; the exit code says whether one is in service."""
    console, home = Terminal(), ctx.obj
    current, entries = served_name(home), Library(home).entries
    published = manifest_of(home, current)
    _show_indexes(console, home, current)
    _show_added(console, published, entries)
    _show_warnings(console, published.warnings if published else (), are_told=shows_warnings)
    if dossiers := Dossiers(home).all():
        console.print(f"Dossiers : {len(dossiers)} (voir : sourcier dossier list)")
    if shows_files and entries:
        files = Table("fichier", "emploi")
        for entry in entries:
            files.add_row(entry.source, entry.kind)
        console.print(files)
    return OK if current in finished(home) else BROKEN


def _show_indexes(console: Terminal, home: Path, current: str | None) -> None:
    name_column = Column("index", no_wrap=True)  # it is copied into the other commands
    table = Table(
        "", name_column, "construit le", "documents", "passages", "textes à jour", "modèle"
    )
    for name in finished(home):
        table.add_row("▶" if name == current else "", name, *_described(home, name))
    console.print(table if table.row_count else "Aucun index. Lancez : sourcier index build")
    if current is not None:
        console.print(f"▶ En service : {current}")
    if waiting := read_candidate(home):
        console.print(f"Candidat, qui attend une décision : {waiting.generation}")


def _show_added(
    console: Terminal, published: Manifest | None, entries: Sequence[LibraryEntry]
) -> None:
    added, served = {each.source for each in entries}, set(published.sources if published else ())
    waiting = [each for each in entries if standing_of(each, published) is Standing.WAITING]
    console.print(
        f"Fichiers ajoutés : {len(added)}, dont pas encore en service : {len(waiting)}. "
        f"Retirés mais encore en service : {len(served - added)}."
    )


def _show_warnings(console: Terminal, warnings: Sequence[str], *, are_told: bool) -> None:
    if warnings and not are_told:
        console.print(f"Avertissements : {len(warnings)} (voir : sourcier index status --warnings)")
    for warning in warnings if are_told else ():
        console.print(warning, style="yellow")


def _described(home: Path, name: str) -> tuple[str, ...]:
    try:
        manifest = read_manifest(home, name)
    except DamagedSnapshot:
        return ("abîmé",)
    return (
        f"{manifest.created_at.astimezone():%d/%m/%Y %H:%M}",
        str(manifest.documents),
        str(manifest.passages),
        state_range(manifest),
        _embedder(manifest.embedder),
    )


def _embedder(name: str) -> str:
    """An embedder, and whether the ranking was fitted with it."""
    return f"{name} (classement non réglé pour lui)" if tuning_for(name).is_neutral else name


REASON = option("--reason RAISON", "gardée au journal", default="")


@actions.action("diff")
def _diff(
    ctx: Context,
    old: str | None = argument(
        "ANCIEN", "défaut : celui construit juste avant l'autre", default=None
    ),
    new: str | None = argument("NOUVEAU", "défaut : l'index en service", default=None),
    as_json: bool = AS_JSON,
) -> int:
    return law.show_changes(ctx.obj, old, new, as_json)


@actions.action("verify")
def _verify(ctx: Context, name: str | None = NAME) -> int:
    """Read an index again; raises DamagedSnapshot."""
    name = chosen(ctx.obj, name)
    with Terminal().status(Text(f"Vérification de {name}…")):
        verify_snapshot(ctx.obj, name)
    Terminal().print(f"L'index {name} est intact.")
    return OK


@actions.action("publish")
def _publish(
    ctx: Context,
    name: str | None = NAME,
    is_forced: bool = flag("--force", "malgré les questions de contrôle, avec --reason"),
    reason: str = REASON,
    user: str = ACTING_USER,
) -> int:
    home, name, console = ctx.obj, chosen(ctx.obj, name), Terminal()
    with lock_for_writing(home) as assure:
        if not is_forced:
            ask_gate_once(home, name, user, console, assure)
        with console.status(Text(f"Vérification de {name} avant sa mise en service…")):
            decisions_of(home, user).publish(name, reason, force=is_forced)
    console.print(f"L'index {name} est en service.")
    return OK


@actions.action("rollback")
def _rollback(ctx: Context, reason: str = REASON, user: str = ACTING_USER) -> int:
    console = Terminal()
    with lock_for_writing(ctx.obj), console.status("Vérification avant le retour…"):
        name = decisions_of(ctx.obj, user).rollback(reason)
    console.print(f"L'index {name} est de nouveau en service.")
    return OK


@actions.action("history")
def _history(ctx: Context) -> int:
    """Show every act on the index, the latest first, and what may be put back."""
    home, console = ctx.obj, Terminal()
    journal, kept, served = journal_of(home), finished(home), served_name(home)
    table = Table("le", "acte", Column("index", no_wrap=True), "par", "raison")
    for event in reversed(tuple(index_events(journal))):
        place = "en service" if event.generation == served else "conservé"
        told = f"{event.generation} ({place if event.generation in kept else 'plus conservé'})"
        why = " ".join(filter(None, (event.reason, *event.findings)))
        table.add_row(f"{event.at.astimezone():%d/%m/%Y %H:%M}", event.told, told, event.user, why)
    console.print(table if table.row_count else "Rien n'a encore été fait de l'index.")
    for name in restorable(home, journal, served):
        console.print(f"Peut être remis en service : sourcier index restore {name}")
    return OK


@actions.action("restore")
def _restore(
    ctx: Context,
    name: str = argument("INDEX", "son nom, comme dans sourcier index history"),
    reason: str = REASON,
    user: str = ACTING_USER,
) -> int:
    console = Terminal()
    with lock_for_writing(ctx.obj), console.status("Vérification avant la remise en service…"):
        decisions_of(ctx.obj, user).restore(name, reason)
    console.print(f"L'index {name} est de nouveau en service.")
    return OK


app = Actions("index")
for each in (adding.app, index_build.app, actions):
    app.add_typer(each)
