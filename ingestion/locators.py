"""Where a passage stands, in words: "art. R2122-8", "CCAP, art. 12.3, p. 7". Pure."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from ingestion.clauses import clause_number
from ingestion.documents import Document, Kind
from ingestion.pieces import find_piece
from ingestion.references import find_references

TABLE_SUFFIXES = frozenset({".csv", ".tsv"})

_CITED_ARTICLES = re.compile(r"\((art\..*)\)\s*$")


@dataclass(frozen=True, slots=True)
class Place:
    """A locator, and the references of which the place is the text."""

    locator: str
    references: tuple[str, ...] = ()


def place_of(document: Document, headings: Sequence[str], start: int, end: int) -> Place:
    """The place of a span of `document` under `headings`, highest first. Pure."""
    if document.reference:
        return Place(_of_law(document.reference), (document.reference,))
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
    return Place(_joined(piece or document.title, section, pages))


def page_numbers(document: Document, start: int, end: int) -> tuple[int, int] | None:
    """First and last page (1-based, inclusive) of a span, None where there are no pages. Pure."""
    if not document.pages:
        return None
    starts = [page.start for page in document.pages]
    first = max(bisect_right(starts, start) - 1, 0)
    last = max(bisect_right(starts, end - 1) - 1, 0)
    return document.pages[first].number, document.pages[last].number


def is_table(document: Document) -> bool:
    """Whether each line of the document is a row of its file. Pure."""
    return PurePosixPath(document.source).suffix.lower() in TABLE_SUFFIXES


def _of_law(reference: str) -> str:
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
    piece = find_piece(document.title) or find_piece(stem) or find_piece(stem.upper())
    is_citable = document.kind is Kind.TENDER or (piece or "").startswith("CCAG")
    return piece if is_citable else None


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


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
