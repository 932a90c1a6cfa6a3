"""The lines of a table whose columns are understood, into records. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ingestion.ledger.columns import Column, Columns, code_of
from ingestion.ledger.identifiers import account_digest, digits
from ingestion.ledger.notation import Disagreement, Mark, amount, column_mark, day, number
from ingestion.ledger.records import Comment, Line, Part, Record, Sheet, Value, refused, warned
from ingestion.ledger.rows import FileKind

_NUMBERS = frozenset({"net", "vat", "gross", "payable", "amount", "change_amount"})
_DAYS = frozenset(
    {"issued", "received", "delivered", "due", "paid", "status_at", "notified", "published"}
    | {"change_at"}
)
_CODES = {"type": "types", "status": "statuses"}
_STATUS = "status_"
_PARTS = {"holder_": "purchase_holder", "change_": "purchase_change"}


@dataclass(frozen=True, slots=True)
class Tabulated:
    """The records of a sheet and what there is to say; no records when it is refused."""

    records: tuple[Record, ...]
    comments: tuple[Comment, ...]


def tabulated(sheet: Sheet, columns: Columns, kind: FileKind) -> Tabulated:
    """Each line below the titles as a record, its numbers and days in the ledger's own writing."""
    used = tuple(column for column in columns.columns if column.field)
    lines = tuple(line for line in sheet.lines if line[0] > columns.line)
    marks: dict[str, Mark | None] = {}
    for column in used:
        if column.field in _NUMBERS:
            mark = column_mark(_value(sheet, line, column) for line in lines)
            if isinstance(mark, Disagreement):
                said = f"Colonne « {column.title} » : {mark}. Corrigez le fichier."
                return Tabulated((), (refused("DECIMALES", said),))
            marks[column.field] = mark
    comments: list[Comment] = []
    width = max((column.index for column in columns.columns), default=0) + 1
    reader = _LineReader(sheet, used, marks, width, comments)
    records = tuple(reader.record(line, kind) for line in lines)
    if kind is FileKind.INVOICES and records and not reader.says_currency:
        comments.append(warned("DEVISE", "Aucune devise n'est indiquée : montants pris en euros."))
    return Tabulated(records, tuple(comments))


@dataclass(slots=True)
class _LineReader:
    """Reads one line after the other and collects what there is to say about them."""

    sheet: Sheet
    columns: tuple[Column, ...]
    marks: Mapping[str, Mark | None]
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
        return _with_events(place, (*values, *self._currency(place, values, line)))

    def _values(self, line: Line, column: Column) -> Iterator[Value]:
        value = _value(self.sheet, line, column)
        field, text = value.column, value.text
        if not text:
            return
        if field in _NUMBERS:
            found = number(text, self.marks[field])
            text = text if found is None else format(found, "f")
        elif field in _DAYS or (field.startswith(_STATUS) and field != "status"):
            found_day = day(text)
            text = found_day.isoformat() if found_day else text
        elif field in _CODES:
            code = code_of(_CODES[field], text)
            if code is None:
                said = (
                    f"« {text} » n'est pas reconnu ({value.place}) : la cellule est laissée vide."
                )
                self.comments.append(warned("CODE", said, _place(self.sheet, line)))
                return
            text = code
        elif field.endswith(("_siret", "_siren")):
            text = digits(text) or text
        elif field == "currency":
            read = amount(f"1{text}")
            text = (read and read.currency) or text
        elif field == "iban":
            field, text = "iban_sha256", account_digest(text)
        yield Value(field, text, value.place)

    def _currency(self, place: str, values: tuple[Value, ...], line: Line) -> Iterator[Value]:
        """The currency that the amounts bear, when no column says it."""
        if any(value.column == "currency" for value in values):
            self.says_currency = True
            return
        found: dict[str, Value] = {}
        for column in self.columns:
            value = _value(self.sheet, line, column)
            if column.field in _NUMBERS and (read := amount(value.text)) and read.currency:
                found.setdefault(read.currency, value)
        if len(found) > 1:
            said = f"Deux devises sur une ligne ({place}) : {' et '.join(found)}."
            self.comments.append(refused("DEVISE", said, place))
        for currency, value in list(found.items())[:1]:
            self.says_currency = True
            yield Value("currency", currency, value.place)


def _value(sheet: Sheet, line: Line, column: Column) -> Value:
    text = line[1][column.index].strip() if column.index < len(line[1]) else ""
    return Value(column.field or "", text, f"{_place(sheet, line)}, colonne {column.title}")


def _place(sheet: Sheet, line: Line) -> str:
    return f"feuille {sheet.name}, ligne {line[0]}" if sheet.name else f"ligne {line[0]}"


def _with_parts(place: str, values: tuple[Value, ...]) -> Record:
    """A contract, with the holder and the change that its line names."""
    parts = []
    for prefix, table in _PARTS.items():
        own = tuple(
            Value(v.column.removeprefix(prefix), v.text, v.place)
            for v in values
            if v.column.startswith(prefix)
        )
        if own:
            parts.append(Part(table, own))
    return Record(
        place, tuple(v for v in values if not v.column.startswith(tuple(_PARTS))), tuple(parts)
    )


def _with_events(place: str, values: tuple[Value, ...]) -> Record:
    """An invoice, with the days of its statuses and what its line is about."""
    current = next((value for value in values if value.column == "status"), None)
    parts = [Part("invoice_line", (value,)) for value in values if value.column == "label"]
    for value in values:
        code = value.column.removeprefix(_STATUS)
        if value.column == "status_at" and current:
            parts.append(Part("status_event", (current, Value("at", value.text, value.place))))
        elif value.column.startswith(_STATUS) and code.isdecimal():
            status = Value("status", code, value.place)
            parts.append(Part("status_event", (status, Value("at", value.text, value.place))))
    kept = (v for v in values if v.column != "label" and not v.column.startswith(_STATUS))
    return Record(place, tuple(kept), tuple(parts))
