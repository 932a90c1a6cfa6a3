"""`sourcier eval` and `dossier-homologation`: what is measured, and the papers on it."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text
from typer import BadParameter, Context

from assistant.answering.answer import TurnResult
from assistant.answering.pipeline import Assistant
from assistant.answering.record import EXAMINED, contract
from assistant.cli.actions import Actions
from assistant.cli.options import Terminal, argument, option
from assistant.confidence import Estimate, percentiles
from assistant.evaluation.bundle import check_bundle, write_bundle
from assistant.evaluation.grading import (
    Estimates,
    Graded,
    estimates,
    grade,
    lengths,
    read_results,
    removals,
    seconds,
)
from assistant.evaluation.questions import Question, read_questions
from assistant.evaluation.runs import (
    AnswerChange,
    Digest,
    Evaluation,
    RunComparison,
    cited_text,
    compare,
    falls,
    hash_file,
    identify,
    run_turn,
)
from assistant.evaluation.runs import graded as graded_by
from assistant.identity import ALONE
from assistant.journal.journal import journal_of
from assistant.reports.findings import NONE, TOO_FEW, capital, scope, verdict
from assistant.settings import Settings, load_settings


def show(console: Console, evaluation: Evaluation) -> None:
    """The measures, the questions answered wrongly, and what has changed since the baseline."""
    asked = len(evaluation.graded)
    table = Table("mesure", "valeur", "intervalle à 95 %", title=f"{asked} questions")
    for row in _rows(evaluation):
        table.add_row(*row)
    console.print(table)
    if not evaluation.complete:
        console.print(f"Incomplet : {asked} questions posées sur {evaluation.planned}.")
    if wrong := [item.question.id for item in evaluation.graded if not item.correct]:
        console.print(Text("Réponses fausses : " + ", ".join(wrong)))
    if evaluation.comparison:
        _compared(console, evaluation.comparison)
    for fall in evaluation.falls:
        told = f"En baisse : {fall.measure}, {fall.after:.2f} contre {fall.before:.2f}."
        console.print(Text(told, style="bold red"))


def _rows(evaluation: Evaluation) -> Iterator[tuple[str, ...]]:
    for measure, estimate in estimates(evaluation.graded).items():
        yield (measure, *_said(estimate))
    if found := lengths(evaluation.graded):
        words, own = (
            f"{median(counts):.0f}"
            for counts in ([each.words for each in found], [each.own for each in found])
        )
        yield "mots par réponse (médiane)", f"{words} en tout, {own} hors citations"
    yield "phrases retirées", str(sum(count for _, count in removals(evaluation.graded)))
    for step, values in seconds(evaluation.graded).items():
        known = percentiles(values)
        told = "{:.2f} / {:.2f} s".format(*known) if known else NONE
        yield f"{step}, p50 / p95", told


def _said(estimate: Estimate | None) -> tuple[str, str]:
    if estimate is None:
        return NONE, NONE
    counted = "" if estimate.part is None else f" ({estimate.part}/{estimate.whole})"
    told = f"{estimate.low:.2f} à {estimate.high:.2f}" if estimate.is_telling else TOO_FEW
    return f"{estimate.value:.2f}{counted}", told


def _compared(console: Console, comparison: RunComparison) -> None:
    console.print(Text(f"Comparaison : {scope(comparison)} {verdict(comparison)}"))
    for change in (AnswerChange.BETTER, AnswerChange.WORSE, AnswerChange.REWORDED):
        if pairs := comparison.of(change):
            names = ", ".join(pair.after.question.id for pair in pairs)
            console.print(Text(f"{capital(change)} : {names}"))


DONE, FALLEN, INTERRUPTED = 0, 4, 130


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise BadParameter(f"« {text} » n'est pas un nombre de 0 à 1")
    return value


app = Actions()
EARLIER = option("--baseline FICHIER", "résultats d'un essai précédent à comparer", Path)
TOLERANCE = option(
    "--tolerance PART",
    "baisse admise d'une mesure, de 0 à 1 (défaut : 0.02)",
    _share,
    default="0.02",
)


@app.action("eval")
def _evaluate(
    ctx: Context,
    files: list[Path] | None = argument("QUESTIONS", "fichier JSON Lines", Path, default=None),
    out: Path | None = option("--out FICHIER", "fichier des résultats", Path),
    page: Path | None = option("--report FICHIER", "rapport HTML : mesures et réponses", Path),
    earlier: Path | None = EARLIER,
    tolerance: float = TOLERANCE,
    index: str | None = option("--index INDEX", "index à mesurer (défaut : publié)"),
    archive: Path | None = option("--bundle FICHIER", "archive .zip de l'essai, à vérifier", Path),
    checked: Path | None = option("--verify ARCHIVE", "vérifie une archive, sans rien poser", Path),
) -> int:
    """Ask, measure, compare; the exit code says whether a measure has fallen."""
    if checked:
        return _checked(checked)
    if not files or out is None:
        raise BadParameter("donnez des QUESTIONS et « --out », ou une archive à « --verify »")
    places = RunFiles(files, out, page, archive, earlier)
    places.require_apart()
    return _evaluated(ctx.obj, index, places, tolerance)


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The files of a run: questions and the results of an `earlier` one are read, others written.

    `page` is its report, `archive` what somebody else verifies.
    """

    questions: Sequence[Path]
    out: Path
    page: Path | None
    archive: Path | None
    earlier: Path | None

    def require_apart(self) -> None:
        """Raise BadParameter where one that is written would be over another."""
        _require_apart(*self.questions, self.out, self.page, self.archive)
        # The results may take the place of those before.
        _require_apart(self.earlier, self.page, self.archive)


def _evaluated(home: Path, index: str | None, places: RunFiles, tolerance: float) -> int:
    questions = read_questions(*places.questions)
    before = _earlier(places.earlier) if places.earlier else None
    for place in filter(None, (places.page, places.archive)):
        place.touch()  # a place that cannot be written is said before the long work
    console = Terminal()
    assistant, evaluation = _run(home, index, questions, places, console)
    if before:
        evaluation = _compare(assistant, evaluation, before, tolerance)
    if places.archive:
        write_bundle(places.archive, evaluation, places.questions, places.out)
    return _told(evaluation, console, places.page)


def _require_apart(*files: Path | None) -> None:
    """Raise BadParameter where a file is given twice, as one that is written would be over it."""
    known: set[Path] = set()
    for place in filter(None, files):
        if place.resolve() in known:
            raise BadParameter(
                f"« {place} » est donné deux fois, et un fichier écrit serait écrasé : donnez-en "
                "un autre"
            )
        known.add(place.resolve())


EarlierRun = tuple[dict[str, TurnResult], Digest]
"""The results of a run, and their file as it was."""


def _earlier(path: Path) -> EarlierRun:
    return read_results(path), hash_file(path, str(path))


def _compare(
    assistant: Assistant, evaluation: Evaluation, earlier: EarlierRun, tolerance: float
) -> Evaluation:
    """A run beside an earlier one, with the measures that have fallen by more than is allowed."""
    before, baseline = earlier
    found = compare(before, evaluation.graded, partial(graded_by, assistant))
    fallen = tuple(falls(found, tolerance))
    return replace(evaluation, baseline=baseline, comparison=found, falls=fallen)


def _run(
    home: Path,
    index: str | None,
    questions: Sequence[Question],
    places: RunFiles,
    console: Console,
) -> tuple[Assistant, Evaluation]:
    """Ask every question; that it was done is in the journal."""
    settings = load_settings(home)
    assistant = _loaded(home, index, settings, console)
    for dossier in {question.dossier for question in questions if question.dossier}:
        assistant.dossier(dossier, None)  # one that is missing is said before the long work
    manifest = assistant.generation.manifest
    identity = identify(home, assistant.model_name, manifest, settings, places.questions)
    graded = _measured(assistant, questions, places.out, console)
    told = {
        "act": "measured",
        "generation": manifest.name,
        "asked": len(graded),
        "of": len(questions),
        "results": hash_file(places.out, "").sha256,
    }
    assistant.journal.append("evaluation", told, user=ALONE.user)
    return assistant, Evaluation(identity, len(questions), graded)


def _checked(path: Path) -> int:
    """Show what an archive says and whether it holds."""
    console, found = Terminal(), check_bundle(path)
    conditions = found.conditions
    table = Table("mesure", "recalculée", "intervalle à 95 %", title=path.name)
    for measure, estimate in found.measured.items():
        table.add_row(measure, *_said(estimate))
    console.print(table)
    for name, value in (
        ("Programme", conditions.program),
        ("Modèle", conditions.model),
        ("Index", f"{conditions.index.name}, contenu {conditions.index.content}"),
        *((f"Poids {each.name}", each.sha256) for each in conditions.weights),
    ):
        console.print(Text(f"{name} : {value}"))
    for fault in found.faults:
        console.print(Text(fault, style="bold red"))
    if found.faults:
        return FALLEN
    console.print(Text("L'archive tient : empreintes intactes, mesures recalculées à l'identique."))
    return DONE


def _loaded(home: Path, index: str | None, settings: Settings, console: Console) -> Assistant:
    with console.status("Chargement des modèles…"):
        from assistant.container import load_assistant  # the models take seconds to import
        from ingestion.index.publication import current_name

        # One snapshot for the whole set, even when another is published meanwhile.
        generation = index or current_name(home)
        return load_assistant(home, settings, generation)


def _measured(
    assistant: Assistant, questions: Sequence[Question], results: Path, console: Console
) -> tuple[Graded, ...]:
    """Ask every question and write its result, until the last or an interruption."""
    graded: list[Graded] = []
    with results.open("w", encoding="utf-8") as out:
        try:
            for question in track(questions, "Questions", console=console):
                result = run_turn(
                    assistant, question.text, question.as_of, question.dossier, purpose=EXAMINED
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
        from assistant.reports.evaluation import report  # what draws takes a while to import

        page.write_text(report(evaluation), encoding="utf-8")
    if not evaluation.complete:
        return INTERRUPTED
    return FALLEN if evaluation.falls else DONE


OK = 0
TERMINAL = "terminal"
"""Under this name the journal keeps that the file was taken."""

SUFFIXES = ("docx", "html", "md", "pdf")


def _paper(text: str) -> Path:
    path = Path(text)
    if path.suffix.removeprefix(".") not in SUFFIXES:
        raise BadParameter(f"« {text} » n'est ni .docx, ni .html, ni .pdf, ni .md")
    return path


@app.action("dossier-homologation")
def _write_homologation(
    ctx: Context,
    out: Path | None = option(
        "--out FICHIER", "fichier .docx, .html, .pdf ou .md (défaut : Markdown, à l'écran)", _paper
    ),
    evaluation: tuple[Path, Path] | None = option(
        "--evaluation QUESTIONS RESULTATS",
        "un jeu de questions et les résultats de « sourcier eval » à joindre",
        Path,
    ),
) -> int:
    from assistant.reports.homologation import homologation
    from assistant.reports.homologation_facts import gather  # what draws takes a while to import
    from assistant.reports.pdf import PaperFormat, rendered

    home = ctx.obj
    measured = _measured_homologation(home, *evaluation) if evaluation else None
    paper = homologation(gather(home, load_settings(home), date.today(), measured))
    if out is None:
        sys.stdout.write(rendered(paper, PaperFormat.MARKDOWN).decode())
        return OK
    out.write_bytes(rendered(paper, PaperFormat(out.suffix.removeprefix("."))))
    journal_of(home).append("export", {"what": "homologation"}, user=TERMINAL)
    sys.stdout.write(f"Dossier d'homologation écrit : {out}\n")
    return OK


def _measured_homologation(home: Path, questions: Path, results: Path) -> Estimates:
    """The measures of a run, its quotes read again in the index in service."""
    from ingestion.index.publication import current_name, open_snapshot

    generation = open_snapshot(home, current_name(home))
    found, text = read_results(results), partial(cited_text, generation)
    asked = [each for each in read_questions(questions) if each.id in found]
    return estimates([grade(each, found[each.id], text) for each in asked])
