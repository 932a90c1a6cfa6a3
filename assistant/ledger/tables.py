"""Tables: what a view shows in a terminal, a page, CSV or a workbook. Door of openpyxl."""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]
from openpyxl.styles import Font  # type: ignore[import-untyped]

from assistant.calculators.amounts import euros, numeral, percent
from assistant.cells import inert
from assistant.errors import WrongPlan

Cell = str | int | Decimal | date | None


class Format(StrEnum):
    """How the cells of a column are written.

    TEXT is what files say; WORDS are the program's own, which a page may say in another language.
    """

    TEXT = "text"
    WORDS = "words"
    COUNT = "count"
    EUROS = "euros"
    PERCENT = "percent"
    NUMBER = "number"
    DATE = "date"

    @property
    def is_number(self) -> bool:
        """Whether cells are aligned on the right."""
        return self not in {Format.TEXT, Format.WORDS, Format.DATE}


@dataclass(frozen=True, slots=True)
class TableColumn:
    """The heading of a column, and how it is written."""

    heading: str
    format: Format = Format.TEXT


@dataclass(frozen=True, slots=True)
class LedgerTable:
    """Rows of as many cells as there are columns, and what they do not say themselves.

    `rows_of` has for each row the ids of the ledger that it is made of. A table that is unread has
    no rows yet: they are read by these ids where they are shown.
    """

    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    rows_of: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    is_unread: bool = False

    @property
    def count(self) -> int:
        """How many rows it has, read or not."""
        return len(self.rows_of) if self.is_unread else len(self.rows)


Item = TypeVar("Item")


def tabulated(
    title: str,
    found: Sequence[Item],
    ids: Callable[[Item], tuple[str, ...]],
    notes: tuple[str, ...],
    cells: Mapping[TableColumn, Callable[[Item], Cell]],
) -> LedgerTable:
    """A row for each of what was found, with the ids that it is made of and a cell a column."""
    rows = tuple(tuple(cell(each) for cell in cells.values()) for each in found)
    return LedgerTable(title, tuple(cells), rows, tuple(map(ids, found)), notes)


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
    return percent(value) if form is Format.PERCENT else numeral(value)


# An exhibit: a table, and the shape in which it is drawn when people would rather look. Values.


class DrawingShape(StrEnum):
    """What a drawing shows of a table.

    RANKING and SHARES read the label in the first column and the value in the second, TIME too, in
    the order of the rows. AGEING reads the stage, the bracket and the amount of a row from the
    first, second and fourth.
    """

    RANKING = "ranking"
    SHARES = "shares"
    TIME = "time"
    AGEING = "ageing"


@dataclass(frozen=True, slots=True)
class LedgerExhibit:
    """A table and its shape, None where a drawing would say less than the table.

    `lead` is what it comes to, in a sentence, where there is one.
    """

    table: LedgerTable
    shape: DrawingShape | None = None
    lead: str = ""


# Exports of a table: CSV and XLSX of which nothing is run. Door of openpyxl for writing.
#
# A text that a spreadsheet would take for a formula is kept as text: in CSV behind an apostrophe,
# in a workbook by the type of its cell.

SUFFIXES = (".csv", ".xlsx")

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NUMBER_FORMATS = {
    Format.EUROS: "#,##0.00",
    Format.PERCENT: "0.0",
    Format.COUNT: "0",
    Format.NUMBER: "0.0",
    Format.DATE: "dd/mm/yyyy",
}


def exported(table: LedgerTable, suffix: str) -> bytes:
    """A table as a file of this suffix. Raises WrongPlan for another format than CSV or XLSX."""
    assert not table.is_unread, table.title
    match suffix:
        case ".csv":
            return csv_bytes(table)
        case ".xlsx":
            return workbook_bytes(table)
    raise WrongPlan(f"« {suffix} » : l'export s'écrit dans un fichier .csv ou .xlsx.")


def csv_bytes(table: LedgerTable) -> bytes:
    """UTF-8 with a mark, semicolons and decimal commas, as French spreadsheets open it.

    What the rows count and leave out stands below them, behind an empty line.
    """
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(_text(column.heading) for column in table.columns)
    for row in table.rows:
        writer.writerow(_plain(cell) for cell in row)
    if table.notes:
        writer.writerows([(), *((_text(note),) for note in table.notes)])
    return written.getvalue().encode("utf-8-sig")


def workbook_bytes(table: LedgerTable) -> bytes:
    """A workbook of one sheet, and a second one for its notes; numbers and dates are such."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(table.title))
    sheet.freeze_panes = "A2"
    headings = [_cell(sheet, column.heading, Format.TEXT) for column in table.columns]
    for heading in headings:
        heading.font = Font(bold=True)
    sheet.append(headings)
    for row in table.rows:
        pairs = zip(row, table.columns, strict=True)
        sheet.append([_cell(sheet, cell, column.format) for cell, column in pairs])
    if table.notes:
        below = book.create_sheet("Notes")
        for note in table.notes:
            below.append([_cell(below, note, Format.TEXT)])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _plain(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Decimal():
            return f"{cell:f}".replace(".", ",")
        case date() | int():
            return str(cell)
        case str():
            return _text(cell)


def _text(text: str) -> str:
    return inert(_CONTROL.sub("", text))


def _cell(sheet: object, cell: Cell, form: Format) -> WriteOnlyCell:
    if isinstance(cell, str):
        written = WriteOnlyCell(sheet, _CONTROL.sub("", cell))
        written.data_type = "s"
        written.quotePrefix = True
        return written
    written = WriteOnlyCell(sheet, cell)
    if cell is not None and form in _NUMBER_FORMATS:
        written.number_format = _NUMBER_FORMATS[form]
    return written


def _sheet_name(title: str) -> str:
    """A name that workbooks allow: 31 characters, none of theirs."""
    return re.sub(r"[\[\]:*?/\\]", " ", title)[:31].strip() or "Tableau"


# A table as plain JSON: the contract of `invoices` and `purchases` for programs. Pure.


def table_fields(table: LedgerTable) -> dict[str, Any]:
    """A table for programs: amounts as decimal text, days as YYYY-MM-DD, the ids of each row."""
    headings = [column.heading for column in table.columns]
    return {
        "title": table.title,
        "rows": [dict(zip(headings, map(_json_cell, row), strict=True)) for row in table.rows],
        "sources": [list(ids) for ids in table.rows_of],
        "notes": list(table.notes),
    }


def _json_cell(cell: Cell) -> str | int | None:
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return cell.isoformat() if isinstance(cell, date) else cell
