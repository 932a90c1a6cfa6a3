"""Index snapshots on a PostgreSQL server, for the tests of the index."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count

import numpy as np

from ingestion.chunking.passages import Passage
from ingestion.index.lexical import Term
from ingestion.index.search import Vectors
from ingestion.index.server import ServerRepository
from ingestion.index.snapshot import IndexSnapshot, SnapshotContents
from ingestion.index.store import Manifest

_NUMBERS = count(1)


def opened_on(
    address: str, passages: Sequence[Passage], vectors: Vectors, terms: Sequence[Term] = ()
) -> IndexSnapshot:
    """A new snapshot of these passages, without documents and questions, open."""
    repository, asked = ServerRepository(address), np.zeros((0, 0), dtype=np.float32)
    contents = SnapshotContents((), tuple(passages), vectors, tuple(terms), (), asked)
    manifest = described(f"essai-{next(_NUMBERS)}", len(passages))
    return repository.open(repository.write(contents, manifest, lambda _: None).name)


def described(name: str, passages: int) -> Manifest:
    """The manifest of a snapshot that is not written yet."""
    at = datetime(2026, 8, 23, tzinfo=UTC)
    return Manifest(name, name, at, "words@1", 0, passages, (), (), (), None, {}, ())
