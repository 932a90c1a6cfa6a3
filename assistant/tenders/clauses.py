"""Clauses: the pieces of a dossier cut at their headings, and the words found in them. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from assistant.tenders.canonical import Canonical, bare, canonical
from ingestion.chunking.passages import Passage, passages_of
from ingestion.chunking.places import page_numbers, place_of
from ingestion.chunking.sentences import SentenceSpan, sentences, units
from ingestion.documents.document import Document
from ingestion.documents.pieces import PieceKind, guess_kind

_WHOLE = 10**9  # characters: a clause is never cut


@dataclass(frozen=True)
class DossierClause:
    """The text between two headings of a piece; its `canonical` text is made once it is read."""

    piece: PieceKind
    document: Document
    passage: Passage

    @cached_property
    def canonical(self) -> Canonical:
        """The canonical text of its passage."""
        return canonical(self.passage.text)

    @property
    def title(self) -> str:
        """The nearest heading in lower case without accents, empty above the first one."""
        return bare(self.passage.headings[-1]) if self.passage.headings else ""

    @property
    def number(self) -> str:
        """The number that its heading gives it ("14.4"), empty when there is none."""
        return self.passage.references[0].split()[-1] if self.passage.references else ""

    @property
    def has_doubts(self) -> bool:
        """Whether some figure in it was read with doubt."""
        return bool(self.passage.doubts(self.passage.start, self.passage.end))

    def says(self, patterns: Iterable[re.Pattern[str]]) -> bool:
        """Whether one of these is found in its text or its heading."""
        return any(each.search(self.canonical.text) or each.search(self.title) for each in patterns)

    def matches(self, patterns: Iterable[re.Pattern[str]]) -> Iterator[re.Match[str]]:
        """Where these are found in its text."""
        return (match for each in patterns for match in each.finditer(self.canonical.text))

    def place(self, match: re.Match[str]) -> Passage:
        """The sentences, items or rows that a match is in, as a passage of their own."""
        return self.sentences_of(self.canonical.origin(*match.span()))

    def doubts(self, match: re.Match[str]) -> bool:
        """Whether a figure that a match says was read with doubt."""
        words, start = self.canonical.origin(*match.span()), self.passage.start
        return bool(self.passage.doubts(start + words.start, start + words.end))

    def sentences_of(self, words: SentenceSpan) -> Passage:
        """The same for some characters of its text."""
        return self.words(_touched(sentences(self.passage.text), words))

    def around(self, match: re.Match[str]) -> str:
        """The canonical text of the sentence, or the whole list, that a match is in."""
        words = self.canonical.origin(*match.span())
        touched = _touched(units(self.passage.text), words)
        return canonical(self.passage.text[touched.start : touched.end]).text

    def beside(self, place: Passage) -> str:
        """The canonical text, on one line, of the heading, the lead of the list and the words."""
        start = place.start - self.passage.start
        unit = _touched(units(self.passage.text), SentenceSpan(start, start + len(place.text)))
        lead = self.passage.text[unit.start : unit.end].partition("\n")[0]
        return canonical(f"{self.title} {lead} {place.text}".replace("\n", " ")).text

    def words(self, span: SentenceSpan) -> Passage:
        """Some characters of its text as a passage of their own, located by themselves."""
        start, end = self.passage.start + span.start, self.passage.start + span.end
        first_page, last_page = page_numbers(self.document, start, end) or (None, None)
        return replace(
            self.passage,
            id=f"{self.document.id[:16]}:{start}-{end}",
            locator=place_of(self.document, self.passage.headings, start, end).locator,
            text=self.document.text[start:end],
            start=start,
            end=end,
            first_page=first_page,
            last_page=last_page,
        )


def _touched(spans: Iterable[SentenceSpan], words: SentenceSpan) -> SentenceSpan:
    """From the first to the last of these spans that hold some of the words."""
    touched = [each for each in spans if each.start < words.end and words.start < each.end]
    return SentenceSpan(touched[0].start, touched[-1].end) if touched else words


def clauses_of(documents: Iterable[Document]) -> tuple[DossierClause, ...]:
    """The clauses of the buyer's pieces, in order; what suppliers wrote is left out."""
    return tuple(
        DossierClause(piece, document, passage)
        for document in documents
        if (piece := piece_of(document)) is not PieceKind.OFFER
        for passage in passages_of(document, size=_WHOLE, overlap=0)
    )


def piece_of(document: Document) -> PieceKind:
    """Which piece a document is, guessed from its name and first page where nobody has said it."""
    end = document.pages[0].end if document.pages else len(document.text)
    return document.piece or guess_kind(document.source, document.text[:end]).kind


def of_pieces(
    clauses: Sequence[DossierClause], pieces: Collection[PieceKind]
) -> tuple[DossierClause, ...]:
    """Those of certain pieces."""
    return tuple(clause for clause in clauses if clause.piece in pieces)
