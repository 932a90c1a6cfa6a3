"""Index snapshots: what one holds, and how they are kept, whichever the engine."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

import numpy as np

from ingestion.chunking.passages import Passage
from ingestion.documents.document import Document
from ingestion.errors import EmbedderMismatch
from ingestion.index.lexical import Term, terms_json
from ingestion.index.questions import LeadingQuestion, QuestionIndex, questions_json
from ingestion.index.search import Hit, LexicalIndex, VectorIndex, Vectors
from ingestion.index.sentence_index import NO_SENTENCES, SentenceIndex
from ingestion.index.store import Manifest, PassageStore


@dataclass(frozen=True, slots=True)
class IndexSnapshot:
    """An open snapshot; holders keep it for the length of a question.

    As long as it is referred to, it is not removed by a publication.
    """

    manifest: Manifest
    store: PassageStore
    lexical: LexicalIndex
    vectors: VectorIndex
    questions: QuestionIndex
    glossary: tuple[Term, ...] = ()
    sentences: SentenceIndex = NO_SENTENCES

    def near(self, vector: Vectors, k: int) -> list[Hit]:
        """At most `k` passages, the nearest to a question's vector first.

        Raises EmbedderMismatch for one that is not of their space.
        """
        made = self.manifest.dimension
        if made and len(vector) != made:
            raise EmbedderMismatch(
                f"L'index {self.manifest.name} a des vecteurs de {made} nombres, et le modèle de "
                f"vecteurs choisi en donne {len(vector)}. Reconstruisez-le : sourcier index build"
            )
        return self.vectors.search(vector, k)


@dataclass(frozen=True, slots=True)
class SnapshotContents:
    """What a snapshot is written from.

    Row i of `vectors` belongs to passage i, row i of `asked` to question i.
    """

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    vectors: Vectors
    glossary: tuple[Term, ...]
    questions: tuple[LeadingQuestion, ...]
    asked: Vectors
    sentences: SentenceIndex = NO_SENTENCES

    @property
    def digest(self) -> str:
        """The sha256 of all of it: the same whichever the engine."""
        digest = sha256()
        for each in (*self.documents, *self.passages):
            digest.update(repr(each).encode())
        for written in (terms_json(self.glossary), questions_json(self.questions)):
            digest.update(written)
        digest.update(repr(self.sentences.passage_ids).encode())
        for rows in (self.vectors, self.asked, self.sentences.vectors):
            digest.update(np.ascontiguousarray(rows, dtype="<f4").tobytes())
        return digest.hexdigest()


def contents_of(snapshot: IndexSnapshot, vectors: Vectors) -> SnapshotContents:
    """What an open snapshot was written from, given the vectors of its passages."""
    return SnapshotContents(
        tuple(snapshot.store.documents()),
        tuple(snapshot.store.all_passages()),
        vectors,
        snapshot.glossary,
        snapshot.questions.questions,
        snapshot.questions.vectors,
        snapshot.sentences,
    )


class SnapshotRepository(Protocol):
    """The snapshots of one index, and which of them is in use.

    Each change is made whole or not at all. Who writes holds the writer's lock; readers come at
    any time.
    """

    def served(self) -> str | None:
        """Name of the snapshot in use, None when there is none."""

    def serve(self, name: str | None) -> None:
        """Put a snapshot in use, for every process at its next question; None takes it out.

        Nothing is announced any more.
        """

    def announced(self) -> str | None:
        """Name of the snapshot that is about to be in use, None when there is none."""

    def announce(self, name: str | None) -> None:
        """Say which one is about to be in use, so that it is open by then; None takes it back."""

    def finished(self) -> list[str]:
        """Names of the snapshots that are whole, oldest first."""

    def manifest(self, name: str) -> Manifest:
        """The manifest of a snapshot; raises UnknownSnapshot or DamagedSnapshot."""

    def write(
        self, contents: SnapshotContents, manifest: Manifest, told: Callable[[int], None]
    ) -> Manifest:
        """Write a snapshot, durable once this returns, and its manifest with the hashes of it.

        `told` hears of each third. Whatever ends it early, nothing is left.
        """

    def open(self, name: str) -> IndexSnapshot:
        """Open a snapshot after comparing all of it with its manifest.

        Raises UnknownSnapshot, or DamagedSnapshot before anything damaged is searched.
        """

    def vectors(self, name: str) -> Vectors:
        """The vectors of its passages, as they were written, in their order."""

    def discard(self, name: str) -> None:
        """Remove a snapshot, unless someone has it open."""

    def clear_unfinished(self) -> None:
        """Remove what killed builds and removals left."""

    def size(self, name: str) -> int:
        """Bytes that a snapshot takes."""
