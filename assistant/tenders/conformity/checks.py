"""Checks of one rule against the clauses of a dossier, under the law of its day. Pure.

Each yields what it finds fault with; how severe that is, and on which words of the law it rests,
is for the review.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from operator import gt, itemgetter, lt, ne
from typing import Protocol

from assistant.calculators.amounts import add_days, end_of_period, numeral
from assistant.calculators.calculation import Stated
from assistant.calculators.constants import IndexedLaw, Law, constants
from assistant.errors import Ungrounded, WrongFigures
from assistant.tenders.canonical import canonical
from assistant.tenders.clauses import DossierClause
from assistant.tenders.conformity.rules import (
    ConformityRule,
    Patterns,
    RuleBook,
    RuleFact,
    RuleValue,
    Side,
    Unchecked,
    Where,
)
from assistant.tenders.conformity.values import (
    PieceValue,
    ValueReading,
    looked_at,
    readings,
    written,
)
from ingestion.chunking.passages import Passage
from ingestion.chunking.sentences import SentenceSpan
from ingestion.documents.document import Document
from ingestion.tenders.dossiers import Dossier

# The code as a review reads it: the constants of a day, and the versions of an article.


class Code(Law, Protocol):
    """What a review may ask of the law of the dossier's day."""

    def versions(self, reference: str) -> Sequence[Document]:
        """Every indexed version of an article, none of those that are not indexed."""


class IndexedCode(IndexedLaw):
    """The law of a day as one snapshot holds it, with its versions."""

    def versions(self, reference: str) -> Sequence[Document]:
        """Every version of an article."""
        return self._generation.store.versions(reference)


# The case: the dossier under review, the law of its day, and what decides which rules apply.


@dataclass(frozen=True, slots=True)
class Case:
    """The clauses of a dossier, its description, the law of its day, and the day of the review."""

    clauses: tuple[DossierClause, ...]
    description: Dossier
    code: Code
    day: date
    book: RuleBook

    def read(self, name: str) -> tuple[ValueReading, ...]:
        """What the pieces state of a value; raises Unchecked where that was read with doubt."""
        found = readings(self.book.values[name], self.clauses)
        require_sure(each.place for each in found if each.is_doubtful)
        return found

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

    def is_of_a_part(self, name: str) -> bool:
        """Whether the highest that they state is told of a part of the contract alone."""
        highest, unless = self.highest(name), self.book.values[name].unless
        told = [self._beside(each.place) for each in self.read(name) if each.value == highest]
        return all(_found(unless, each) for each in told)

    def _beside(self, place: Passage) -> str:
        return next(
            clause.beside(place)
            for clause in self.clauses
            if clause.passage.document_id == place.document_id
            and clause.passage.start <= place.start < clause.passage.end
        )

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

    def _compared(self, fact: RuleFact) -> bool | None:
        highest = self.highest(fact.value)
        if highest is None:
            return fact.silent
        if fact.above:
            is_so = highest > self.stated(fact.above).value
        else:
            is_so = highest >= self.stated(fact.least).value
        return is_so or (None if self.is_of_a_part(fact.value) else False)

    def _said(self, fact: RuleFact) -> bool | None:
        """What the description says, else the first clause that says one thing and not both."""
        described = canonical(f"{self.description.buyer}\n{self.description.subject}").text
        clauses = looked_at(fact.where, self.clauses)
        for text in (described, *(f"{each.title}\n{each.canonical.text}" for each in clauses)):
            yes, no = _found(fact.yes, text), _found(fact.no, text)
            if yes is not no:
                return yes
        return fact.silent


def require_sure(doubtful: Iterable[Passage]) -> None:
    """Raise Unchecked, which names the first of these places, if there is one."""
    if place := next(iter(doubtful), None):
        raise Unchecked(f"chiffre lu avec doute ({place.locator}), vérifiez sur l’image")


def _found(patterns: Patterns, text: str) -> bool:
    return any(pattern.search(text) for pattern in patterns)


_COMPARE = "Faites vous-même la comparaison"
_DESCRIBE = (
    "« Modifier la description » sur la page du dossier, ou la commande sourcier dossier describe"
)
_FAULTS = {Side.ABOVE: (gt, ">"), Side.BELOW: (lt, "<"), Side.OTHER: (ne, "≠")}


@dataclass(frozen=True, slots=True)
class CheckFault:
    """What a check finds: the words of the dossier, the comparison, and what its sentence says.

    `words` fill the sentence of the rule. `doubt` is what else has to be true, after "si".
    """

    places: tuple[Passage, ...] = ()
    comparison: str = ""
    words: dict[str, str] = field(default_factory=dict)
    doubt: str = ""


def values(rule: ConformityRule, case: Case) -> Iterator[CheckFault]:
    """The values on the wrong side of the limit of the law, each once.

    None where a piece excuses them. Raises Unchecked where the limit is a multiple of what is told
    of a part of the contract alone.
    """
    found = case.read(rule.value)
    if not found or _is_said(rule.unless, case.clauses) or _is_under(found, rule, case):
        return
    unit, limit = case.book.values[rule.value].unit, _limit(rule, case)
    is_wrong, sign = _FAULTS[rule.side]
    wrong: defaultdict[PieceValue, list[ValueReading]] = defaultdict(list)
    for reading in found:
        if is_wrong(reading.value, limit):
            wrong[reading.value].append(reading)
    if wrong and rule.times and case.is_of_a_part(rule.times):
        label = case.book.values[rule.times].label
        only = f"la revue n'a reconnu que par an, par période ou par lot {label}"
        raise Unchecked(f"{only}. {_COMPARE}")
    for value, same in wrong.items():
        said, limited = written(value, unit), written(limit, unit)
        yield CheckFault(
            tuple(each.place for each in same),
            f"{said} {sign} {limited}",
            {"found": said, "limit": limited},
        )


def _is_under(found: Sequence[ValueReading], rule: ConformityRule, case: Case) -> bool:
    """Whether none is wrong for the highest amount that the limit may be a multiple of."""
    highest = case.highest(rule.under) if rule.under else None
    if highest is None:
        return False
    limit, (is_wrong, _) = case.stated(rule.constants[0]).value, _FAULTS[rule.side]
    return not any(is_wrong(each.value, limit * highest) for each in found)


def _limit(rule: ConformityRule, case: Case) -> Decimal:
    limit = case.stated(rule.constants[0]).value
    if not rule.times:
        return limit
    base = case.highest(rule.times)
    if base is None:
        label = case.book.values[rule.times].label
        raise Unchecked(f"la revue n'a pas reconnu dans les pièces {label}. {_COMPARE}")
    return limit * base


def missing(rule: ConformityRule, case: Case) -> Iterator[CheckFault]:
    """The mention that no clause has, where there are clauses that should have it.

    What excuses its absence is looked for in every piece. Raises Unchecked when the dossier has
    none of the pieces.
    """
    if not any(clause.piece in rule.where.pieces for clause in case.clauses):
        names = ", ".join(rule.where.pieces)
        raise Unchecked(f"le dossier n'a aucune des pièces où le lire ({names})")
    clauses = looked_at(rule.where, case.clauses)
    said = _is_said(rule.says, clauses) or _is_said(rule.unless, case.clauses)
    if clauses and not said:
        # A figure that is not read as what it is may be all that was missed.
        require_sure(each.passage for each in clauses if each.has_doubts)
        yield CheckFault(_stands(rule.where, clauses))


def _stands(where: Where, clauses: Sequence[DossierClause]) -> tuple[Passage, ...]:
    """Where the mention would stand: under the first of the headings, else where that is said."""
    for heading in where.heading:
        for clause in clauses:
            if heading.search(clause.title) and clause.passage.text.strip():
                return (clause.words(SentenceSpan(0, len(clause.passage.text))),)
    said = ((each, match) for each in clauses for match in each.matches(where.about))
    return tuple(clause.place(match) for clause, match in islice(said, 1))


def _is_said(patterns: Patterns, clauses: Iterable[DossierClause]) -> bool:
    return any(clause.says(patterns) for clause in clauses)


def present(rule: ConformityRule, case: Case) -> Iterator[CheckFault]:
    """The sentences that have the mention and nothing that excuses it, alike ones together.

    What excuses an item of a list may stand anywhere in the list, or in the heading.
    """
    found: defaultdict[str, list[Passage]] = defaultdict(list)
    for clause in looked_at(rule.where, case.clauses):
        for match in clause.matches(rule.says):
            around = f"{clause.title}\n{clause.around(match)}"
            if not _found(rule.unless, around):
                found[match.groupdict().get("key", "")].append(clause.place(match))
    for key, places in found.items():
        yield CheckFault(tuple(dict.fromkeys(places)), words={"found": key})


def intervals(rule: ConformityRule, case: Case) -> Iterator[CheckFault]:
    """The time between two days, when it is shorter than the law has it.

    A period ends with its last day, so that a limit on that day is short by some hours. Raises
    Unchecked when a day is not known, or when it is short from a later day than the one that
    counts; a delay that no piece begins is not looked at.
    """
    begins, stated = case.book.values[rule.value], case.days(rule.value)
    if not stated and not begins.described:
        return
    starts = stated or (case.days(rule.after) if rule.after else ())
    ends = case.days(rule.until)
    _require_told((begins, starts), (case.book.values[rule.until], ends))
    (start, before), (end, after) = max(starts, key=itemgetter(0)), min(ends, key=itemgetter(0))
    limit = int(case.stated(rule.constants[0]).value)
    last = _last_day(start, limit, rule.is_counted_back)
    if end > last or (rule.is_counted_back and end == last):
        return
    if not stated:
        raise Unchecked(_untold(begins))
    found, least = (f"{numeral(Decimal(each))} jours" for each in ((end - start).days, limit))
    yield CheckFault(
        (*before, *after),
        f"{end:%d/%m/%Y} {'=' if end == last else '<'} {last:%d/%m/%Y}",
        {"found": found, "limit": least, "last": f"{last:%d/%m/%Y}"},
        "l'heure limite tombe avant minuit" if end == last else "",
    )


def _last_day(start: date, limit: int, is_counted_back: bool) -> date:
    try:
        return add_days(start, limit) if is_counted_back else end_of_period(start, limit)
    except WrongFigures as beyond:
        raise Unchecked(f"la date du {start:%d/%m/%Y} est impossible") from beyond


def _require_told(*told: tuple[RuleValue, Sequence[object]]) -> None:
    """Raise Unchecked for the days that nothing tells, first those that are to be described."""
    unknown = [value for value, days in told if not days]
    if unknown:
        raise Unchecked(*map(_untold, [each for each in unknown if each.described] or unknown))


def _untold(value: RuleValue) -> str:
    """The reason for a day that nothing tells, and where it is to be told."""
    if not value.described:
        names = ", ".join(value.where.pieces)
        return f"{value.label} n'a été trouvée dans aucune pièce où la lire ({names}). {_COMPARE}"
    where = "ni dans les pièces ni dans la description du dossier"
    return f"{value.label} n'a été trouvée {where}. Indiquez-la : {_DESCRIBE}"
