"""`sourcier doctor`: the check of an installation. Door of rich, for it."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text
from typer import Context

from assistant.cli.options import Terminal, flag, number, option, print_json
from assistant.cli.usage import Actions
from assistant.operations.requirements import (
    Requirement,
    RequirementState,
    holds,
    requirement_fields,
)

OK, BROKEN = 0, 1

EPILOG = """\
exemples :
  sourcier doctor                      l'installation de ce compte
  sourcier doctor --oldest 30          en panne si l'index a plus de 30 jours
  sourcier doctor --json | jq '.requirements[] | select(.state != "ok")'

✓ en ordre   ! à savoir   ✗ à réparer : la ligne dit comment. Rien n'est modifié ; le service peut
tourner. Code de sortie : 0, ou 1 quand quelque chose est à réparer.
"""

STYLES = {
    RequirementState.MET: "green",
    RequirementState.WEAK: "yellow",
    RequirementState.BROKEN: "red",
}

app = Actions()


@app.action(
    "doctor",
    "vérifie cette installation, et dit quoi faire",
    "Vérifie ce dont le service a besoin : programme, moteur, poids, index, disque, droits, port, "
    "accès, mises à jour, registre, horloge.",
    EPILOG,
)
def _examine(
    ctx: Context,
    port: int = option(
        "--port PORT",
        "port du service (défaut : 7860)",
        number(1, 65535, "un port (de 1 à 65535)"),
        default=7860,
    ),
    oldest: int | None = option(
        "--oldest JOURS",
        "âge que l'index ne doit pas dépasser (défaut : signalé après 90 jours)",
        number(1, 10000, "un nombre de jours"),
    ),
    as_json: bool = flag("--json", "un objet JSON, pour les programmes"),
) -> int:
    """Examine, tell, and say by the exit code whether something is to be repaired."""
    from assistant.container import chosen_embedder  # takes seconds to import
    from assistant.operations.checkup import Installation, examine

    limit = timedelta(days=oldest) if oldest else None
    place = Installation(ctx.obj, port, partial(chosen_embedder, ctx.obj), limit)
    columns = TextColumn("Vérification : {task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Terminal(is_stderr=True), transient=True) as bar:
        task = bar.add_task("…", total=None)

        def begun(step: str, done: int, total: int) -> None:
            bar.update(task, description=step, completed=done, total=total)

        found = tuple(examine(place, begun))
    if as_json:
        print_json({"status": "ok" if holds(found) else "broken", **requirement_fields(found)})
    else:
        _show(found)
    return OK if holds(found) else BROKEN


def _show(found: Sequence[Requirement]) -> None:
    console = Terminal()
    for each in found:
        line = Text.assemble((each.state.mark, STYLES[each.state]), f" {each.name} : {each.told}")
        console.print(line, soft_wrap=True)
        if each.remedy:
            console.print(Text(f"    → {each.remedy}"), soft_wrap=True)
    wrong = sum(each.state is RequirementState.BROKEN for each in found)
    told = f"{wrong} à réparer." if wrong else "Rien n'est à réparer."
    console.print(Text(told, style="bold"))
