"""`sourcier eval`: question sets through the assistant, measured, and held against an earlier run.

Door of rich, for it.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import track

from assistant.assistant import Assistant
from assistant.baseline import compare, falls
from assistant.cli.measured import show
from assistant.cli.terminal import Terminal
from assistant.evaluation import Evaluation, digest, identify
from assistant.examination import graded as graded_by
from assistant.examination import run_turn
from assistant.grading import Graded
from assistant.identity import ALONE
from assistant.questions import Question, read_questions
from assistant.record import EXAMINED, contract
from assistant.results import read_results
from assistant.settings import Settings, load_settings

DONE, FALLEN, INTERRUPTED = 0, 4, 130

EPILOG = """\
exemples :
  sourcier eval questions.jsonl --out resultats.jsonl --report rapport.html
  sourcier eval lois.jsonl dossier.jsonl --out apres.jsonl --baseline avant.jsonl

Chaque ligne des résultats est l'objet de « ask --json », avec l'« id » de la question.
Interrompue par Ctrl-C, la commande mesure ce qui a été répondu et le dit incomplet.

codes de sortie : 0 mesuré, 4 une mesure a baissé depuis « --baseline » (réponses correctes,
articles attendus cités, articles cités à propos, F1 des refus, phrases vérifiées, citations
exactes), 130 interrompu, 2 commande mal écrite, 1 panne
"""


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "eval",
        help="mesure les réponses sur un jeu de questions",
        description="Pose toutes les questions de fichiers et compare les réponses à l'attendu.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "questions", type=Path, nargs="+", metavar="QUESTIONS", help="fichier JSON Lines"
    )
    parser.add_argument("--out", type=Path, required=True, help="fichier des résultats")
    parser.add_argument("--report", type=Path, help="rapport HTML : mesures et réponses")
    parser.add_argument("--baseline", type=Path, help="résultats d'un essai précédent à comparer")
    parser.add_argument(
        "--tolerance",
        type=_share,
        default=0.02,
        metavar="PART",
        help="baisse admise d'une mesure, de 0 à 1 (défaut : %(default)s)",
    )
    parser.add_argument("--index", metavar="GENERATION", help="index à mesurer (défaut : publié)")
    parser.set_defaults(run=_run)


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas un nombre de 0 à 1")
    return value


def _run(arguments: argparse.Namespace) -> int:
    questions = read_questions(*arguments.questions)
    before = read_results(arguments.baseline) if arguments.baseline else {}
    baseline = digest(arguments.baseline, str(arguments.baseline)) if arguments.baseline else None
    if arguments.report:
        arguments.report.touch()  # a place that cannot be written is said before the long work
    settings, console = load_settings(arguments.home), Terminal()
    assistant = _loaded(arguments, settings, console)
    for dossier in {question.dossier for question in questions if question.dossier}:
        assistant.dossier(dossier, None)  # one that is missing is said before the long work
    manifest = assistant.generation.manifest
    identity = identify(assistant.model_name, manifest, settings, arguments.questions)
    graded = _measured(assistant, questions, arguments.out, console)
    evaluation = Evaluation(identity, len(questions), graded)
    if baseline:
        comparison = compare(before, graded, partial(graded_by, assistant))
        fallen = tuple(falls(comparison, arguments.tolerance))
        evaluation = replace(evaluation, baseline=baseline, comparison=comparison, falls=fallen)
    told = {
        "act": "measured",
        "generation": manifest.name,
        "asked": len(graded),
        "of": len(questions),
        "results": digest(arguments.out, "").sha256,
    }
    assistant.journal.append("evaluation", told, user=ALONE.user)
    return _told(evaluation, console, arguments.report)


def _loaded(arguments: argparse.Namespace, settings: Settings, console: Console) -> Assistant:
    with console.status("Chargement des modèles…"):
        from assistant.wiring import load_assistant  # the models take seconds to import
        from ingestion.publication import current_name

        # One generation for the whole set, even when another is published meanwhile.
        generation = arguments.index or current_name(arguments.home)
        return load_assistant(arguments.home, settings, generation)


def _measured(
    assistant: Assistant, questions: Sequence[Question], results: Path, console: Console
) -> tuple[Graded, ...]:
    """Ask every question and write its result, until the last or an interruption."""
    graded: list[Graded] = []
    with results.open("w", encoding="utf-8") as out:
        try:
            for question in track(questions, "Questions", console=console):
                result = run_turn(
                    assistant,
                    question.text,
                    question.as_of,
                    question.dossier,
                    purpose=EXAMINED,
                )
                line = {"id": question.id, **contract(result)}
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
                out.flush()
                graded.append(graded_by(assistant, question, result))
        except KeyboardInterrupt:
            console.print("Interrompu.")
    return tuple(graded)


def _told(evaluation: Evaluation, console: Console, page: Path | None) -> int:
    """Show and write what was measured; the exit code says whether something is wrong with it."""
    show(console, evaluation)
    if page:
        from assistant.report import report  # what draws takes a while to import

        page.write_text(report(evaluation), encoding="utf-8")
    if not evaluation.complete:
        return INTERRUPTED
    return FALLEN if evaluation.falls else DONE
