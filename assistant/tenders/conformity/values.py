"""Values: the quantities, days and names that the pieces of a dossier state. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from assistant.calculators.amounts import euros, numeral, percent
from assistant.tenders.clauses import DossierClause, of_pieces
from assistant.tenders.conformity.rules import RuleValue, Where
from ingestion.chunking.passages import Passage
from ingestion.documents.pieces import PieceKind

PieceValue = Decimal | date | str

_DAY, _NAME, _PERCENT = "date", "name", "percent"
_WORDS = {
    "day": "jours",
    "hour": "heures",
    "month": "mois",
    "times": "fois",
    "point": "points",
    "count": "",
}


@dataclass(frozen=True, slots=True)
class ValueReading:
    """A value as a piece states it, in the unit of its kind, and the words that state it.

    `is_doubtful` when it was read from a picture with little confidence.
    """

    value: PieceValue
    piece: PieceKind
    place: Passage
    is_doubtful: bool = False


def readings(value: RuleValue, clauses: Sequence[DossierClause]) -> tuple[ValueReading, ...]:
    """What the pieces state, in their order, the same words once.

    Of values of which the highest counts, those that are doubtful are kept besides. Of days that
    are moved, the last one alone is stated.
    """
    if moved := tuple(dict.fromkeys(_read(value, value.moved, clauses))):
        last = max(each.value for each in moved if isinstance(each.value, date))
        return tuple(each for each in moved if each.value == last)
    titled = _titled(value, clauses)
    every = tuple(dict.fromkeys((*_read(value, value.says, clauses), *titled)))
    if not value.highest:
        return every
    numbered = dict.fromkeys(_read(value, value.numbered, clauses))
    every += _beyond(every, tuple(numbered))
    tops = {piece: max(_of(piece, every)) for piece in {each.piece for each in every}}
    return tuple(each for each in every if each.is_doubtful or each.value == tops[each.piece])


def _read(
    value: RuleValue, patterns: Iterable[re.Pattern[str]], clauses: Sequence[DossierClause]
) -> Iterator[ValueReading]:
    return (
        ValueReading(stated, clause.piece, clause.place(match), clause.doubts(match))
        for clause in looked_at(value.where, clauses)
        for match in clause.matches(patterns)
        if (stated := _stated(match, value.unit)) is not None
    )


def _titled(value: RuleValue, clauses: Sequence[DossierClause]) -> Iterator[ValueReading]:
    """What is said under the headings that tell what it is of."""
    under = [each for each in clauses if any(title.search(each.title) for title in value.titles)]
    return _read(value, value.titled, under)


def _beyond(
    counted: Sequence[ValueReading], numbered: Sequence[ValueReading]
) -> tuple[ValueReading, ...]:
    """The numbers above every count; none where a piece that counts numbers otherwise itself."""
    counting = {each.piece for each in counted}
    most = max((number for piece in counting for number in _of(piece, counted)), default=None)
    beyond = tuple(
        each
        for each in numbered
        if most is not None and isinstance(each.value, Decimal) and each.value > most
    )
    return () if counting & {each.piece for each in beyond} else beyond


def _of(piece: PieceKind, found: Iterable[ValueReading]) -> Iterator[Decimal]:
    return (r.value for r in found if r.piece is piece and isinstance(r.value, Decimal))


def looked_at(where: Where, clauses: Sequence[DossierClause]) -> tuple[DossierClause, ...]:
    """The clauses of these pieces under such a heading or saying such things, all without both."""
    mine = of_pieces(clauses, where.pieces)
    if not where.heading and not where.about:
        return mine
    return tuple(
        clause
        for clause in mine
        if any(each.search(clause.title) for each in where.heading)
        or any(each.search(clause.canonical.text) for each in where.about)
    )


def exact(captured: str, unit: str) -> Decimal:
    """A quantity of a canonical text in the unit of its kind: "1/20" is 5 percent."""
    value = Fraction(captured) * (100 if unit == _PERCENT else 1)
    return Decimal(value.numerator) / value.denominator


def written(value: PieceValue, unit: str) -> str:
    """A value as French texts write it."""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, str):
        return value
    if unit == "euro":
        return euros(value)
    return percent(value) if unit == _PERCENT else f"{numeral(value)} {_WORDS[unit]}".rstrip()


def listed(values: Iterable[PieceValue], unit: str) -> str:
    """Values one after the other, each once."""
    return ", ".join(written(each, unit) for each in dict.fromkeys(values))


def _stated(match: re.Match[str], unit: str) -> PieceValue | None:
    """The value captured; None for a day that no calendar has."""
    captured = match["value"]
    if unit == _NAME:
        return captured
    if unit == _DAY:
        try:
            return date.fromisoformat(captured)
        except ValueError:
            return None
    renewals = match.groupdict()
    if times := renewals.get("times"):
        return exact(captured, unit) + exact(times, "times") * exact(renewals["each"], unit)
    return exact(captured, unit)
