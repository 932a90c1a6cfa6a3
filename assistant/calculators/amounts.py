"""Amounts and days: decimal arithmetic, periods, working days. Pure."""

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from itertools import count

from jours_feries_france import JoursFeries

from assistant.errors import WrongFigures
from ingestion.french import number

# Amounts: decimal arithmetic and its French wording. Pure.

CENT = Decimal("0.01")

_HIGHEST = Decimal(10) ** 12


def require_positive(value: Decimal, subject: str) -> Decimal:
    """The value itself; raises WrongFigures when it is zero, less, or not credible."""
    if plausible(value, subject) <= 0:
        raise WrongFigures(f"{subject} doit être supérieur à zéro ; vous avez donné {value}.")
    return value


def plausible(value: Decimal, subject: str) -> Decimal:
    """The value itself, of any sign; raises WrongFigures when no purchase reaches it."""
    if not value.is_finite() or abs(value) >= _HIGHEST:
        raise WrongFigures(
            f"{subject} doit être un nombre inférieur à {numeral(_HIGHEST)} ; "
            f"vous avez donné {value}."
        )
    return value


def share(amount: Decimal, rate: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """`rate` percent of an amount, rounded to the cent, halves up unless `rounding` says else."""
    return round_to_cents(amount * rate / 100, rounding)


def share_of(part: Decimal, whole: Decimal, *limits: Decimal) -> Decimal:
    """What percent of `whole` a part is, with two decimals, or more to tell it from a limit."""
    exact = part * 100 / whole
    for digits in range(2, 13):
        told = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        if all((told < each, told > each) == (exact < each, exact > each) for each in limits):
            return told
    return exact


def percent_of(part: Decimal, whole: Decimal, *limits: Decimal) -> str:
    """What share of `whole` a part is, as French texts write it, on its side of the limits."""
    return f"{numeral(share_of(part, whole, *limits))}\u00a0%"


def round_to_cents(amount: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """An amount to the cent, halves up unless `rounding` says else."""
    return amount.quantize(CENT, rounding)


def euros(amount: Decimal) -> str:
    """An amount as French texts write it: "1 234,50 €", without cents when there are none."""
    cents = round_to_cents(amount)
    return f"{number(cents, 0 if cents == cents.to_integral_value() else 2)}\u00a0€"


def percent(rate: Decimal) -> str:
    """A rate as French texts write it, "5 %", "1,5 %", with four decimals at most."""
    return f"{numeral(Decimal(f'{rate:.4f}'))}\u00a0%"


def numeral(value: Decimal) -> str:
    """A number as French texts write it: "60 000", "2,5"."""
    exponent = value.normalize().as_tuple().exponent
    return number(value, -exponent if isinstance(exponent, int) and exponent < 0 else 0)


# Calendar: periods of days and months, working days. Pure.
#
# Periods follow règlement (CEE, Euratom) n° 1182/71, article 3; public holidays are those of
# Etalab's library.

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


def _out_of_calendar(start: date) -> WrongFigures:
    return WrongFigures(
        f"À partir du {start:%d/%m/%Y}, la date à calculer sort du calendrier ; "
        "donnez une date plus proche."
    )
