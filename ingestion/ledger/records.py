"""What a file says before it is judged: texts with their places. Pure."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from ingestion.ledger.rows import Level


@dataclass(frozen=True, slots=True)
class Value:
    """The text of a column of the ledger, and where in the file it stands.

    Dates are written 2026-03-02, numbers 1234.50, whatever the file writes.
    """

    column: str
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Part:
    """A row of a table that hangs on a record: a line, a rate of tax, a holder, a change."""

    table: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """An invoice or a contract; `place` is where it stands, "" for the whole file."""

    place: str
    values: tuple[Value, ...]
    parts: tuple[Part, ...] = ()


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
class Sheet:
    """The lines of a table that are not empty; `name` is "" for a file that has one only."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """Records, or sheets whose columns are still to be understood."""

    format: str
    records: tuple[Record, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    comments: tuple[Comment, ...] = ()


contents_json = TypeAdapter(Contents)


def refused(code: str, sentence: str, place: str = "") -> Comment:
    """A comment for which nothing is stored of what it is about."""
    return Comment(code, Level.REFUSED, sentence, place)


def warned(code: str, sentence: str, place: str = "") -> Comment:
    """A comment that leaves what it is about to be stored."""
    return Comment(code, Level.WARNING, sentence, place)
