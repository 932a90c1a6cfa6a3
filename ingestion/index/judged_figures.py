"""Which comparisons of a question's figure with a limit readers held to be of the same thing.

"12 000 €" against "60 000 euros" helps who buys for that much, and misleads who asks about a fee of
that much. Which of both it is, the questions around tell that were held against the same limit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from ingestion.index.question_bank import read_lines
from ingestion.index.questions import SHARPNESS
from ingestion.index.search import Vectors
from ingestion.index.shipped_vectors import ShippedVectors, shipped_file
from ingestion.library.library import CORPUS

JUDGED_COMPARISONS = CORPUS / "questions" / "comparaisons.jsonl"

ELSEWHERE = 0.02
"""What a question that was held against another limit counts, beside one held against the same."""

LEAST = 1e-3
"""What counts for either side where nothing near was judged."""

SURE = 1.5
"""Odds (logarithms) above which a comparison is said. Of 196 that the questions of fifteen people
led to, each without its author's, 91 are above, of which 83 are of the same thing; of all 196, 108.
"""


@dataclass(frozen=True, slots=True)
class JudgedComparison:
    """A question, what its figure was held against ("euro 100000 60000"), and the judgement."""

    question: str
    limit: str
    is_same: bool


class JudgedComparisons:
    """Comparisons that were judged, by how near a question is to theirs."""

    def __init__(self, judged: Sequence[JudgedComparison], asked: Vectors) -> None:
        """Row i of `asked` is the vector of the question of `judged[i]`."""
        self._asked = asked
        self._limits = np.array([each.limit for each in judged], dtype=np.str_)
        self._is_same = np.array([each.is_same for each in judged], dtype=np.bool_)

    def odds(self, question: Vectors, limit: str) -> float:
        """The logarithm of the odds that a figure of the question is of what the limit is of."""
        near = np.exp((self._asked @ question - 1) / SHARPNESS)
        near *= np.where(self._limits == limit, 1.0, ELSEWHERE)
        same, other = near[self._is_same].sum(), near[~self._is_same].sum()
        return log(same + LEAST) - log(other + LEAST)


_judged = TypeAdapter(JudgedComparison)


def read_judged_comparisons(path: Path = JUDGED_COMPARISONS) -> tuple[JudgedComparison, ...]:
    """Those of a file; raises IngestionError naming the line that is not one."""
    return tuple(read_lines(path, _judged))


@cache
def judged_comparisons(embedder: str, dimension: int) -> JudgedComparisons:
    """What was judged, for an embedder whose vectors are shipped; else nothing."""
    judged = read_judged_comparisons()
    texts = [each.question for each in judged]
    is_known, asked = ShippedVectors(shipped_file(embedder)).find(
        texts, dimension, as_questions=True
    )
    known = [each for each, is_there in zip(judged, is_known, strict=True) if is_there]
    return JudgedComparisons(known, asked[is_known])
