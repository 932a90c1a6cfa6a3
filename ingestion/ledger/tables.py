"""CSV and XLSX into the lines of their sheets, every cell a text. Door of openpyxl for reading."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from zipfile import BadZipFile

import openpyxl  # type: ignore[import-untyped]
from openpyxl.worksheet._read_only import ReadOnlyWorksheet  # type: ignore[import-untyped]

from ingestion.ledger.records import Contents, Line, Sheet, warned
from ingestion.reading.archives import unpacked
from ingestion.reading.content import UnreadableFile
from ingestion.reading.encodings import decoded

_DELIMITERS = ";\t,|"
_MOST_LINES = 1_000_000
_MOST_CELLS = 3_000_000
"""Of a workbook: as many take some twenty seconds to read."""

_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_SHEETS = "xl/worksheets/"
_TOO_LARGE = (
    f"classeur trop grand (plus de {_MOST_CELLS // 1_000_000} millions de cellules) : exportez-le "
    "en CSV, ou en plusieurs fichiers"
)


def read_csv(data: bytes) -> Contents:
    """The lines of a CSV, its separator that which the first line has most.

    Raises:
        UnreadableFile: when it is no table.
    """
    text, guessed = decoded(data)
    first = next((line for line in text.split("\n") if line.strip()), "")
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        lines = tuple(_kept(_numbered(text, delimiter)))
    except csv.Error as error:
        raise UnreadableFile(f"tableau illisible ({error})") from error
    comments = tuple(warned("ENCODAGE", f"{each[:1].upper()}{each[1:]}.") for each in guessed)
    return Contents("CSV", sheets=(Sheet("", lines),), comments=comments)


def read_xlsx(data: bytes) -> Contents:
    """The lines of each sheet of a workbook, formulas by their saved values.

    Raises:
        UnreadableFile: when it is none.
    """
    _refuse_vast(unpacked(data))
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = tuple(
            Sheet(sheet.title, lines)
            for sheet in book.worksheets
            if (lines := tuple(_kept(enumerate(_rows(sheet), start=1))))
        )
    except (BadZipFile, KeyError, ValueError, TypeError) as error:
        raise UnreadableFile("le classeur est abîmé") from error
    return Contents("XLSX", sheets=sheets)


def _refuse_vast(parts: Mapping[str, bytes]) -> None:
    """Raise UnreadableFile for more cells than can be read; counting them takes no second."""
    cells = 0
    for name, part in parts.items():
        if name.startswith(_SHEETS):
            cells += sum(1 for _ in _CELL.finditer(part))
    if cells > _MOST_CELLS:
        raise UnreadableFile(_TOO_LARGE)


def _rows(sheet: ReadOnlyWorksheet) -> Iterator[tuple[object, ...]]:
    """The rows of a sheet as far as their cells go, whatever size it declares.

    Raises UnreadableFile where cells far apart make more of them than can be read.
    """
    sheet.reset_dimensions()
    cells = 0
    for row in sheet.iter_rows(values_only=True):
        cells += len(row)
        if cells > _MOST_CELLS:
            raise UnreadableFile(_TOO_LARGE)
        yield row


def _numbered(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each line with the number of the line of text that it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before = 0
    for cells in reader:
        yield before + 1, cells
        before = reader.line_num


def _kept(lines: Iterable[tuple[int, Iterable[object]]]) -> Iterator[Line]:
    kept = 0
    for number, cells in lines:
        texts = tuple(_text(cell) for cell in cells)
        if any(texts):
            kept += 1
            yield number, texts
        if kept > _MOST_LINES:
            raise UnreadableFile(f"tableau trop grand (plus de {_MOST_LINES} lignes)")


def _text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "VRAI" if cell else "FAUX"
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case float():
            return _decimal(cell)
        case _:
            return " ".join(str(cell).split())


def _decimal(cell: float) -> str:
    """A number with a point that cannot be taken for one between thousands."""
    text = format(Decimal(repr(cell)), "f").removesuffix(".0")
    return f"{text}0" if text[-4:-3] == "." else text
