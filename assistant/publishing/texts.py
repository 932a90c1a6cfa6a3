"""Texts as the administrator reads and dates them, before or after they enter service."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from assistant.law.impact import difference_between
from ingestion.documents.document import Document
from ingestion.documents.versions import Difference
from ingestion.errors import IngestionError
from ingestion.french import DayRange, state_days
from ingestion.index.publication import open_snapshot, served_name
from ingestion.library.library import Library


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


def texts_of(home: Path, source: str) -> tuple[Document, ...]:
    """The texts of a file as it is kept, else as the index in service has them.

    Raises IngestionError when there is none of this name.
    """
    if source in {each.source for each in Library(home).entries}:
        return Library(home).texts(source)
    served = served_name(home)
    if served is None:
        raise IngestionError(f"Aucun fichier ajouté ne se nomme {source}.")
    store = open_snapshot(home, served).store
    found = tuple(each for each in store.documents() if each.source == source)
    if not found:
        raise IngestionError(f"Aucun fichier ajouté ne se nomme {source}.")
    return found


def days_said(written: str) -> DayRange:
    """The day, or the ends of the part of a year, as of which a text is said to have been right.

    Raises IngestionError for what is no date, or a day to come.
    """
    days = state_days(written)
    if days is None:
        raise IngestionError(
            f"« {written[:40]} » n'est pas une date. Écrivez 23/08/2026, juin 2025, mi-2025, "
            "début ou fin 2025, 1er semestre 2025."
        )
    if days[0] > date.today():
        raise IngestionError("Un texte ne peut pas être à jour d'un jour à venir.")
    return days
