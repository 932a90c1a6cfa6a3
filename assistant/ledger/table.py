"""A table: what a view shows in a terminal, a page, JSON, CSV or a workbook. Values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from assistant.calculators.amounts import euros, number, percent

Cell = str | int | Decimal | date | None


class Format(StrEnum):
    """How the cells of a column are written."""

    TEXT = "text"
    COUNT = "count"
    EUROS = "euros"
    PERCENT = "percent"
    NUMBER = "number"
    DATE = "date"

    @property
    def is_number(self) -> bool:
        """Whether cells are aligned on the right."""
        return self not in {Format.TEXT, Format.DATE}


@dataclass(frozen=True, slots=True)
class Column:
    """The heading of a column, and how it is written."""

    heading: str
    format: Format = Format.TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many cells as there are columns, and what they do not say themselves.

    `rows_of` has for each row the ids of the ledger that it is made of. A table that is unread has
    no rows yet: they are read by these ids where they are shown.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    rows_of: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    is_unread: bool = False

    @property
    def count(self) -> int:
        """How many rows it has, read or not."""
        return len(self.rows_of) if self.is_unread else len(self.rows)


def written(cell: Cell, form: Format) -> str:
    """A cell in French; a dash where there is nothing."""
    match cell:
        case None:
            return "–"
        case date():
            return f"{cell:%d/%m/%Y}"
        case str():
            return cell
    value = Decimal(cell)
    if form is Format.EUROS:
        return euros(value)
    return percent(value) if form is Format.PERCENT else number(value)
