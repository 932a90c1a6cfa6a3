"""Passages: the spans of a document that are indexed, shown and cited, and where each stands."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, pairwise
from pathlib import PurePosixPath

from ingestion.case_law.ruling import DISPOSITIF, VISAS, Ruling
from ingestion.chunking.sentences import Span, split, split_lines
from ingestion.legislation.general_clauses import CCAG, enclosing
from ingestion.legislation.references import find_references
from ingestion.readers.documents import (
    Days,
    Document,
    Heading,
    Hidden,
    Kind,
    Recognised,
    Stretch,
    is_citable,
)
from ingestion.readers.headings import clause_number
from ingestion.tenders.pieces import PieceKind, find_piece, guess_kind

# Where a passage stands: "art. R2122-8", "CCAP, art. 12.3, p. 7", "BPU, … B4:F12". Pure.

TABLE_SUFFIXES = frozenset({".csv", ".tsv"})
SHEET_SUFFIXES = frozenset({".xlsx", ".ods"})

_CELL = re.compile(r"([A-Z]+)(\d+)")
_MOST_FIELDS = 3
_CITED_BY_NAME = frozenset(PieceKind) - {
    PieceKind.NOTICE,
    PieceKind.ANNEX,
    PieceKind.QUESTIONS,
    PieceKind.OFFER,
    PieceKind.OTHER,
}
_CITED_ARTICLES = re.compile(r"\(((?:art\.|Annexe|CCAG).*)\)\s*$")


@dataclass(frozen=True, slots=True)
class Place:
    """A locator, and the references of which the place is the text."""

    locator: str
    references: tuple[str, ...] = ()


def place_of(document: Document, headings: Sequence[str], start: int, end: int) -> Place:
    """The place of a span of `document` under `headings`, highest first. Pure."""
    if document.ruling:
        return Place(f"{document.ruling.name}, {headings[-1]}", document.ruling.numbers)
    if document.reference:
        return _of_article(document.reference)
    if _is_sheets(document):
        name = _piece(document) or _title(document)
        return Place(f"{name}, feuille « {headings[-1]} », {_cells(document, start, end)}")
    if is_table(document):
        return Place(f"{PurePosixPath(document.source).name}, {_rows(document, start, end)}")
    pages = _pages(document, start, end)
    if document.kind is Kind.RULES and (articles := _articles_of_sheet(headings)):
        return Place(_joined(f"{_listed(articles)}, fiche « {document.title} »", pages), articles)
    piece = _piece(document)
    number = _clause(headings) if piece else None
    if piece and number:
        return Place(_joined(f"{piece}, art. {number}", pages), (f"{piece} {number}",))
    section = f"§ {headings[-1]}" if headings and headings[-1] != document.title else ""
    fields = _fields(document, start, end)
    return Place(_joined(piece or _title(document), section, pages, fields))


def page_numbers(document: Document, start: int, end: int) -> tuple[int, int] | None:
    """First and last page (1-based, inclusive) of a span, None where there are no pages. Pure."""
    if document.furniture and start >= document.body_end:
        page = next(each.page for each in document.furniture if start < each.end)
        return page, page
    if not document.pages:
        return None
    starts = [page.start for page in document.pages]
    first = max(bisect_right(starts, start) - 1, 0)
    last = max(bisect_right(starts, end - 1) - 1, 0)
    return document.pages[first].number, document.pages[last].number


def is_table(document: Document) -> bool:
    """Whether each line of the document, headings aside, is a row of its file. Pure."""
    return _suffix(document) in TABLE_SUFFIXES | SHEET_SUFFIXES


def _is_sheets(document: Document) -> bool:
    return _suffix(document) in SHEET_SUFFIXES


def _suffix(document: Document) -> str:
    return PurePosixPath(document.source).suffix.lower()


def _of_article(reference: str) -> Place:
    """An article, or a clause of a CCAG, which is a part of those that enclose it."""
    if not reference.startswith(CCAG):
        return Place(_of_law(reference), (reference,))
    family, _, number = reference.rpartition(" ")
    whole = (f"{family} {each}" for each in enclosing(number))
    return Place(f"art. {number} {family}", (reference, *whole))


def _of_law(reference: str) -> str:
    if reference.startswith("CCAG"):
        return reference.replace(" ", ", art. ")
    return reference if reference.startswith("Annexe") else f"art. {reference}"


def _articles_of_sheet(headings: Sequence[str]) -> tuple[str, ...]:
    """The articles that the nearest heading names: "… (art. L2112-1 et R2112-1)"."""
    cited = _CITED_ARTICLES.search(headings[-1]) if headings else None
    if cited is None:
        return ()
    return tuple(dict.fromkeys(found.key for found in find_references(cited[1])))


def _listed(articles: Sequence[str]) -> str:
    *most, last = articles
    return f"art. {', '.join(most)} et {last}" if most else _of_law(last)


def _piece(document: Document) -> str | None:
    """The piece of a tender that the document is, or the CCAG among the rules."""
    stem = PurePosixPath(document.source).stem
    named = find_piece(document.title) or find_piece(stem) or find_piece(stem.upper())
    if document.piece in (None, PieceKind.OTHER):
        is_unsaid = document.kind is Kind.TENDER and document.piece is None
        return named if is_unsaid or (named or "").startswith("CCAG") else None
    if document.piece not in _CITED_BY_NAME:
        return None
    is_of_its_kind = named is not None and guess_kind(named).kind is document.piece
    return named if is_of_its_kind else document.piece.value


def _title(document: Document) -> str:
    """The title, with a warning where it is not the buyer who wrote the text."""
    is_offer = document.piece is PieceKind.OFFER
    return f"offre d'un candidat : {document.title}" if is_offer else document.title


def _clause(headings: Sequence[str]) -> str | None:
    numbers = (clause_number(heading) for heading in reversed(headings))
    return next((number for number in numbers if number), None)


def _pages(document: Document, start: int, end: int) -> str:
    numbers = page_numbers(document, start, end)
    if numbers is None:
        return ""
    first, last = numbers
    return f"p. {first}" if first == last else f"p. {first}-{last}"


def _rows(document: Document, start: int, end: int) -> str:
    first = document.text.count("\n", 0, start) + 1
    last = first + document.text.count("\n", start, end)
    return f"ligne {first}" if first == last else f"lignes {first} à {last}"


def _cells(document: Document, start: int, end: int) -> str:
    """The smallest rectangle around the cells of a span: "B4:F12"."""
    corners = _CELL.findall(" ".join(_marks(document, start, end)))
    rows = [int(row) for _, row in corners]
    columns = sorted((column for column, _ in corners), key=lambda name: (len(name), name))
    ends = dict.fromkeys((f"{columns[0]}{min(rows)}", f"{columns[-1]}{max(rows)}"))
    return ":".join(ends)


def _fields(document: Document, start: int, end: int) -> str:
    """The fields of a notice that a span is read from, unless they are many."""
    names = tuple(dict.fromkeys(_marks(document, start, end)))
    if not 0 < len(names) <= _MOST_FIELDS:
        return ""
    return f"champ{'s' if len(names) > 1 else ''} {', '.join(names)}"


def _marks(document: Document, start: int, end: int) -> Iterator[str]:
    first = bisect_right(document.marks, start, key=lambda mark: mark.end)
    for mark in document.marks[first:]:
        if mark.start >= end:
            return
        yield mark.name


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


_MOST_PAGES_NAMED = 5


@dataclass(frozen=True, slots=True)
class Passage:
    """A citable span: `document.text[start:end] == text`.

    `id` is "<first 16 characters of the document id>:<start>-<end>" (characters, half-open).
    `locator` says where it stands in words for a reader: "art. R2122-8", "CCAP, art. 12.3, p. 7".
    `headings` is the path of headings above it, highest first. `references` are the normalised
    references that this passage *is* ("R2122-8", "CCAP 12.3"), not those it mentions. Pages are
    1-based and inclusive, None where the format has none. `valid_to` is exclusive, and
    `not_before` the earliest day on which it can have been the law, where `valid_from` is unknown.
    `address` is the public page of the text. `also_at` are the other places of the document where
    the same text stands under the same headings: `document.text[start:end] == text` for each of
    them. `hidden` are the parts of it that the pages of the file do not show, in characters of the
    document, `recognised` those that were read from a picture. `notes` say how sure it is: they are
    shown with it, and are neither searched nor quoted. `ruling` is the decision of a court that it
    is a paragraph of, with the articles that this paragraph cites.
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
    also_at: tuple[Span, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    not_before: date | None = None
    notes: tuple[str, ...] = ()
    recognised: tuple[Recognised, ...] = ()
    state_until: date | None = None
    ruling: Ruling | None = None

    def hides(self, start: int, end: int) -> bool:
        """Whether some of these characters of the document are on no page for a reader to see.

        What stands under a picture may be read there.
        """
        return any(
            each.start < end and start < each.end and not each.is_under_picture
            for each in self.hidden
        )

    def is_recognised(self, start: int, end: int) -> bool:
        """Whether some of these characters of the document were read from a picture."""
        return any(each.start < end and start < each.end for each in self.recognised)

    def doubts(self, start: int, end: int) -> tuple[str, ...]:
        """The figures among these characters of the document that were read with doubt."""
        return tuple(
            self.text[max(each.start - self.start, 0) : each.end - self.start]
            for each in self.recognised
            if each.is_doubtful and each.start < end and start < each.end
        )


_NOTHING_TOLD = Stretch(0, 0)


@dataclass(frozen=True, slots=True)
class _Unit:
    """Text between two headings of which the same is said, below its headings, with its notes."""

    headings: tuple[str, ...]
    start: int
    end: int
    days: Days | None = None
    notes: tuple[str, ...] = ()


def passages_of(document: Document, *, size: int = 1500, overlap: int = 200) -> tuple[Passage, ...]:
    """The passages of a document, in order: the text between two headings, cut when it is long.

    `size` and `overlap` count characters. A heading without text below it gives no passage; rows
    of a table are never divided and never overlap. Statements that are the law on other days than
    their neighbours are passages of their own. A document that may not be cited has none.
    """
    if not is_citable(document.state, document.valid_to):
        return ()
    return tuple(
        _passage(document, unit, start, end)
        for headings, unit_start, unit_end in _units(document)
        for unit in _told_apart(document, headings, unit_start, unit_end)
        for start, end in _spans(document, unit.start, unit.end, size, overlap)
    )


def _units(document: Document) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Headings above, start and end of each stretch of text between two headings.

    Of a decision, each paragraph of its reasons, and not what the parties ask.
    """
    if document.ruling:
        yield from _paragraphs(document)
        return
    above: list[Heading] = []
    start = 0
    for heading in document.headings:
        yield _path(document, above), start, heading.start
        while above and above[-1].level >= heading.level:
            above.pop()
        above.append(heading)
        start = heading.end
    yield _path(document, above), start, document.body_end


def _paragraphs(document: Document) -> Iterator[tuple[tuple[str, ...], int, int]]:
    for name, marks in groupby(document.marks, key=lambda mark: mark.name):
        first, *others = marks
        if name not in (VISAS, DISPOSITIF):
            yield (*document.path, name), first.start, (others or [first])[-1].end


def _told_apart(
    document: Document, headings: tuple[str, ...], start: int, end: int
) -> Iterator[_Unit]:
    """The parts of a section that are the law on different days, without its notes."""
    told = [each for each in document.stretches if start <= each.start and each.end <= end]
    notes = [each for each in told if each.is_note]
    edges = [start, *(edge for each in told for edge in (each.start, each.end)), end]
    of_edge = {each.start: each for each in told}
    for first, last in pairwise(edges):
        stretch = of_edge.get(first, _NOTHING_TOLD)
        if first < last and not stretch.is_note:
            about = (note for note in notes if note.days in (None, stretch.days))
            lines = [
                line for note in about for line in document.text[note.start : note.end].split("\n")
            ]
            yield _Unit(headings, first, last, stretch.days, tuple(lines))


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


def _passage(document: Document, unit: _Unit, start: int, end: int) -> Passage:
    headings, days = unit.headings, unit.days or Days()
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
        valid_from=days.valid_from or document.valid_from,
        valid_to=days.valid_to or document.valid_to,
        state_date=document.state_date,
        dossier=document.dossier,
        address=document.address,
        piece=document.piece,
        hidden=tuple(each for each in document.hidden if each.start < end and start < each.end),
        recognised=tuple(
            each for each in document.recognised if each.start < end and start < each.end
        ),
        not_before=document.not_before,
        notes=unit.notes,
        state_until=document.state_until,
        ruling=document.ruling.within(start, end) if document.ruling else None,
    )


def as_one(passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """Equal passages of a document made one with several places, where the first stands. Pure.

    Hundreds of them would fill every search, and tell a reader no more than one.
    """
    same: dict[Passage, list[Passage]] = {}
    for each in passages:
        same.setdefault(_anywhere(each), []).append(each)
    return tuple(_with_places(first, others) for first, *others in same.values())


def _anywhere(passage: Passage) -> Passage:
    """A passage without its place, for what is equal wherever it stands, however it is read."""
    hidden = (Hidden(0, 0),) if passage.hidden else ()
    recognised = (Recognised(0, 0),) if passage.recognised else ()
    return replace(
        passage,
        id="",
        start=0,
        end=0,
        locator="",
        first_page=None,
        last_page=None,
        hidden=hidden,
        recognised=recognised,
    )


def _with_places(first: Passage, others: Sequence[Passage]) -> Passage:
    if not others:
        return first
    pages = sorted({each.first_page for each in others if each.first_page is not None})
    if 0 < len(pages) <= _MOST_PAGES_NAMED:
        where = f"aussi p. {', '.join(map(str, pages))}"
    else:
        where = (
            "et à un autre endroit" if len(others) == 1 else f"et à {len(others)} autres endroits"
        )
    return replace(
        first,
        locator=f"{first.locator}, {where}",
        also_at=tuple((each.start, each.end) for each in others),
    )
