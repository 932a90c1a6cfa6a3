"""The vector index on disk, and vectors already computed. Door of chromadb."""

import json
import os
import sqlite3
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import numpy as np

from ingestion.index.search import Embedder, Vectors

# The vector index on disk, embedded and only ever read once written.
#
# Vectors are always given: a collection with an embedding function of its own would try to download
# a model. Chroma's server is never started (it has unfixed faults before authentication).
#
# Equal vectors are written once: in a graph, hundreds of them link to one another only, and no way
# leads to them. Of those nearly equal the same is true when there are more than twice `LINKS`.

os.environ["ANONYMIZED_TELEMETRY"] = "False"

import chromadb
from chromadb.api.client import Client
from chromadb.config import Settings
from chromadb.errors import ChromaError

from ingestion.errors import DamagedSnapshot
from ingestion.index.search import Hit

COLLECTION = "passages"

LINKS = 128
"""Links of a vector in the graph, twice as many in its lowest layer: as many vectors as that may be
as near to one another as "Article n" is to "Article m". With Chroma's 16, of 200 such vectors 84
were not found by themselves; with 64 one was not in one of some eighty builds, which differ."""

EQUALS = "equals.json"
"""Beside the collection: for the first of equal vectors, the identifiers of all of them."""


class ChromaIndex:
    """Cosine neighbours among the vectors that `write_vectors` left in a folder."""

    def __init__(self, folder: Path) -> None:
        """Open the folder; raises DamagedSnapshot when its collection is not there."""
        written = folder / EQUALS
        self._equals: dict[str, list[str]] = (
            json.loads(written.read_bytes()) if written.exists() else {}
        )
        client = _client(folder)
        weakref.finalize(self, client.close)
        try:
            self._collection = client.get_collection(COLLECTION, embedding_function=None)
        except ChromaError as error:
            raise DamagedSnapshot(
                f"Les vecteurs de {folder} sont illisibles. Lancez : sourcier index rollback"
            ) from error

    def __len__(self) -> int:
        return self._collection.count() + sum(len(same) - 1 for same in self._equals.values())

    def search(self, vector: Vectors, k: int) -> list[Hit]:
        """Approximate neighbours, equal ones in the order in which they were written.

        Raises DamagedSnapshot when Chroma cannot answer.
        """
        try:
            found = self._collection.query(
                query_embeddings=vector.reshape(1, -1), n_results=k, include=["distances"]
            )
        except ChromaError as error:
            raise DamagedSnapshot(
                "L'index de vecteurs ne répond plus. Lancez : sourcier index rollback"
            ) from error
        distances = found["distances"]
        assert distances is not None
        return [
            Hit(passage_id, 1.0 - distance)
            for first, distance in zip(found["ids"][0], distances[0], strict=True)
            for passage_id in self._equals.get(first, [first])
        ][:k]


def write_vectors(folder: Path, ids: Sequence[str], vectors: Vectors) -> None:
    """Write a new vector index into an empty folder; row i of `vectors` belongs to `ids[i]`."""
    same: dict[bytes, list[int]] = {}
    for row, vector in enumerate(vectors):
        same.setdefault(vector.tobytes(), []).append(row)
    firsts = [rows[0] for rows in same.values()]
    with _client(folder) as client:
        _write(client, [ids[row] for row in firsts], vectors[firsts])
    equals = {ids[rows[0]]: [ids[row] for row in rows] for rows in same.values() if len(rows) > 1}
    (folder / EQUALS).write_text(json.dumps(equals))


def _write(client: Client, ids: Sequence[str], vectors: Vectors) -> None:
    collection = client.create_collection(
        COLLECTION,
        embedding_function=None,
        # Everything is synchronised to the graph's files, so that their hashes say all. One thread:
        # of several that write at once, one may leave a vector to which no way leads.
        configuration={
            "hnsw": {
                "space": "cosine",
                "max_neighbors": LINKS,
                "sync_threshold": max(2, len(ids)),
                "num_threads": 1,
            }
        },
    )
    step = client.get_max_batch_size()
    for first in range(0, len(ids), step):
        batch = slice(first, first + step)
        collection.add(ids=list(ids[batch]), embeddings=vectors[batch])


def _client(folder: Path) -> Client:
    client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    assert isinstance(client, Client)
    return client


# Vectors already computed, so that a build goes on where one was killed, and re-indexing is quick.
#
# The key is the exact text and the embedder: the same text never has two vectors.

BATCH = 64
"""Texts embedded between two writes: what a kill can lose."""


def embed_cached(
    path: Path,
    embedder: Embedder,
    texts: Sequence[str],
    progress: Callable[[int], None],
    *,
    as_questions: bool = False,
) -> Vectors:
    """Vectors of the texts, in order, computing only those not in the file at `path`.

    `progress` is told how many texts are done.
    """
    with closing(_opened(path)) as connection:
        space = f"{embedder.name}\0question" if as_questions else embedder.name
        embed = embedder.embed_questions if as_questions else embedder.embed_passages
        keys = [sha256(f"{space}\0{text}".encode()).digest() for text in texts]
        known = _known(connection, keys, embedder.dimension)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        done = len(texts) - len(missing)
        progress(done)
        for fresh in _embedded(missing, embed):
            connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", fresh.items())
            connection.commit()
            known |= fresh
            done += len(fresh)
            progress(done)
    flat = np.frombuffer(b"".join(known[key] for key in keys), dtype=np.float32)
    return flat.reshape(len(texts), embedder.dimension)


def _embedded(
    missing: Mapping[bytes, str], embed: Callable[[Sequence[str]], Vectors]
) -> Iterator[dict[bytes, bytes]]:
    """The rows of texts by their keys, so many at once, the longest first.

    Texts of like length are embedded together, which wastes no time on padding.
    """
    waiting = sorted(missing, key=lambda key: len(missing[key]), reverse=True)
    for first in range(0, len(waiting), BATCH):
        batch = waiting[first : first + BATCH]
        rows = embed([missing[key] for key in batch])
        yield {key: row.tobytes() for key, row in zip(batch, rows, strict=True)}


def _opened(path: Path) -> sqlite3.Connection:
    """Open the cache; one that is no longer a database is begun again, since it can be."""
    connection = sqlite3.connect(path)
    try:
        faults = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        connection.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, row BLOB) WITHOUT ROWID"
        )
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise
        faults = str(error)
    if faults == "ok":
        return connection
    connection.close()
    path.unlink()
    return _opened(path)


def _known(
    connection: sqlite3.Connection, keys: Sequence[bytes], dimension: int
) -> dict[bytes, bytes]:
    """The sound rows of these keys: an altered one is computed again."""
    rows = (
        connection.execute("SELECT key, row FROM vectors WHERE key = ?", (key,)).fetchone()
        for key in keys
    )
    return {found[0]: found[1] for found in rows if found and _is_unit(found[1], dimension)}


def _is_unit(row: bytes, dimension: int) -> bool:
    if len(row) != 4 * dimension:
        return False
    vector = np.frombuffer(row, dtype=np.float32).astype(np.float64)  # squares of noise overflow
    return bool(abs(np.linalg.norm(vector) - 1) < 1e-3)
