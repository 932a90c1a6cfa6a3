"""Quantities: amounts, rates, durations, dates, ranks and counts, with their unit. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from assistant.question.language import fold_text
from assistant.question.numerals import LANGUAGES, PARTS, SCALES, Numeral, apart, find_numerals
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


# Quantities.

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
    rf"[€%‰/]|(?<![^\W\d_])(?:{'|'.join([*(pattern for pattern, _, _ in _UNITS), *PARTS])})"
)
_CURRENCY_FIRST = re.compile(r"(?:€|\beur) ?$")
_AND_A_HALF = re.compile(r" et demie?\b| and a half\b")
_NAMING = re.compile(r"(?:\b(?:lots?|articles?) |\bn ?[°º] ?)$")
_YEAR_AT = re.compile(r"(?<!\bde )(?<!\bentre )(?:199\d|20\d\d|2100) à ")
_SCALE_OF_RANGE = re.compile(rf"(?<![^\W\d_])(?P<scale>{'|'.join(SCALES)})(?![^\W\d_])")
_RANGE = re.compile(r",? ?(?:à|ou|et|-|to|or|and) ?(?:de |d'|à )?")
MONTHS = {
    form: number
    for language in LANGUAGES
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
    """Every quantity of a text that `fold_same_length` made, in order, spans never overlapping."""
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
    scale = SCALES[written["scale"]] if written else 1
    return scale if value * scale < Fraction(following.value) else 1


def _factor(written: str) -> Fraction:
    written = _AND_A_HALF.sub("", written)
    return next(
        (factor for pattern, _, factor in _UNIT if re.search(f"{pattern.pattern}$", written)),
        Fraction(1),
    )
