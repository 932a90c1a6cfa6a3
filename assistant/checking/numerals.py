"""Numerals: numbers written in figures or in words, French or English. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from assistant.checking.atoms import apart

_SMALL = {
    "zéro": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6,
    "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13,
    "quatorze": 14, "quinze": 15, "seize": 16, "vingt": 20, "vingts": 20, "trente": 30,
    "quarante": 40, "cinquante": 50, "soixante": 60, "septante": 70, "huitante": 80,
    "octante": 80, "nonante": 90,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30,
    "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_HUNDRED = {"cent", "cents", "hundred"}
_LARGE = {
    "mille": 1_000, "milliers": 1_000, "millier": 1_000, "thousand": 1_000,
    "million": 1_000_000, "millions": 1_000_000,
    "milliard": 1_000_000_000, "milliards": 1_000_000_000, "billion": 1_000_000_000,
}  # fmt: skip
_SUFFIX = {"k": 1_000, "m": 1_000_000, "md": 1_000_000_000, "mds": 1_000_000_000}
_PARTS = {
    "moitié": 2, "half": 2, "tiers": 3, "third": 3, "thirds": 3, "quart": 4, "quarts": 4,
    "quarter": 4, "quarters": 4, "cinquième": 5, "cinquièmes": 5, "fifth": 5, "dixième": 10,
    "dixièmes": 10, "tenth": 10, "centième": 100, "centièmes": 100,
}  # fmt: skip

_WORDS = "|".join(sorted({*_SMALL, *_HUNDRED, *_LARGE}, key=len, reverse=True))
_IN_WORDS = re.compile(rf"(?<![\w])(?:{_WORDS})(?:(?:-et-| et | and |-| )(?:{_WORDS})\b)*\b")
_IN_FIGURES = re.compile(
    r"(?<![\w.,])(?P<whole>\d{1,3}(?:[ .']\d{3})+|\d{1,3}(?:,\d{3})+|\d+)(?P<decimals>[.,]\d+)?"
    r"(?!\d)"
)
_SCALE = re.compile(r" ?(?P<word>milliers?|mille|millions?|milliards?|thousand|billion)\b")
_SHORT_SCALE = re.compile(r" ?(?P<short>k|mds?|m)(?= ?(?:€|eur))")
_FRACTION = re.compile(rf"[ -](?P<part>{'|'.join(_PARTS)})\b")
_SLASHED = re.compile(r"(?<![\w/])(\d{1,2})/(\d{1,2})(?![\w/])")
_HALF_ALONE = re.compile(r"\b(?:la moitié|half)\b")
_LIGATURE = re.compile(r"[- ](?:et |and )?")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number and the half-open characters that write it.

    `is_article` marks "un", "une" and "neuf" alone, which count only before a unit.
    `is_fraction` marks parts of a whole: "deux tiers", "la moitié".
    """

    value: Fraction
    start: int
    end: int
    is_article: bool = False
    is_fraction: bool = False


def find_numerals(text: str) -> tuple[Numeral, ...]:
    """Every number of a text already made `plain`, in order, spans never overlapping."""
    return apart(_all(text))


def _all(text: str) -> Iterator[Numeral]:
    for match in _SLASHED.finditer(text):
        if int(match.group(2)):
            value = Fraction(int(match.group(1)), int(match.group(2)))
            yield Numeral(value, match.start(), match.end(), is_fraction=True)
    for match in _HALF_ALONE.finditer(text):
        yield Numeral(Fraction(1, 2), match.start(), match.end(), is_fraction=True)
    for match in _IN_FIGURES.finditer(text):
        yield _scaled(text, _figures(text, match), match.start(), match.end())
    for match in _IN_WORDS.finditer(text):
        yield from _in_words(text, match.start(), match.end())


def _figures(text: str, match: re.Match[str]) -> Fraction:
    """Read figures; "1,234" and "1.234" are thousands unless a scale or a % follows."""
    whole, decimals = match["whole"], match["decimals"] or ""
    is_decimal = re.fullmatch(r"\d{1,3}[.,]\d{3}", whole) and re.match(
        r" ?(?:millions?|milliards?|%|fois|m ?€)", text[match.end() :]
    )
    if is_decimal or whole.startswith(("0,", "0.")):
        return Fraction(whole.replace(",", "."))
    return Fraction(re.sub(r"\D", "", whole) + decimals.replace(",", "."))


def _scaled(text: str, value: Fraction, start: int, end: int) -> Numeral:
    scale = _SCALE.match(text, end)
    if scale:
        return Numeral(value * _LARGE[scale["word"]], start, scale.end())
    short = _SHORT_SCALE.match(text, end)
    if short:
        return Numeral(value * _SUFFIX[short["short"]], start, short.end())
    return Numeral(value, start, end)


def _in_words(text: str, start: int, end: int) -> Iterator[Numeral]:
    """Read the numbers of a run of number words: "trois quatre" is two of them."""
    words = [
        (found.group(), start + found.start(), start + found.end())
        for found in re.finditer(rf"\b(?:{_WORDS})\b", text[start:end])
    ]
    while words:
        size, value = _longest(words)
        first, last = words[0], words[size - 1]
        part = _FRACTION.match(text, last[2])
        alone = size == 1 and first[0] in {"un", "une", "one", "neuf"}
        if part:
            yield Numeral(value / _PARTS[part["part"]], first[1], part.end(), is_fraction=True)
        else:
            yield Numeral(value, first[1], last[2], is_article=alone)
        words = words[size:]


def _longest(words: list[tuple[str, int, int]]) -> tuple[int, Fraction]:
    """Return how many words make the first number, and that number."""
    total, current, ceiling, scale_ceiling = 0, 0, 1_000, 10**12
    for index, (word, _, _) in enumerate(words):
        if word in _LARGE:
            if _LARGE[word] >= scale_ceiling:
                return index, Fraction(total + current)
            scale_ceiling = _LARGE[word]
            total, current, ceiling = total + max(1, current) * _LARGE[word], 0, 1_000
        elif word in _HUNDRED:
            if ceiling < 1_000 and current not in range(1, 10):
                return max(1, index), Fraction(total + current)
            current, ceiling = max(1, current) * 100, 100
        else:
            step = _step(current, _SMALL[word], ceiling)
            if step is None:
                return index, Fraction(total + current)
            current, ceiling = step
    return len(words), Fraction(total + current)


def _step(current: int, value: int, ceiling: int) -> tuple[int, int] | None:
    """Add a word under one hundred; None when it cannot follow what has been read."""
    if value == 20 and current % 100 == 4:
        return current + 76, 20
    if value >= ceiling:
        return None
    below = 20 if value in {60, 80} else 10 if value >= 20 or value == 10 else 1
    return current + value, below
