"""Rows of a table in which a cell may cover others, and each keeps its column. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ingestion.readers.content import CELL_MARK

LONGEST_LABEL = 80
"""Characters up to which what a cell says is said again in the rows that it covers."""

_MOST_COVERED = 100


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell, and the columns and rows that it covers, its own among them.

    `goes_on` when it is one with the cell above it, whose text it has.
    """

    text: str
    columns: int = 1
    rows: int = 1
    goes_on: bool = False


@dataclass(slots=True)
class TableRows:
    """Writes the rows of one table, from top to bottom.

    What a cell covers below it says the same again, for each row to tell what it is of; what it
    covers to its right is empty.
    """

    _above: dict[int, str] = field(default_factory=dict)
    _still_covered: dict[int, int] = field(default_factory=dict)

    def written(self, cells: Iterable[TableCell]) -> str:
        """The cells of the next row, joined."""
        texts = {column: self._above.get(column, "") for column in self._still_covered}
        covered = {column: rows - 1 for column, rows in self._still_covered.items() if rows > 1}
        last = max((column for column, text in texts.items() if text), default=0)
        column = 0
        for cell in cells:
            while column in texts:
                column += 1
            last = max(last, column)
            texts[column] = self._above.get(column, "") if cell.goes_on else cell.text
            columns = range(column, column + min(cell.columns, _MOST_COVERED))
            texts = dict.fromkeys(columns, "") | texts
            if cell.rows > 1:
                covered |= dict.fromkeys(columns, cell.rows - 1)
        self._above = {each: text for each, text in texts.items() if len(text) <= LONGEST_LABEL}
        self._still_covered = covered
        return CELL_MARK.join(texts.get(column, "") for column in range(last + 1))
