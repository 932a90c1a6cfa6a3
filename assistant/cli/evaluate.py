"""`sourcier eval`: a question set through the assistant, measured. Door of rich, for it."""

import argparse
import json
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from assistant.cli.asking import run_turn
from assistant.measures import Graded, grade, table
from assistant.questions import read_questions
from assistant.record import contract
from assistant.settings import load_settings

EPILOG = """\
exemple :
  sourcier eval questions.jsonl --out resultats.jsonl --report rapport.html

Chaque ligne des résultats est l'objet de « ask --json », avec l'« id » de la question.
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "eval",
        help="mesure les réponses sur un jeu de questions",
        description="Pose toutes les questions d'un fichier et compare les réponses à l'attendu.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("questions", type=Path, help="fichier JSON Lines de questions")
    parser.add_argument("--out", type=Path, required=True, help="fichier des résultats")
    parser.add_argument("--report", type=Path, help="rapport HTML : tableau et réponses fausses")
    parser.add_argument("--index", metavar="GENERATION", help="index à mesurer (défaut : publié)")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    questions = read_questions(arguments.questions)
    console = Console()
    with console.status("Chargement des modèles…"):
        from assistant.wiring import load_assistant  # the models take seconds to import
        from ingestion.publication import current_name

        # One generation for the whole set, even when another is published meanwhile.
        generation = arguments.index or current_name(arguments.home)
        assistant = load_assistant(arguments.home, load_settings(arguments.home), generation)
    graded: list[Graded] = []
    store = assistant.generation.store
    with arguments.out.open("w", encoding="utf-8") as out:
        for question in track(questions, "Questions", console=console):
            result = run_turn(assistant, question.text, question.as_of, question.dossier)
            graded.append(grade(question, result, lambda id_: store.document(id_).text))
            line = {"id": question.id, **contract(result)}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
            out.flush()
    _show(console, graded)
    if arguments.report:
        from assistant.report import report

        arguments.report.write_text(report(graded), encoding="utf-8")
    return 0


def _show(console: Console, graded: list[Graded]) -> None:
    shown = Table("measure", "value", title="Sourcier eval")
    for name, value in table(graded):
        shown.add_row(name, value)
    console.print(shown)
    wrong = [item.question.id for item in graded if not item.correct]
    if wrong:
        console.print(Text("Réponses fausses : " + ", ".join(wrong)))
