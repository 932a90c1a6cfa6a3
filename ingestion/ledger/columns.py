"""Which column of a table is which column of the ledger: guessed from titles, corrected, kept."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from ingestion.durable import replace_bytes
from ingestion.errors import IngestionError
from ingestion.ledger.records import RecordSheet
from ingestion.ledger.rows import FileKind, folded
from ingestion.library.corpus import CORPUS

Corrections = Mapping[str, str]
"""Fields by title, as a person gives them; "" for a column to leave out."""

_CASE = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])|(?<=[A-Z])(?=[A-Z][a-z])")
_EMPTY_WORDS = frozenset({"a", "au", "d", "de", "des", "du", "en", "l", "la", "le", "les"})
_NUMBERS = frozenset({"n", "no", "num", "numero"})
_HEADING_LINES = 20
_LEAST_TITLES = 2


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column (counted from 0), its title, and the field it fills, None for one left out."""

    index: int
    title: str
    field: str | None


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a sheet, and the line that their titles stand on."""

    line: int
    columns: tuple[SheetColumn, ...]

    @property
    def signature(self) -> str:
        """The same for all tables with the same titles in the same order."""
        titles = "\0".join(normal(column.title) for column in self.columns)
        return sha256(titles.encode()).hexdigest()


def understood(
    sheet: RecordSheet, kind: FileKind, corrections: Corrections, kept: Mapping[str, Corrections]
) -> Columns | None:
    """The columns of a sheet; None when no line looks like titles.

    What was kept for these titles goes before what is guessed, unless it was for another kind, and
    a correction before both.
    """
    fields = _fields(kind)
    given = {normal(title): field for title, field in corrections.items()}
    known = {title for titles in fields.values() for title in titles} | set(given)
    line, titles = max(
        sheet.lines[:_HEADING_LINES],
        key=lambda each: len(known & set(map(normal, each[1]))),
        default=(0, ()),
    )
    if len(known & set(map(normal, titles))) < _LEAST_TITLES:
        return None
    guessed = Columns(line, tuple(_guessed(titles, fields)))
    by_titles = kept.get(guessed.signature, {})  # as earlier versions kept them, of any kind
    known_before = kept.get(_key(kind, guessed), by_titles)
    if not set(known_before.values()) <= {*fields, ""}:
        known_before = {}
    return _corrected(_corrected(guessed, known_before), given)


def field_named(kind: FileKind, name: str) -> str | None:
    """The field that a person names, by its own name or one of its titles; None for an unknown."""
    for field, titles in _fields(kind).items():
        if name == field or normal(name) in titles:
            return field
    return None


def field_names(kind: FileKind) -> tuple[str, ...]:
    """The fields that a column of a table may fill."""
    return tuple(_vocabulary()[kind])


def french_name(kind: FileKind, field: str) -> str:
    """The name under which a column is shown, its own where no export has it."""
    return next(iter(_vocabulary()[kind].get(field, ())), field)


def code_of(group: str, text: str) -> str | None:
    """The code that a word stands for, in `types` or `statuses`; None for an unknown word."""
    return _codes(group).get(normal(text))


def read_kept(home: Path) -> dict[str, dict[str, str]]:
    """The columns of the tables imported so far, by kind and signature of their titles."""
    try:
        kept: dict[str, dict[str, str]] = json.loads(_path(home).read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise IngestionError(
            f"Le fichier {_path(home)} est abîmé. Supprimez-le : les colonnes seront devinées de "
            "nouveau."
        ) from error
    return kept


def _key(kind: FileKind, columns: Columns) -> str:
    return f"{kind}:{columns.signature}"


def keep(home: Path, kind: FileKind, columns: Sequence[Columns]) -> None:
    """Remember the columns of tables for the next ones of their kind with the same titles."""
    if columns:
        new = {_key(kind, each): {c.title: c.field or "" for c in each.columns} for each in columns}
        written = json.dumps(read_kept(home) | new, ensure_ascii=False, indent=1)
        replace_bytes(_path(home), written.encode())


@lru_cache(maxsize=4096)
def normal(title: str) -> str:
    """A title without what two exports write differently."""
    words = folded(_CASE.sub(" ", title.replace("’", "'"))).split()
    return " ".join("numero" if w in _NUMBERS else w for w in words if w not in _EMPTY_WORDS)


def _guessed(titles: Sequence[str], fields: Mapping[str, Sequence[str]]) -> Iterator[SheetColumn]:
    """Each field goes to the column with the earliest of its titles, each column to one field."""
    normals = [normal(title) for title in titles]
    taken: dict[int, str] = {}
    for field, known in fields.items():
        places = (i for title in known for i, each in enumerate(normals) if each == title)
        free = next((place for place in places if place not in taken), None)
        if free is not None:
            taken[free] = field
    for index, title in enumerate(titles):
        if title:
            yield SheetColumn(index, title, taken.get(index))


def _corrected(columns: Columns, given: Corrections) -> Columns:
    """The columns with the fields given by title, which leave the columns that had them."""
    by_title = {normal(title): field for title, field in given.items()}
    moved = {by_title[normal(c.title)] for c in columns.columns if normal(c.title) in by_title}

    def field(column: SheetColumn) -> str | None:
        if (title := normal(column.title)) in by_title:
            return by_title[title] or None
        return None if column.field in moved else column.field

    corrected = tuple(SheetColumn(c.index, c.title, field(c)) for c in columns.columns)
    return Columns(columns.line, corrected)


def _path(home: Path) -> Path:
    return home / "ledger" / "mappings.json"


@cache
def _fields(kind: FileKind) -> dict[str, tuple[str, ...]]:
    return {
        field: tuple(dict.fromkeys(map(normal, titles)))
        for field, titles in _vocabulary()[kind].items()
    }


@cache
def _codes(group: str) -> dict[str, str]:
    return {normal(word): code for code, words in _vocabulary()[group].items() for word in words}


@cache
def _vocabulary() -> dict[str, dict[str, list[str]]]:
    with (CORPUS / "colonnes.toml").open("rb") as file:
        return tomllib.load(file)
