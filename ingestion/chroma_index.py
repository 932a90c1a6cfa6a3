"""The vector index on disk, embedded and only ever read once written. Door of chromadb.

Vectors are always given: a collection with an embedding function of its own would try to download
a model. Chroma's server is never started (it has unfixed faults before authentication).

Equal vectors are written once: in a graph, hundreds of them link to one another only, and no way
leads to them.
"""

import json
import os
import weakref
from collections.abc import Sequence
from pathlib import Path

os.environ["ANONYMIZED_TELEMETRY"] = "False"

import chromadb
from chromadb.api.client import Client
from chromadb.config import Settings
from chromadb.errors import ChromaError

from ingestion.embedding import Vectors
from ingestion.errors import DamagedGeneration
from ingestion.search import Hit

COLLECTION = "passages"

EQUALS = "equals.json"
"""Beside the collection: for the first of equal vectors, the identifiers of all of them."""


class ChromaIndex:
    """Cosine neighbours among the vectors that `write_vectors` left in a folder."""

    def __init__(self, folder: Path) -> None:
        """Open the folder; raises DamagedGeneration when its collection is not there."""
        written = folder / EQUALS
        self._equals: dict[str, list[str]] = (
            json.loads(written.read_bytes()) if written.exists() else {}
        )
        client = _client(folder)
        weakref.finalize(self, client.close)
        try:
            self._collection = client.get_collection(COLLECTION, embedding_function=None)
        except ChromaError as error:
            raise DamagedGeneration(
                f"Les vecteurs de {folder} sont illisibles. Lancez : sourcier index rollback"
            ) from error

    def __len__(self) -> int:
        return self._collection.count() + sum(len(same) - 1 for same in self._equals.values())

    def search(self, vector: Vectors, k: int) -> list[Hit]:
        """Approximate neighbours, equal ones in the order in which they were written.

        Raises DamagedGeneration when Chroma cannot answer.
        """
        try:
            found = self._collection.query(
                query_embeddings=vector.reshape(1, -1), n_results=k, include=["distances"]
            )
        except ChromaError as error:
            raise DamagedGeneration(
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
        # Everything is synchronised to the graph's files, so that their hashes say all.
        configuration={"hnsw": {"space": "cosine", "sync_threshold": max(2, len(ids))}},
    )
    step = client.get_max_batch_size()
    for first in range(0, len(ids), step):
        batch = slice(first, first + step)
        collection.add(ids=list(ids[batch]), embeddings=vectors[batch])


def _client(folder: Path) -> Client:
    client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    assert isinstance(client, Client)
    return client
