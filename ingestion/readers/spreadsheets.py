"""XLSX and CSV; sheets of a workbook, however its format writes them, into one document."""

import csv
import io
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ingestion.documents.document import Block, Role
from ingestion.errors import UnreadableFile
from ingestion.french import raised
from ingestion.readers.content import (
    CELL_MARK,
    FileContent,
    ReaderContent,
    decode_text,
    delimiter_of,
    listed,
    quoted,
    struck,
    unpack_office,
)
from ingestion.readers.markup import (
    Element,
    active_content,
    attribute,
    below,
    local_name,
    parse_xml,
)
from ingestion.readers.number_formats import BUILT_IN, GENERAL, shown
from ingestion.readers.tables import LONGEST_LABEL

# Sheets of a workbook, however its format writes them, into one document. Pure.
#
# What is hidden is read, since it may bind or deceive, and said.

MOST_COLUMNS = 16_384
_MOST_CELLS = 300_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is not empty: its column (1-based) and its text.

    `is_uncomputed` when it has a formula whose value the file does not hold: it has no text. `rows`
    are those that it covers, its own among them. One that `is_struck` is left out, and said.
    """

    column: int
    text: str
    is_uncomputed: bool = False
    rows: int = 1
    is_struck: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row that are not empty, one at least; `number` is 1-based."""

    number: int
    cells: tuple[Cell, ...]
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class WorkbookSheet:
    """A sheet, its rows from top to bottom, and the columns hidden in it (1-based)."""

    name: str
    rows: Iterable[Row]
    hidden_columns: tuple[range, ...] = ()
    is_hidden: bool = False


def read_sheets(sheets: Iterable[WorkbookSheet]) -> FileContent:
    """One heading a sheet, one row a line, whose mark are its cells ("B4:F4").

    Raises UnreadableFile when all sheets are empty, or larger than the bounds.
    """
    reader = _Reader()
    blocks = [block for sheet in sheets for block in reader.blocks(sheet)]
    if not blocks:
        raise UnreadableFile(" ; ".join(("aucun texte dans le classeur", *reader.warnings())))
    return FileContent((ReaderContent(tuple(blocks)),), tuple(reader.warnings()))


def column_name(column: int) -> str:
    """The letters of a column: 1 is "A", 28 is "AB"."""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


@dataclass(slots=True)
class _Reader:
    """Counts cells and collects what there is to say about them."""

    cells: int = 0
    hidden_sheets: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    uncomputed: list[str] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)

    def blocks(self, sheet: WorkbookSheet) -> Iterator[Block]:
        """The heading of a sheet and its rows, nothing for an empty one."""
        rows = [*self._rows(sheet)]
        # A title stands where it likes: the columns are those of the rows of several cells.
        first = min((min(texts) for _, texts in rows if len(texts) > 1), default=1)
        columns: set[int] = set()
        if rows:
            yield Block(sheet.name, Role.HEADING, level=1)
        for row, texts in rows:
            yield self._block(row, texts, first)
            columns |= {c.column for c in row.cells if _is_within(c.column, sheet.hidden_columns)}
        if sheet.is_hidden and rows:
            self.hidden_sheets.append(f"« {sheet.name} »")
        self._say(sheet, "lignes masquées", (row.number for row, _ in rows if row.is_hidden))
        self._say(sheet, "colonnes masquées", map(column_name, sorted(columns)))

    def warnings(self) -> Iterator[str]:
        """What is hidden and what is missing, in French."""
        if self.hidden_sheets:
            yield f"feuilles masquées, lues quand même : {listed(self.hidden_sheets)}"
        yield from self.hidden
        yield from struck(self.struck)
        if self.uncomputed:
            yield (
                "formules sans valeur enregistrée (ouvrez le classeur et enregistrez-le) : "
                f"{listed(self.uncomputed)}"
            )

    def _rows(self, sheet: WorkbookSheet) -> Iterator[tuple[Row, dict[int, str]]]:
        """The rows that say something, and their texts by column, a label in all that it covers."""
        covered: dict[int, tuple[str, int]] = {}
        for row in sheet.rows:
            columns = [cell.column for cell in row.cells]
            self._count(max(columns) - min(columns) + 1)
            self.uncomputed += [
                f"« {sheet.name} » {column_name(cell.column)}{row.number}"
                for cell in row.cells
                if cell.is_uncomputed
            ]
            self.struck += [cell.text for cell in row.cells if cell.is_struck]
            read = [cell for cell in row.cells if cell.text and not cell.is_struck]
            own = {cell.column: cell.text for cell in read}
            covered = {each: label for each, label in covered.items() if row.number <= label[1]}
            if own:
                yield row, {column: label for column, (label, _) in covered.items()} | own
            for cell in read:
                if cell.rows > 1 and len(cell.text) <= LONGEST_LABEL:
                    covered[cell.column] = cell.text, row.number + cell.rows - 1

    def _block(self, row: Row, texts: Mapping[int, str], first: int) -> Block:
        begin, last = min(texts), max(texts)
        start = first if len(texts) > 1 else begin
        self._count(begin - start)
        line = CELL_MARK.join(texts.get(column, "") for column in range(start, last + 1))
        ends = dict.fromkeys(f"{column_name(column)}{row.number}" for column in (begin, last))
        return Block(line, Role.ROW, mark=":".join(ends))

    def _count(self, cells: int) -> None:
        self.cells += cells
        if self.cells > _MOST_CELLS:
            raise UnreadableFile(f"classeur trop grand (plus de {_MOST_CELLS} cellules)")

    def _say(self, sheet: WorkbookSheet, what: str, which: Iterable[object]) -> None:
        if shown := listed(which):
            self.hidden.append(f"feuille « {sheet.name} », {what}, lues quand même : {shown}")


def _is_within(column: int, ranges: Iterable[range]) -> bool:
    return any(column in each for each in ranges)


# CSV and TSV: one line of text a row, so that a line's number is the row's in a spreadsheet.


def read_rows(data: bytes) -> FileContent:
    """Read the rows as "a | b | c"; the first one is the heading of the others."""
    text, warnings = decode_text(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    try:
        rows = [" | ".join(" ".join(cell.split()) for cell in row) for row in reader]
    except csv.Error as error:
        raise UnreadableFile(f"tableau illisible ({error})") from error
    if not any(rows):
        raise UnreadableFile("aucun texte dans le fichier")
    first, *others = rows
    blocks = [Block(row, Role.ROW) for row in others]
    heading = Block(first, Role.HEADING, level=1) if others and first else Block(first, Role.ROW)
    return FileContent((ReaderContent((heading, *blocks)),), warnings)


# XLSX, read from its XML: a cell that is not written costs nothing, and hidden ones are seen.

_WORKBOOK = "xl/workbook.xml"
_BESIDE_CELLS = re.compile(r"xl/(?:(?P<comments>comments.*)|drawings/drawing\d+)\.xml")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_TRUTH = {"0": "FAUX", "1": "VRAI"}
_YES = ("1", "true")
_NO = ("0", "false")


def read_xlsx(data: bytes) -> FileContent:
    """Read every sheet; formulas by the value that was saved with them."""
    parts = unpack_office(data)
    if _WORKBOOK not in parts:
        raise UnreadableFile("le contenu n'est pas un classeur XLSX")
    beside = quoted("commentaires et zones de texte, non lus", _beside_cells(parts))
    return read_sheets(_sheets(parts)).warned((*beside, *active_content(parts)))


def _beside_cells(parts: Mapping[str, bytes]) -> Iterator[str]:
    """The texts of comments and of boxes laid upon the cells."""
    for name, part in sorted(parts.items()):
        if found := _BESIDE_CELLS.fullmatch(name):
            kind = "comment" if found["comments"] else "txbody"
            for each in below(parse_xml(part), kind):
                yield " ".join(text.text or "" for text in below(each, "t"))


@dataclass(frozen=True, slots=True)
class _Book:
    """What cells refer to: shared strings, styles by their numbers, and the day zero."""

    strings: Sequence[str]
    styles: Sequence["_CellStyle"]
    epoch: date

    def style(self, cell: Element) -> "_CellStyle":
        """The style of a cell."""
        number = int(attribute(cell, "s") or 0)
        return self.styles[number] if number < len(self.styles) else _CellStyle()


@dataclass(frozen=True, slots=True)
class _CellStyle:
    """How a cell shows what it holds."""

    code: str = GENERAL
    is_struck: bool = False


def _sheets(parts: Mapping[str, bytes]) -> Iterator[WorkbookSheet]:
    workbook = parse_xml(parts[_WORKBOOK])
    is_1904 = any(attribute(each, "date1904") in _YES for each in below(workbook, "workbookpr"))
    epoch = date(1904, 1, 1) if is_1904 else date(1899, 12, 30)
    book = _Book(_strings(parts), _styles(parts), epoch)
    targets = _targets(parts)
    for sheet in below(workbook, "sheet"):
        path = targets.get(attribute(sheet, "id") or "", "")
        if path in parts:
            root = parse_xml(parts[path])
            is_hidden = (attribute(sheet, "state") or "visible") != "visible"
            name = attribute(sheet, "name") or ""
            yield WorkbookSheet(name, _rows(root, book), tuple(_hidden_columns(root)), is_hidden)


def _hidden_columns(root: Element) -> Iterator[range]:
    for column in below(root, "col"):
        if attribute(column, "hidden") in _YES:
            first, last = attribute(column, "min") or 1, attribute(column, "max") or 1
            yield range(int(first), int(last) + 1)


def _rows(root: Element, book: _Book) -> Iterator[Row]:
    number = 0
    merged = _merged(root)
    for row in below(root, "row"):
        number = int(attribute(row, "r") or number + 1)
        cells = tuple(
            replace(cell, rows=merged.get((number, cell.column), 1)) for cell in _cells(row, book)
        )
        if cells:
            yield Row(number, cells, attribute(row, "hidden") in _YES)


def _merged(root: Element) -> dict[tuple[int, int], int]:
    """How many rows are covered by the cell of this row and column."""
    merged: dict[tuple[int, int], int] = {}
    for each in below(root, "mergecell"):
        first, _, last = (attribute(each, "ref") or "").partition(":")
        begin, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last)
        if begin and end:
            merged[int(begin[2]), _column(begin[1])] = int(end[2]) - int(begin[2]) + 1
    return merged


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
            yield Cell(column, text, is_uncomputed, is_struck=book.style(cell).is_struck)


def _has_formula(cell: Element) -> bool:
    """Whether a cell is computed; one computed to be an empty string has the type of a string."""
    return attribute(cell, "t") != "str" and next(below(cell, "f"), None) is not None


def _text(cell: Element, book: _Book) -> str:
    kind = attribute(cell, "t") or "n"
    if kind == "inlineStr":
        return _string(cell)
    value = next((element.text or "" for element in below(cell, "v")), "")
    if kind == "s":
        return book.strings[int(value)] if value else ""
    if kind == "b":
        return _TRUTH.get(value, value)
    if kind != "n" or not value:
        return value
    return shown(value, book.style(cell).code, book.epoch)


def _strings(parts: Mapping[str, bytes]) -> list[str]:
    part = parts.get("xl/sharedStrings.xml")
    return [_string(item) for item in below(parse_xml(part), "si")] if part else []


def _string(element: Element) -> str:
    """The text below an element, without the hints on how to pronounce it."""
    if local_name(element) == "t":
        return element.text or ""
    text = "".join(_string(child) for child in element if local_name(child) != "rph")
    aligned = below(element, "vertalign") if local_name(element) == "r" else ()
    is_raised = any(attribute(each, "val") == "superscript" for each in aligned)
    return raised(text) if is_raised else text


def _styles(parts: Mapping[str, bytes]) -> list[_CellStyle]:
    """The styles of cells, in the order of their numbers."""
    part = parts.get("xl/styles.xml")
    if part is None:
        return []
    root = parse_xml(part)
    described = {
        int(attribute(each, "numFmtId") or 0): attribute(each, "formatCode") or GENERAL
        for each in below(root, "numfmt")
    }
    codes = {**BUILT_IN, **described}
    fonts = (font for group in below(root, "fonts") for font in group)
    barred = {str(number) for number, font in enumerate(fonts) if _strikes(font)}
    return [
        _CellStyle(
            codes.get(int(attribute(style, "numFmtId") or 0), GENERAL),
            attribute(style, "fontId") in barred,
        )
        for group in below(root, "cellxfs")
        for style in group
    ]


def _strikes(font: Element) -> bool:
    return any(attribute(each, "val") not in _NO for each in below(font, "strike"))


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
