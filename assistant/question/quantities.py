"""Quantities: numbers, amounts, rates, durations and dates, in figures or words. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Protocol, TypeVar

from text_to_num import Token, find_numbers

from assistant.question.language import fold_text
from ingestion.french import month_names

# Atoms: the smallest parts of a sentence that must be found again in the passage. Pure.

_QUOTED = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "«": '"', "»": '"', "„": '"'}
    | dict.fromkeys("\u00a0\u202f\u2009\u2007\t\n\r", " ")
    | {"‑": "-", "‐": "-"}
)
_HIDDEN = "\x00"


class AtomKind(StrEnum):
    """What an atom says; every kind but WORD is compared strictly."""

    QUANTITY = "quantity"
    REFERENCE = "reference"
    COMPARISON = "comparison"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Atom:
    """A meaning and the half-open characters that write it: equal keys, equal meaning."""

    kind: AtomKind
    key: str
    start: int
    end: int


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


def fold_same_length(text: str) -> str:
    """Return the text in lower case with one kind of space, apostrophe and quote; same length."""
    lowered = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    return lowered.translate(_QUOTED)


def hide(text: str, atoms: Iterable[Atom]) -> str:
    """Return the text with the characters of these atoms made unreadable; same length."""
    letters = list(text)
    for atom in atoms:
        letters[atom.start : atom.end] = _HIDDEN * (atom.end - atom.start)
    return "".join(letters)


# Numerals: numbers written in figures or in words, French or English. Pure.

_SCALES = {
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

_TOKEN = re.compile(r"\w+|[^\w\s]|\s+")
_LANGUAGES = ("fr", "en")
_ARTICLES = {"un", "une", "one", "neuf"}
_IN_FIGURES = re.compile(
    r"(?<![\w.,])(?P<whole>\d{1,3}(?:[ .']\d{3})+|\d{1,3}(?:,\d{3})+|\d+)(?P<decimals>[.,]\d+)?"
    r"(?!\d)"
)
_SCALE = re.compile(rf" ?(?P<word>{'|'.join(_SCALES)})\b")
_SHORT_SCALE = re.compile(
    r" ?(?P<short>k|mds?|m)(?= ?(?:€|eur)| \d{3}[ .]\d{3}(?:[ .]\d{3})? ?(?:€|eur))"
)
_SCALE_OF_RANGE = re.compile(
    rf"(?<![^\W\d_])(?P<scale>{'|'.join([*_SCALES, *_SUFFIX])})(?![^\W\d_])"
)
_ENDS_IN_SCALE = re.compile(rf"(?<![^\W\d_])(?P<scale>{'|'.join([*_SCALES, *_SUFFIX])})$")
_FRACTION = re.compile(rf"[ -](?P<part>{'|'.join(_PARTS)})\b")
_SLASHED = re.compile(r"(?<![\w/])(\d{1,2})/(\d{1,2})(?![\w/])")
_HALF_ALONE = re.compile(r"\b(?:la moitié|half)\b")
_PART_OF = re.compile(
    r"\b(?:le|du|au) (?P<part>quart|cinquième|dixième|centième)(?= (?:du|des|de la|de l')\b)"
)


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
    return ends is not None and second.value < (_SCALES | _SUFFIX)[ends["scale"]]


def _all(text: str) -> Iterator[Numeral]:
    for match in _SLASHED.finditer(text):
        if int(match.group(2)):
            value = Fraction(int(match.group(1)), int(match.group(2)))
            yield Numeral(value, match.start(), match.end(), is_fraction=True)
    for match in _HALF_ALONE.finditer(text):
        yield Numeral(Fraction(1, 2), match.start(), match.end(), is_fraction=True)
    for match in _PART_OF.finditer(text):
        part = Fraction(1, _PARTS[match["part"]])
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
    if is_decimal or whole.startswith(("0,", "0.")):
        return Fraction(whole.replace(",", "."))
    return Fraction(re.sub(r"\D", "", whole) + decimals.replace(",", "."))


def _scaled(text: str, value: Fraction, start: int, end: int) -> Numeral:
    scale = _SCALE.match(text, end)
    if scale:
        return Numeral(value * _SCALES[scale["word"]], start, scale.end())
    short = _SHORT_SCALE.match(text, end)
    if short:
        return Numeral(value * _SUFFIX[short["short"]], start, short.end())
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
    for language in _LANGUAGES:
        for found in find_numbers(tokens, language, threshold=0):
            if not found.is_ordinal:
                start, end = tokens[found.start].span[0], tokens[found.end - 1].span[1]
                value = Fraction(found.text.replace(",", "."))
                if part := _FRACTION.match(text, end):
                    value /= _PARTS[part["part"]]
                    yield Numeral(value, start, part.end(), is_fraction=True)
                else:
                    scaled = _scaled(text, value, start, end)
                    yield replace(scaled, is_article=text[start : scaled.end] in _ARTICLES)


# Quantities: amounts, rates, durations, dates, ranks and counts, with their unit. Pure.

_UNITS: tuple[tuple[str, str, Fraction], ...] = (
    (r"(?:d')?(?:€|euros?\b|eur\b)", "euro", Fraction(1)),
    (r"(?:%|pour cent\b|pour-cent\b|percent\b|per cent\b|p\. 100\b)", "ratio", Fraction(1, 100)),
    (r"points? (?:de pourcentage|percentage)\b|(?:percentage )?points?\b", "point", Fraction(1)),
    (r"pour mille\b|‰", "ratio", Fraction(1, 1000)),
    (r"(?:ans?|années?|years?)\b", "month", Fraction(12)),
    (r"(?:mois|months?)\b", "month", Fraction(1)),
    (r"(?:semaines?|weeks?)\b", "day", Fraction(7)),
    (r"(?:jours?|days?|j)\b", "day", Fraction(1)),
    (r"(?:heures?|hours?|h)\b(?!\. ?t\b)", "hour", Fraction(1)),
    (r"(?:minutes?|min)\b", "minute", Fraction(1)),
    (r"(?:trimestres?|quarters?)\b", "quarter", Fraction(1)),
    (r"(?:fois|times)\b", "times", Fraction(1)),
)
_UNIT = tuple((re.compile(rf" ?(?:{pattern})"), name, factor) for pattern, name, factor in _UNITS)
_MEASURED = re.compile(
    rf"[€%‰/]|(?<![^\W\d_])(?:{'|'.join([*(pattern for pattern, _, _ in _UNITS), *_PARTS])})"
)
_CURRENCY_FIRST = re.compile(r"(?:€|\beur) ?$")
_AND_A_HALF = re.compile(r" et demie?\b| and a half\b")
_NAMING = re.compile(r"(?:\b(?:lots?|articles?) |\bn ?[°º] ?)$")
_YEAR_AT = re.compile(r"(?<!\bde )(?<!\bentre )(?:199\d|20\d\d|2100) à ")
_RANGE = re.compile(r",? ?(?:à|ou|et|-|to|or|and) ?(?:de |d'|à )?")
MONTHS = {
    form: number
    for language in _LANGUAGES
    for number, name in enumerate(month_names(language), 1)
    for form in (name, fold_text(name))
}
"""The months by their names, French and English, with and without accents."""

_MONTH = "|".join(MONTHS)
_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:er|st|nd|rd|th)? (?P<month>{_MONTH})(?:,? (?P<year>\d{{4}}))?"
    rf"|(?P<month2>{_MONTH}) (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?, (?P<year2>\d{{4}})"
    rf"|(?P<month3>{_MONTH}) (?P<year3>\d{{4}})"
    r"|(?P<day4>\d{1,2})/(?P<month4>\d{1,2})/(?P<year4>\d{4})"
    r"|(?P<year5>\d{4})-(?P<month5>\d\d)-(?P<day5>\d\d))\b"
)
_RANKS = (
    "premi(?:er|ère)|first", "deuxième|second|seconde", "troisième|third", "quatrième|fourth",
    "cinquième|fifth", "sixième|sixth", "septième", "huitième", "neuvième", "dixième",
)  # fmt: skip
_RANK_WORDS = tuple(re.compile(rf"\b(?:{words})s?\b") for words in _RANKS)
_RANK = re.compile(r"\b(\d{1,3}) ?(?:er|re|ère|e|è|ème|nde?|st|nd|rd|th)\b")
_ITEM = re.compile(r"\b(\d{1,3}) ?°")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value in its unit, and the half-open characters that write it.

    `value` is an exact fraction, or an ISO date ("2026-04-01", "--04-01" without its year).
    Units: euro, ratio (1 is the whole), point, month, day, hour, minute, quarter, times, date,
    rank, item ("2°"), count. Years count as twelve months, weeks as seven days.
    """

    value: str
    unit: str
    start: int
    end: int

    @property
    def key(self) -> str:
        """Value and unit: equal for equal quantities however written."""
        return f"{self.value} {self.unit}"


def may_measure(text: str) -> bool:
    """Whether a text has a unit or a part: without one, nothing in it is measured.

    Much faster than to look for quantities, where most texts have none.
    """
    return _MEASURED.search(text.lower().translate(_QUOTED)) is not None


_HT = r"(?:h\. ?t\b|ht\b|hors tax|hors tva)"
_TTC = r"(?:t\. ?t\. ?c\b|ttc\b|toutes taxes|(?:taxes|tva) comprise)"
WITHOUT_TAX, WITH_TAX = (re.compile(rf" ?\(? ?{each}") for each in (_HT, _TTC))
"""What stands right after an amount without tax, or with it."""


def is_amount(quantity: Quantity, text: str) -> bool:
    """Euros, or a number that is said to be with or without tax: "300 000 HT".

    `text` is the one in small letters of which the quantity is.
    """
    is_taxed = WITHOUT_TAX.match(text, quantity.end) or WITH_TAX.match(text, quantity.end)
    return quantity.unit == "euro" or (quantity.unit == "count" and is_taxed is not None)


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """Every quantity of a text already made `plain`, in order, spans never overlapping."""
    found = apart([*_dates(text), *_ranks(text), *_measures(text)])
    return tuple(_with_shared_units(text, found))


def _dates(text: str) -> Iterator[Quantity]:
    for match in _DATE.finditer(text):
        parts = {name.rstrip("2345"): value for name, value in match.groupdict().items() if value}
        month = MONTHS.get(parts["month"]) or int(parts["month"])
        value = f"{parts.get('year', '-')}-{month:02d}"
        if "day" in parts:
            value += f"-{int(parts['day']):02d}"
        yield Quantity(value, "date", match.start(), match.end())


def _ranks(text: str) -> Iterator[Quantity]:
    for match in _RANK.finditer(text):
        yield Quantity(match.group(1), "rank", match.start(), match.end())
    for match in _ITEM.finditer(text):
        yield Quantity(match.group(1), "item", match.start(), match.end())
    for rank, pattern in enumerate(_RANK_WORDS, 1):
        for match in pattern.finditer(text):
            yield Quantity(str(rank), "rank", match.start(), match.end())


def _measures(text: str) -> Iterator[Quantity]:
    for numeral in find_numerals(text):
        if numeral.is_fraction:
            yield Quantity(str(numeral.value), "ratio", numeral.start, numeral.end)
        elif quantity := _measure(text, numeral):
            yield quantity


def _measure(text: str, numeral: Numeral) -> Quantity | None:
    value, end = numeral.value, numeral.end
    before = _CURRENCY_FIRST.search(text, max(0, numeral.start - 5), numeral.start)
    if before:
        return Quantity(str(value), "euro", before.start(), end)
    for pattern, unit, factor in _UNIT:
        if match := pattern.match(text, end):
            end = match.end()
            if half := _AND_A_HALF.match(text, end):
                value, end = value + Fraction(1, 2), half.end()
            return Quantity(str(value * factor), unit, numeral.start, end)
    return None if numeral.is_article else Quantity(str(value), "count", numeral.start, end)


def _with_shared_units(text: str, found: Sequence[Quantity]) -> Iterator[Quantity]:
    """Give "5" in "5 à 10 jours" the unit of what follows, and "40" in "40 à 90 k€" its scale."""
    for index, quantity in enumerate(found):
        following = found[index + 1] if index + 1 < len(found) else None
        if (
            quantity.unit == "count"
            and following is not None
            and following.unit not in {"count", "date", "rank", "item"}
            and _RANGE.fullmatch(text[quantity.end : following.start])
            and not _is_name(text, quantity)
        ):
            value = Fraction(quantity.value) * _factor(text[following.start : following.end])
            if following.unit == "euro":
                value *= _shared_scale(text, following, value)
            yield replace(quantity, value=str(value), unit=following.unit)
        else:
            yield quantity


def _is_name(text: str, count: Quantity) -> bool:
    """Whether a number names a thing or a year: "lot 3 à 50 000 €", "en 2025 à 80 000 €"."""
    is_naming = _NAMING.search(text, 0, count.start)
    return bool(is_naming or _YEAR_AT.match(text, count.start))


def _shared_scale(text: str, following: Quantity, value: Fraction) -> int:
    """What the word or letter of the upper end counts for the lower: not in "500 000 à 1 M€"."""
    written = _SCALE_OF_RANGE.search(text, following.start, following.end)
    scale = (_SCALES | _SUFFIX)[written["scale"]] if written else 1
    return scale if value * scale < Fraction(following.value) else 1


def _factor(written: str) -> Fraction:
    written = _AND_A_HALF.sub("", written)
    return next(
        (factor for pattern, _, factor in _UNIT if re.search(f"{pattern.pattern}$", written)),
        Fraction(1),
    )
