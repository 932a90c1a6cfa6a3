"""Numbers, months, days and times as French texts write them; Babel enters here only. Pure."""

from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache

from babel.dates import format_date, get_month_names


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
