"""ODT and ODS, read from their XML."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, DecimalException
from itertools import repeat

from ingestion.documents.document import Block, Role
from ingestion.documents.headings import with_headings
from ingestion.errors import UnreadableFile
from ingestion.french import raised, written_day, written_number
from ingestion.readers.content import (
    FileContent,
    ReaderContent,
    masked,
    refuse_entities,
    struck,
    unpack,
)
from ingestion.readers.markup import (
    Element,
    active_content,
    attribute,
    below,
    local_name,
    parse_xml,
    taken_out,
)
from ingestion.readers.odt_numbering import BULLET, ListNumbers, OutlineNumbers
from ingestion.readers.spreadsheets import MOST_COLUMNS, Cell, Row, WorkbookSheet, read_sheets
from ingestion.readers.tables import TableCell, TableRows

# What both have in common: an archive, roots of its parts, the text of an element, and whether it
# is displayed.

_ABOVE = re.compile(r"super|[1-9]\d*%")
_NOT_READ = frozenset({"annotation", "tracked-changes", "note-citation"})


def _opened(data: bytes) -> dict[str, bytes]:
    """The parts of the archive by name.

    Raises UnreadableFile for what is no archive, protected, damaged, or larger than the bounds.
    """
    parts = unpack(data)
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise UnreadableFile("protégé par mot de passe")
    return parts


def _root_of(parts: Mapping[str, bytes], name: str) -> Element | None:
    """The root of a part, None when the archive does not have it."""
    if name not in parts:
        return None
    refuse_entities(parts[name])
    return _with_raised_digits(parse_xml(parts[name]))


def _with_raised_digits(root: Element) -> Element:
    """The same root, what its styles set above the line written in characters that say so."""
    styles = {
        attribute(style, "name")
        for style in below(root, "style")
        if any(_ABOVE.match(attribute(each, "text-position") or "") for each in style)
    }
    for span in below(root, "span"):
        if attribute(span, "style-name") in styles:
            span.text = raised(span.text or "")
    return root


def _first(root: Element | None, name: str) -> Element | None:
    """The first element of this name, at or below `root`."""
    return next(below(root, name), None) if root is not None else None


def _text_of(element: Element) -> str:
    """What is read in an element, one line a paragraph."""
    return re.sub(r"[ \t]+", " ", "".join(_pieces(element))).strip()


def _pieces(element: Element) -> Iterator[str]:
    yield (element.text or "").replace("\n", " ")
    for child in element:
        name = local_name(child)
        if name in ("tab", "s"):
            yield " "
        elif name == "line-break":
            yield "\n"
        elif name == "note-body":
            yield f" [note : {_text_of(child)}] "
        elif name and name not in _NOT_READ:
            yield from _pieces(child)
            if name in ("p", "h"):
                yield "\n"
        yield (child.tail or "").replace("\n", " ")


def _undisplayed(root: Element) -> tuple[str, ...]:
    """A French warning when sections, paragraphs or words are not displayed."""
    styles = _styles(root, _is_not_displayed)
    hidden = (
        element
        for element in root.iter()
        if local_name(element) in ("p", "h", "span", "section")
        and (_is_not_displayed(element) or attribute(element, "style-name") in styles)
    )
    return masked(map(_text_of, hidden))


def _is_not_displayed(element: Element) -> bool:
    return attribute(element, "display") == "none"


def _without_struck(root: Element) -> tuple[str, ...]:
    """Take out the paragraphs and words that are struck; a French warning when there are some."""
    styles = _styles(root, _strikes)
    written = (each for each in root.iter() if local_name(each) in ("p", "h", "span"))
    barred = (each for each in written if attribute(each, "style-name") in styles)
    return struck(taken_out(barred, _text_of))


def _strikes(properties: Element) -> bool:
    styles = (attribute(properties, f"text-line-through-{each}") for each in ("style", "type"))
    return any(style not in (None, "none") for style in styles)


def _styles(root: Element, says: Callable[[Element], bool]) -> set[str | None]:
    """The names of the styles that one of their properties says this of."""
    return {attribute(style, "name") for style in below(root, "style") if any(map(says, style))}


# ODT, read from its XML: the format needs no more than the bounded archive and the XML door.


def read_odt(data: bytes) -> FileContent:
    """Read headings with their numbers, paragraphs, list items and table rows."""
    parts = _opened(data)
    root = _root_of(parts, "content.xml")
    if root is None:
        raise UnreadableFile("le contenu n'est pas un document ODT")
    warnings = (*_without_struck(root), *_undisplayed(root), *active_content(parts))
    body = _first(root, "text")
    styles = _root_of(parts, "styles.xml")
    numbers = _Numbers(OutlineNumbers(styles), ListNumbers((styles, root)))
    blocks = with_headings(tuple(_blocks(body, numbers))) if body is not None else ()
    if not any(block.text for block in blocks):
        raise UnreadableFile("aucun texte dans le document")
    title = _first(_root_of(parts, "meta.xml"), "title")
    content = ReaderContent(blocks, title=_text_of(title) or None if title is not None else None)
    return FileContent((content,), warnings)


_MOST_ALIKE = 100


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What counts headings and items as they go by."""

    headings: OutlineNumbers
    items: ListNumbers


def _blocks(
    element: Element, numbers: _Numbers, marker: str = "", rows: TableRows | None = None
) -> Iterator[Block]:
    rows = rows or TableRows()
    for child in element:
        name = local_name(child)
        if name == "h":
            yield from _heading(child, numbers, marker)
        elif name == "p":
            for line in filter(None, _text_of(child).split("\n")):
                yield Block(marker + line, Role.ITEM if marker else Role.PARAGRAPH)
                marker = marker and " " * len(marker)
        elif name == "list":
            with numbers.items.within(child):
                yield from _blocks(child, numbers, marker)
        elif name in ("list-item", "list-header"):
            yield from _blocks(child, numbers, _marker(child, numbers))
        elif name == "table-row":
            yield Block(rows.written(_table_cells(child)), Role.ROW)
        elif name == "table":
            yield from _blocks(child, numbers, marker, TableRows())
        elif name and name not in _NOT_READ:
            yield from _blocks(child, numbers, marker, rows)


def _heading(heading: Element, numbers: _Numbers, marker: str) -> Iterator[Block]:
    """A heading with its number, which may be that of an item."""
    level = int(attribute(heading, "outline-level") or 1)
    if text := _text_of(heading).replace("\n", " "):
        label = numbers.headings.label(level) or marker.removeprefix(BULLET).lstrip()
        yield Block(label + text, Role.HEADING, level)


def _marker(item: Element, numbers: _Numbers) -> str:
    """What stands before an item; one that only holds a list is none, and counts for nothing."""
    first = next((child for child in item if local_name(child)), None)
    return "" if first is not None and local_name(first) == "list" else numbers.items.label(item)


def _table_cells(row: Element) -> Iterator[TableCell]:
    for cell in row:
        if local_name(cell) == "table-cell":
            written = _text_of(cell).replace("\n", " ")
            told = TableCell(written, _spanned(cell, "columns"), _spanned(cell, "rows"))
            yield from repeat(told, min(_repeated(cell, "columns"), _MOST_ALIKE))


# ODS, read from its XML like ODT: a cell holds its value and the text that it shows.

_NUMBERS = ("float", "currency", "percentage")
_CURRENCIES = {"EUR": "€"}
_CELLS = ("table-cell", "covered-table-cell")
_NOT_VISIBLE = ("collapse", "filter")
_LEFT_OUT = ("tracked-changes", "table", "dde-links")


def read_ods(data: bytes) -> FileContent:
    """Read every sheet; formulas by the value that was saved with them."""
    parts = _opened(data)
    root = _root_of(parts, "content.xml")
    if root is None or next(below(root, "spreadsheet"), None) is None:
        raise UnreadableFile("le contenu n'est pas un classeur ODS")
    return read_sheets(_sheets(root)).warned(active_content(parts))


def _sheets(root: Element) -> Iterator[WorkbookSheet]:
    hidden = {
        attribute(style, "name")
        for style in below(root, "style")
        if any(attribute(child, "display") == "false" for child in style)
    }
    barred = _styles(root, _strikes)
    for book in below(root, "spreadsheet"):
        for table in book:
            if local_name(table) == "table":
                name = attribute(table, "name") or ""
                is_hidden = attribute(table, "style-name") in hidden
                rows, columns = _rows(table, barred), tuple(_hidden_columns(table))
                yield WorkbookSheet(name, rows, columns, is_hidden)


def _hidden_columns(table: Element) -> Iterator[range]:
    column = 1
    for each in _of_this_sheet(table, ("table-column",)):
        count = _repeated(each, "columns")
        if attribute(each, "visibility") in _NOT_VISIBLE:
            yield range(column, column + count)
        column += count


def _rows(table: Element, barred: set[str | None]) -> Iterator[Row]:
    number = 1
    for row in _of_this_sheet(table, ("table-row",)):
        cells = tuple(_cells(row, barred))
        count = _repeated(row, "rows")
        is_hidden = attribute(row, "visibility") in _NOT_VISIBLE
        for copy in range(count if cells else 0):
            yield Row(number + copy, cells, is_hidden)
        number += count


def _cells(row: Element, barred: set[str | None]) -> Iterator[Cell]:
    column = 1
    for cell in _of_this_sheet(row, _CELLS):
        count = _repeated(cell, "columns")
        text = " ".join(_text(cell).split())
        is_uncomputed = bool(attribute(cell, "formula")) and not attribute(cell, "value-type")
        if text or is_uncomputed:
            for copy in range(column, min(column + count, MOST_COLUMNS + 1)):
                is_struck = attribute(cell, "style-name") in barred
                rows = _spanned(cell, "rows")
                yield Cell(copy, text, is_uncomputed, rows, is_struck=is_struck)
        column += count


def _text(cell: Element) -> str:
    shown = _text_of(cell)
    kind = attribute(cell, "value-type")
    try:
        if kind == "date":
            day = date.fromisoformat((attribute(cell, "date-value") or "")[:10])
            return written_day(day) if written_day(day) not in shown else shown
        if kind in _NUMBERS:
            value = Decimal(attribute(cell, "value") or "")
            return shown if _says(shown, value, kind) else _number(value, cell)
    except (ValueError, DecimalException):
        pass  # a value that is none: what is shown is all there is
    return shown


def _says(shown: str, value: Decimal, kind: str) -> bool:
    """Whether the text shown, read in French, is the value, up to its own rounding."""
    digits = re.sub(r"[^\d.,-]", "", shown).replace(",", ".", 1)
    if not re.fullmatch(r"-?\d+(?:\.\d+)?", digits) or "." in shown:
        return False
    written = Decimal(digits) / (100 if kind == "percentage" else 1)
    return abs(written - value) <= max(abs(value), Decimal(1)) / 100


def _number(value: Decimal, cell: Element) -> str:
    if attribute(cell, "value-type") == "percentage":
        return f"{written_number(value * 100)} %"
    currency = attribute(cell, "currency") or ""
    return f"{written_number(value)} {_CURRENCIES.get(currency, currency)}".strip()


def _spanned(cell: Element, what: str) -> int:
    return int(attribute(cell, f"number-{what}-spanned") or 1)


def _repeated(element: Element, what: str) -> int:
    return int(attribute(element, f"number-{what}-repeated") or 1)


def _of_this_sheet(element: Element, names: tuple[str, ...]) -> Iterator[Element]:
    """Elements of these names below, in groups too, but not those of a table inside a cell."""
    for child in element:
        name = local_name(child)
        if name in names:
            yield child
        elif name and name not in (*_LEFT_OUT, *_CELLS):
            yield from _of_this_sheet(child, names)
