"""Numerals: numbers written in figures or in words, French or English. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol, TypeVar

from text_to_num import Token, find_numbers

_WORDS = {
    "mille": 1_000, "milliers": 1_000, "millier": 1_000, "thousand": 1_000,
    "million": 1_000_000, "millions": 1_000_000,
    "milliard": 1_000_000_000, "milliards": 1_000_000_000, "billion": 1_000_000_000,
}  # fmt: skip
_LETTERS = {"k": 1_000, "m": 1_000_000, "md": 1_000_000_000, "mds": 1_000_000_000}
SCALES = _WORDS | _LETTERS
"""What the word or the letters after a number count for: "millions", "k"."""

PARTS = {
    "moitié": 2, "half": 2, "tiers": 3, "third": 3, "thirds": 3, "quart": 4, "quarts": 4,
    "quarter": 4, "quarters": 4, "cinquième": 5, "cinquièmes": 5, "fifth": 5, "dixième": 10,
    "dixièmes": 10, "tenth": 10, "centième": 100, "centièmes": 100,
}  # fmt: skip
"""By what the word divides a whole: "tiers"."""

_TOKEN = re.compile(r"\w+|[^\w\s]|\s+")
LANGUAGES = ("fr", "en")
"""Those in which numbers are read."""

_ARTICLES = {"un", "une", "one", "neuf", "four"}
"""Numbers that are words of another meaning too: "neuf" is new, "four" an oven."""
_IN_FIGURES = re.compile(
    r"(?<![\w.,])(?P<whole>(?!0[.,])\d{1,3}(?:(?:[ .']\d{3})+|(?:,\d{3})+)|\d+)"
    r"(?P<decimals>[.,]\d+)?(?!\d)"
)
_SCALE = re.compile(rf" ?(?P<word>{'|'.join(_WORDS)})\b")
_SHORT_SCALE = re.compile(
    r" ?(?P<short>k|mds?|m)(?= ?(?:€|eur)| \d{3}[ .]\d{3}(?:[ .]\d{3})? ?(?:€|eur))"
)
_ENDS_IN_SCALE = re.compile(rf"(?<![^\W\d_])(?P<scale>{'|'.join(SCALES)})$")
_FRACTION = re.compile(rf"[ -](?P<part>{'|'.join(PARTS)})\b")
_SLASHED = re.compile(r"(?<![\w/])(\d{1,2})/(\d{1,2})(?![\w/])")
_HALF_ALONE = re.compile(r"\b(?:la moitié|half)\b")
_PART_OF = re.compile(
    r"\b(?:le|du|au) (?P<part>quart|cinquième|dixième|centième)(?= (?:du|des|de la|de l')\b)"
)


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number and the half-open characters that write it.

    `is_article` marks what may be another word, as "un" and "neuf": it counts only before a unit.
    `is_fraction` marks parts of a whole: "deux tiers", "la moitié".
    """

    value: Fraction
    start: int
    end: int
    is_article: bool = False
    is_fraction: bool = False


def find_numerals(text: str) -> tuple[Numeral, ...]:
    """Every number of a text that `fold_same_length` made, in order, spans never overlapping."""
    joined: list[Numeral] = []
    for each in apart(_all(text)):
        if joined and _completes(text, joined[-1], each):
            joined[-1] = replace(joined[-1], value=joined[-1].value + each.value, end=each.end)
        else:
            joined.append(each)
    return tuple(joined)


def _completes(text: str, first: Numeral, second: Numeral) -> bool:
    """Whether two numbers are written as one: "5 millions" and "500 000"."""
    if second.is_article or second.is_fraction or text[first.end : second.start] != " ":
        return False
    ends = _ENDS_IN_SCALE.search(text[first.start : first.end])
    return ends is not None and second.value < SCALES[ends["scale"]]


def _all(text: str) -> Iterator[Numeral]:
    for match in _SLASHED.finditer(text):
        if int(match.group(2)):
            value = Fraction(int(match.group(1)), int(match.group(2)))
            yield Numeral(value, match.start(), match.end(), is_fraction=True)
    for match in _HALF_ALONE.finditer(text):
        yield Numeral(Fraction(1, 2), match.start(), match.end(), is_fraction=True)
    for match in _PART_OF.finditer(text):
        part = Fraction(1, PARTS[match["part"]])
        yield Numeral(part, match.start(), match.end(), is_fraction=True)
    for match in _IN_FIGURES.finditer(text):
        yield _scaled(text, _figures(text, match), match.start(), match.end())
    yield from _in_words(text)


def _figures(text: str, match: re.Match[str]) -> Fraction:
    """Read figures; "1,234" and "1.234" are thousands unless a scale or a % follows."""
    whole, decimals = match["whole"], match["decimals"] or ""
    is_decimal = re.fullmatch(r"\d{1,3}[.,]\d{3}", whole) and re.match(
        r" ?(?:millions?|milliards?|%|fois|m ?€)", text[match.end() :]
    )
    if is_decimal:
        return Fraction(whole.replace(",", "."))
    return Fraction(re.sub(r"\D", "", whole) + decimals.replace(",", "."))


def _scaled(text: str, value: Fraction, start: int, end: int) -> Numeral:
    scale = _SCALE.match(text, end)
    if scale:
        return Numeral(value * _WORDS[scale["word"]], start, scale.end())
    short = _SHORT_SCALE.match(text, end)
    if short:
        return Numeral(value * _LETTERS[short["short"]], start, short.end())
    return Numeral(value, start, end)


class _WordToken(Token):  # type: ignore[misc] # it has no types
    """A word or a mark of a text, as text2num wants it."""

    def __init__(self, found: re.Match[str]) -> None:
        self._text, self.span = found[0], found.span()

    def text(self) -> str:
        return self._text


def _in_words(text: str) -> Iterator[Numeral]:
    """Read the numbers in words: "trois quatre" is two of them."""
    tokens = [_WordToken(found) for found in _TOKEN.finditer(text)]
    for language in LANGUAGES:
        for found in find_numbers(tokens, language, threshold=0):
            if not found.is_ordinal:
                start, end = tokens[found.start].span[0], tokens[found.end - 1].span[1]
                value = Fraction(found.text.replace(",", "."))
                if part := _FRACTION.match(text, end):
                    value /= PARTS[part["part"]]
                    yield Numeral(value, start, part.end(), is_fraction=True)
                else:
                    scaled = _scaled(text, value, start, end)
                    yield replace(scaled, is_article=text[start : scaled.end] in _ARTICLES)


class Marked(Protocol):
    """What is written by the half-open characters from `start` to `end`."""

    @property
    def start(self) -> int:
        """The first character."""

    @property
    def end(self) -> int:
        """The one after the last."""


_M = TypeVar("_M", bound=Marked)


def apart(marks: Iterable[_M]) -> tuple[_M, ...]:
    """The marks in order, without those that begin in one before; the longest of a beginning."""
    kept: list[_M] = []
    for mark in sorted(marks, key=lambda each: (each.start, -each.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return tuple(kept)
