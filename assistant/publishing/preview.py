"""Preview: a text of the candidate as it will be read, and what it is compared with."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from assistant.law.impact import difference_between
from ingestion.index.publication import open_snapshot
from ingestion.legislation.versions import Difference
from ingestion.readers.documents import Document


class TextFate(StrEnum):
    """What becomes of a text when the candidate enters service; the value is the French word."""

    ADDED = "ajouté"
    CHANGED = "modifié"
    REMOVED = "retiré"
    KEPT = "inchangé"


@dataclass(frozen=True, slots=True)
class PreviewedText:
    """A text and what becomes of it; `before` is what it replaces or follows, if anything."""

    document: Document
    fate: TextFate
    before: Document | None = None


def previewed(home: Path, served: str | None, candidate: str, document_id: str) -> PreviewedText:
    """A text that the candidate has, or that only the index in service has.

    Raises UnknownDocument where neither has it.
    """
    found = difference_between(home, served, candidate) if served else Difference()
    of_id = (each for each in _differing(found) if each.document.id == document_id)
    if told := next(of_id, None):
        return told
    return PreviewedText(open_snapshot(home, candidate).store.document(document_id), TextFate.KEPT)


def _differing(found: Difference) -> Iterator[PreviewedText]:
    for revision in (*found.changed, *found.redated, *found.others_changed):
        yield PreviewedText(revision.after, TextFate.CHANGED, revision.before)
    for document in (*found.added, *found.others_added):
        yield PreviewedText(document, TextFate.ADDED)
    for document in found.ended:
        yield PreviewedText(document, TextFate.CHANGED)
    for document in (*found.removed, *found.others_removed):
        yield PreviewedText(document, TextFate.REMOVED)
