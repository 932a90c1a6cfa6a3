"""The articles of an index, each as it is in force on a day, and the figures that they state."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from assistant.law.figures import FigureKind, figures_in
from ingestion.documents.document import Document
from ingestion.documents.general_clauses import CCAG
from ingestion.documents.references import find_references
from ingestion.documents.versions import histories


@dataclass(frozen=True, slots=True)
class ArticleSide:
    """An article beside a section: its text (its document and file, "" where it is not kept).

    `figures` are those of the kind in question, as it writes them.
    """

    reference: str
    document: str = ""
    source: str = ""
    figures: tuple[str, ...] = ()


_Figures = tuple[tuple[FigureKind, str, str], ...]
"""The kind, the key and the words of each figure of an article."""


class ArticlesOfDay:
    """The articles among some documents, each as it is in force on a day."""

    def __init__(self, documents: Iterable[Document], day: date) -> None:
        """Texts of unknown days may be in force on any."""
        versions: dict[str, list[Document]] = {}
        for each in documents:
            if each.reference is not None:
                versions.setdefault(each.reference, []).append(each)
        self.day = day
        self._versions = versions
        self._chapters = frozenset(map(_chapter, versions))
        self._in_force: dict[str, tuple[Document, ...]] = {}
        self._stated: dict[str, _Figures] = {}
        self.ids = frozenset(each.id for found in versions.values() for each in found)

    def knows(self, reference: str) -> bool:
        """Whether any version of the article is kept."""
        return reference in self._versions

    def lacks(self, reference: str) -> bool:
        """Whether the article of a code is not kept though others of its chapter are."""
        is_of_code = not reference.startswith(CCAG) and "-" in reference
        return is_of_code and not self.knows(reference) and _chapter(reference) in self._chapters

    def in_force(self, reference: str) -> tuple[Document, ...]:
        """Its version of the day, one for each code that has an article of this number."""
        if reference not in self._in_force:
            found = histories(self._versions.get(reference, ()))
            self._in_force[reference] = tuple(
                version for each in found if (version := each.on(self.day))
            )
        return self._in_force[reference]

    def stated(self, reference: str) -> _Figures:
        """The figures of the article on the day."""
        if reference not in self._stated:
            self._stated[reference] = tuple(
                (kind, quantity.key, version.text[quantity.start : quantity.end])
                for version in self.in_force(reference)
                for kind, quantity in figures_in(version.text)
            )
        return self._stated[reference]

    def referred_to(self, reference: str) -> tuple[str, ...]:
        """The articles that it refers to."""
        texts = (version.text for version in self.in_force(reference))
        return tuple(dict.fromkeys(each.key for text in texts for each in find_references(text)))

    def side(self, reference: str, kind: FigureKind | None = None) -> ArticleSide:
        """The article as it stands beside a figure of a kind."""
        versions = self.in_force(reference) or self._versions.get(reference, ())[-1:]
        if not versions:
            return ArticleSide(reference)
        told = dict.fromkeys(words for each, _, words in self.stated(reference) if each is kind)
        return ArticleSide(reference, versions[0].id, versions[0].source, tuple(told))


def _chapter(reference: str) -> str:
    return reference.partition("-")[0]
