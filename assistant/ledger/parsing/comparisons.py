"""The period that a question compares another with, each time 2025 here. Pure.

"En 2026 par rapport à 2025", "plus en 2026 qu'en 2025", "compare 2025 et 2026".
"""

import re
from dataclasses import dataclass, replace
from datetime import date

from assistant.ledger.parsing.period_forms import Bounds
from assistant.ledger.parsing.periods import (
    HAS_YEAR,
    PeriodSpan,
    are_alike,
    find_period,
    is_beside,
    is_relative,
    is_yearless,
    period_ending,
    units,
)
from assistant.ledger.parsing.vocabulary import Remainder

_OF = r"(?:celles? (?=d)|ceux (?=d)|celui (?=d))?"
_BESIDE = re.compile(
    r",? ?(?:par rapport (?:a|au|aux)|compare[es]* (?:a|au|avec)|contre|vs\.?|versus|et combien) "
    + _OF
)
_THAN = re.compile(rf" ?\bqu(?:e |'){_OF}")
_MORE = re.compile(r"(?<!\ble )\b(?:plus|moins|davantage|autant)\b(?! de \d)(?P<rows> d(?:e |'))?")
_COMPARING = re.compile(r"\b(?:compare[rsz]?|comparaison|difference|ecart|evolution)\b")
_AND = re.compile(rf" et {_OF}")
_BETWEEN = re.compile(r"\bentre $")


@dataclass(frozen=True, slots=True)
class Compared:
    """The other period, and its words; `is_of_sums` where "plus" or "moins" is not that of rows."""

    bounds: Bounds
    said: str
    is_of_sums: bool = False

    def may_share_year(self, said: str) -> bool:
        """Whether one of the periods may be meant in the year that only the other one names.

        "En janvier par rapport à février 2025": a month alone is the last one that has begun.
        """
        return is_yearless(said) != is_yearless(self.said) and units(said) != units(self.said)


def compared(left: Remainder, today: date) -> Compared | None:
    """The other period, taken out with the words that compare."""
    if match := _BESIDE.search(left.text):
        return _after(left, match, today)
    for match in _THAN.finditer(left.text):
        if _MORE.search(left.text[: match.start()]) and (found := _after(left, match, today)):
            more = left.take(_MORE)
            return replace(found, is_of_sums=more is not None and not more["rows"])
    if _COMPARING.search(left.text):
        for match in _AND.finditer(left.text):
            if found := _earlier(left, match, today):
                left.take(_COMPARING)
                return found
    return None


def placed(left: Remainder, period: PeriodSpan, other: Compared) -> Compared:
    """The other period, from the first one where words say so: "le mois précédent"."""
    if is_beside(left.whole[period.start : period.end]):
        left.doubts.append(left.whole[period.start : period.end])
    if is_beside(other.said) and period.first:
        found = find_period(other.said, period.first)
        other = replace(other, bounds=found.bounds) if found else other
    if is_relative(other.said) and not are_alike(period.bounds, other.bounds):
        left.doubts.append(other.said)
    return other


def _after(left: Remainder, match: re.Match[str], today: date) -> Compared | None:
    """The period that follows the words that compare at once."""
    period = _following(left, match, today)
    if period is None:
        return None
    end = match.end() + period.end
    left.erase(match.start(), end)
    return Compared(period.bounds, left.whole[match.end() : end])


def _earlier(left: Remainder, match: re.Match[str], today: date) -> Compared | None:
    """The earlier of the periods on the two sides of an "et"."""
    other = _following(left, match, today)
    said = left.text[match.end() : match.end() + other.end] if other else ""
    year = HAS_YEAR.search(said)
    one = _before(left.text[: match.start()], year[0] if year else "", today)
    if not (one and other and one.first and other.first):
        return None
    left.erase(*match.span())
    if one.first < other.first:
        earlier = one
        left.erase(one.start, match.start())
        said = f"{left.whole[one.start : match.start()]} {year[0] if year else ''}"
    else:
        earlier = other
        left.erase(match.end(), match.end() + other.end)
    if between := _BETWEEN.search(left.text[: one.start]):
        left.erase(*between.span())
    return Compared(earlier.bounds, said)


def _before(text: str, year: str, today: date) -> PeriodSpan | None:
    """The period at the end of a text; a month without year takes this one, of what follows."""
    found = period_ending(text, today)
    if found and year and is_yearless(text[found.start :]):
        return period_ending(f"{text} {year}", today)
    return found


def _following(left: Remainder, match: re.Match[str], today: date) -> PeriodSpan | None:
    period = find_period(left.text[match.end() :], today)
    return period if period and period.start == 0 else None
