"""What a snapshot holds: its manifest, and its documents and passages in one SQLite file."""

import json
import sqlite3
import weakref
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from pydantic import TypeAdapter, ValidationError

from ingestion.chunking.passages import Passage
from ingestion.documents.document import Document
from ingestion.durable import file_sha256
from ingestion.errors import DamagedSnapshot, UnknownDocument, UnknownSnapshot

# The manifest of a snapshot: what it holds, and the sha256 of each of its files.
#
# A folder without manifest is an unfinished build.

MANIFEST = "manifest.json"
SEAL = "manifest.sha256"


@dataclass(frozen=True, slots=True)
class DisputedFigure:
    """A figure of a passage that the articles it explains do not state, on some days.

    `since` is the first of these days, `until` the first one after them, None where unknown.
    """

    passage_id: str
    figure: str
    articles: tuple[str, ...]
    since: date | None = None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether a day is one of them."""
        begun = self.since is None or self.since <= day
        return begun and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot holds and by which embedder; `files` maps relative paths to sha256.

    `content` is the sha256 of the texts and the embedder's name: equal content, equal index.
    `state_date` is the latest day as of which one of its documents was said to be right,
    `state_dates` how many were on each day, in order, None where none was said, `state_ranges` how
    many on some day from a first to a last one, and on no known day. `titles` and
    `dossiers` name each title and each tender file once, in the order of adding. `warnings` are
    French sentences for the administrator, `origins` the sha256 of each file by its source, `aside`
    why a file, by its source, is not searched; snapshots made before there were any have none.
    `dimension` is how many numbers each of its vectors has, 0 where they did not say yet.
    `disputed` is what its sheets say and its articles do not.
    """

    name: str
    content: str
    created_at: datetime
    embedder: str
    documents: int
    passages: int
    sources: tuple[str, ...]
    titles: tuple[str, ...]
    dossiers: tuple[str, ...]
    state_date: date | None
    files: dict[str, str]
    warnings: tuple[str, ...]
    origins: dict[str, str] = field(default_factory=dict)
    aside: dict[str, str] = field(default_factory=dict)
    state_dates: tuple[tuple[date | None, int], ...] = ()
    state_ranges: tuple[tuple[date, date, int], ...] = ()
    dimension: int = 0
    disputed: tuple[DisputedFigure, ...] = ()


_manifest = TypeAdapter(Manifest)


def snapshots_folder(home: Path) -> Path:
    """Where the snapshots of a data folder live."""
    return home / "generations"


def parsed_manifest(name: str, written: bytes, seal: bytes) -> Manifest:
    """The manifest of a snapshot from its bytes and their seal; raises DamagedSnapshot."""
    if seal != seal_of(written):
        raise damaged(name, [MANIFEST])
    try:
        return _manifest.validate_json(written)
    except ValidationError as error:
        raise DamagedSnapshot(
            f"La génération {name} vient d'une autre version de Sourcier. Reconstruisez l'index : "
            "sourcier index build"
        ) from error


def manifest_json(manifest: Manifest) -> bytes:
    """A manifest as it is kept."""
    return _manifest.dump_json(manifest, indent=2)


def seal_of(written: bytes) -> bytes:
    """What is kept beside a manifest so that an altered one is noticed."""
    return f"{sha256(written).hexdigest()}  {MANIFEST}\n".encode()


def hash_files(folder: Path) -> dict[str, str]:
    """sha256 of every file below a folder but the manifest and its seal, by relative path."""
    apart = (folder / MANIFEST, folder / SEAL)
    return {
        str(path.relative_to(folder)): file_sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path not in apart
    }


def unknown(name: str) -> UnknownSnapshot:
    """The error for a name that no finished snapshot has."""
    return UnknownSnapshot(
        f"Aucune génération d'index nommée « {name} ». Voyez : sourcier index status"
    )


def damaged(name: str, files: Sequence[str]) -> DamagedSnapshot:
    """The error for files that are not as their snapshot's manifest says."""
    return DamagedSnapshot(
        f"La génération {name} est abîmée ({', '.join(files)}). Revenez à la précédente : "
        "sourcier index rollback, ou reconstruisez-la : sourcier index build"
    )


# The documents and passages of one snapshot, whichever the engine.


class PassageStore(Protocol):
    """Reads the documents and passages of one snapshot; safe to share between threads."""

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The passages of these identifiers, in the same order; raises DamagedSnapshot."""

    def all_passages(self) -> Iterable[Passage]:
        """Every passage, in the order of the documents."""

    def document(self, document_id: str) -> Document:
        """The document of this identifier; raises UnknownDocument."""

    def versions(self, reference: str) -> list[Document]:
        """The documents that are versions of this article, unknown beginnings first, then by day.

        Versions that may not be cited are among them.
        """

    @property
    def revised(self) -> frozenset[str]:
        """The references of the articles that have several versions here."""

    @property
    def has_articles(self) -> bool:
        """Whether any document is an article of a code or another text."""

    def documents(self) -> Iterable[Document]:
        """Every document, in the order of their identifiers."""

    def texts(self) -> Iterable[Document]:
        """Every document that is no article, in the order of their identifiers."""


def no_passage(passage_id: str) -> DamagedSnapshot:
    """The error for a passage that a search found and the store does not hold."""
    return DamagedSnapshot(
        f"L'index ne contient plus le passage {passage_id}. Lancez : sourcier index verify"
    )


def no_document(document_id: str) -> UnknownDocument:
    """The error for an identifier that no document of a snapshot has."""
    return UnknownDocument(
        f"L'index en service ne contient pas le document {document_id}. Une génération "
        "plus ancienne l'a peut-être : sourcier index status"
    )


# What both engines read by the same queries, then the same in one file. Door of SQLite.

_document = TypeAdapter(Document)
_passage = TypeAdapter(Passage)


REMEMBERED = 4096
"""About how many passages of an open snapshot, and documents of one on a server, are kept in memory
once they were read: some ten megabytes."""


class SqlPassages(ABC):
    """Reads by queries whose values are `%s` and whose tables are in a `{schema}`."""

    place = "place"
    """The column that has the order of passages."""

    def __init__(self) -> None:
        self._known: dict[str, Passage] = {}

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """One query for all that are not known yet."""
        known = self._known
        lacking = [each for each in ids if each not in known]
        if lacking:
            found = [_passage.validate_json(body) for (body,) in self._bodies(lacking)]
            known = {name: known[name] for name in ids if name in known}
            known |= {each.id: each for each in found}
            kept = self._known if len(self._known) < REMEMBERED else {}
            self._known = kept | known  # a new one: other threads read the old one
        for name in ids:
            if name not in known:
                raise no_passage(name)
        return [known[name] for name in ids]

    def all_passages(self) -> Iterable[Passage]:
        """Every passage, in the order of the documents."""
        for (body,) in self._rows(f"SELECT body FROM {{schema}}.passages ORDER BY {self.place}"):
            yield _passage.validate_json(body)

    @cached_property
    def revised(self) -> frozenset[str]:
        """The references of the articles that have several versions here."""
        rows = self._rows(
            "SELECT reference FROM {schema}.documents WHERE reference IS NOT NULL "
            "GROUP BY reference HAVING count(*) > 1"
        )
        return frozenset(reference for (reference,) in rows)

    @cached_property
    def has_articles(self) -> bool:
        """Whether any document is an article of a code or another text."""
        asked = "SELECT 1 FROM {schema}.documents WHERE reference IS NOT NULL LIMIT 1"
        return bool(self._rows(asked))

    def documents(self) -> Iterable[Document]:
        """Every document, in the order of their identifiers."""
        return self._read("SELECT body FROM {schema}.documents ORDER BY id")

    def texts(self) -> Iterable[Document]:
        """Every document that is no article, in the order of their identifiers."""
        asked = "SELECT body FROM {schema}.documents WHERE reference IS NULL ORDER BY id"
        return self._read(asked)

    def _document(self, document_id: str) -> Document:
        for found in self._read("SELECT body FROM {schema}.documents WHERE id = %s", document_id):
            return found
        raise no_document(document_id)

    def _versions_of(self, reference: str) -> tuple[Document, ...]:
        asked = (
            "SELECT body FROM {schema}.documents WHERE reference = %s "
            "ORDER BY valid_from NULLS FIRST, id"
        )
        return tuple(self._read(asked, reference))

    def _read(self, asked: str, *values: object) -> Iterator[Document]:
        return (_document.validate_json(body) for (body,) in self._rows(asked, *values))

    @abstractmethod
    def _bodies(self, ids: Sequence[str]) -> list[Any]:
        """The rows of these passages that there are, in any order."""

    @abstractmethod
    def _rows(self, asked: str, *values: object) -> list[Any]:
        """What a query finds."""


_SCHEMA = """
CREATE TABLE documents (
    id TEXT PRIMARY KEY, reference TEXT, valid_from TEXT, body BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX versions ON documents (reference, valid_from) WHERE reference IS NOT NULL;
CREATE TABLE passages (
    position INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, body BLOB NOT NULL
);
"""


class SqlitePassages(SqlPassages):
    """Reads what `write_store` wrote; safe to share between threads."""

    place = "position"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        # Python's cache of prepared statements is shared by the threads of a connection.
        self._lock = Lock()
        weakref.finalize(self, self._connection.close)

    def document(self, document_id: str) -> Document:
        """Read it anew."""
        return self._document(document_id)

    def versions(self, reference: str) -> list[Document]:
        """Read them anew."""
        return list(self._versions_of(reference))

    def _bodies(self, ids: Sequence[str]) -> list[Any]:
        asked = "SELECT body FROM {schema}.passages WHERE id IN (SELECT value FROM json_each(%s))"
        return self._rows(asked, json.dumps(ids))

    def _rows(self, asked: str, *values: object) -> list[Any]:
        query = asked.replace("{schema}.", "").replace("%s", "?")
        with self._lock:
            return self._connection.execute(query, values).fetchall()


def write_store(path: Path, documents: Sequence[Document], passages: Sequence[Passage]) -> None:
    """Write a new store."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(_SCHEMA)
        connection.executemany(
            "INSERT INTO documents VALUES (?, ?, ?, ?)",
            (
                (each.id, each.reference, _written(each.valid_from), _document.dump_json(each))
                for each in documents
            ),
        )
        connection.executemany(
            "INSERT INTO passages (id, body) VALUES (?, ?)",
            ((passage.id, _passage.dump_json(passage)) for passage in passages),
        )


def _written(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
