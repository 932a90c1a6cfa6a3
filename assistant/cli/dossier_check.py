"""`sourcier dossier check`: a dossier against the law of its day and itself. Door of rich."""

import argparse
import json
from datetime import date

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from assistant.cli.asking import iso_date
from assistant.cli.terminal import Terminal
from assistant.conformity.filed import FiledReview, review_of
from assistant.conformity.finding import Severity
from assistant.conformity.record import review_fields
from ingestion.dossiers import Dossiers
from ingestion.generation import open_generation
from ingestion.publication import current_name

OK = 0

EPILOG = """\
exemples :
  sourcier dossier check ecole-2026
  sourcier dossier check ecole-2026 --date 2026-10-08 --json

Le droit est celui du jour d'envoi de l'avis, donné dans la description ou lu dans les pièces, sinon
celui d'aujourd'hui. Rien n'est un verdict : chaque point montre ses passages et reste à vérifier.
"""

_STYLES = {
    Severity.GRAVE: "bold red",
    Severity.CORRECT: "yellow",
    Severity.CHECK: "cyan",
}
_ABOVE = (1, 0, 0, 0)


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action to those of `dossier`."""
    parser = actions.add_parser(
        "check",
        help="compare un dossier aux règles de sa date et à lui-même",
        description="Compare les pièces d'un dossier aux règles de sa date et entre elles.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("dossier", metavar="ID", help="l'identifiant du dossier")
    parser.add_argument(
        "--date",
        "--as-of",
        dest="as_of",
        type=iso_date,
        metavar="AAAA-MM-JJ",
        help="jour du droit applicable (défaut : celui du dossier)",
    )
    parser.add_argument("--json", action="store_true", help="un objet JSON, pour les programmes")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Show what the review finds."""
    home, console = arguments.home, Terminal()
    rules = open_generation(home, current_name(home))
    known = Dossiers(home)
    found = review_of(arguments.dossier, known, rules, date.today(), arguments.as_of)
    if arguments.json:
        fields = review_fields(arguments.dossier, found)
        console.out(json.dumps(fields, ensure_ascii=False, indent=2), highlight=False)
    else:
        _show(console, found)
    return OK


def _show(console: Console, found: FiledReview) -> None:
    points = sum(each.severity is not Severity.UNCHECKED for each in found.findings)
    said = f"{points} point{'s' if points > 1 else ''} à vérifier" if points else "Rien à vérifier"
    console.print(Text(f"{said} · droit au {found.law_day:%d/%m/%Y}", style="bold"))
    for finding in found.findings:
        # Texts are shown as Text: rich reads brackets in a plain string as its own marks.
        is_unchecked = finding.severity is Severity.UNCHECKED
        style = _STYLES.get(finding.severity, "dim")
        head = Text("" if is_unchecked else f"{finding.severity} : ", style=style)
        console.print(Padding(head.append(finding.sentence, style="dim" * is_unchecked), _ABOVE))
        quoted = [(place.locator, place.text) for place in finding.places]
        quoted += [(ground.passage.locator, ground.quote) for ground in finding.grounds]
        for locator, text in quoted:
            console.print(Padding(Text.assemble((locator, "bold"), f" : {text}"), (0, 4)))
