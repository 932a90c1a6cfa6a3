"""Quantities: amounts, rates, durations, dates, ranks and counts, with their unit. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from assistant.checking.atoms import apart
from assistant.checking.numerals import Numeral, find_numerals

_UNITS: tuple[tuple[str, str, Fraction], ...] = (
    (r"(?:d')?(?:€|euros?\b|eur\b)", "euro", Fraction(1)),
    (r"(?:%|pour cent\b|pour-cent\b|percent\b|per cent\b|p\. 100\b)", "ratio", Fraction(1, 100)),
    (r"points? (?:de pourcentage|percentage)\b|(?:percentage )?points?\b", "point", Fraction(1)),
    (r"pour mille\b|‰", "ratio", Fraction(1, 1000)),
    (r"(?:ans?|années?|years?)\b", "month", Fraction(12)),
    (r"(?:mois|months?)\b", "month", Fraction(1)),
    (r"(?:semaines?|weeks?)\b", "day", Fraction(7)),
    (r"(?:jours?|days?|j)\b", "day", Fraction(1)),
    (r"(?:heures?|hours?|h)\b", "hour", Fraction(1)),
    (r"(?:minutes?|min)\b", "minute", Fraction(1)),
    (r"(?:trimestres?|quarters?)\b", "quarter", Fraction(1)),
    (r"(?:fois|times)\b", "times", Fraction(1)),
)
_UNIT = tuple((re.compile(rf" ?(?:{pattern})"), name, factor) for pattern, name, factor in _UNITS)
_CURRENCY_FIRST = re.compile(r"(?:€|\beur) ?$")
_AND_A_HALF = re.compile(r" et demie?\b| and a half\b")
_RANGE = re.compile(r",? ?(?:à|ou|et|-|to|or|and) ?(?:de |d'|à )?")
_MONTHS = (
    ("janvier", "january"), ("février", "february"), ("mars", "march"), ("avril", "april"),
    ("mai", "may"), ("juin", "june"), ("juillet", "july"), ("août", "august"),
    ("septembre", "september"), ("octobre", "october"), ("novembre", "november"),
    ("décembre", "december"),
)  # fmt: skip
_MONTH_NUMBER = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_MONTH = "|".join(_MONTH_NUMBER)
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


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """Every quantity of a text already made `plain`, in order, spans never overlapping."""
    found = apart([*_dates(text), *_ranks(text), *_measures(text)])
    return tuple(_with_shared_units(text, found))


def _dates(text: str) -> Iterator[Quantity]:
    for match in _DATE.finditer(text):
        parts = {name.rstrip("2345"): value for name, value in match.groupdict().items() if value}
        month = _MONTH_NUMBER.get(parts["month"]) or int(parts["month"])
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
    """Give "5" in "5 à 10 jours" the unit of what follows."""
    for index, quantity in enumerate(found):
        following = found[index + 1] if index + 1 < len(found) else None
        if (
            quantity.unit == "count"
            and following is not None
            and following.unit not in {"count", "date", "rank", "item"}
            and _RANGE.fullmatch(text[quantity.end : following.start])
        ):
            factor = _factor(text[following.start : following.end])
            value = Fraction(quantity.value) * factor
            yield replace(quantity, value=str(value), unit=following.unit)
        else:
            yield quantity


def _factor(written: str) -> Fraction:
    return next(
        (factor for pattern, _, factor in _UNIT if re.search(f"{pattern.pattern}$", written)),
        Fraction(1),
    )
