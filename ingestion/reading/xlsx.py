"""XLSX, read from its XML: a cell that is not written costs nothing, and hidden ones are seen."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ingestion.reading.active_content import active_content
from ingestion.reading.archives import refuse_entities, unpacked
from ingestion.reading.content import FileContent, UnreadableFile
from ingestion.reading.markup import Element, attribute, local_name, parse_xml
from ingestion.reading.number_formats import BUILT_IN, GENERAL, shown
from ingestion.reading.sheets import MOST_COLUMNS, Cell, Row, Sheet, read_sheets

_WORKBOOK = "xl/workbook.xml"
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_TRUTH = {"0": "FAUX", "1": "VRAI"}
_YES = ("1", "true")


def read(data: bytes) -> FileContent:
    """Read every sheet; formulas by the value that was saved with them."""
    parts = unpacked(data)
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")):
            refuse_entities(part)
    if _WORKBOOK not in parts:
        raise UnreadableFile("le contenu n'est pas un classeur XLSX")
    return read_sheets(_sheets(parts)).warned(active_content(parts))


@dataclass(frozen=True, slots=True)
class _Book:
    """What cells refer to: shared strings, the format code of each style, and the day zero."""

    strings: Sequence[str]
    formats: Sequence[str]
    epoch: date


def _sheets(parts: Mapping[str, bytes]) -> Iterator[Sheet]:
    workbook = parse_xml(parts[_WORKBOOK])
    is_1904 = any(attribute(each, "date1904") in _YES for each in _all(workbook, "workbookpr"))
    epoch = date(1904, 1, 1) if is_1904 else date(1899, 12, 30)
    book = _Book(_strings(parts), _formats(parts), epoch)
    targets = _targets(parts)
    for sheet in _all(workbook, "sheet"):
        path = targets.get(attribute(sheet, "id") or "", "")
        if path in parts:
            root = parse_xml(parts[path])
            is_hidden = (attribute(sheet, "state") or "visible") != "visible"
            name = attribute(sheet, "name") or ""
            yield Sheet(name, _rows(root, book), tuple(_hidden_columns(root)), is_hidden)


def _hidden_columns(root: Element) -> Iterator[range]:
    for column in _all(root, "col"):
        if attribute(column, "hidden") in _YES:
            first, last = attribute(column, "min") or 1, attribute(column, "max") or 1
            yield range(int(first), int(last) + 1)


def _rows(root: Element, book: _Book) -> Iterator[Row]:
    number = 0
    for row in _all(root, "row"):
        number = int(attribute(row, "r") or number + 1)
        cells = tuple(_cells(row, book))
        if cells:
            yield Row(number, cells, attribute(row, "hidden") in _YES)


def _cells(row: Element, book: _Book) -> Iterator[Cell]:
    column = 0
    for cell in row:
        if local_name(cell) != "c":
            continue
        reference = _REFERENCE.fullmatch(attribute(cell, "r") or "")
        column = _column(reference[1]) if reference else column + 1
        text = " ".join(_text(cell, book).split())
        is_uncomputed = not text and _has_formula(cell)
        if (text or is_uncomputed) and column <= MOST_COLUMNS:
            yield Cell(column, text, is_uncomputed)


def _has_formula(cell: Element) -> bool:
    """Whether a cell is computed; one computed to be an empty string has the type of a string."""
    return attribute(cell, "t") != "str" and next(_all(cell, "f"), None) is not None


def _text(cell: Element, book: _Book) -> str:
    kind = attribute(cell, "t") or "n"
    if kind == "inlineStr":
        return _string(cell)
    value = next((element.text or "" for element in _all(cell, "v")), "")
    if kind == "s":
        return book.strings[int(value)] if value else ""
    if kind == "b":
        return _TRUTH.get(value, value)
    if kind != "n" or not value:
        return value
    style = int(attribute(cell, "s") or 0)
    code = book.formats[style] if style < len(book.formats) else GENERAL
    return shown(value, code, book.epoch)


def _strings(parts: Mapping[str, bytes]) -> list[str]:
    part = parts.get("xl/sharedStrings.xml")
    return [_string(item) for item in _all(parse_xml(part), "si")] if part else []


def _string(element: Element) -> str:
    """The text below an element, without the hints on how to pronounce it."""
    if local_name(element) == "t":
        return element.text or ""
    return "".join(_string(child) for child in element if local_name(child) != "rph")


def _formats(parts: Mapping[str, bytes]) -> list[str]:
    """The format code of each style of cell, in the order of their numbers."""
    part = parts.get("xl/styles.xml")
    if part is None:
        return []
    root = parse_xml(part)
    described = {
        int(attribute(each, "numFmtId") or 0): attribute(each, "formatCode") or GENERAL
        for each in _all(root, "numfmt")
    }
    codes = {**BUILT_IN, **described}
    styles = (style for group in _all(root, "cellxfs") for style in group)
    return [codes.get(int(attribute(style, "numFmtId") or 0), GENERAL) for style in styles]


def _targets(parts: Mapping[str, bytes]) -> dict[str, str]:
    """The part that each relation of the workbook leads to."""
    part = parts.get("xl/_rels/workbook.xml.rels")
    relations = parse_xml(part) if part else ()
    return {
        attribute(each, "Id") or "": posixpath.normpath(
            posixpath.join("/xl", attribute(each, "Target") or "")
        ).lstrip("/")
        for each in relations
    }


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - ord("A") + 1
    return column


def _all(root: Element, name: str) -> Iterator[Element]:
    return (element for element in root.iter() if local_name(element) == name)
