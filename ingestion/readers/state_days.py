"""As of which day a text was right, where its author says a part of a year: "mi-2025". Pure."""

import re
from calendar import monthrange
from datetime import date, datetime

from ingestion.french import month_names

Days = tuple[date, date]
"""The first and the last day of a range; the same day twice where the day itself is said."""

_PARTS = {"début": (1, 4), "mi": (5, 8), "fin": (9, 12)}
_PARTED = re.compile(r"(début|debut|mi|fin)(?: de)?[ -]*([12]\d{3})")
_FRACTION = re.compile(
    r"(1er|premier|2e|2ème|second|deuxième|3e|3ème|troisième|4e|4ème|quatrième) "
    r"(semestre|trimestre) (?:de )?([12]\d{3})"
)
_NUMBERS = {"1": 1, "p": 1, "2": 2, "s": 2, "d": 2, "3": 3, "t": 3, "4": 4, "q": 4}
_LENGTHS = {"semestre": 6, "trimestre": 3}
_MONTH = re.compile(r"([^\W\d]+) ([12]\d{3})")
_FIGURES = (re.compile(r"(?P<year>[12]\d{3})"), re.compile(r"(?P<year>[12]\d{3})-(?P<month>\d\d)"))
_WRITTEN = ("%Y-%m-%d", "%d/%m/%Y")


def state_days(written: str) -> Days | None:
    """The days that are meant, None for what is neither a day nor a part of a year.

    Read are "2026-08-23", "23/08/2026", "juin 2025", "2025-06", "2025", "début 2025" (to April),
    "mi-2025" (May to August), "fin 2025" (from September), "1er semestre 2025", "2e trimestre
    2025".
    """
    text = " ".join(written.lower().split())
    for way in _WRITTEN:
        try:
            day = datetime.strptime(text, way).date()
        except ValueError:
            continue
        return day, day
    found = _months(text)
    return _range(*found) if found and found[0] else None


def _months(text: str) -> tuple[int, int, int] | None:
    """The year, its first month that is meant, and its last."""
    if parted := _PARTED.fullmatch(text):
        part = parted[1].replace("debut", "début")
        return int(parted[2]), *_PARTS[part]
    if fraction := _FRACTION.fullmatch(text):
        length, number = _LENGTHS[fraction[2]], _NUMBERS[fraction[1][0]]
        last = length * number
        return (int(fraction[3]), last - length + 1, last) if last <= 12 else None
    named = _MONTH.fullmatch(text)
    if named and named[1] in month_names("fr"):
        month = month_names("fr").index(named[1]) + 1
        return int(named[2]), month, month
    for way in _FIGURES:
        if figures := way.fullmatch(text):
            month = int(figures.groupdict().get("month", 0))
            return (int(figures["year"]), month or 1, month or 12) if month <= 12 else None
    return None


def _range(year: int, first: int, last: int) -> Days:
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def days_in_words(first: date, last: date) -> str:
    """A range as it was said: "23/08/2026", "mi-2025", "juin 2025", "2e trimestre 2025"."""
    if first == last:
        return f"{first:%d/%m/%Y}"
    months, year = (first.month, last.month), first.year
    names = {
        **{(number, number): name for number, name in enumerate(month_names("fr"), 1)},
        **{months: part for part, months in _PARTS.items()},
        **{(3 * n - 2, 3 * n): f"{n}{'er' if n == 1 else 'e'} trimestre" for n in range(1, 5)},
        **{(6 * n - 5, 6 * n): f"{n}{'er' if n == 1 else 'e'} semestre" for n in (1, 2)},
        (1, 12): "",
    }
    if year != last.year or _range(year, *months) != (first, last) or months not in names:
        return f"du {first:%d/%m/%Y} au {last:%d/%m/%Y}"
    joined = "-" if months == _PARTS["mi"] else " "
    return f"{names[months]}{joined}{year}".strip()
