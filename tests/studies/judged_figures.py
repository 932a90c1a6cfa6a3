"""What is computed of a question's figures, and said: python -m tests.studies.judged_figures.

Comparisons with a limit (corpus/questions/comparaisons.jsonl) and procedures that an amount allows
(corpus/questions/procedures.jsonl), each told by those of other authors: how many are above several
bounds of the odds, and how many of these readers held to be right; then how many procedures are
calculated, by words alone and as judged, or asked back for what they lack.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
from rich.console import Console
from rich.table import Table

from assistant.calculators.procedure import ProcedureAsked
from assistant.calculators.requests import calculator_of, parse_calculation
from assistant.retrieval.ranking import default_tuning
from ingestion.index.judged_figures import (
    JudgedComparisons,
    JudgedProcedure,
    Judgements,
    read_judged_comparisons,
    read_judged_procedures,
)
from ingestion.index.question_bank import read_judged
from ingestion.index.questions import Flags
from ingestion.index.search import Vectors
from ingestion.index.shipped_vectors import ShippedVectors, shipped_file

OF_COMPARISONS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)
OF_PROCEDURES = (-1.0, -0.5, -0.25, 0.0, 0.25, 0.5)


def main() -> None:
    """Run the study."""
    compared, procedures = read_judged_comparisons(), read_judged_procedures()
    is_same = np.array([each.is_same for each in compared])
    is_answer = np.array([each.is_answer for each in procedures])
    console = Console()
    console.print(described("comparisons", is_same, comparison_odds(), OF_COMPARISONS))
    odds = procedure_odds()
    console.print(described("procedures", is_answer, odds, OF_PROCEDURES))
    for name, judged in (("by words alone", np.zeros(len(odds))), ("as judged", odds)):
        said = np.array(
            [is_calculated(each, told) for each, told in zip(procedures, judged, strict=True)]
        )
        console.print(f"{name}: {said.sum()} calculated, {is_answer[said].sum()} of them answer")


def described(name: str, is_right: Flags, odds: Vectors, bounds: Sequence[float]) -> Table:
    """How many are above each bound, and how many of these are right."""
    table = Table("odds above", "said", "right", title=f"{len(odds)} {name}")
    for bound in bounds:
        said = odds > bound
        table.add_row(f"{bound:.2f}", str(said.sum()), f"{is_right[said].mean():.2f}")
    return table


def is_calculated(judged: JudgedProcedure, odds: float) -> bool:
    """Whether a procedure is calculated for a question at these odds."""
    found = parse_calculation(judged.question, date.today(), lambda _: odds)
    return found is not None and calculator_of(found) is ProcedureAsked


def comparison_odds() -> Vectors:
    """The odds of each comparison, by those of the questions of other authors."""
    judged = read_judged_comparisons()
    of, asked = _known([each.question for each in judged])
    odds = np.zeros(len(judged), np.float32)
    for left in np.unique(of):
        others = np.flatnonzero(of != left)
        known = JudgedComparisons([judged[row] for row in others], asked[others])
        for row in np.flatnonzero(of == left):
            odds[row] = known.odds(asked[row], judged[row].limit)
    return odds


def procedure_odds() -> Vectors:
    """The odds of each procedure, by those of the questions of other authors."""
    judged = read_judged_procedures()
    of, asked = _known([each.question for each in judged])
    odds = np.zeros(len(judged), np.float32)
    for left in np.unique(of):
        others = np.flatnonzero(of != left)
        known = Judgements(asked[others], [judged[row].is_answer for row in others])
        for row in np.flatnonzero(of == left):
            odds[row] = known.odds(asked[row])
    return odds


def _known(questions: Sequence[str]) -> tuple[Vectors, Vectors]:
    """Who asked each question, and its vector."""
    author = {each.question: each.author for each in read_judged()}
    shipped = ShippedVectors(shipped_file(default_tuning().embedder))
    _, asked = shipped.find(questions, 384, as_questions=True)
    return np.array([author[each] for each in questions], np.float32), asked


if __name__ == "__main__":
    main()
