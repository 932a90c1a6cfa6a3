"""The code as a review reads it: the constants of a day, and the versions of an article."""

from collections.abc import Sequence
from typing import Protocol

from assistant.calculators.law import IndexedLaw, Law
from ingestion.documents import Document


class Code(Law, Protocol):
    """What a review may ask of the law of the dossier's day."""

    def versions(self, reference: str) -> Sequence[Document]:
        """Every indexed version of an article, none of those that are not indexed."""


class IndexedCode(IndexedLaw):
    """The law of a day as one generation holds it, with its versions."""

    def versions(self, reference: str) -> Sequence[Document]:
        """Every version of an article."""
        return self._generation.store.versions(reference)
