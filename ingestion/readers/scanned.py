"""Words read from pictures: as lines and cells, and in their place in a document. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from statistics import median

from ingestion.documents.document import Document, FileReading, Recognised, ScannedPage
from ingestion.french import NUMBER_WORDS, month_names
from ingestion.readers.concealed import folded, folded_with_origins
from ingestion.readers.content import CELL_MARK, clean_text, listed

# The words of a picture as lines and cells, in the order in which they are read.

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


# Words in their place in a document, and its doubtful figures.

SURE = 90
"""Confidence from which a word of a figure is taken as read (`tests.studies.scans`)."""

READ = "lu par reconnaissance de caractères, à comparer avec l’image, pages"
"""How the warning begins that tells which pages were read from their pictures."""

_Span = tuple[int, int]  # half-open, in characters of the document


@dataclass(frozen=True, slots=True)
class _Placed:
    """A word, where it stands in the document, and whether a cell or a line of cells ends it."""

    word: SeenWord
    start: int
    end: int
    is_last: bool


def placed(reading: FileReading, pages: Sequence[SeenPage]) -> FileReading:
    """The reading of a file with the words of its pictures in their place, and said."""
    (document,) = reading.documents
    scans: list[ScannedPage] = []
    recognised: list[Recognised] = []
    for page in pages:
        words = list(_places(document, page))
        scans.append(ScannedPage(page.number, tuple(_numbers(words))))
        spans = [Recognised(*span) for span in _stretches(words)]
        doubtful = [
            Recognised(start, _bare_end(document.text, end), is_doubtful=True)
            for start, end in _doubts(words)
        ]
        recognised += [*spans, *doubtful]
    recognised.sort(key=lambda each: (each.start, -each.end))
    marked = replace(document, scans=tuple(scans), recognised=tuple(recognised))
    return replace(
        reading, documents=(marked,), warnings=(*reading.warnings, *_warnings(pages, recognised))
    )


def _warnings(pages: Sequence[SeenPage], recognised: Iterable[Recognised]) -> Iterator[str]:
    yield f"{READ} : {listed(page.number for page in pages)}"
    if doubtful := sum(each.is_doubtful for each in recognised):
        yield f"chiffres lus avec doute, à vérifier sur l’image : {doubtful}"


def _numbers(words: Iterable[_Placed]) -> Iterator[int]:
    for each in words:
        yield from (each.start, each.end, each.word.confidence, *each.word.box)


# Where the lines of a page stand in the document, whatever its breaks and hyphens.


@dataclass(slots=True)
class _Letters:
    """The letters and digits of a stretch of a document, and how far they were found."""

    text: str
    origins: list[int]
    position: int = field(default=0)

    @classmethod
    def between(cls, document: Document, start: int, end: int) -> "_Letters":
        text, origins = folded_with_origins(document.text[start:end])
        return cls(text, [start + origin for origin in origins])

    def take(self, letters: str) -> list[int] | None:
        """Where the next of these letters stand; None when they do not follow."""
        start = self.text.find(letters, self.position)
        if start < 0:
            return None
        self.position = start + len(letters)
        return self.origins[start : self.position]


def _places(document: Document, page: SeenPage) -> Iterator[_Placed]:
    """The words of a page that its document has; a head or a foot stands apart from the others."""
    spans = [(each.start, each.end) for each in document.pages if each.number == page.number]
    body = _Letters.between(document, *(spans[0] if spans else (0, 0)))
    aside = [each for each in document.furniture if each.page == page.number]
    for line in page.lines:
        letters = "".join(folded(word.text) for word in line)
        furniture = aside[0] if aside else None
        if furniture and folded(document.text[furniture.start : furniture.end]) == letters:
            found = _Letters.between(document, furniture.start, furniture.end).take(letters)
            del aside[0]
        else:
            found = body.take(letters) if letters else None
        if found:
            yield from _of_line(document.text, line, found)


def _of_line(text: str, line: Sequence[SeenWord], found: Sequence[int]) -> Iterator[_Placed]:
    """The words of a line, whose letters stand at these places; marks at their ends are theirs."""
    position = 0
    end = found[0]
    for word, following in pairwise([*line, None]):
        assert word is not None
        is_last = line[-1].cell > 0 and (following is None or following.cell != word.cell)
        if length := len(folded(word.text)):
            start, end = found[position], found[position + length - 1] + 1
            position += length
            start -= _marks(text[max(start - len(word.text), 0) : start][::-1], word.text)
            end += _marks(text[end : end + len(word.text)], word.text[::-1])
            yield _Placed(word, start, end, is_last)
        elif (start := text.find(word.text, end, end + len(word.text) + len(CELL_MARK))) >= 0:
            end = start + len(word.text)
            yield _Placed(word, start, end, is_last)


def _marks(beside: str, word: str) -> int:
    """How many marks beside the letters of a word, from its edge on, are its own: "(12" has one."""
    outer = next((at for at, each in enumerate(word) if each.isalnum()), len(word))
    return outer if beside.startswith(word[:outer][::-1]) else 0


def _stretches(words: Sequence[_Placed]) -> Iterator[_Span]:
    """From the first to the last of the words that follow one another."""
    start = end = None
    for each in words:
        if start is None or end is None or not 0 <= each.start - end <= _FARTHEST:
            if start is not None and end is not None:
                yield start, end
            start = each.start
        end = each.end
    if start is not None and end is not None:
        yield start, end


_FARTHEST = 8  # characters between two words of one text: a mark of cells, a dash, a bullet


# Figures: runs of words that count, or say what is counted; one doubtful word makes all doubtful.

_MONTHS = "|".join(month_names("fr"))
_MONTH = re.compile(rf"\b(?:{_MONTHS})\b", re.IGNORECASE)
_COUNTS = re.compile(rf"\d|\b(?:{NUMBER_WORDS}|{_MONTHS})\b", re.IGNORECASE)
_MEASURES = re.compile(
    r"[€%‰£$]|\b(?:euros?|eur|pour|points?|jours?|mois|ans?|années?|semaines?|heures?|h|min|er|"
    r"ht|ttc|fois|k|m)\b",
    re.IGNORECASE,
)
_NAMES = re.compile(r"\W*(?:\w*\d\w*-[A-Z]{1,6}-\w+|\d{8}-\d|[LRD]\.?\d{3,4}-\d+(?:-\d+)*)\W*")
"""What is called by figures and counts nothing: a contract, a CPV code, an article."""

_LABEL = re.compile(
    r"(?:[ld]['’])?(?:articles?|art\.|chapitre|titre|annexe|lots?|pages?|p\.|n\s?°|[LRD]\.)",
    re.IGNORECASE,
)
"""What stands before the number of a place, which counts nothing either."""

_REST = re.compile(r"\W*0\d\d(?!\d)")
"""The last digits of an amount whose first ones were not read: "000 €"."""

_ENDS = (".", ";", ":", ")", "!", "?")


def _doubts(words: Sequence[_Placed]) -> Iterator[_Span]:
    """The figures of which a word, or the word beside them, was read with little confidence."""
    for run in _figures(words):
        first, last = run[0], run[-1]
        if _is_number(words, run):
            beside = [at for at in (first - 1, last + 1) if _touches(words, at, run)]
            doubtful = [at for at in (*run, *beside) if words[at].word.confidence < SURE]
            if doubtful or _REST.match(words[first].word.text):
                within = sorted({*run, *doubtful})
                yield words[within[0]].start, words[within[-1]].end


def _is_number(words: Sequence[_Placed], run: Sequence[int]) -> bool:
    """Whether a run counts, or only measures what a doubtful word before it may count: "SO €"."""
    before = run[0] - 1
    written = " ".join(words[at].word.text for at in run)
    if _COUNTS.search(written):
        return not _is_label(words, run[0], written)
    is_beside = written.casefold() != "pour" and _touches(words, before, run)
    return is_beside and words[before].word.confidence < SURE


def _is_label(words: Sequence[_Placed], first: int, written: str) -> bool:
    """Whether a run that measures nothing says which article, lot or page is meant."""
    before = words[first - 1].word.text if first else ""
    is_measure = _MEASURES.search(written) or _MONTH.search(written)
    return bool(_LABEL.fullmatch(before)) and not is_measure


def _bare_end(text: str, end: int) -> int:
    """Where a figure ends without what punctuates its sentence."""
    while text[end - 1] in ".,;:!?)":
        end -= 1
    return end


def _figures(words: Sequence[_Placed]) -> Iterator[list[int]]:
    run: list[int] = []
    for at, each in enumerate(words):
        text = each.word.text
        if (_COUNTS.search(text) or _MEASURES.search(text)) and not _NAMES.fullmatch(text):
            run.append(at)
        elif run:
            yield run
            run = []
        if run and (each.is_last or text.endswith(_ENDS)):
            yield run
            run = []
    if run:
        yield run


def _touches(words: Sequence[_Placed], at: int, run: Sequence[int]) -> bool:
    """Whether a word is there and not divided from a run by the end of a cell or a sentence.

    A dash or another mark is none.
    """
    if not 0 <= at < len(words) or not folded(words[at].word.text):
        return False
    before = words[at] if at < run[0] else words[run[-1]]
    return not (before.is_last or before.word.text.endswith(_ENDS))
