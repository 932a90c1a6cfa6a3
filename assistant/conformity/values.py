"""Values: the quantities, days and names that the pieces of a dossier state. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from assistant.calculators.amounts import euros, number, percent
from assistant.conformity.clauses import Clause, of_pieces
from assistant.conformity.rules import Value, Where
from ingestion.passages import Passage
from ingestion.piece_kinds import PieceKind

Stated = Decimal | date | str

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
class Reading:
    """A value as a piece states it, in the unit of its kind, and the words that state it."""

    value: Stated
    piece: PieceKind
    place: Passage


def readings(value: Value, clauses: Sequence[Clause]) -> tuple[Reading, ...]:
    """What the pieces state, in their order, the same words once."""
    found = (
        Reading(stated, clause.piece, clause.place(match))
        for clause in looked_at(value.where, clauses)
        for match in clause.matches(value.says)
        if (stated := _stated(match, value.unit)) is not None
    )
    every = tuple(dict.fromkeys(found))
    if not value.highest:
        return every
    tops = {piece: max(_of(piece, every)) for piece in {each.piece for each in every}}
    return tuple(each for each in every if each.value == tops[each.piece])


def _of(piece: PieceKind, found: Iterable[Reading]) -> Iterator[Decimal]:
    return (r.value for r in found if r.piece is piece and isinstance(r.value, Decimal))


def looked_at(where: Where, clauses: Sequence[Clause]) -> tuple[Clause, ...]:
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


def written(value: Stated, unit: str) -> str:
    """A value as French texts write it."""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, str):
        return value
    if unit == "euro":
        return euros(value)
    return percent(value) if unit == _PERCENT else f"{number(value)} {_WORDS[unit]}".rstrip()


def listed(values: Iterable[Stated], unit: str) -> str:
    """Values one after the other, each once."""
    return ", ".join(written(each, unit) for each in dict.fromkeys(values))


def _stated(match: re.Match[str], unit: str) -> Stated | None:
    """The value captured; None for a day that no calendar has."""
    captured = match["value"]
    if unit == _NAME:
        return captured
    if unit == _DAY:
        try:
            return date.fromisoformat(captured)
        except ValueError:
            return None
    return exact(captured, unit)
