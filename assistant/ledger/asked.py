"""A question in French words to a plan, by rules: every word must be understood, or none is.

Each rule takes what it reads out of the question; a word that is left and says something would be
a condition dropped in silence, so the question is then not understood.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from assistant.errors import WrongPlan
from assistant.ledger.fields import Population
from assistant.ledger.plan import Plan, validated
from assistant.ledger.planning import planned
from assistant.ledger.question import read_question
from assistant.ledger.remainder import Remainder
from assistant.ledger.spelling import slips
from assistant.ledger.vocabulary import Name, beginnings, vocabulary
from assistant.words import plain


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """The words that no rule reads, none where they do not make one plan, and what can be asked.

    `near` are names of the ledger that begin with one of them.
    """

    words: tuple[str, ...]
    can: tuple[str, ...]
    near: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Why there is no plan, in French."""
        if not self.words:
            return "elle demande plusieurs calculs."
        words = ", ".join(f"« {word} »" for word in self.words)
        meant = " ou ".join(f"« {name} »" for name in self.near)
        asks = f" ; vouliez-vous dire {meant} ?" if meant else "."
        return f"je ne sais pas quoi faire de {words}{asks}"


class Planner(Protocol):
    """What fills a plan from a question; a language model may, through a constrained format."""

    def __call__(
        self, question: str, names: Sequence[Name], today: date, over: Population
    ) -> Plan | NotUnderstood:
        """The plan of a question about a population, or that there is none."""
        ...


def population_asked(question: str) -> Population | None:
    """The population that a question names first, None when it names none."""
    found = (
        (match.start(), Population(rule.name))
        for rule in vocabulary().populations
        if (match := rule.says.search(plain(question)))
    )
    return min(found, default=(0, None))[1]


def population_meant(question: str) -> Population:
    """The population that a question names, else that of its verb: only contracts are notified."""
    is_notified = _NOTIFIED.search(plain(question)) is not None
    return population_asked(question) or (
        Population.PURCHASES if is_notified else Population.INVOICES
    )


_NOTIFIED = re.compile(r"\bnotifi(?:ees?|es?|ons|er)\b")


def asked(
    question: str, names: Sequence[Name], today: date, over: Population
) -> Plan | NotUnderstood:
    """The plan of a question; `names` are those of the ledger."""
    left = Remainder(question)
    plan = _plan_read(left, names, today, over)
    words = left.words(vocabulary().empty)
    if plan is None and words and (meant := slips(words, names)):
        plan = _plan_read(left.respelled(meant), names, today, over)
    if plan is not None:
        return plan
    known = beginnings(names)
    near = dict.fromkeys(each.name for word in words for each in known.get(word, ()))
    return NotUnderstood(words, vocabulary().can, tuple(near))


def _plan_read(
    left: Remainder, names: Sequence[Name], today: date, over: Population
) -> Plan | None:
    """The plan of a question, None where a word is left of it, or its parts make none."""
    read = read_question(left, names, today, over)
    if left.words(vocabulary().empty) or left.has_clash:
        return None
    plan = planned(read, over)
    try:
        return validated(plan) if plan else None
    except WrongPlan:
        return None
