"""Exhibits: each passage that was shown, in its document as it was then."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from assistant.answers import Citation
from assistant.evidence import Evidence
from ingestion.documents import Document


class Seal(StrEnum):
    """Whether a document is the one that was shown.

    INTACT: its text has the recorded sha256, and the passage and every citation stand in it at the
    recorded characters. ABSENT: the answer is older than the archive, only the passage was kept.
    """

    INTACT = "intact"
    ABSENT = "absent"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A passage shown, the citations that point into it with their numbers, and its document."""

    evidence: Evidence
    citations: tuple[tuple[int, Citation], ...]
    document: Document | None
    seal: Seal


def exhibit(
    evidence: Evidence, citations: Iterable[tuple[int, Citation]], document: Document | None
) -> Exhibit:
    """A passage with its document, which is shown only when it is the same. Pure."""
    inside = tuple(
        (number, each)
        for number, each in citations
        if each.n == evidence.number and each.document == evidence.passage.document_id
    )
    if document is None:
        return Exhibit(evidence, inside, None, Seal.ABSENT)
    if not _is_same(document, evidence, [each for _, each in inside]):
        return Exhibit(evidence, inside, None, Seal.ALTERED)
    return Exhibit(evidence, inside, document, Seal.INTACT)


def _is_same(document: Document, evidence: Evidence, citations: Iterable[Citation]) -> bool:
    passage, digest = evidence.passage, sha256(document.text.encode()).hexdigest()
    return (
        document.id == passage.document_id
        and digest == evidence.document_sha256
        and document.text[passage.start : passage.end] == passage.text
        and all(
            each.sha256 == digest and document.text[each.start : each.end] == each.quote
            for each in citations
        )
    )
