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
    row: list[str] = field(default_factory=list)
    stack: list[Fragment] = field(default_factory=list)

    def add(self, fragment: Fragment) -> None:
        """Put a fragment beside or below the last one, or begin anew."""
        if not self.stack:
            self.stack = [fragment]
            return
        last = self.stack[-1]
        beside = self._beside(fragment)
        if beside is None and _is_below(fragment, last):
            self.stack.append(fragment)
        elif beside == len(self.stack) - 1 and not self.row and _is_label(last, fragment):
            self.stack[-1] = Fragment(f"{last.text} {fragment.text}", last.x, last.y, last.size)
        else:
            if beside is None:
                self.close()
            else:
                self._end_cell(beside)
            self.stack = [fragment]

    def close(self) -> None:
        """Write what is open."""
        texts = [fragment.text for fragment in self.stack]
        self.lines += [CELL_MARK.join([*self.row, " ".join(texts)])] if self.row else texts
        self.row, self.stack = [], []

    def _beside(self, fragment: Fragment) -> int | None:
        """Which stacked line the fragment stands to the right of, on the same baseline."""
        if fragment.x <= self.stack[0].x + fragment.size:
            return None
        for index, line in enumerate(self.stack[-_MOST_CELL_LINES:]):
            if abs(line.y - fragment.y) <= fragment.size / 4:
                return max(len(self.stack) - _MOST_CELL_LINES, 0) + index
        return None

    def _end_cell(self, first: int) -> None:
        """Close the stacked lines from `first` on as a cell; those above are lines of their own."""
        texts = [fragment.text for fragment in self.stack]
        if not self.row:
            self.lines += texts[:first]
            texts = texts[first:]
        self.row.append(" ".join(texts))


def _is_below(fragment: Fragment, last: Fragment) -> bool:
    return abs(fragment.x - last.x) < 1 and 0 < last.y - fragment.y <= 1.6 * fragment.size


def _is_label(last: Fragment, fragment: Fragment) -> bool:
    """Whether `last` is a bullet or a number that introduces the fragment."""
    return bool(_LABEL.fullmatch(last.text)) and fragment.x - last.x < _WIDEST_LABEL_GAP


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
