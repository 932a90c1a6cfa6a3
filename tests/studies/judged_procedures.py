"""Which procedures of an amount are calculated: python -m tests.studies.judged_procedures.

The questions with an amount that readers judged (corpus/questions/procedures.jsonl), each told by
those of other authors: what their words and their nearness weigh together, and for several bounds
how many are above and how many of these readers held to be answered by a procedure. Then how many
are calculated in fact, or asked back for what they lack, by words alone and as judged: of who asked
in few words, of other people, and of who was to ask what only looks like it.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.linear_model import LogisticRegression

from assistant.calculators.procedure import ProcedureAsked
from assistant.calculators.requests.parsing import calculator_of, parse_calculation
from assistant.retrieval.tuning import default_tuning
from ingestion.index.judged_procedures import (
    ALWAYS,
    NEARNESS,
    WORDS,
    JudgedProcedure,
    JudgedProcedures,
    read_judged_procedures,
)
from ingestion.index.questions import Flags
from ingestion.index.search import Vectors
from ingestion.index.shipped_vectors import ShippedVectors, shipped_file

BOUNDS = (-0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
FOLDS = 10

SHORT, ALIKE = 101, 119
"""The first numbers of who were to ask in few words, and of who were to ask what only looks so."""


def main() -> None:
    """Run the study."""
    judged, signals = read_judged_procedures(), told_by_others()
    is_answer = answered(judged)
    fitted = LogisticRegression().fit(signals, is_answer)
    console = Console()
    console.print(f"fitted: {fitted.coef_[0].round(2)}, {fitted.intercept_.round(2)}")
    odds = as_shipped(signals)
    table = Table("odds above", "said", "answered", title=f"{len(odds)} procedures")
    for bound in BOUNDS:
        said = odds > bound
        table.add_row(f"{bound:.1f}", str(said.sum()), f"{is_answer[said].mean():.3f}")
    console.print(table)
    by_words, as_judged = calculated(None), calculated(odds)
    for asked, these in kinds_of_askers(judged).items():
        console.print(f"{asked}: {these.sum()}, {is_answer[these].sum()} answered by a procedure")
        for way, said in (("by words alone", by_words & these), ("as judged", as_judged & these)):
            console.print(f"  {way}: {said.sum()} calculated, {is_answer[said].sum()} of them are")


def told_by_others() -> Vectors:
    """The signals of each question by those of other authors, of shape (questions, 2)."""
    judged = read_judged_procedures()
    asked, authors = _vectors(judged), np.array([each.author for each in judged])
    signals = np.zeros((len(judged), 2), np.float32)
    groups = [np.unique(authors)[first::FOLDS] for first in range(FOLDS)]
    for is_left in (np.isin(authors, group) for group in groups):
        others = [each for each, left in zip(judged, is_left, strict=True) if not left]
        known = JudgedProcedures(others, asked[~is_left])
        for row in np.flatnonzero(is_left):
            found = known.signals(judged[row].question, asked[row])
            assert found is not None
            signals[row] = found
    return signals


def as_shipped(signals: Vectors) -> Vectors:
    """The odds that the shipped weights make of signals."""
    return signals @ np.array([WORDS, NEARNESS], np.float32) + np.float32(ALWAYS)


def answered(judged: Sequence[JudgedProcedure]) -> Flags:
    """Which of them readers held to be answered by a procedure."""
    return np.array([each.is_answer for each in judged])


def kinds_of_askers(judged: Sequence[JudgedProcedure]) -> dict[str, Flags]:
    """The questions by what their authors were told to write."""
    author = np.array([each.author for each in judged])
    return {
        "of people": author < SHORT,
        "in few words": (author >= SHORT) & (author < ALIKE),
        "only alike": author >= ALIKE,
    }


def calculated(odds: Vectors | None) -> Flags:
    """For which of the judged questions a procedure is calculated; by words alone without odds."""
    judged = read_judged_procedures()
    told: Sequence[float | None] = [None] * len(judged) if odds is None else odds.tolist()
    return np.array(
        [_is_calculated(each.question, said) for each, said in zip(judged, told, strict=True)]
    )


def _is_calculated(question: str, odds: float | None) -> bool:
    found = parse_calculation(question, date.today(), lambda _: odds)
    return found is not None and calculator_of(found) is ProcedureAsked


def _vectors(judged: Sequence[JudgedProcedure]) -> Vectors:
    shipped = ShippedVectors(shipped_file(default_tuning().embedder))
    return shipped.find([each.question for each in judged], 384, as_questions=True)[1]


if __name__ == "__main__":
    main()
