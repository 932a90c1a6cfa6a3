"""The two searches over passages, by words and by meaning; the embedder and the reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ingestion.chunking.passages import Passage

# Embedding: texts to unit vectors, by a model whose name is part of the index.

Vectors = NDArray[np.float32]
"""Shape (n, dimension) or (dimension,), each row of norm 1."""


class Embedder(Protocol):
    """Turns passages and questions into vectors of one space, nearer meaning more alike."""

    @property
    def name(self) -> str:
        """Model and digest of its weights; an index refuses any other."""

    @property
    def dimension(self) -> int:
        """Length of each vector."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text, in order: shape (n, dimension)."""

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each text, in order: shape (n, dimension)."""


@runtime_checkable
class Served(Protocol):
    """On a server, to which every text goes that is turned into a vector."""

    @property
    def host(self) -> str:
        """The server, by its name."""

    @property
    def problem(self) -> str:
        """Why it did not answer when it was last asked, in French; "" where it did."""


def embedder_host(embedder: Embedder) -> str:
    """The server that texts go to for their vectors, "" when they stay on this machine."""
    return embedder.host if isinstance(embedder, Served) else ""


class PassageReader(Protocol):
    """Reads passages for a question."""

    @property
    def name(self) -> str:
        """Model and digest of its weights."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[float]:
        """The logarithm of the odds that each passage answers the question, in their order."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found; a higher score is better, and scores of two searches do not compare."""

    passage_id: str
    score: float


class LexicalIndex(Protocol):
    """Ranks passages by the words they share with a question."""

    def __len__(self) -> int:
        """How many passages can be found."""

    def search(self, question: str, k: int) -> list[Hit]:
        """At most `k` hits, best first."""

    def search_everyday(self, question: str, k: int) -> list[Hit]:
        """The same by the words of the glossary alone, for the passages that it leads to."""

    def lookup(self, reference: str, most: int = 100) -> list[str]:
        """Identifiers of the passages of this key ("R2122-8"), in no given order."""


class VectorIndex(Protocol):
    """Ranks passages by the cosine between their vector and a question's."""

    def __len__(self) -> int:
        """How many passages can be found."""

    def search(self, vector: Vectors, k: int) -> list[Hit]:
        """At most `k` hits, best first; the score is the cosine."""


def applying(article: str) -> str:
    """The key by which the passages of decisions that apply an article are looked up. Pure."""
    return f"applique {article}"


def lookup_keys(passage: Passage) -> list[str]:
    """The keys of a passage: the references that it is, and the articles that it applies. Pure."""
    applied = passage.ruling.articles if passage.ruling else ()
    return [*passage.references, *map(applying, applied)]


def context(passage: Passage) -> str:
    """What places a passage: its locator and its last two headings. Pure.

    Both searches read it with the text: an article rarely repeats the words of its chapter.
    """
    return " – ".join([passage.locator, *passage.headings[-2:]])


def as_indexed(passage: Passage) -> str:
    """A passage as the embedder reads it: where it stands, then its words. Pure."""
    return f"{context(passage)}\n{passage.text}"
