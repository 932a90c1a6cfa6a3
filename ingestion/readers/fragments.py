"""Fragments of text as a PDF places them on a page. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from ingestion.french import raised
from ingestion.readers.content import CELL_MARK

LETTER_WIDTH = 0.6
"""A guess at the width of a letter, in heights."""

_DIGITS = re.compile(r"\s*\(?\d{1,3}\)?\s*")
_SMALLER = 0.9
_LEAST_RISE, _MOST_RISE = 0.15, 0.7


@dataclass(frozen=True, slots=True)
class Fragment:
    """A run of text, its origin in points (y upwards) and the height of its letters.

    A line feed at the end of `text` says that the library saw the line end there.
    """

    text: str
    x: float
    y: float
    size: float


def with_raised_digits(fragments: Iterable[Fragment]) -> list[Fragment]:
    """The fragments, digits that stand above a line written as such at the end of its text.

    The library says that the line ends there; where the next fragment goes on, it does not.
    """
    told: list[Fragment] = []
    call: Fragment | None = None
    for fragment in filter(lambda each: each.text, fragments):
        if told and _is_raised(fragment, told[-1]):
            end = "\n" if "\n" in told[-1].text[-1] + fragment.text[-1] else ""
            text = told[-1].text.rstrip("\n") + raised(fragment.text.strip()) + end
            told[-1], call = replace(told[-1], text=text), fragment
            continue
        if call and _goes_on(call, told[-1], fragment):
            told[-1] = replace(told[-1], text=told[-1].text.rstrip("\n"))
        told.append(fragment)
        call = None
    return told


def _is_raised(fragment: Fragment, line: Fragment) -> bool:
    """Whether digits are the call of a note, or a power, on the text before them.

    A rise that the text itself declares is not in its origin: digits glued to larger ones show it.
    """
    is_small = 0 < fragment.size < _SMALLER * line.size
    if not is_small or not line.text.strip() or not _DIGITS.fullmatch(fragment.text):
        return False
    end = line.x + LETTER_WIDTH * line.size * len(line.text) + line.size / 2
    rise = (fragment.y - line.y) / line.size
    is_above = _LEAST_RISE <= rise <= _MOST_RISE and line.x <= fragment.x <= end
    is_glued = line.text[-1].isdigit() and not fragment.text[0].isspace()
    return is_above or (is_glued and abs(rise) < _LEAST_RISE)


def _goes_on(call: Fragment, line: Fragment, fragment: Fragment) -> bool:
    """Whether a fragment goes on with the line right after the digits raised on it."""
    end = call.x + LETTER_WIDTH * (call.size * len(call.text.strip()) + line.size)
    return abs(fragment.y - line.y) < line.size / 4 and call.x <= fragment.x <= end


TableRow = Sequence[Sequence[Fragment]]
"""The cells of a row, each with its lines."""

_USUAL_WIDTH = 0.5


def written_rows(rows: Sequence[TableRow]) -> Iterator[str]:
    """The rows of a table, their cells joined, under those of the rows that have most of them.

    The file says nothing of an empty cell: where each of the others stands tells which it is.
    """
    most = max(map(len, rows), default=0)
    full = [row for row in rows if len(row) == most]
    columns = [_extent([*chain(*cells)]) for cells in zip(*full, strict=True)]
    for row in rows:
        places = [_nearest(_extent(cell), columns) for cell in row]
        if len(set(places)) < len(places) or places != sorted(places):
            places = [*range(len(row))]
        texts = (" ".join(line.text for line in cell) for cell in row)
        told = dict(zip(places, texts, strict=True))
        yield CELL_MARK.join(told.get(at, "") for at in range(max(places) + 1))


def _extent(lines: Sequence[Fragment]) -> tuple[float, float]:
    """Where lines begin and end, by a guess at the width of their letters."""
    ends = (line.x + _USUAL_WIDTH * line.size * len(line.text) for line in lines)
    return min(line.x for line in lines), max(ends)


def _nearest(cell: tuple[float, float], columns: Sequence[tuple[float, float]]) -> int:
    """The column over or beside which a cell stands; of two, the one that it is centred on."""

    def distance(at: int) -> tuple[float, float]:
        left, right = columns[at]
        gap = max(left - cell[1], cell[0] - right, 0)
        return gap, abs(left + right - sum(cell))

    return min(range(len(columns)), key=distance)
