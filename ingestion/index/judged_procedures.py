"""Whether the procedure that its amount allows answers a question, as readers judged of others.

"12 000 €" against "60 000 euros" helps who buys for that much, and misleads who asks about a fee of
that much. Which of both it is, two things tell of which neither is enough: how near the questions
are that it answers, and the words of all that were judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import log

from pydantic import TypeAdapter

from ingestion.index.judged_comparisons import Judgements, shipped_rows
from ingestion.index.question_bank import read_lines
from ingestion.index.search import Vectors
from ingestion.index.told_by_words import ToldByWords
from ingestion.library.corpus import CORPUS

JUDGED_PROCEDURES = CORPUS / "questions" / "procedures.jsonl"

WORDS_IN_A_ROW, PENALTY = (1, 3), 1 / 30
"""Of words that count together, and of their weights."""

WORDS, NEARNESS, ALWAYS = 0.66, 2.04, -0.7
"""What the odds by words and by nearness weigh, and what is added: fitted by the study on what the
questions of other authors tell of each."""


class PurchaseKind(StrEnum):
    """What a question says to be bought; the value is its word in the corpus."""

    WORKS = "travaux"
    SUPPLIES = "fournitures"
    SERVICES = "services"
    UNTOLD = ""


@dataclass(frozen=True, slots=True)
class JudgedProcedure:
    """A question with an amount, and whether the procedure that this allows answers it.

    `author` is the number of who wrote it, `purchase` what a practitioner is sure that is bought.
    """

    question: str
    author: int
    is_answer: bool
    purchase: PurchaseKind = PurchaseKind.UNTOLD


class JudgedProcedures:
    """Procedures that were judged: of another question both its nearness and its words tell."""

    def __init__(self, judged: Sequence[JudgedProcedure], asked: Vectors) -> None:
        """Row i of `asked` is the vector of the question of `judged[i]`; of both kinds, or none."""
        self._near = Judgements(asked, [each.is_answer for each in judged])
        said = [(each.question, _label(is_answer=each.is_answer)) for each in judged]
        self._words = ToldByWords(said, WORDS_IN_A_ROW, PENALTY) if said else None

    def signals(self, question: str, asked: Vectors) -> tuple[float, float] | None:
        """The logarithms of the odds by its words and by what is near it; None without any."""
        if self._words is None:
            return None
        likely = self._words.likelihood(question)
        words = log(likely[_label(is_answer=True)]) - log(likely[_label(is_answer=False)])
        return words, self._near.odds(asked)

    def odds(self, question: str, asked: Vectors) -> float | None:
        """The logarithm of the odds that the procedure of its amount answers; None without any."""
        signals = self.signals(question, asked)
        if signals is None:
            return None
        words, nearness = signals
        return WORDS * words + NEARNESS * nearness + ALWAYS


def _label(*, is_answer: bool) -> str:
    return str(is_answer)


_procedure = TypeAdapter(JudgedProcedure)


def read_judged_procedures() -> tuple[JudgedProcedure, ...]:
    """Those of the corpus; raises IngestionError naming the line that is not one."""
    return tuple(read_lines(JUDGED_PROCEDURES, _procedure))


@cache
def judged_procedures(embedder: str, dimension: int) -> JudgedProcedures:
    """What was judged, for an embedder whose vectors are shipped; else nothing."""
    judged = read_judged_procedures()
    rows, asked = shipped_rows([each.question for each in judged], embedder, dimension)
    return JudgedProcedures([judged[row] for row in rows], asked)
