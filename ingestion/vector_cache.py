"""Vectors already computed, so that a build goes on where one was killed, and re-indexing is quick.

The key is the exact text and the embedder: the same text never has two vectors.
"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import numpy as np

from ingestion.embedding import Embedder, Vectors

BATCH = 64
"""Texts embedded between two writes: what a kill can lose."""


def embed_cached(
    path: Path, embedder: Embedder, texts: Sequence[str], progress: Callable[[int], None]
) -> Vectors:
    """Vectors of the texts, in order, computing only those not in the file at `path`.

    `progress` is told how many texts are done. Texts of like length are embedded together, which
    wastes no time on padding.
    """
    with closing(_opened(path)) as connection:
        keys = [sha256(f"{embedder.name}\0{text}".encode()).digest() for text in texts]
        known = _known(connection, keys, embedder.dimension)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        waiting = sorted(missing, key=lambda key: len(missing[key]), reverse=True)
        progress(len(texts) - len(waiting))
        for first in range(0, len(waiting), BATCH):
            batch = waiting[first : first + BATCH]
            rows = embedder.embed_passages([missing[key] for key in batch])
            fresh = {key: row.tobytes() for key, row in zip(batch, rows, strict=True)}
            connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", fresh.items())
            connection.commit()
            known |= fresh
            progress(len(texts) - len(waiting) + first + len(batch))
    flat = np.frombuffer(b"".join(known[key] for key in keys), dtype=np.float32)
    return flat.reshape(len(texts), embedder.dimension)


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
