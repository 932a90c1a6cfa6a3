"""The words of a picture as lines and cells, in the order in which they are read. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from ingestion.readers.content import clean_text
from ingestion.readers.layout import CELL_MARK

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels of the picture."""


@dataclass(frozen=True, slots=True)
class RecognisedWord:
    """A word as it was recognised: confidence from 0 to 100, its place, the line it is on.

    `top` is the side of the picture where the top of its page is: 0 above, 1 on the right, 2 below,
    3 on the left. `slope` is that of its line, in degrees, downwards to the right on the page that
    stands upright.
    """

    text: str
    confidence: int
    box: Box
    line: int
    top: int = 0
    slope: float = 0.0


WHOLE = 10_000
"""What the width and the height of a page are counted in."""

_CELL_GAP = 2.0  # in heights of a line: what is farther apart are two cells
_RULES = frozenset("|[]{}¦‖—–-=")
"""Characters as which the rules of a table are read."""
_FEWEST_OF_RULE = 3


@dataclass(frozen=True, slots=True)
class SeenWord:
    """A word of a page: its box in ten thousandths of the page, and its line and cell, from 0."""

    text: str
    confidence: int
    box: Box
    line: int
    cell: int


@dataclass(frozen=True, slots=True)
class SeenPage:
    """What was read from the picture of a page (1-based), in the order of reading."""

    number: int
    words: tuple[SeenWord, ...]

    @property
    def text(self) -> str:
        """The lines, the cells of each joined by " | "."""
        return "\n".join(
            CELL_MARK.join(
                " ".join(word.text for word in cell)
                for _, cell in groupby(line, key=lambda word: word.cell)
            )
            for line in self.lines
        )

    @property
    def lines(self) -> Iterator[tuple[SeenWord, ...]]:
        """The words of each line."""
        return (tuple(line) for _, line in groupby(self.words, key=lambda word: word.line))


def arranged(words: Iterable[RecognisedWord], width: int, height: int, number: int) -> SeenPage:
    """The words of a picture of so many pixels as a page; what only draws a table is left out."""
    seen: list[SeenWord] = []
    line = 0
    for _, found in groupby(words, key=lambda word: word.line):
        cells = [cell for cell in _cells(tuple(found), width, height) if cell]
        for at, cell in enumerate(cells):
            seen += (
                SeenWord(text, word.confidence, _share(word.box, width, height), line, at)
                for word in cell
                if (text := " ".join(clean_text(word.text).split()))
            )
        line += bool(cells)
    return SeenPage(number, tuple(seen))


def _cells(
    line: Sequence[RecognisedWord], width: int, height: int
) -> Iterator[list[RecognisedWord]]:
    """The words of a line, apart where a gap or a rule divides them."""
    upright = [_upright(word, width, height) for word in line]
    letter = median(bottom - top for _, top, _, bottom in upright)
    cell: list[RecognisedWord] = []
    end = None
    for word, (left, _, right, _) in zip(line, upright, strict=True):
        is_apart = end is not None and left - end > _CELL_GAP * letter
        if word.text == "|" or is_apart:
            yield cell
            cell = []
        if not _is_rule(word.text):
            cell.append(word)
        end = right
    yield cell


def _is_rule(text: str) -> bool:
    is_long = len(text) >= _FEWEST_OF_RULE
    return text == "|" or (is_long and _RULES.issuperset(text))


def _upright(word: RecognisedWord, width: int, height: int) -> Box:
    """The box of a word on the page turned so that its top is above."""
    left, top, right, bottom = word.box
    if word.top == 1:
        return top, width - right, bottom, width - left
    if word.top == 2:
        return width - right, height - bottom, width - left, height - top
    if word.top == 3:
        return height - bottom, left, height - top, right
    return word.box


def _share(box: Box, width: int, height: int) -> Box:
    left, top, right, bottom = box
    return (
        left * WHOLE // width,
        top * WHOLE // height,
        -(-right * WHOLE // width),
        -(-bottom * WHOLE // height),
    )
