"""`sourcier ask`: one question, one answer with its sources. Door of rich, for this command."""

import argparse
import json

from rich.console import Console
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from assistant.answering.answer import Outcome, TurnResult
from assistant.answering.notices import addressed_in
from assistant.answering.record import contract
from assistant.cli.options import Terminal, iso_date, question_text
from assistant.evaluation.runs import run_turn
from assistant.law.hierarchy import LABELS, rank_of
from assistant.question.day import DaySource
from assistant.question.language import Language
from assistant.settings import load_settings
from ingestion.readers.documents import Kind

ANSWERED, ABSTAINED = 0, 3
LEDGER = frozenset({Kind.INVOICES, Kind.PURCHASES})

EPILOG = """\
exemples :
  sourcier ask "Quel est le délai de paiement d'une commune ?"
  sourcier ask "Quel était le seuil de dispense en 2019 ?"
  sourcier ask "Quel était le seuil de dispense ?" --as-of 2026-03-15
  sourcier ask "Quelles pénalités de retard ?" --dossier montelyre-2026
  sourcier ask "…" --json | jq .citations
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "ask",
        help="pose une question et montre la réponse avec ses sources",
        description="Pose une question ; chaque phrase de la réponse porte le numéro du passage "
        "qui la soutient.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("question", type=question_text, help="en français ou en anglais")
    parser.add_argument("--json", action="store_true", help="un objet JSON, pour les programmes")
    parser.add_argument(
        "--as-of",
        type=iso_date,
        metavar="AAAA-MM-JJ",
        help="jour du droit applicable (défaut : celui que nomme la question, sinon aujourd'hui)",
    )
    parser.add_argument("--dossier", metavar="ID", help="interroge aussi ce dossier de marché")
    parser.add_argument(
        "--lang",
        type=Language,
        choices=list(Language),
        metavar="fr|en",
        help="langue de la réponse (défaut : celle de la question)",
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    console = Terminal()
    with Terminal(is_stderr=True).status("Chargement des modèles…"):
        from assistant.container import load_assistant  # the models take seconds to import

        assistant = load_assistant(arguments.home, load_settings(arguments.home))
        result = run_turn(
            assistant, arguments.question, arguments.as_of, arguments.dossier, arguments.lang
        )
    if arguments.json:
        console.out(json.dumps(contract(result), ensure_ascii=False, indent=2), highlight=False)
    else:
        _show(console, result)
    return ABSTAINED if result.answer.outcome is Outcome.ABSTAINED else ANSWERED


def _show(console: Console, result: TurnResult) -> None:
    # Documents are shown as Text: rich reads "[…]" in a plain string as one of its own marks.
    console.print(Text(f"{_scope(result)} · droit au {result.as_of:%d/%m/%Y}", style="dim"))
    for dossier in result.proposed:
        name = f"{dossier.id} (démonstration)" if dossier.is_demonstration else dossier.id
        console.print(
            Text(
                f"Cette question semble porter sur le dossier {name}, qui n’a pas été consulté ; "
                f"pour l’interroger : --dossier {dossier.id}",
                style="yellow",
            )
        )
    console.print(Padding(Markdown(result.answer.markdown), (1, 0)))
    ranks = {item.number: rank_of(item.passage) for item in result.evidence}
    notes = {
        item.number: [*item.passage.notes, *addressed_in(item.passage, Language.FRENCH)]
        for item in result.evidence
    }
    for citation in result.answer.citations:
        label = f" · {LABELS[Language.FRENCH][rank]}" if (rank := ranks[citation.n]) else ""
        hidden = " · texte que la page ne montre pas" if citation.hidden else ""
        title = Text(f"[{citation.n}] {citation.locator}{label}{hidden}")
        quote = Text("\n\n".join([citation.quote, *notes[citation.n]]))
        console.print(Panel(quote, title=title, title_align="left", border_style="dim"))
    if not result.answer.citations:
        for item in result.evidence:
            console.print(Text(f"  {item.number}. {item.passage.locator}", style="dim"))
    named = " (jour nommé dans la question ; autre jour : --as-of)"
    named = named if result.day_source is DaySource.QUESTION else ""
    console.print(
        Text(
            f"droit au {result.as_of:%d/%m/%Y}{named} · {result.seconds.total:.1f} s · "
            f"index {result.generation} · enregistrement {result.record_id}",
            style="dim",
        )
    )


def _scope(result: TurnResult) -> str:
    """What the answer was given from."""
    if result.dossier:
        return f"D’après le dossier {result.dossier} et les règles"
    counted = any(item.passage.kind in LEDGER for item in result.evidence)
    return "D’après les factures ou les achats enregistrés" if counted else "D’après les règles"
