"""Sheets of a workbook, however its format writes them, into one document. Pure.

What is hidden is read, since it may bind or deceive, and said.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ingestion.documents import Block, Role
from ingestion.reading.content import Content, FileContent, UnreadableFile, listed

MOST_COLUMNS = 16_384
_MOST_CELLS = 300_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is not empty: its column (1-based) and its text.

    `is_uncomputed` when it has a formula whose value the file does not hold: it has no text.
    """

    column: int
    text: str
    is_uncomputed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row that are not empty, one at least; `number` is 1-based."""

    number: int
    cells: tuple[Cell, ...]
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet, its rows from top to bottom, and the columns hidden in it (1-based)."""

    name: str
    rows: Iterable[Row]
    hidden_columns: tuple[range, ...] = ()
    is_hidden: bool = False


def read_sheets(sheets: Iterable[Sheet], title: str | None = None) -> FileContent:
    """One heading a sheet, one row a line, whose mark are its cells ("B4:F4").

    Raises:
        UnreadableFile: when all sheets are empty, or larger than the bounds.
    """
    reader = _Reader()
    blocks = [block for sheet in sheets for block in reader.blocks(sheet)]
    if not blocks:
        raise UnreadableFile("; ".join(("aucun texte dans le classeur", *reader.warnings())))
    return FileContent((Content(tuple(blocks), title=title),), tuple(reader.warnings()))


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

    def blocks(self, sheet: Sheet) -> Iterator[Block]:
        """The heading of a sheet and its rows, nothing for an empty one."""
        rows: list[int] = []
        columns: set[int] = set()
        is_empty = True
        for row in sheet.rows:
            block = self._block(sheet, row)
            if block is None:
                continue
            if is_empty:
                yield Block(sheet.name, Role.HEADING, level=1)
                is_empty = False
            yield block
            columns |= {c.column for c in row.cells if _is_within(c.column, sheet.hidden_columns)}
            if row.is_hidden:
                rows.append(row.number)
        if sheet.is_hidden and not is_empty:
            self.hidden_sheets.append(f"« {sheet.name} »")
        self._say(sheet, "lignes masquées", rows)
        self._say(sheet, "colonnes masquées", map(column_name, sorted(columns)))

    def warnings(self) -> Iterator[str]:
        """What is hidden and what is missing, in French."""
        if self.hidden_sheets:
            yield f"feuilles masquées, lues quand même : {listed(self.hidden_sheets)}"
        yield from self.hidden
        if self.uncomputed:
            yield (
                "formules sans valeur enregistrée (ouvrez le classeur et enregistrez-le) : "
                f"{listed(self.uncomputed)}"
            )

    def _block(self, sheet: Sheet, row: Row) -> Block | None:
        columns = [cell.column for cell in row.cells]
        self.cells += max(columns) - min(columns) + 1
        if self.cells > _MOST_CELLS:
            raise UnreadableFile(f"classeur trop grand (plus de {_MOST_CELLS} cellules)")
        self.uncomputed += [
            f"« {sheet.name} » {column_name(cell.column)}{row.number}"
            for cell in row.cells
            if cell.is_uncomputed
        ]
        texts = {cell.column: cell.text for cell in row.cells if cell.text}
        if not texts:
            return None
        first, last = min(texts), max(texts)
        line = " | ".join(texts.get(column, "") for column in range(first, last + 1))
        ends = dict.fromkeys(f"{column_name(column)}{row.number}" for column in (first, last))
        return Block(line, Role.ROW, mark=":".join(ends))

    def _say(self, sheet: Sheet, what: str, which: Iterable[object]) -> None:
        if shown := listed(which):
            self.hidden.append(f"feuille « {sheet.name} », {what}, lues quand même : {shown}")


def _is_within(column: int, ranges: Iterable[range]) -> bool:
    return any(column in each for each in ranges)
