"""Calendar: periods of days and months, working days, and dates in French words. Pure.

Periods follow règlement (CEE, Euratom) n° 1182/71, article 3; public holidays are those of
Etalab's library.
"""

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import StrEnum
from itertools import count

from jours_feries_france import JoursFeries

from assistant.errors import WrongFigures

_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_SATURDAY = 5
_FIRST_YEAR = 1886


class Zone(StrEnum):
    """Territories whose public holidays differ."""

    METROPOLE = "Métropole"
    ALSACE_MOSELLE = "Alsace-Moselle"
    GUADELOUPE = "Guadeloupe"
    GUYANE = "Guyane"
    MARTINIQUE = "Martinique"
    MAYOTTE = "Mayotte"
    NOUVELLE_CALEDONIE = "Nouvelle-Calédonie"
    REUNION = "La Réunion"
    POLYNESIE = "Polynésie Française"
    SAINT_BARTHELEMY = "Saint-Barthélémy"
    SAINT_MARTIN = "Saint-Martin"
    WALLIS_ET_FUTUNA = "Wallis-et-Futuna"
    SAINT_PIERRE_ET_MIQUELON = "Saint-Pierre-et-Miquelon"


def add_days(start: date, days: int) -> date:
    """The day so many days after, or before when negative; raises WrongFigures past year 9999."""
    try:
        return start + timedelta(days)
    except OverflowError as error:
        raise _out_of_calendar(start) from error


def add_months(start: date, months: int) -> date:
    """The same day so many months after or before; the last of its month where it has no such day.

    Raises WrongFigures outside the years 1 to 9999.
    """
    year, before = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        raise _out_of_calendar(start)
    return date(year, before + 1, min(start.day, monthrange(year, before + 1)[1]))


def is_working_day(day: date, zone: Zone = Zone.METROPOLE) -> bool:
    """Whether a day is none of Saturday, Sunday and the public holidays of the zone.

    Raises WrongFigures before 1886, whose holidays are not known.
    """
    if day.year < _FIRST_YEAR:
        raise _out_of_calendar(day)
    return day.weekday() < _SATURDAY and not JoursFeries.is_bank_holiday(day, zone.value)


def next_working_day(day: date, zone: Zone = Zone.METROPOLE) -> date:
    """The first working day from this day on, itself included."""
    days = (add_days(day, after) for after in count())
    return next(each for each in days if is_working_day(each, zone))


def end_of_period(start: date, days: int, zone: Zone = Zone.METROPOLE) -> date:
    """The day at whose last hour a period of days ends; the day of the event is not counted.

    A last day that is not a working day gives way to the next one, and a period of two days or
    more holds at least two working days (article 3, paragraphs 1, 4 and 5).
    """
    second = next_working_day(add_days(next_working_day(add_days(start, 1), zone), 1), zone)
    last = next_working_day(add_days(start, days), zone)
    return max(last, second) if days > 1 else last


def in_words(day: date) -> str:
    """A day as a letter writes it: "vendredi 1er janvier 2027"."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{_WEEKDAYS[day.weekday()]} {number} {_MONTHS[day.month - 1]} {day.year}"


def _out_of_calendar(start: date) -> WrongFigures:
    return WrongFigures(
        f"À partir du {start:%d/%m/%Y}, la date à calculer sort du calendrier ; "
        "donnez une date plus proche."
    )
