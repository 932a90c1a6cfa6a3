"""Where a span of a document stands: "art. R2122-8", "CCAP, art. 12.3, p. 7", "BPU, … B4:F12"."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from ingestion.documents.document import Document, Kind
from ingestion.documents.general_clauses import CCAG, enclosing
from ingestion.documents.headings import clause_number
from ingestion.documents.pieces import PieceKind, find_piece, guess_kind
from ingestion.documents.references import find_references

_TABLE_SUFFIXES = frozenset({".csv", ".tsv"})
_SHEET_SUFFIXES = frozenset({".xlsx", ".ods"})

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
    return _suffix(document) in _TABLE_SUFFIXES | _SHEET_SUFFIXES


def _is_sheets(document: Document) -> bool:
    return _suffix(document) in _SHEET_SUFFIXES


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
