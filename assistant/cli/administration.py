"""`sourcier mcp | backup | restore | migrate | doctor`: what this machine serves and keeps.

Door of rich, for these.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text
from typer import Context

from assistant.cli.actions import Actions
from assistant.cli.options import (
    ACTING_USER,
    Steps,
    Terminal,
    argument,
    flag,
    number,
    option,
    port_option,
    print_json,
    progress_bars,
)
from assistant.errors import WrongSettings
from assistant.journal.journal import journal_of
from assistant.settings import load_settings
from ingestion.progress import StepProgress

if TYPE_CHECKING:
    from assistant.operations.readiness import Requirement
    from assistant.tools.tool import ToolService


OK, BROKEN = 0, 1


LEDGER_STAYS = (
    "Factures et achats restent où ils sont : leur réglage est « ledger ». Pour les mettre sur un "
    'serveur, écrivez ledger = "postgresql://…" dans settings.toml, puis réimportez leurs '
    "fichiers (sourcier invoices import, sourcier purchases import)."
)


app = Actions()


@app.action("backup")
def _back_up_all(
    ctx: Context,
    out: Path | None = option("--out FICHIER", "défaut : daté, dans ce dossier", Path),
    user: str = ACTING_USER,
) -> int:
    from assistant.publishing.backup import back_up, backup_name

    home, console, began = ctx.obj, Terminal(), monotonic()
    path = out or Path(backup_name(datetime.now()))
    with console.status("Sauvegarde…"):
        made = back_up(home, path, journal_of(home), user)
    console.print(
        Text(
            f"{made.path} : {made.files} fichiers, {made.size / 1e6:.0f} Mo, en "
            f"{monotonic() - began:.1f} s."
        )
    )
    return OK


@app.action("restore", like="backup")
def _restore_all(
    ctx: Context,
    file: Path = argument("FICHIER", read=Path),
    place: Path | None = option(
        "--data DOSSIER", "où restaurer : un dossier vide (défaut : le dossier des données)", Path
    ),
    user: str = ACTING_USER,
) -> int:
    """Put everything back, verified; the exit code says whether something is wrong with it."""
    from assistant.publishing.restoration import restore

    home, console, began = place or ctx.obj, Terminal(), monotonic()
    with console.status("Restauration et vérification…"):
        found = restore(file, home, user)
    console.print(
        Text(
            f"{home} : {found.files} fichiers restaurés et vérifiés, {len(found.indexes)} index, "
            f"{found.entries} enregistrements au journal, en {monotonic() - began:.1f} s."
        )
    )
    for problem in found.problems:
        console.print(Text(problem, style="red"))
    return BROKEN if found.problems else OK


@app.action("migrate")
def _migrate_all(
    ctx: Context,
    to: str = option("--to ADRESSE", "le serveur où les mettre", default=""),
    back: str = option("--from ADRESSE", "le serveur d'où les reprendre", default=""),
) -> int:
    from assistant.publishing.migration import migrate
    from ingestion.postgresql import STORE

    if bool(to) == bool(back):
        raise WrongSettings("Donnez --to ADRESSE, ou --from ADRESSE : postgresql://…")
    STORE.refuse_password(to or back, "--to" if to else "--from")
    console, began = Terminal(), monotonic()
    with progress_bars(console) as bars:
        moved = migrate(ctx.obj, back, to, Steps(bars))
    console.print(
        Text(
            f"{len(moved.snapshots)} index, {moved.lines} lignes du journal, {moved.archived} "
            f"documents archivés, {moved.files} fichiers ajoutés, {moved.dossiers} dossiers et "
            f"{moved.accounts} comptes, les mêmes aux deux endroits (sha256 du journal : "
            f"{moved.sha256}), en {monotonic() - began:.1f} s."
        )
    )
    console.print(Text(_next_setting(ctx.obj, to)))
    console.print(Text(LEDGER_STAYS))
    return OK


def _next_setting(home: Path, to: str) -> str:
    """What is to be written in the settings for the other place to be used."""
    path = home / "settings.toml"
    if to:
        return f'Pour vous en servir, écrivez dans {path} : store = "{to}"'
    return f"Pour vous en servir, retirez la ligne « store » de {path}."


# `sourcier mcp`: the tools, served by standard input and output to who starts it.


@app.action("mcp")
def _serve_tools(ctx: Context) -> int:
    """Answer from the first message on, while the models are still being loaded."""
    from assistant.tools.server import serve_by_stdio  # takes a second to import

    serve_by_stdio(partial(_service, ctx.obj))
    return 0


def _service(home: Path) -> "ToolService":
    """The service of who uses this machine."""
    from assistant.container import load_assistant, load_embedder
    from assistant.web.local_service import LocalBuyerService

    settings = load_settings(home)
    assistant = load_assistant(home, settings)
    return LocalBuyerService(home, assistant, partial(load_embedder, home, settings))


# `sourcier doctor`: the check of an installation.


_STATE_STYLES = {"ok": "green", "warning": "yellow", "broken": "red"}


@app.action("doctor")
def _examine(
    ctx: Context,
    port: int = port_option("port du service"),
    oldest: int | None = option(
        "--oldest JOURS",
        "âge que l'index ne doit pas dépasser (défaut : signalé après 90 jours)",
        number(1, 10000, "un nombre de jours"),
    ),
    as_json: bool = flag("--json", "un objet JSON, pour les programmes"),
) -> int:
    """Examine, tell, and say by the exit code whether something is to be repaired."""
    from assistant.container import chosen_embedder, server_absence  # takes seconds to import
    from assistant.operations.checkup import examine
    from assistant.operations.installation import Installation
    from assistant.operations.readiness import holds, requirement_fields

    limit = timedelta(days=oldest) if oldest else None
    place = Installation(ctx.obj, port, partial(chosen_embedder, ctx.obj), server_absence, limit)
    with _step_by_step() as begun:
        found = tuple(examine(place, begun))
    if as_json:
        print_json({"status": "ok" if holds(found) else "broken", **requirement_fields(found)})
    else:
        _show_checked(found)
    return OK if holds(found) else BROKEN


@contextmanager
def _step_by_step() -> Iterator[StepProgress]:
    """A bar of the steps, which goes once they are done."""
    columns = TextColumn("Vérification : {task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Terminal(is_stderr=True), transient=True) as bar:
        task = bar.add_task("…", total=None)

        def begun(step: str, done: int, total: int) -> None:
            bar.update(task, description=step, completed=done, total=total)

        yield begun


def _show_checked(found: "Sequence[Requirement]") -> None:
    console = Terminal()
    for each in found:
        line = Text.assemble(
            (each.state.mark, _STATE_STYLES[each.state]), f" {each.name} : {each.told}"
        )
        console.print(line, soft_wrap=True)
        if each.remedy:
            console.print(Text(f"    → {each.remedy}"), soft_wrap=True)
    wrong = sum(each.state == "broken" for each in found)
    told = f"{wrong} à réparer." if wrong else "Rien n'est à réparer."
    console.print(Text(told, style="bold"))
