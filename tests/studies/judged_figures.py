"""What is computed of a question's figures, and said: python -m tests.studies.judged_figures.

Comparisons with a limit (corpus/questions/comparaisons.jsonl) and procedures that an amount allows
(corpus/questions/procedures.jsonl), each told by those of other authors: how many are above several
bounds of the odds, and how many of these readers held to be right; then how many procedures are
calculated, by words alone and as judged, or asked back for what they lack, of who asked in few
words and of other people.
"""

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from assistant.calculators.procedure import ProcedureAsked
from assistant.calculators.requests.parsing import calculator_of, parse_calculation
from assistant.retrieval.tuning import default_tuning
from ingestion.index.judged_figures import (
    JudgedComparisons,
    JudgedProcedures,
    read_judged_comparisons,
    read_judged_procedures,
)
from ingestion.index.questions import Flags
from ingestion.index.search import Vectors
from ingestion.index.shipped_vectors import ShippedVectors, shipped_file

OF_COMPARISONS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
OF_PROCEDURES = (-0.4, 0.0, 0.2, 0.4, 0.6, 0.8)

SHORT = 101
"""The first number of those who were to ask in few words."""


def main() -> None:
    """Run the study."""
    compared, procedures = read_judged_comparisons(), read_judged_procedures()
    is_same = np.array([each.is_same for each in compared])
    is_answer = np.array([each.is_answer for each in procedures])
    console = Console()
    console.print(described("comparisons", is_same, comparison_odds(), OF_COMPARISONS))
    odds = procedure_odds()
    console.print(described("procedures", is_answer, odds, OF_PROCEDURES))
    is_short = np.array([each.author >= SHORT for each in procedures])
    by_words, as_judged = procedures_calculated(None), procedures_calculated(odds)
    for asked, these in (("in few words", is_short), ("of people", ~is_short)):
        for way, said in (("by words alone", by_words & these), ("as judged", as_judged & these)):
            console.print(
                f"{asked}, {way}: {said.sum()} calculated, {is_answer[said].sum()} of them answer"
            )


def described(name: str, is_right: Flags, odds: Vectors, bounds: Sequence[float]) -> Table:
    """How many are above each bound, and how many of these are right."""
    table = Table("odds above", "said", "right", title=f"{len(odds)} {name}")
    for bound in bounds:
        said = odds > bound
        table.add_row(f"{bound:.2f}", str(said.sum()), f"{is_right[said].mean():.2f}")
    return table


def procedures_calculated(odds: Vectors | None) -> Flags:
    """For which of the judged questions a procedure is calculated; by words alone without odds."""
    judged = read_judged_procedures()
    told: Sequence[float | None] = [None] * len(judged) if odds is None else odds.tolist()
    return np.array(
        [_is_calculated(each.question, said) for each, said in zip(judged, told, strict=True)]
    )


def _is_calculated(question: str, odds: float | None) -> bool:
    found = parse_calculation(question, date.today(), lambda _: odds)
    return found is not None and calculator_of(found) is ProcedureAsked


def comparison_odds() -> Vectors:
    """The odds of each comparison, by those of the questions of other authors."""
    judged = read_judged_comparisons()
    asked = _vectors([each.question for each in judged])

    def remembering(rows: NDArray[np.intp]) -> Telling:
        known = JudgedComparisons([judged[row] for row in rows], asked[rows])
        return lambda row: known.odds(asked[row], judged[row].limit)

    return _by_others([each.author for each in judged], remembering)


def procedure_odds() -> Vectors:
    """The odds of each procedure, by those of the questions of other authors."""
    judged = read_judged_procedures()
    asked = _vectors([each.question for each in judged])

    def remembering(rows: NDArray[np.intp]) -> Telling:
        known = JudgedProcedures([judged[row] for row in rows], asked[rows])
        return lambda row: known.odds(judged[row].question, asked[row]) or 0.0

    return _by_others([each.author for each in judged], remembering)


Telling = Callable[[int], float]
"""The odds of what was judged, by its row."""


def _by_others(
    authors: Sequence[int], remembering: Callable[[NDArray[np.intp]], Telling]
) -> Vectors:
    """The odds of each row, told by who remembers the rows of all authors but its own."""
    of, odds = np.array(authors), np.zeros(len(authors), np.float32)
    for left in np.unique(of):
        tell = remembering(np.flatnonzero(of != left))
        for row in np.flatnonzero(of == left):
            odds[row] = tell(int(row))
    return odds


def _vectors(questions: Sequence[str]) -> Vectors:
    """The vectors of questions, a row each."""
    shipped = ShippedVectors(shipped_file(default_tuning().embedder))
    return shipped.find(questions, 384, as_questions=True)[1]


if __name__ == "__main__":
    main()
