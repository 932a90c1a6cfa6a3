"""The period that a question compares another with.

"En 2026 par rapport à 2025", "plus en 2026 qu'en 2025", "compare 2025 et 2026": 2025, each time.
"""

import re
from dataclasses import dataclass
from datetime import date

from assistant.ledger.periods import Span, find_period, period_ending
from assistant.ledger.remainder import Remainder

Bounds = tuple[date | None, date | None]

_OF = r"(?:celles? (?=d)|ceux (?=d)|celui (?=d))?"
_BESIDE = re.compile(
    r",? ?(?:par rapport (?:a|au|aux)|compare[es]* (?:a|au|avec)|contre|vs\.?|versus) " + _OF
)
_THAN = re.compile(rf" ?\bqu(?:e |'){_OF}")
_MORE = re.compile(r"(?<!\ble )\b(?:plus|moins|davantage|autant)\b(?! de \d)(?P<rows> d(?:e |'))?")
_COMPARING = re.compile(r"\b(?:compare[rsz]?|comparaison|difference|ecart|evolution)\b")
_AND = re.compile(rf" et {_OF}")
_BETWEEN = re.compile(r"\bentre $")


@dataclass(frozen=True, slots=True)
class Compared:
    """The other period; `is_of_sums` where "plus" or "moins" is not that of rows."""

    bounds: Bounds
    is_of_sums: bool = False


def compared(left: Remainder, today: date) -> Compared | None:
    """The other period, taken out with the words that compare."""
    if match := _BESIDE.search(left.text):
        found = _after(left, match, today)
        return Compared(found) if found else None
    for match in _THAN.finditer(left.text):
        if _MORE.search(left.text[: match.start()]) and (found := _after(left, match, today)):
            more = left.take(_MORE)
            return Compared(found, is_of_sums=more is not None and not more["rows"])
    if _COMPARING.search(left.text):
        for match in _AND.finditer(left.text):
            if found := _earlier(left, match, today):
                left.take(_COMPARING)
                return Compared(found)
    return None


def _after(left: Remainder, match: re.Match[str], today: date) -> Bounds | None:
    """The period that follows the words that compare at once."""
    period = _following(left, match, today)
    if period is None:
        return None
    left.erase(match.start(), match.end() + period.end)
    return period.first, period.last


def _earlier(left: Remainder, match: re.Match[str], today: date) -> Bounds | None:
    """The earlier of the periods on the two sides of an "et"."""
    one, other = period_ending(left.text[: match.start()], today), _following(left, match, today)
    if not (one and other and one.first and other.first):
        return None
    left.erase(*match.span())
    if one.first < other.first:
        left.erase(one.start, one.end)
        earlier = one
    else:
        left.erase(match.end(), match.end() + other.end)
        earlier = other
    if between := _BETWEEN.search(left.text[: one.start]):
        left.erase(*between.span())
    return earlier.first, earlier.last


def _following(left: Remainder, match: re.Match[str], today: date) -> Span | None:
    period = find_period(left.text[match.end() :], today)
    return period if period and period.start == 0 else None
