"""A snapshot on a PostgreSQL server, open: its passages and the two searches over them."""

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO

import numpy as np

from ingestion.documents.document import Document
from ingestion.index.lexical import (
    CONTEXT_WEIGHT,
    TEXT_WEIGHT,
    bare_words,
    french_words,
    parsed_terms,
)
from ingestion.index.questions import QuestionIndex, parsed_questions
from ingestion.index.search import Hit, Vectors
from ingestion.index.sentence_index import NO_SENTENCES, SENTENCES, parsed_sentences
from ingestion.index.snapshot import IndexSnapshot
from ingestion.index.store import REMEMBERED, Manifest, SqlPassages
from ingestion.postgresql import PostgresServer, Row, vector_text


def open_tables(server: PostgresServer, schema: str, manifest: Manifest) -> IndexSnapshot:
    """What is searched in a schema that `write_snapshot` filled."""
    parts: dict[str, bytes] = dict(
        server.rows("SELECT name, content FROM {schema}.parts", schema=schema)
    )
    asked: Vectors = np.load(BytesIO(parts["questions.npy"]), allow_pickle=False)
    return IndexSnapshot(
        manifest,
        _ServerPassages(server, schema),
        _ServerLexicalIndex(server, schema),
        _PgvectorIndex(server, schema),
        QuestionIndex(parsed_questions(bytes(parts["leading.json"])), asked),
        parsed_terms(bytes(parts["glossary.json"])),
        parsed_sentences(bytes(parts[SENTENCES])) if SENTENCES in parts else NO_SENTENCES,
    )


class _PgvectorIndex:
    """Cosine neighbours, exact for an index of the usual size, by a graph beyond.

    The graph is of half precision, half as large; the distances of what it finds are those of the
    vectors themselves.
    """

    def __init__(self, server: PostgresServer, schema: str) -> None:
        self._server, self._schema = server, schema
        asked = "SELECT 1 FROM pg_indexes WHERE schemaname = %s AND indexdef LIKE %s"
        self._type = "halfvec" if server.rows(asked, schema, "%halfvec%") else "vector"

    def __len__(self) -> int:
        asked = (
            "SELECT count(*) FROM {schema}.passages "
            "JOIN {schema}.vectors ON vectors.place = passages.vector"
        )
        return int(self._server.rows(asked, schema=self._schema)[0][0])

    def search(self, vector: Vectors, k: int) -> list[Hit]:
        """Neighbours, equal ones in the order in which they were written."""
        kind, written = f"{self._type}({len(vector)})", vector_text(vector)
        asked = f"""
            SELECT passages.id, 1 - near.distance FROM (
                SELECT place, embedding <=> %s::vector AS distance FROM {{schema}}.vectors
                ORDER BY embedding::{kind} <=> %s::{kind} LIMIT %s
            ) AS near JOIN {{schema}}.passages ON passages.vector = near.place
            ORDER BY near.distance, passages.place LIMIT %s
        """
        return _hits(self._server.rows(asked, written, written, k, k, schema=self._schema))


class _ServerLexicalIndex:
    """The words of passages added up by the server, weighed when they were written."""

    def __init__(self, server: PostgresServer, schema: str) -> None:
        self._server, self._schema = server, schema

    def __len__(self) -> int:
        asked = "SELECT count(*) FROM {schema}.passages"
        return int(self._server.rows(asked, schema=self._schema)[0][0])

    def search(self, question: str, k: int) -> list[Hit]:
        """Hits by BM25; what is not a word of the question is left out."""
        return self._ranked(question, {"text": TEXT_WEIGHT, "context": CONTEXT_WEIGHT}, k)

    def search_everyday(self, question: str, k: int) -> list[Hit]:
        return self._ranked(question, {"everyday": 1.0}, k)

    def lookup(self, reference: str, most: int = 100) -> list[str]:
        asked = (
            "SELECT id FROM {schema}.passages JOIN {schema}.refs USING (place) "
            "WHERE reference = %s ORDER BY place LIMIT %s"
        )
        return [
            str(name) for (name,) in self._server.rows(asked, reference, most, schema=self._schema)
        ]

    def _ranked(self, question: str, weights: dict[str, float], k: int) -> list[Hit]:
        words = french_words(bare_words(question))
        if not words:
            return []
        asked = """
            SELECT passages.id, best.score FROM (
                SELECT each.place, sum(each.weight * boost) AS score
                FROM unnest(%s::text[]) AS asked (word)
                CROSS JOIN unnest(%s::text[], %s::float8[]) AS weighed (field, boost)
                JOIN {schema}.words USING (field, word)
                CROSS JOIN unnest(places, weights) AS each (place, weight)
                GROUP BY each.place ORDER BY score DESC, each.place LIMIT %s
            ) AS best JOIN {schema}.passages USING (place)
            ORDER BY best.score DESC, place
        """
        fields, boosts = list(weights), list(weights.values())
        return _hits(self._server.rows(asked, words, fields, boosts, k, schema=self._schema))


def _hits(rows: Sequence[Row]) -> list[Hit]:
    return [Hit(passage_id, float(score)) for passage_id, score in rows]


class _ServerPassages(SqlPassages):
    """Reads the documents and passages; what was read lately is not asked for again."""

    def __init__(self, server: PostgresServer, schema: str) -> None:
        super().__init__()
        self._server, self._schema = server, schema
        self.document = lru_cache(REMEMBERED)(self._document)
        self._versions = lru_cache(REMEMBERED)(self._versions_of)

    def versions(self, reference: str) -> list[Document]:
        return list(self._versions(reference))

    def _bodies(self, ids: Sequence[str]) -> list[Row]:
        return self._rows("SELECT body FROM {schema}.passages WHERE id = ANY(%s)", list(ids))

    def _rows(self, asked: str, *values: object) -> list[Row]:
        return self._server.rows(asked, *values, schema=self._schema)
