"""CSV and XLSX into records, once their columns are understood. Door of openpyxl for reading."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from zipfile import BadZipFile

import openpyxl  # type: ignore[import-untyped]
from openpyxl.worksheet._read_only import ReadOnlyWorksheet  # type: ignore[import-untyped]

from ingestion.errors import UnreadableFile
from ingestion.ledger.columns import Columns, SheetColumn, code_of
from ingestion.ledger.records import (
    Comment,
    Contents,
    Line,
    Record,
    RecordPart,
    RecordSheet,
    RecordValue,
    refused,
    warned,
)
from ingestion.ledger.rows import CREDIT_TYPES, FileKind
from ingestion.ledger.states import told_as_changes
from ingestion.ledger.values import (
    DecimalMark,
    Disagreement,
    account_digest,
    amount,
    column_mark,
    day,
    digits,
    parse_number,
)
from ingestion.readers.content import decode_text, delimiter_of, unpack

# CSV and XLSX into the lines of their sheets, every cell a text. Door of openpyxl for reading.

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
    """The lines of a CSV; raises UnreadableFile when it is no table."""
    text, guessed = decode_text(data)
    try:
        lines = tuple(_kept(_numbered(text, delimiter_of(text))))
    except csv.Error as error:
        raise UnreadableFile(f"tableau illisible ({error})") from error
    comments = tuple(warned("ENCODAGE", f"{each[:1].upper()}{each[1:]}.") for each in guessed)
    return Contents("CSV", sheets=(RecordSheet("", lines),), comments=comments)


def read_xlsx(data: bytes) -> Contents:
    """The lines of each sheet of a workbook, formulas by their saved values.

    Raises UnreadableFile when it is none.
    """
    _refuse_vast(unpack(data))
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = tuple(
            RecordSheet(sheet.title, lines)
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


# The lines of a table whose columns are understood, into records. Pure.

_NUMBERS = frozenset({"net", "vat", "gross", "payable", "amount", "change_amount"})
_DAYS = frozenset(
    {"issued", "received", "delivered", "due", "paid", "status_at", "notified", "published"}
    | {"change_at"}
)
_CODES = {"type": "types", "status": "statuses"}
_STATUS = "status_"
_PARTS = {"holder_": "purchase_holder", "change_": "purchase_change"}


def tabulated(
    sheet: RecordSheet, columns: Columns, kind: FileKind
) -> tuple[tuple[Record, ...], list[Comment]]:
    """Each line below the titles as a record, and what there is to say; none when it is refused.

    Numbers and days are in the ledger's own writing.
    """
    used = tuple(column for column in columns.columns if column.field)
    lines = tuple(line for line in sheet.lines if line[0] > columns.line)
    marks: dict[str, DecimalMark | None] = {}
    for column in used:
        if column.field in _NUMBERS:
            mark = column_mark(_value(sheet, line, column) for line in lines)
            if isinstance(mark, Disagreement):
                said = f"Colonne « {column.title} » : {mark}. Corrigez le fichier."
                return (), [refused("DECIMALES", said)]
            marks[column.field] = mark
    comments: list[Comment] = []
    width = max((column.index for column in columns.columns), default=0) + 1
    left = tuple(column for column in columns.columns if not column.field)
    reader = _LineReader(sheet, used, left, marks, width, comments)
    records = tuple(reader.record(line, kind) for line in lines)
    if kind is FileKind.PURCHASES:
        records = told_as_changes(records, comments)
    if kind is FileKind.INVOICES and records and not reader.says_currency:
        comments.append(warned("DEVISE", "Aucune devise n'est indiquée : montants pris en euros."))
    return records, comments


@dataclass(slots=True)
class _LineReader:
    """Reads one line after the other and collects what there is to say about them."""

    sheet: RecordSheet
    columns: tuple[SheetColumn, ...]
    left: tuple[SheetColumn, ...]
    marks: Mapping[str, DecimalMark | None]
    width: int
    comments: list[Comment]
    says_currency: bool = False

    def record(self, line: Line, kind: FileKind) -> Record:
        """A line as an invoice or a contract."""
        place = _place(self.sheet, line)
        if any(line[1][self.width :]):
            said = f"Plus de cellules que de titres ({place}) : les valeurs sont décalées."
            self.comments.append(refused("COLONNES", said, place))
        values = tuple(value for column in self.columns for value in self._values(line, column))
        if kind is FileKind.PURCHASES:
            return _with_parts(place, values)
        if not any(value.column == "type" for value in values):
            self.comments += self._credits_left_out(line, place)
        return _with_events(place, (*values, *self._currency(place, values, line)))

    def _values(self, line: Line, column: SheetColumn) -> Iterator[RecordValue]:
        value = _value(self.sheet, line, column)
        field, text = value.column, value.text
        if not text:
            return
        if field == "iban":
            field, text = "iban_sha256", account_digest(text)
        elif field not in _CODES:
            text = _written(field, text, self.marks.get(field))
        elif code := code_of(_CODES[field], text):
            text = code
        else:
            self.comments.append(_unknown_code(value, _place(self.sheet, line)))
            return
        yield RecordValue(field, text, value.place)

    def _credits_left_out(self, line: Line, place: str) -> Iterator[Comment]:
        """That a column which fills nothing says a credit note, which would be added."""
        for column in self.left:
            value = _value(self.sheet, line, column)
            code = None if value.text.isdecimal() else code_of("types", value.text)
            if code and f"'{code}'" in CREDIT_TYPES:
                said = (
                    f"« {value.text} » ({value.place}) dit un avoir, dans une colonne laissée de "
                    f'côté : la ligne est écartée. Dites-la avec --map "{column.title}=type".'
                )
                yield refused("CODE", said, place)

    def _currency(
        self, place: str, values: tuple[RecordValue, ...], line: Line
    ) -> Iterator[RecordValue]:
        """The currency that the amounts bear, when no column says it."""
        if any(value.column == "currency" for value in values):
            self.says_currency = True
            return
        found: dict[str, RecordValue] = {}
        for column in self.columns:
            value = _value(self.sheet, line, column)
            if column.field in _NUMBERS and (read := amount(value.text)) and read.currency:
                found.setdefault(read.currency, value)
        if len(found) > 1:
            said = f"Deux devises sur une ligne ({place}) : {' et '.join(found)}."
            self.comments.append(refused("DEVISE", said, place))
        for currency, value in list(found.items())[:1]:
            self.says_currency = True
            yield RecordValue("currency", currency, value.place)


def _written(field: str, text: str, mark: DecimalMark | None) -> str:
    """A text in the ledger's own writing, or as it is when it cannot be read."""
    if field in _NUMBERS:
        number = parse_number(text, mark)
        return text if number is None else format(number, "f")
    if field in _DAYS or field.startswith(_STATUS):
        found = day(text)
        return found.isoformat() if found else text
    if field.endswith(("_siret", "_siren")):
        return digits(text) or text
    if field == "currency":
        read = amount(f"1{text}")
        return (read and read.currency) or text
    return text


def _unknown_code(value: RecordValue, place: str) -> Comment:
    """That a status is not known, or a type: a credit note taken for an invoice would be added."""
    is_type = value.column == "type"
    then = "la ligne est écartée" if is_type else "la cellule est laissée vide"
    said = f"« {value.text} » n'est pas reconnu ({value.place}) : {then}."
    return (refused if is_type else warned)("CODE", said, place)


def _value(sheet: RecordSheet, line: Line, column: SheetColumn) -> RecordValue:
    text = line[1][column.index].strip() if column.index < len(line[1]) else ""
    return RecordValue(column.field or "", text, f"{_place(sheet, line)}, colonne {column.title}")


def _place(sheet: RecordSheet, line: Line) -> str:
    return f"feuille {sheet.name}, ligne {line[0]}" if sheet.name else f"ligne {line[0]}"


def _with_parts(place: str, values: tuple[RecordValue, ...]) -> Record:
    """A contract, with the holder and the change that its line names."""
    parts = []
    for prefix, table in _PARTS.items():
        named = (v for v in values if v.column.startswith(prefix))
        if own := tuple(replace(v, column=v.column.removeprefix(prefix)) for v in named):
            parts.append(RecordPart(table, own))
    kept = (v for v in values if not v.column.startswith(tuple(_PARTS)))
    return Record(place, tuple(kept), tuple(parts))


def _with_events(place: str, values: tuple[RecordValue, ...]) -> Record:
    """An invoice, with the days of its statuses and what its line is about."""
    current = next((value for value in values if value.column == "status"), None)
    parts = [RecordPart("invoice_line", (value,)) for value in values if value.column == "label"]
    for value in values:
        code, at = value.column.removeprefix(_STATUS), replace(value, column="at")
        if value.column == "status_at" and current:
            parts.append(RecordPart("status_event", (current, at)))
        elif value.column.startswith(_STATUS) and code.isdecimal():
            status = RecordValue("status", code, value.place)
            parts.append(RecordPart("status_event", (status, at)))
    kept = (v for v in values if v.column != "label" and not v.column.startswith(_STATUS))
    return Record(place, tuple(kept), tuple(parts))
