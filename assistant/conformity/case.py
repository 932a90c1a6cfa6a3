"""The case: the dossier under review, the law of its day, and what decides which rules apply."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assistant.calculators.calculation import Stated
from assistant.calculators.constants import constants
from assistant.conformity.canonical import canonical
from assistant.conformity.clauses import Clause
from assistant.conformity.code import Code
from assistant.conformity.finding import Unchecked
from assistant.conformity.rule_book import RuleBook
from assistant.conformity.rules import Fact, Patterns
from assistant.conformity.values import Reading, looked_at, readings
from assistant.errors import Ungrounded
from ingestion.dossiers import Dossier
from ingestion.passages import Passage


@dataclass(frozen=True, slots=True)
class Case:
    """The clauses of a dossier, its description, the law of its day, and the day of the review."""

    clauses: tuple[Clause, ...]
    description: Dossier
    code: Code
    day: date
    book: RuleBook

    def read(self, name: str) -> tuple[Reading, ...]:
        """What the pieces state of a value."""
        return readings(self.book.values[name], self.clauses)

    def days(self, name: str) -> tuple[tuple[date, tuple[Passage, ...]], ...]:
        """The days that they state, with their words; else the one that the description has."""
        read = self.read(name)
        stated = tuple((each.value, (each.place,)) for each in read if isinstance(each.value, date))
        where = self.book.values[name].described
        described = getattr(self.description, where) if where else None
        return stated or (((described, ()),) if described else ())

    def highest(self, name: str) -> Decimal | None:
        """The highest amount, rate or duration that they state, None when they state none."""
        stated = (each.value for each in self.read(name))
        return max((each for each in stated if isinstance(each, Decimal)), default=None)

    def stated(self, name: str) -> Stated:
        """A constant of the law of the day; raises Unchecked when no text in force states it."""
        try:
            return self.code.stated(name)
        except Ungrounded as error:
            constant = constants()[name]
            raise Unchecked(
                f"aucun texte indexé en vigueur le {self.code.day:%d/%m/%Y} ne dit "
                f"« {constant.label} » ({constant.article})"
            ) from error

    def conditions(self, when: Sequence[str]) -> tuple[str, ...] | None:
        """What nothing tells of these facts, in French; None when one of them is false.

        A fact after "!" has to be false. Raises Unchecked where one needs a constant of the law
        that no text states.
        """
        unknown = []
        for name in when:
            fact, expected = self.book.facts[name.removeprefix("!")], not name.startswith("!")
            answer = self._compared(fact) if fact.value else self._said(fact)
            if answer is (not expected):
                return None
            if answer is None:
                unknown.append(fact.condition if expected else fact.contrary)
        return tuple(unknown)

    def _compared(self, fact: Fact) -> bool | None:
        highest = self.highest(fact.value)
        if highest is None:
            return fact.silent
        if fact.above:
            return highest > self.stated(fact.above).value
        return highest >= self.stated(fact.least).value

    def _said(self, fact: Fact) -> bool | None:
        """What the description says, else the first clause that says one thing and not both."""
        described = canonical(f"{self.description.buyer}\n{self.description.subject}").text
        clauses = looked_at(fact.where, self.clauses)
        for text in (described, *(f"{each.title}\n{each.canonical.text}" for each in clauses)):
            yes, no = _found(fact.yes, text), _found(fact.no, text)
            if yes is not no:
                return yes
        return fact.silent


def _found(patterns: Patterns, text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)
