"""What readers held of comparisons of a question's figure with a limit, told of others by nearness.

A figure is said to be below or above a limit only where both are of the same thing: which they are,
the questions around tell of which the same was judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import log

import numpy as np
from pydantic import TypeAdapter

from ingestion.index.question_bank import read_lines
from ingestion.index.questions import SHARPNESS, Flags
from ingestion.index.search import Vectors
from ingestion.index.shipped_vectors import ShippedVectors, shipped_file
from ingestion.library.corpus import CORPUS

JUDGED_COMPARISONS = CORPUS / "questions" / "comparaisons.jsonl"

LEAST = 1e-3
"""What counts for either side where nothing near was judged."""

ELSEWHERE = 0.02
"""What a question that was held against another limit counts, beside one held against the same."""

SAME = 1.5
"""Odds (logarithms) above which a comparison is said. Of 1,684, each told by others' questions,
583 are above, of which 532 are of the same thing; of all 1,684, 908.
"""


@dataclass(frozen=True, slots=True)
class JudgedComparison:
    """A question, what its figure was held against ("euro 100000 60000"), and the judgement.

    `author` is the number of who wrote it.
    """

    question: str
    author: int
    limit: str
    is_same: bool


class Judgements:
    """Judgements of questions: of another they tell by how near it is to theirs."""

    def __init__(self, asked: Vectors, is_right: Sequence[bool]) -> None:
        """Row i of `asked` is the vector of the question of the judgement i."""
        self._asked = asked
        self._is_right: Flags = np.array(is_right, dtype=np.bool_)

    def odds(self, question: Vectors, counts: Vectors | float = 1.0) -> float:
        """The logarithm of the odds that it is right of a question; each judgement counts so much.

        0 where nothing near was judged.
        """
        near = np.exp((self._asked @ question - 1) / SHARPNESS) * counts
        right, wrong = near[self._is_right].sum(), near[~self._is_right].sum()
        return log(right + LEAST) - log(wrong + LEAST)


class JudgedComparisons:
    """Comparisons that were judged, by their limits and how near a question is to theirs."""

    def __init__(self, judged: Sequence[JudgedComparison], asked: Vectors) -> None:
        """Row i of `asked` is the vector of the question of `judged[i]`."""
        self._limits = np.array([each.limit for each in judged], dtype=np.str_)
        self._told = Judgements(asked, [each.is_same for each in judged])

    def odds(self, question: Vectors, limit: str) -> float:
        """The logarithm of the odds that a figure of the question is of what the limit is of."""
        counts = np.where(self._limits == limit, 1.0, ELSEWHERE).astype(np.float32)
        return self._told.odds(question, counts)


_comparison = TypeAdapter(JudgedComparison)


def read_judged_comparisons() -> tuple[JudgedComparison, ...]:
    """Those of the corpus; raises IngestionError naming the line that is not one."""
    return tuple(read_lines(JUDGED_COMPARISONS, _comparison))


@cache
def judged_comparisons(embedder: str, dimension: int) -> JudgedComparisons:
    """What was judged, for an embedder whose vectors are shipped; else nothing."""
    judged = read_judged_comparisons()
    rows, asked = shipped_rows([each.question for each in judged], embedder, dimension)
    return JudgedComparisons([judged[row] for row in rows], asked)


def shipped_rows(texts: Sequence[str], embedder: str, dimension: int) -> tuple[list[int], Vectors]:
    """The places of the questions whose vector is shipped, and these vectors."""
    shipped = ShippedVectors(shipped_file(embedder))
    is_known, asked = shipped.find(texts, dimension, as_questions=True)
    return np.flatnonzero(is_known).tolist(), asked[is_known]
