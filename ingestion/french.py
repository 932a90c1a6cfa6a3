"""Numbers, months, days and times as French texts write them; Babel enters here only. Pure."""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache

from babel.dates import format_date, get_month_names

_RAISED = dict(zip("0123456789+-()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾", strict=True))
_TO_RAISED = str.maketrans(_RAISED)
_TO_SPACES = str.maketrans(dict.fromkeys(_RAISED.values(), " "))


def raised(text: str) -> str:
    """What is set above the line, in the characters that say so: "10³", never 103.

    Letters are left as they are: "1er", "n°".
    """
    return text if any(map(str.isalpha, text)) else text.translate(_TO_RAISED)


def without_raised(text: str) -> str:
    """The text with spaces for what is set above the line, character for character as long."""
    return text.translate(_TO_SPACES)


NUMBER_WORDS = (
    "deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|"
    "vingts?|trente|quarante|cinquante|soixante|cents?|mille|millions?|milliards?"
)
"""Words that count, for a regular expression: not "un", which is an article."""


@cache
def month_names(language: str) -> tuple[str, ...]:
    """The twelve months in small letters, by the code of a language."""
    return tuple(name.lower() for name in get_month_names("wide", locale=language).values())


def in_words(day: date) -> str:
    """A day as a letter writes it: "mercredi 1er avril 2026"."""
    number_of_day = "1er" if day.day == 1 else str(day.day)
    return format_date(day, f"EEEE '{number_of_day}' MMMM y", locale="fr")


def number(value: Decimal | float, decimals: int, *, apart: str = "\u202f") -> str:
    """A number with so many decimals, its thousands set apart by a narrow no-break space.

    Babel takes twenty times as long, and a ledger has a hundred thousand of them.
    """
    return f"{value:,.{decimals}f}".translate({ord(","): apart, ord("."): ","})


_DISPLAYED = Context(prec=15, rounding=ROUND_HALF_UP)
"""What a spreadsheet shows of a number: the digits after are those of binary fractions."""


def written_number(value: Decimal, decimals: int | None = None) -> str:
    """The number rounded to so many decimals, or with those that it has; thousands set apart.

    Raises decimal.InvalidOperation for what is no finite number of a usual size.
    """
    exact = _DISPLAYED.plus(value)
    places = max(-int(exact.normalize().as_tuple().exponent), 0) if decimals is None else decimals
    rounded = exact.quantize(Decimal(1).scaleb(-places), context=Context(40, ROUND_HALF_UP))
    return number(rounded, places, apart=" ")


def written_day(day: date) -> str:
    """Day, month and year, in figures."""
    return f"{day:%d/%m}/{day.year:04}"


def written_time(moment: time) -> str:
    """Hours and minutes."""
    return f"{moment:%H:%M}"


def written_moment(moment: datetime) -> str:
    """Day and time, and the zone unless it is unknown or that of Paris on that day."""
    zone = moment.utcoffset()
    is_usual = zone is None or zone == _paris(moment.date())
    written = f"{written_day(moment)} à {written_time(moment.time())}"
    return written if is_usual else f"{written} ({moment.tzname()})"


def _paris(day: date) -> timedelta:
    """What Paris is ahead of UTC by: an hour more between the last Sundays of March and October."""
    is_summer = _last_sunday(day.year, 3) <= day < _last_sunday(day.year, 10)
    return timedelta(hours=2 if is_summer else 1)


def _last_sunday(year: int, month: int) -> date:
    end = date(year, month, 31)
    return end - timedelta(days=end.isoweekday() % 7)


# As of which day a text was right, where its author says a part of a year: "mi-2025".

DayRange = tuple[date, date]
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


def state_days(written: str) -> DayRange | None:
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


def _range(year: int, first: int, last: int) -> DayRange:
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
