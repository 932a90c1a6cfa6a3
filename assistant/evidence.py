"""Evidence: the passages put before the reader and the model, numbered as they are shown."""

from dataclasses import dataclass

from ingestion.passages import Passage


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage shown for a question.

    `number` is 1-based, in order of score (best first), and is what `[n]` in an answer means.
    `score` is how likely the passage is to be the best of those found, `strength` the weighed sum
    of its signals, which does not depend on the others (ranking.py).
    `similarity` is the cosine with the question, that of the farthest passage found by meaning when
    this one was found by words alone.
    `document_sha256` is that of the document's whole text (UTF-8), to which offsets refer.
    """

    number: int
    passage: Passage
    score: float
    document_sha256: str
    similarity: float = 0.0
    strength: float = 0.0
