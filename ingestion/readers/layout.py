"""Fragments of text, as a PDF places them on a page, into lines and table rows. Pure.

The order of the file is kept, which follows columns; only fragments that stand on one baseline, or
beside the lines of one cell, are put together as the cells of a row.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

CELL_MARK = " | "

_LABEL = re.compile(r"(?:[^\w\s]|o|\d{1,2}(?:\.\d{1,2})*|[a-z]|[IVX]+)[.)°]?")
_MOST_CELL_LINES = 8
_WIDEST_LABEL_GAP = 60
_LETTER_WIDTH = 0.6
_NARROW = 0.45
_MOST_RISE = 3
_MOST_DROP = 0.8
_CELL_GAP = 2.5


@dataclass(frozen=True, slots=True)
class Fragment:
    """A run of text, its origin in points (y upwards) and the height of its letters.

    A line feed at the end of `text` says that the library saw the line end there.
    """

    text: str
    x: float
    y: float
    size: float


def lines_of(fragments: Iterable[Fragment]) -> list[str]:
    """Lines of the page, the cells of a row joined by " | "."""
    page = _Page()
    for fragment in _unbroken(fragments):
        page.add(fragment)
    page.close()
    return page.lines


@dataclass(slots=True)
class _Page:
    """The lines written so far, the closed cells of the open row, and the lines being stacked."""

    lines: list[str] = field(default_factory=list)
    row: list[list[Fragment]] = field(default_factory=list)
    stack: list[Fragment] = field(default_factory=list)

    def add(self, fragment: Fragment) -> None:
        """Put a fragment beside or below the last one, or begin anew."""
        beside = self._beside(fragment) if self.stack else None
        if beside is not None:
            self._end_cell(beside)
        elif self.stack and not _is_below(fragment, self.stack[-1]):
            self.close()
        self.stack.append(fragment)

    def close(self) -> None:
        """Write what is open."""
        cells = [*self.row, self.stack]
        texts = [line.text for line in self.stack]
        if len(cells) == 1:
            self.lines += texts
        elif len(cells) == 2 and _is_label(*cells):
            self.lines += [f"{cells[0][0].text} {texts[0]}", *texts[1:]]
        else:
            self.lines.append(CELL_MARK.join(" ".join(line.text for line in c) for c in cells))
        self.row, self.stack = [], []

    def _beside(self, fragment: Fragment) -> int | None:
        """Which stacked line opens the cell to whose right the fragment stands."""
        first = max(len(self.stack) - _MOST_CELL_LINES, 0)
        near = self.stack[first:]
        if fragment.x <= near[0].x + fragment.size:
            return None
        for index, line in enumerate(near):
            if abs(line.y - fragment.y) <= fragment.size / 4:
                below = len(near) - 1 - index  # a cell centred on its row has as many above
                return first + max(index - below, 0)
        rise = (fragment.y - near[-1].y) / (fragment.size or 1)
        if not _is_clear_of(near, fragment) or not -_MOST_DROP <= rise <= _MOST_RISE:
            return None
        lines = enumerate(near, start=first)
        return next(index for index, line in lines if line.y <= fragment.y + fragment.size)

    def _end_cell(self, first: int) -> None:
        """Close the stacked lines from `first` on as a cell; those above are lines of their own."""
        if not self.row:
            self.lines += [line.text for line in self.stack[:first]]
            del self.stack[:first]
        self.row.append(self.stack)
        self.stack = []


def _is_clear_of(lines: Iterable[Fragment], fragment: Fragment) -> bool:
    """Whether the fragment begins to the right of where the lines end, by a guess."""
    return all(line.x + _NARROW * line.size * len(line.text) < fragment.x for line in lines)


def _is_below(fragment: Fragment, last: Fragment) -> bool:
    return abs(fragment.x - last.x) < 1 and 0 < last.y - fragment.y <= 1.6 * fragment.size


def _is_label(cell: list[Fragment], text: list[Fragment]) -> bool:
    """Whether a cell is the bullet or number that introduces the text beside it."""
    is_short = len(cell) == 1 and bool(_LABEL.fullmatch(cell[0].text))
    return is_short and text[0].x - cell[0].x < _WIDEST_LABEL_GAP


def _unbroken(fragments: Iterable[Fragment]) -> list[Fragment]:
    """Fragments cut at line ends and wide gaps only: a change of font inside a line is none."""
    whole: list[Fragment] = []
    is_open = False
    end = 0.0
    for fragment in fragments:
        pieces = fragment.text.split("\n")
        for index, piece in enumerate(pieces):
            is_open = is_open and index == 0
            if not piece.strip():
                if whole and is_open:
                    whole[-1] = replace(whole[-1], text=whole[-1].text + piece)
                continue
            if is_open and not _is_apart(whole[-1], fragment, end):
                whole[-1] = replace(whole[-1], text=whole[-1].text + piece)
            else:
                whole.append(replace(fragment, text=piece))
            is_open = True
            end = fragment.x + _LETTER_WIDTH * fragment.size * len(piece)
        is_open = is_open and bool(pieces[-1].strip() or len(pieces) == 1)
    return [replace(line, text=line.text.strip()) for line in whole]


def _is_apart(last: Fragment, fragment: Fragment, end: float) -> bool:
    """Whether a fragment that the library put on the line of `last` is another cell."""
    is_level = abs(last.y - fragment.y) <= fragment.size / 4
    return is_level and fragment.x - end > _CELL_GAP * fragment.size
