"""Whether works are bought, told by the words of a question as people told of others.

What a procedure must be turns on it, and who buys names a roof, a bus or a survey, seldom the word
of the code. Words and the letters inside them tell: they need no embedder, and people slip.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter

from ingestion.index.judged_procedures import PurchaseKind, read_judged_procedures
from ingestion.index.question_bank import read_lines
from ingestion.index.told_by_words import ToldByWords
from ingestion.library.corpus import CORPUS

PURCHASES = CORPUS / "questions" / "achats.jsonl"

TOLD, LIKELIER = 0.8, 0.95
"""How likely something must be to be bought at all, and of that one kind to be, for it to count."""

WORDS_IN_A_ROW, PENALTY = (1, 2), 1 / 30
"""Of words that count together, and of their weights. This and the bounds were chosen on questions,
by the words of other authors.
"""


@dataclass(frozen=True, slots=True)
class NamedPurchase:
    """What somebody buys, as it may be named in a question, and its kind.

    `author` is the number of who named it.
    """

    words: str
    author: int
    purchase: PurchaseKind


_named = TypeAdapter(NamedPurchase)


def read_named_purchases() -> tuple[NamedPurchase, ...]:
    """Those of the corpus; raises IngestionError naming the line that is not one."""
    return tuple(read_lines(PURCHASES, _named))


class PurchaseKinds:
    """What is bought, learnt from words of which it is known; of two kinds at least."""

    def __init__(self, known: Sequence[tuple[str, PurchaseKind]]) -> None:
        """Learn from all of them: a second for six thousand."""
        sides = [(text, learnt_side(kind)) for text, kind in known]
        self._told = ToldByWords(sides, WORDS_IN_A_ROW, PENALTY)

    def likelihood(self, question: str) -> dict[str, float]:
        """How likely are works ("works"), something else ("other"), and that nothing tells ("")."""
        return self._told.likelihood(question)

    def is_works(self, question: str) -> bool | None:
        """Whether works are bought; None where the question does not tell it surely."""
        likely = self.likelihood(question)
        return told_works(likely.get(WORKS, 0.0), likely.get(OTHER, 0.0))


WORKS, OTHER, UNTOLD = "works", "other", ""


def told_works(works: float, other: float, likelier: float = LIKELIER) -> bool | None:
    """Whether works are bought, by how likely these and something else are; None if unsure."""
    if works + other <= TOLD or max(works, other) <= likelier * (works + other):
        return None
    return works > other


def learnt_side(kind: PurchaseKind) -> str:
    """Works or not: for supplies and services the same rules hold, but for few."""
    if kind is PurchaseKind.UNTOLD:
        return UNTOLD
    return WORKS if kind is PurchaseKind.WORKS else OTHER


@cache
def purchase_kinds() -> PurchaseKinds:
    """What the corpus teaches."""
    named = [(each.words, each.purchase) for each in read_named_purchases()]
    asked = [(each.question, each.purchase) for each in read_judged_procedures()]
    return PurchaseKinds([*named, *asked])
