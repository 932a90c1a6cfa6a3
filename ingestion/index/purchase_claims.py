"""What "oui" would affirm to a question with an amount, told by the words of others' questions.

"Sans publicité ?" and "faut-il publier ?" are of the same amount and rule, and the yes to one is
the no to the other. Which of them is asked people have said of others' questions; where words do
not tell it surely, nothing is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from pydantic import TypeAdapter

from ingestion.index.question_bank import read_lines
from ingestion.index.told_by_words import ToldByWords
from ingestion.library.corpus import CORPUS

JUDGED_CLAIMS = CORPUS / "questions" / "oui-ou-non.jsonl"

LIKELY = 0.8
"""How likely a claim must be to be told. Chosen, as what follows, by the words of other authors:
1,045 of 2,923 questions are told, 949 of them rightly and 41 the opposite, of which 24 are among
the 240 that were written to be taken so.
"""

WORDS_IN_A_ROW, PENALTY = (1, 3), 1 / 100
"""Of words that count together, and of their weights."""


class PurchaseClaim(StrEnum):
    """What is asked of a purchase, as what "oui" affirms; the value is its word in the corpus."""

    UNADVERTISED = "libre"
    COMPETED = "concurrence"
    ADAPTED = "adaptée"
    FORMALISED = "formalisée"
    ANNOUNCED = "boamp"
    ALLOWED = "permis"
    UNTOLD = ""


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A question with an amount, and what "oui" affirms to it; UNTOLD where no procedure tells.

    `author` is the number of who wrote it.
    """

    question: str
    author: int
    claim: PurchaseClaim


_judged = TypeAdapter(JudgedClaim)


def read_judged_claims() -> tuple[JudgedClaim, ...]:
    """Those of the corpus; raises IngestionError naming the line that is not one."""
    return tuple(read_lines(JUDGED_CLAIMS, _judged))


class PurchaseClaims:
    """What is asked of a purchase, learnt from questions of which it is known."""

    def __init__(self, known: Sequence[JudgedClaim]) -> None:
        """Learn from all of them, of two claims at least."""
        asked = [(each.question, each.claim) for each in known]
        self._told = ToldByWords(asked, WORDS_IN_A_ROW, PENALTY)

    def likeliest(self, question: str) -> tuple[PurchaseClaim, float]:
        """The claim that is likeliest, and how likely it is."""
        claim, likely = max(self._told.likelihood(question).items(), key=lambda each: each[1])
        return PurchaseClaim(claim), likely

    def claim(self, question: str) -> PurchaseClaim:
        """What is asked; UNTOLD where the question does not tell it surely."""
        claim, likely = self.likeliest(question)
        return claim if likely > LIKELY else PurchaseClaim.UNTOLD


@cache
def purchase_claims() -> PurchaseClaims:
    """What the corpus teaches."""
    return PurchaseClaims(read_judged_claims())
