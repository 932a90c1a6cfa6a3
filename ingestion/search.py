"""The two searches over passages, by words and by meaning, as the assistant sees them."""

from dataclasses import dataclass
from typing import Protocol

from ingestion.embedding import Vectors
from ingestion.passages import Passage


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found; a higher score is better, and scores of two searches do not compare."""

    passage_id: str
    score: float


class LexicalIndex(Protocol):
    """Ranks passages by the words they share with a question."""

    def search(self, question: str, k: int) -> list[Hit]:
        """At most `k` hits, best first."""
        ...

    def search_everyday(self, question: str, k: int) -> list[Hit]:
        """The same by the words of the glossary alone, for the passages that it leads to."""
        ...

    def lookup(self, reference: str) -> list[str]:
        """Identifiers of the passages that are this reference ("R2122-8"), in no given order."""
        ...


class VectorIndex(Protocol):
    """Ranks passages by the cosine between their vector and a question's."""

    def search(self, vector: Vectors, k: int) -> list[Hit]:
        """At most `k` hits, best first; the score is the cosine."""
        ...


def context(passage: Passage) -> str:
    """What places a passage: its locator and its last two headings. Pure.

    Both searches read it with the text: an article rarely repeats the words of its chapter.
    """
    return " – ".join([passage.locator, *passage.headings[-2:]])
