"""Trials: a question for the evaluation set, asked of the index in service and of a broken one.

A question that the index in service misses, or that is still answered rightly once the texts that
carry the answer are gone, would never tell the gate that an index lost something.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.answering.answer import Answer, Citation, TurnResult
from assistant.evaluation.grading import Graded, grade
from assistant.review.gold import GoldQuestion, question_of

NO_FACT = (
    "Donnez au moins un fait que la réponse doit dire, pris du texte : un montant, un délai, une "
    "condition. Un article cité ne dit pas que la réponse est juste."
)
"""Why a question without a fact is not taken."""


@dataclass(frozen=True, slots=True)
class GoldTrial:
    """What the index in service answered, and a broken one; None where nothing was broken.

    A refusal that is expected cannot be broken by taking texts away.
    """

    served: Graded
    broken: Graded | None

    @property
    def refusal(self) -> str:
        """Why the question tells nothing, in French, "" when it tells the two apart."""
        if not self.served.correct:
            faults = " ; ".join(_told(self.served))
            return (
                f"L'index en service ne répond pas comme attendu ({faults}). Il répond : « "
                f"{_shortened(self.served.result.answer)} » Corrigez l'attendu, ou les textes "
                "d'abord : une question déjà manquée ne verrait rien se perdre."
            )
        if self.broken is not None and self.broken.correct:
            return (
                "La question ne distingue pas un index privé des textes attendus, qui répond "
                f"encore : « {_shortened(self.broken.result.answer)} » Donnez un fait que seuls "
                "ces textes portent, ou les articles qui manquent à la liste."
            )
        return ""


Asked = Callable[[frozenset[str]], TurnResult]
"""Asks the question of an index that lacks some references and passages."""

ROUNDS = 3
"""Times that what carries the answer is taken away: an article, its twins elsewhere, sheets."""


def tried(question: GoldQuestion, asked: Asked) -> GoldTrial:
    """Ask a question of the whole index, then without the texts that carry the answer.

    The expected articles and what the answer cites go first; then, as long as the answer is still
    right, what that one cites.
    """
    served = asked(frozenset())
    if question.refusal_expected:
        return GoldTrial(graded(question, served), None)
    lacking = frozenset(question.articles) | _cited(served)
    for _ in range(ROUNDS):
        broken = asked(lacking)
        if not graded(question, broken).correct or _cited(broken) <= lacking:
            break
        lacking |= _cited(broken)
    return GoldTrial(graded(question, served), graded(question, broken))


def _cited(result: TurnResult) -> frozenset[str]:
    return frozenset(each.passage_id for each in result.answer.citations)


def graded(question: GoldQuestion, result: TurnResult) -> Graded:
    """An answer held against what is expected, its quotes left aside."""
    return grade(question_of(question), result, _unread)


def _unread(citation: Citation) -> str | None:
    return None


def _told(found: Graded) -> Iterator[str]:
    for fault in found.faults:
        yield " : ".join(filter(None, (fault.kind, fault.detail)))


LONGEST = 240
"""Characters of an answer that are told."""


def _shortened(answer: Answer) -> str:
    text = " ".join(answer.markdown.split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
