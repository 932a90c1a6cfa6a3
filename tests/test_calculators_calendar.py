"""Periods, working days and dates in words."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.calculators.amounts import (
    Zone,
    add_days,
    add_months,
    end_of_period,
    is_working_day,
    next_working_day,
)
from assistant.errors import WrongFigures
from ingestion.french import in_words

DAYS = some.dates(date(2019, 4, 1), date(2060, 12, 31))
ZONES = some.sampled_from(Zone)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 4, 6), "Easter Monday"),
        (date(2026, 5, 1), "1 May"),
        (date(2026, 5, 14), "Ascension"),
        (date(2026, 5, 25), "Whit Monday"),
        (date(2027, 1, 1), "New Year"),
        (date(2026, 11, 28), "a Saturday"),
        (date(2026, 11, 29), "a Sunday"),
    ],
)
def test_nobody_works(day: date, name: str) -> None:
    assert not is_working_day(day), name


@pytest.mark.parametrize(
    ("day", "zone"),
    [
        (date(2026, 4, 3), Zone.ALSACE_MOSELLE),
        (date(2028, 12, 26), Zone.ALSACE_MOSELLE),
        (date(2026, 5, 22), Zone.MARTINIQUE),
        (date(2027, 12, 20), Zone.REUNION),
    ],
)
def test_a_zone_has_holidays_of_its_own(day: date, zone: Zone) -> None:
    assert is_working_day(day)
    assert not is_working_day(day, zone)


def test_a_working_day_is_the_next_one_itself() -> None:
    assert next_working_day(date(2026, 11, 24)) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 11, 24), 30, date(2026, 12, 24)),  # a Thursday
        (date(2026, 11, 25), 30, date(2026, 12, 28)),  # Christmas, then a weekend
        (date(2026, 3, 5), 30, date(2026, 4, 7)),  # a Saturday before Easter Monday
        (date(2027, 4, 16), 15, date(2027, 5, 3)),  # 1 May on a Saturday
        (date(2026, 12, 2), 30, date(2027, 1, 4)),  # over the end of the year
        (date(2028, 1, 30), 30, date(2028, 2, 29)),  # a leap year
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # a Saturday
    ],
)
def test_a_period_ends_with_a_working_day(start: date, days: int, end: date) -> None:
    assert end_of_period(start, days) == end


def test_a_period_of_two_days_holds_two_working_days() -> None:
    friday = date(2026, 11, 27)
    assert end_of_period(friday, 2) == date(2026, 12, 1)
    assert end_of_period(friday, 3) == date(2026, 12, 1)


def test_good_friday_moves_a_period_in_alsace_only() -> None:
    sent = date(2026, 3, 4)
    assert end_of_period(sent, 30) == date(2026, 4, 3)
    assert end_of_period(sent, 30, Zone.ALSACE_MOSELLE) == date(2026, 4, 7)


@given(DAYS, some.integers(1, 90), ZONES)
def test_a_period_is_never_shorter_than_its_days(start: date, days: int, zone: Zone) -> None:
    end = end_of_period(start, days, zone)
    assert end >= start + timedelta(days)
    assert is_working_day(end, zone)
    inside = [start + timedelta(after) for after in range(1, (end - start).days + 1)]
    assert days < 2 or sum(is_working_day(each, zone) for each in inside) >= 2


@given(DAYS, some.integers(1, 90), ZONES)
def test_a_longer_period_never_ends_sooner(start: date, days: int, zone: Zone) -> None:
    assert end_of_period(start, days, zone) <= end_of_period(start, days + 1, zone)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), -12, date(2027, 2, 28)),
        (date(2026, 11, 24), 2, date(2027, 1, 24)),
        (date(2026, 12, 31), -1, date(2026, 11, 30)),
    ],
)
def test_months_keep_the_day_where_there_is_one(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


@given(DAYS, some.integers(-48, 48))
def test_months_are_counted_whole(start: date, months: int) -> None:
    end = add_months(start, months)
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day == start.day or add_days(end, 1).day == 1


def test_a_date_out_of_the_calendar_is_explained() -> None:
    with pytest.raises(WrongFigures, match="31/12/9999"):
        add_days(date(9999, 12, 31), 1)
    with pytest.raises(WrongFigures, match="31/12/9999"):
        add_months(date(9999, 12, 31), 1)
    with pytest.raises(WrongFigures, match="plus proche"):
        is_working_day(date(1826, 11, 24))


def test_a_date_is_written_as_in_a_letter() -> None:
    assert in_words(date(2027, 1, 1)) == "vendredi 1er janvier 2027"
    assert in_words(date(2026, 12, 24)) == "jeudi 24 décembre 2026"
