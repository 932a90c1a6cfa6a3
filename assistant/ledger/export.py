"""Exports of a table: CSV and XLSX of which nothing is run. Door of openpyxl for writing.

A text that a spreadsheet would take for a formula is kept as text: in CSV behind an apostrophe, in
a workbook by the type of its cell.
"""

import csv
import io
import re
from datetime import date
from decimal import Decimal

from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]
from openpyxl.styles import Font  # type: ignore[import-untyped]

from assistant.errors import WrongPlan
from assistant.ledger.table import Cell, Format, Table

SUFFIXES = (".csv", ".xlsx")

_FORMULA = re.compile(r"[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NUMBER_FORMATS = {
    Format.EUROS: "#,##0.00",
    Format.PERCENT: "0.0",
    Format.COUNT: "0",
    Format.NUMBER: "0.0",
    Format.DATE: "dd/mm/yyyy",
}


def exported(table: Table, suffix: str) -> bytes:
    """A table as a file of this suffix. Raises WrongPlan for another format than CSV or XLSX."""
    assert not table.is_unread, table.title
    match suffix:
        case ".csv":
            return csv_bytes(table)
        case ".xlsx":
            return workbook_bytes(table)
    raise WrongPlan(f"« {suffix} » : l'export s'écrit dans un fichier .csv ou .xlsx.")


def csv_bytes(table: Table) -> bytes:
    """UTF-8 with a mark, semicolons and decimal commas, as French spreadsheets open it."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(_text(column.heading) for column in table.columns)
    for row in table.rows:
        writer.writerow(_plain(cell) for cell in row)
    return written.getvalue().encode("utf-8-sig")


def workbook_bytes(table: Table) -> bytes:
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
    clean = _CONTROL.sub("", text)
    return f"'{clean}" if _FORMULA.match(clean) else clean


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
