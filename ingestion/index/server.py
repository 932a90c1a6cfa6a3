"""Index snapshots on a PostgreSQL server, which any number of machines search.

Each snapshot is a schema of its own, written in one transaction and never changed: no query can
mix two of them.
"""

import weakref
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from math import log

import numpy as np
from pydantic import TypeAdapter

from ingestion.chunking.passages import Passage
from ingestion.documents.document import Document
from ingestion.durable import BUSY
from ingestion.errors import BusyIndex
from ingestion.index.lexical import EverydayWords, french_words, terms_json
from ingestion.index.questions import questions_json
from ingestion.index.search import Vectors, context, lookup_keys
from ingestion.index.sentence_index import SENTENCES, sentences_npz
from ingestion.index.server_reading import open_tables
from ingestion.index.snapshot import IndexSnapshot, SnapshotContents
from ingestion.index.store import (
    Manifest,
    damaged,
    manifest_json,
    parsed_manifest,
    seal_of,
    unknown,
)
from ingestion.postgresql import SCHEMA, Connected, hold_alone, server_at, vectors_sent

EXACT_UP_TO = 20_000
"""Vectors of which all are compared, in some 20 ms: no graph, and none that it hides."""

LINKS, WIDTH = 24, 128
"""Links of a vector in the graph, and how many candidates for them are looked at."""

GRAPH_MEMORY = range(64, 4097)
"""Megabytes in which a graph is made, all of them taken; one that needs more takes hours."""

SATURATION, LENGTH = 1.2, 0.75
"""The two constants of BM25, those of the embedded engine."""

_SCHEMA = """
CREATE SCHEMA {schema};
CREATE TABLE {schema}.documents (
    id text COLLATE "C" PRIMARY KEY, reference text COLLATE "C", valid_from date,
    body bytea NOT NULL
);
CREATE INDEX ON {schema}.documents (reference) WHERE reference IS NOT NULL;
CREATE TABLE {schema}.passages (
    place integer PRIMARY KEY, id text COLLATE "C" UNIQUE NOT NULL, vector integer NOT NULL,
    body bytea NOT NULL
);
CREATE INDEX ON {schema}.passages (vector);
CREATE TABLE {schema}.refs (reference text COLLATE "C" NOT NULL, place integer NOT NULL);
CREATE INDEX ON {schema}.refs (reference);
CREATE TABLE {schema}.words (
    field text COLLATE "C", word text COLLATE "C",
    places integer[] NOT NULL, weights real[] NOT NULL,
    PRIMARY KEY (field, word)
);
CREATE TABLE {schema}.vectors (
    place integer PRIMARY KEY, embedding vector(DIMENSION) NOT NULL
);
CREATE TABLE {schema}.parts (name text COLLATE "C" PRIMARY KEY, content bytea NOT NULL);
"""

# What is hashed of each table, in its order.
_HASHED = {
    "documents": ("id", "convert_to(id, 'UTF8') || body"),
    "passages": ("place", "int4send(place) || int4send(vector) || body"),
    "refs": ("reference, place", "convert_to(reference, 'UTF8') || int4send(place)"),
    "words": (
        "field, word",
        "convert_to(field || ' ' || word, 'UTF8') || array_send(places) || array_send(weights)",
    ),
    "vectors": ("place", "int4send(place) || vector_send(embedding)"),
    "parts": ("name", "convert_to(name, 'UTF8') || content"),
}

_document = TypeAdapter(Document)
_passage = TypeAdapter(Passage)


class ServerRepository:
    """The snapshots of one server."""

    def __init__(self, address: str) -> None:
        self._server = server_at(address)

    def served(self) -> str | None:
        """What the one row says now, to every process alike."""
        return self._read_name("served")

    def serve(self, name: str | None) -> None:
        """Change that row, and take away the other at once."""
        self._server.prepare()
        with self._server.transaction() as connected:
            _write_name(connected, "served", name)
            _write_name(connected, "coming", None)

    def announced(self) -> str | None:
        """What the row of another table says."""
        return self._read_name("coming")

    def announce(self, name: str | None) -> None:
        """Change that one."""
        self._server.prepare()
        with self._server.transaction() as connected:
            _write_name(connected, "coming", name)

    def _read_name(self, table: str) -> str | None:
        found = self._server.known_rows(f"SELECT name FROM {{schema}}.{table}")
        return str(found[0][0]) if found else None

    def finished(self) -> list[str]:
        """Those that have a manifest: the others were undone with their transaction."""
        found = self._server.known_rows("SELECT name FROM {schema}.snapshots ORDER BY name")
        return [str(name) for (name,) in found]

    def manifest(self, name: str) -> Manifest:
        """The manifest, held against its seal."""
        asked = "SELECT manifest, seal FROM {schema}.snapshots WHERE name = %s"
        found = self._server.known_rows(asked, name)
        if not found:
            raise unknown(name)
        written, seal = found[0]
        return parsed_manifest(name, bytes(written), bytes(seal))

    def write(
        self, contents: SnapshotContents, manifest: Manifest, told: Callable[[int], None]
    ) -> Manifest:
        """One transaction; raises BusyIndex when another machine writes to this server."""
        self._server.prepare()
        with self._server.transaction(schema_of(manifest.name)) as connected:
            if not hold_alone(connected, "writing"):
                raise BusyIndex(BUSY)
            write_snapshot(connected, contents, told)
            sealed = replace(manifest, files=hashes_of(connected))
            written = manifest_json(sealed)
            connected.run(
                f"INSERT INTO {SCHEMA}.snapshots VALUES (%s, %s, %s)",
                manifest.name,
                written,
                seal_of(written),
            )
        return sealed

    def open(self, name: str) -> IndexSnapshot:
        """Open a snapshot, which the server keeps as long as it is referred to here."""
        with ExitStack() as leaving:
            leaving.callback(self._server.hold(name))
            snapshot = open_tables(self._server, schema_of(name), self._intact(name))
            weakref.finalize(snapshot.vectors, leaving.pop_all().close)
        return snapshot

    def vectors(self, name: str) -> Vectors:
        """Each passage's, equal ones again for each that has them."""
        asked = (
            "SELECT vector_send(embedding) FROM {schema}.passages "
            "JOIN {schema}.vectors ON vectors.place = passages.vector ORDER BY passages.place"
        )
        return vectors_sent(self._server.rows(asked, schema=schema_of(name)))

    def discard(self, name: str) -> None:
        """Drop its tables with its manifest."""
        with self._server.transaction(schema_of(name)) as connected:
            if hold_alone(connected, name):
                connected.run(f"DELETE FROM {SCHEMA}.snapshots WHERE name = %s", name)
                connected.run("DROP SCHEMA IF EXISTS {schema} CASCADE")

    def clear_unfinished(self) -> None:
        """There is never any."""

    def size(self, name: str) -> int:
        """Tables and their indexes."""
        asked = (
            "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class "
            "WHERE relnamespace = %s::regnamespace AND relkind = 'r'"
        )
        return int(self._server.rows(asked, f'"{schema_of(name)}"')[0][0] or 0)

    def _intact(self, name: str) -> Manifest:
        manifest = self.manifest(name)
        with self._server.asked(schema_of(name)) as connected:
            found = hashes_of(connected)
        altered = [table for table in _HASHED if found[table] != manifest.files.get(table)]
        if altered:
            raise damaged(name, altered)
        return manifest


def _write_name(connected: Connected, table: str, name: str | None) -> None:
    connected.run(f"DELETE FROM {{schema}}.{table}")
    if name is not None:
        connected.run(f"INSERT INTO {{schema}}.{table} (name) VALUES (%s)", name)


def schema_of(name: str) -> str:
    """The schema of the snapshot of this name. Pure."""
    return f"sourcier_{name}"


# Writing: everything goes in by COPY, in the transaction of the caller.


def write_snapshot(
    connected: Connected, contents: SnapshotContents, told: Callable[[int], None]
) -> None:
    """Create the schema of the connection, and fill it."""
    told(0)
    connected.run(_SCHEMA.replace("DIMENSION", str(contents.vectors.shape[1])))
    _write_texts(connected, contents)
    _write_parts(connected, contents)
    told(1)
    _write_words(connected, contents)
    told(2)
    _write_vectors(connected, contents.vectors)
    connected.run("ANALYZE {schema}.passages, {schema}.words, {schema}.vectors")
    told(3)


def hashes_of(connected: Connected) -> dict[str, str]:
    """The sha256 of each table of a schema, of those of its rows in order."""
    return {
        table: connected.rows(
            f"SELECT encode(sha256(string_agg(sha256({row}), ''::bytea ORDER BY {order})), 'hex') "
            f"FROM {{schema}}.{table}"
        )[0][0]
        or ""
        for table, (order, row) in _HASHED.items()
    }


def _write_texts(connected: Connected, contents: SnapshotContents) -> None:
    connected.load(
        "{schema}.documents",
        ("text", "text", "date", "bytea"),
        (
            (each.id, each.reference, each.valid_from, _document.dump_json(each))
            for each in contents.documents
        ),
    )
    passages, firsts = contents.passages, first_equal(contents.vectors)
    connected.load(
        "{schema}.passages",
        ("int4", "text", "int4", "bytea"),
        (
            (place, each.id, vector, _passage.dump_json(each))
            for place, (each, vector) in enumerate(zip(passages, firsts, strict=True))
        ),
    )
    references = (
        (name, place) for place, each in enumerate(passages) for name in lookup_keys(each)
    )
    connected.load("{schema}.refs", ("text", "int4"), references)


def _write_parts(connected: Connected, contents: SnapshotContents) -> None:
    """What is read whole when the snapshot is opened."""
    written = BytesIO()
    np.save(written, contents.asked)
    parts = {
        "glossary.json": terms_json(contents.glossary),
        "leading.json": questions_json(contents.questions),
        "questions.npy": written.getvalue(),
        SENTENCES: sentences_npz(contents.sentences),
    }
    connected.load("{schema}.parts", ("text", "bytea"), parts.items())


def _write_words(connected: Connected, contents: SnapshotContents) -> None:
    everyday = EverydayWords(contents.glossary)
    fields = {
        "text": [each.text for each in contents.passages],
        "context": [context(each) for each in contents.passages],
        "everyday": [everyday.of(each) for each in contents.passages],
    }
    connected.load(
        "{schema}.words",
        ("text", "text", "int4[]", "float4[]"),
        ((field, *weighed) for field, texts in fields.items() for weighed in weighed_words(texts)),
    )


def weighed_words(texts: Sequence[str]) -> Iterator[tuple[str, list[int], list[float]]]:
    """Every word of these texts, the places of those that have it, and its BM25 weight in each."""
    found: dict[str, tuple[array[int], array[int]]] = {}
    lengths = np.zeros(len(texts), dtype=np.float64)
    for place, text in enumerate(texts):
        words = french_words(text)
        lengths[place] = len(words)
        for word, times in Counter(words).items():
            places, counts = found.setdefault(word, (array("i"), array("i")))
            places.append(place)
            counts.append(times)
    mean = lengths.mean() if lengths.any() else 1.0
    norms = SATURATION * (1 - LENGTH + LENGTH * lengths / mean)
    for word, (places, counts) in found.items():
        rarity = log(1 + (len(texts) - len(places) + 0.5) / (len(places) + 0.5))
        where, often = np.array(places, dtype=np.int32), np.array(counts, dtype=np.float64)
        weights = rarity * often * (SATURATION + 1) / (often + norms[where])
        yield word, where.tolist(), weights.tolist()


def _write_vectors(connected: Connected, vectors: Vectors) -> None:
    """Equal vectors once: in a graph, hundreds of them would link to one another only."""
    firsts = sorted(set(first_equal(vectors)))
    rows = ((place, vectors[place]) for place in firsts)
    connected.load("{schema}.vectors", ("int4", "vector"), rows)
    if len(firsts) > EXACT_UP_TO:
        size = vectors.shape[1]
        connected.run(f"SET LOCAL maintenance_work_mem = '{graph_memory(len(firsts), size)}MB'")
        connected.run(
            "CREATE INDEX ON {schema}.vectors USING hnsw "
            f"((embedding::halfvec({size})) halfvec_cosine_ops) "
            f"WITH (m = {LINKS}, ef_construction = {WIDTH})"
        )


def graph_memory(count: int, size: int) -> int:
    """Megabytes that the graph of so many vectors of so many numbers needs. Pure."""
    needed = count * (2 * size + 40 * LINKS + 300) // 1_000_000
    return min(max(needed, GRAPH_MEMORY[0]), GRAPH_MEMORY[-1])


def first_equal(vectors: Vectors) -> list[int]:
    """For each row, the place of the first one that is equal to it. Pure."""
    first: dict[bytes, int] = {}
    digests = (sha256(row.tobytes()).digest() for row in vectors)
    return [first.setdefault(digest, place) for place, digest in enumerate(digests)]
