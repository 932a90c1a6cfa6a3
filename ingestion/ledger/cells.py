"""The texts of a record into the typed values of a row, each fault said. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from re import compile as pattern
from typing import Any, get_args

from ingestion.ledger.notation import day
from ingestion.ledger.records import Comment, Value, warned
from ingestion.ledger.rows import Lineage, TableRow

_DECIMAL = pattern(r"-?\d{1,30}(?:\.\d{1,30})?")
_SCALES = {"quantity": 6, "unit_price": 6, "vat_rate": 4, "rate": 4}
_CENTS = 2
_MOST_DIGITS = 18
_KINDS: dict[str, dict[str, type]] = {
    table.table: {each.name: (get_args(each.type) or (each.type,))[0] for each in fields(table)}
    for table in get_args(TableRow)
}
"""The type of each column, whether or not it may be absent."""


@dataclass(slots=True)
class Cells:
    """What the texts of a row become, with the faults met and where each value was read."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)

    def lineage(self, table: str, row: str, file: str) -> Iterator[Lineage]:
        """One a value."""
        for column, place in self.places.items():
            yield Lineage(table, row, column, file, place)


def cells(table: type[TableRow], texts: Iterable[Value], place: str) -> Cells:
    """The values of the columns of a table; one that cannot be read is left out, and said."""
    found = Cells()
    for value in texts:
        read = _read(_KINDS[table.table][value.column], value, place, found.comments)
        if read is not None:
            found.values[value.column] = read
            found.places[value.column] = value.place
    return found


def _read(kind: type, value: Value, place: str, comments: list[Comment]) -> object:
    """A typed value, None for a text that is none of its type."""
    if kind is str:
        return value.text
    read: object = day(value.text) if kind is date else _number(value, place, comments)
    if kind is int and isinstance(read, Decimal):
        read = int(read) if read == read.to_integral_value() else None
    if read is None:
        what = "une date" if kind is date else "un nombre"
        said = f"« {value.text} » n'est pas {what} ({value.place}) : laissé vide."
        comments.append(warned("VALEUR", said, place))
    return read


def _number(value: Value, place: str, comments: list[Comment]) -> Decimal | None:
    """A number with the decimals of its column, and a comment when that rounds it."""
    if not _DECIMAL.fullmatch(value.text):
        return None
    exact = Decimal(value.text)
    step = Decimal(1).scaleb(-_SCALES.get(value.column, _CENTS))
    if exact.adjusted() >= _MOST_DIGITS - _SCALES.get(value.column, _CENTS):
        return None
    rounded = exact.quantize(step, ROUND_HALF_UP)
    if rounded != exact:
        said = f"{value.text} est arrondi à {rounded} ({value.place})."
        comments.append(warned("ARRONDI", said, place))
    return rounded
