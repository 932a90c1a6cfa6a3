"""The documents and passages of one generation, in one file. Door of SQLite."""

import sqlite3
import weakref
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import TypeAdapter

from ingestion.documents import Document
from ingestion.errors import DamagedGeneration, UnknownDocument
from ingestion.passages import Passage

_document = TypeAdapter(Document)
_passage = TypeAdapter(Passage)

_SCHEMA = """
CREATE TABLE documents (
    id TEXT PRIMARY KEY, reference TEXT, valid_from TEXT, body BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX versions ON documents (reference, valid_from) WHERE reference IS NOT NULL;
CREATE TABLE passages (
    position INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, body BLOB NOT NULL
);
"""


class PassageStore:
    """Reads what `write_store` wrote; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        """Open the file for reading only."""
        self._connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        # Python's cache of prepared statements is shared by the threads of a connection.
        self._lock = Lock()
        weakref.finalize(self, self._connection.close)

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The passages of these identifiers, in the same order; raises DamagedGeneration."""
        return [self._passage(passage_id) for passage_id in ids]

    def all_passages(self) -> Iterable[Passage]:
        """Every passage, in the order of the documents."""
        for (body,) in self._rows("SELECT body FROM passages ORDER BY position"):
            yield _passage.validate_json(body)

    def document(self, document_id: str) -> Document:
        """The document of this identifier; raises UnknownDocument."""
        body = self._body("documents", document_id)
        if body is None:
            raise UnknownDocument(
                f"L'index en service ne contient pas le document {document_id}. Une génération "
                "plus ancienne l'a peut-être : sourcier index status"
            )
        return _document.validate_json(body)

    def versions(self, reference: str) -> list[Document]:
        """The documents that are versions of this article, unknown beginnings first, then by day.

        Versions that may not be cited are among them.
        """
        rows = self._rows(
            "SELECT body FROM documents WHERE reference = ? ORDER BY valid_from, id", reference
        )
        return [_document.validate_json(body) for (body,) in rows]

    @cached_property
    def revised(self) -> frozenset[str]:
        """The references of the articles that have several versions here."""
        rows = self._rows(
            "SELECT reference FROM documents WHERE reference IS NOT NULL "
            "GROUP BY reference HAVING COUNT(*) > 1"
        )
        return frozenset(reference for (reference,) in rows)

    def documents(self) -> Iterable[Document]:
        """Every document, in the order of their identifiers."""
        for (body,) in self._rows("SELECT body FROM documents"):
            yield _document.validate_json(body)

    def _passage(self, passage_id: str) -> Passage:
        body = self._body("passages", passage_id)
        if body is None:
            raise DamagedGeneration(
                f"L'index ne contient plus le passage {passage_id}. Lancez : sourcier index verify"
            )
        return _passage.validate_json(body)

    def _body(self, table: str, row_id: str) -> bytes | None:
        rows = self._rows(f"SELECT body FROM {table} WHERE id = ?", row_id)
        return bytes(rows[0][0]) if rows else None

    def _rows(self, query: str, *values: str) -> list[Any]:
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
