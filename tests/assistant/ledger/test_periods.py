"""Periods as questions name them, and those that they are compared with."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ledger.parsing.comparisons import Compared
from assistant.ledger.parsing.periods import find_period
from assistant.question.language import fold_text
from tests.support.question_lists import read_lists

PERIODS, NO_PERIODS = read_lists("periods.txt")
ASKED_ON = date(2026, 11, 24)


def _found(text: str, today: date = ASKED_ON) -> tuple[date | None, date | None] | None:
    span = find_period(fold_text(text), today)
    return (span.first, span.last) if span else None


@pytest.mark.parametrize(("text", "days"), PERIODS)
def test_a_period_is_read_as_french_says_it(text: str, days: tuple[str, ...]) -> None:
    assert _found(text) == tuple(map(date.fromisoformat, days))


def test_a_side_has_no_other_bound() -> None:
    assert _found("avant le 15 mars 2026") == (None, date(2026, 3, 14))
    assert _found("jusqu'au 31 mai 2026") == (None, date(2026, 5, 31))
    assert _found("après le 31 mai 2026") == (date(2026, 6, 1), None)
    assert _found("à partir du 1er juin 2026") == (date(2026, 6, 1), None)
    assert _found("avant juillet 2025") == (None, date(2025, 6, 30))
    assert _found("avant 2026") == (None, date(2025, 12, 31))
    assert _found("jusqu'à fin mars 2026") == (None, date(2026, 3, 31))
    assert _found("après mars 2026") == (date(2026, 4, 1), None)
    assert _found("à compter de 2026") == (date(2026, 1, 1), None)


def test_months_that_do_not_follow_each_other_are_no_period_together() -> None:
    for text in ("en janvier et mars 2026", "de janvier et mars 2026"):
        span = find_period(fold_text(text), ASKED_ON)
        assert span
        assert "mars 2026" in text[span.end :]


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [
        ("janvier", "fevrier 2025", True),
        ("mars 2025", "fevrier", True),
        ("janvier 2025", "fevrier 2025", False),
        ("t1", "t1 2025", False),
        ("ce trimestre", "t1 2025", False),
        ("2026", "2025", False),
    ],
)
def test_a_month_may_be_of_the_year_of_the_month_that_it_is_compared_with(
    one: str, other: str, may: bool
) -> None:
    assert Compared((None, None), other).may_share_year(one) is may


@pytest.mark.parametrize("text", [text for text, _ in NO_PERIODS])
def test_a_number_is_not_a_period(text: str) -> None:
    assert _found(text) is None


def test_a_part_of_the_year_without_year_is_the_last_one_begun() -> None:
    assert _found("au 4e trimestre", date(2026, 9, 30)) == (date(2025, 10, 1), date(2025, 12, 31))
    assert _found("au 4e trimestre", date(2026, 10, 1)) == (date(2026, 10, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2028, 3, 1), date(2029, 2, 28)),
        (date(2027, 3, 1), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2028, 2, 29)),
    ],
)
def test_the_end_of_february_to_come_is_its_last_day(today: date, last: date) -> None:
    assert _found("d'ici fin février", today) == (today, last)


@pytest.mark.parametrize("today", [date.min, date.max])
@pytest.mark.parametrize(
    "text",
    [
        *("après le 31/12/9999", "avant le 01/01/0001"),
        *("hier", "le mois précédent", "l'an dernier", "la semaine suivante", "le mois prochain"),
        *("cette semaine", "d'ici deux ans", "sur les 3 derniers mois", "en mars et avril"),
        *("d'ici fin février", "depuis 90 jours", "au 4e trimestre", "en janvier"),
    ],
)
def test_days_outside_the_calendar_are_none_and_break_nothing(text: str, today: date) -> None:
    span = find_period(fold_text(text), today)
    assert span is None or span.first or span.last


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 400))
def test_days_ago_end_today(today: date, days: int) -> None:
    assert _found(f"depuis {days} jours", today) == (today - timedelta(days), today)


@given(
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.sampled_from(["le mois dernier", "le trimestre dernier", "l'année dernière"]),
)
def test_the_last_whole_period_ends_before_the_current_one(today: date, text: str) -> None:
    found = _found(text, today)
    assert found
    first, last = found
    assert first
    assert last
    assert first.day == 1
    assert first < last < today.replace(day=1)
