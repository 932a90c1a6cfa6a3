"""What a file says before it is judged, and an invoice or a contract as it is stored. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic import TypeAdapter

from ingestion.french import written_day, written_number
from ingestion.ledger.rows import Invoice, Level, Lineage, Purchase, TableRow


@dataclass(frozen=True, slots=True)
class RecordValue:
    """The text of a column of the ledger, and where in the file it stands.

    Dates are written 2026-03-02, numbers 1234.50, whatever the file writes.
    """

    column: str
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class RecordPart:
    """A row of a table that hangs on a record: a line, a rate of tax, a holder, a change."""

    table: str
    values: tuple[RecordValue, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """An invoice or a contract; `place` is where it stands, "" for the whole file."""

    place: str
    values: tuple[RecordValue, ...]
    parts: tuple[RecordPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Comment:
    """What there is to say about a file, or about the record at `place`."""

    code: str
    level: Level
    sentence: str
    place: str = ""


Line = tuple[int, tuple[str, ...]]
"""The number of a line (from 1) and its cells."""


@dataclass(frozen=True, slots=True)
class RecordSheet:
    """The lines of a table that are not empty; `name` is "" for a file that has one only."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """Records, or sheets whose columns are still to be understood."""

    format: str
    records: tuple[Record, ...] = ()
    sheets: tuple[RecordSheet, ...] = ()
    comments: tuple[Comment, ...] = ()


contents_json = TypeAdapter(Contents)


def refused(code: str, sentence: str, place: str = "") -> Comment:
    """A comment for which nothing is stored of what it is about."""
    return Comment(code, Level.REFUSED, sentence, place)


def refused_file(reason: str, format_: str = "") -> Contents:
    """What a file that cannot be read says."""
    said = f"{reason[:1].upper()}{reason[1:]}."
    return Contents(format_, comments=(refused("FICHIER", said),))


def warned(code: str, sentence: str, place: str = "") -> Comment:
    """A comment that leaves what it is about to be stored."""
    return Comment(code, Level.WARNING, sentence, place)


# An invoice or a contract as it is stored: its rows, where each value was read, what was said.


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """The rows of one invoice or contract, the main one first.

    There are none when what cannot be missing is: the comments say what. `is_known` when the ledger
    has the same already, `is_moved` when the row of the invoice replaces the one that it has.
    """

    place: str
    rows: tuple[TableRow, ...] = ()
    lineage: tuple[Lineage, ...] = ()
    comments: tuple[Comment, ...] = ()
    is_known: bool = False
    is_moved: bool = False

    @property
    def main(self) -> Invoice | Purchase | None:
        """The row of the invoice or of the contract itself."""
        first = self.rows[0] if self.rows else None
        return first if isinstance(first, Invoice | Purchase) else None

    @property
    def is_refused(self) -> bool:
        """Whether it cannot be stored."""
        return not self.rows or any(each.level is Level.REFUSED for each in self.comments)


def shown(value: object) -> str:
    """A value of a row as French texts write it."""
    match value:
        case None:
            return "vide"
        case Decimal():
            return written_number(value, 2)
        case date():
            return written_day(value)
        case _:
            return str(value)
