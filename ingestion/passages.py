"""Passages: the spans of a document that are indexed, shown and cited."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ingestion.documents import Document, Heading, Hidden, Kind, is_citable
from ingestion.locators import is_table, page_numbers, place_of
from ingestion.piece_kinds import PieceKind
from ingestion.splitting import Span, split, split_lines


@dataclass(frozen=True, slots=True)
class Passage:
    """A citable span: `document.text[start:end] == text`.

    `id` is "<first 16 characters of the document id>:<start>-<end>" (characters, half-open).
    `locator` says where it stands in words for a reader: "art. R2122-8", "CCAP, art. 12.3, p. 7".
    `headings` is the path of headings above it, highest first. `references` are the normalised
    references that this passage *is* ("R2122-8", "CCAP 12.3"), not those it mentions. Pages are
    1-based and inclusive, None where the format has none. `valid_to` is exclusive. `address` is
    the public page of the text. `hidden` are the parts of it that the pages of the file do not
    show, in characters of the document.
    """

    id: str
    document_id: str
    title: str
    source: str
    kind: Kind
    locator: str
    headings: tuple[str, ...]
    references: tuple[str, ...]
    text: str
    start: int
    end: int
    first_page: int | None = None
    last_page: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    state_date: date | None = None
    dossier: str | None = None
    address: str | None = None
    piece: PieceKind | None = None
    hidden: tuple[Hidden, ...] = ()

    def hides(self, start: int, end: int) -> bool:
        """Whether some of these characters of the document are on no page for a reader to see.

        What stands under a picture may be read there.
        """
        return any(
            each.start < end and start < each.end and not each.is_under_picture
            for each in self.hidden
        )


def passages_of(document: Document, *, size: int = 1500, overlap: int = 200) -> tuple[Passage, ...]:
    """The passages of a document, in order: the text between two headings, cut when it is long.

    `size` and `overlap` count characters. A heading without text below it gives no passage; rows
    of a table are never divided and never overlap. A document that may not be cited has none.
    """
    if not is_citable(document.state, document.valid_to):
        return ()
    return tuple(
        _passage(document, headings, start, end)
        for headings, unit_start, unit_end in _units(document)
        for start, end in _spans(document, unit_start, unit_end, size, overlap)
    )


def _units(document: Document) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Headings above, start and end of each stretch of text between two headings."""
    above: list[Heading] = []
    start = 0
    for heading in document.headings:
        yield _path(document, above), start, heading.start
        while above and above[-1].level >= heading.level:
            above.pop()
        above.append(heading)
        start = heading.end
    yield _path(document, above), start, len(document.text)


def _path(document: Document, above: list[Heading]) -> tuple[str, ...]:
    return (*document.path, *(heading.text for heading in above))


def _spans(document: Document, start: int, end: int, size: int, overlap: int) -> Iterator[Span]:
    text = document.text[start:end]
    if is_table(document):
        spans = split_lines(text, size=size)
    else:
        spans = split(text, size=size, overlap=overlap)
    for first, last in spans:
        yield start + first, start + last


def _passage(document: Document, headings: tuple[str, ...], start: int, end: int) -> Passage:
    place = place_of(document, headings, start, end)
    first_page, last_page = page_numbers(document, start, end) or (None, None)
    return Passage(
        id=f"{document.id[:16]}:{start}-{end}",
        document_id=document.id,
        title=document.title,
        source=document.source,
        kind=document.kind,
        locator=place.locator,
        headings=headings,
        references=place.references,
        text=document.text[start:end],
        start=start,
        end=end,
        first_page=first_page,
        last_page=last_page,
        valid_from=document.valid_from,
        valid_to=document.valid_to,
        state_date=document.state_date,
        dossier=document.dossier,
        address=document.address,
        piece=document.piece,
        hidden=tuple(each for each in document.hidden if each.start < end and start < each.end),
    )
