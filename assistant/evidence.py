"""Evidence: the passages put before the reader and the model, numbered as they are shown."""

from dataclasses import dataclass

from ingestion.passages import Passage


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage shown for a question.

    `number` is 1-based, in order of score (best first), and is what `[n]` in an answer means.
    `similarity` is the cosine with the question, 0 when the passage was found by words alone.
    `document_sha256` is that of the document's whole text (UTF-8), to which offsets refer.
    """

    number: int
    passage: Passage
    score: float
    document_sha256: str
    similarity: float = 0.0
