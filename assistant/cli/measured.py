"""What `sourcier eval` says in the terminal. Door of rich, for it."""

from collections.abc import Iterator
from statistics import median

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.baseline import Change, Comparison
from assistant.confidence import Estimate, percentiles
from assistant.evaluation import Evaluation
from assistant.findings import NONE, capital, scope, verdict
from assistant.measures import estimates, lengths, removals, seconds


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
    return f"{estimate.value:.2f}{counted}", f"{estimate.low:.2f} à {estimate.high:.2f}"


def _compared(console: Console, comparison: Comparison) -> None:
    console.print(Text(f"Comparaison : {scope(comparison)} {verdict(comparison)}"))
    for change in (Change.BETTER, Change.WORSE, Change.REWORDED):
        if pairs := comparison.of(change):
            names = ", ".join(pair.after.question.id for pair in pairs)
            console.print(Text(f"{capital(change)} : {names}"))
