from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ledger.parsing.moments import Compared
from assistant.ledger.parsing.periods import find_period
from assistant.question.language import fold_text

TODAY = date(2026, 11, 24)


def _found(text: str, today: date = TODAY) -> tuple[date | None, date | None] | None:
    span = find_period(fold_text(text), today)
    return (span.first, span.last) if span else None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("en 2026", "2026-01-01", "2026-12-31"),
        ("en mars 2026", "2026-03-01", "2026-03-31"),
        ("en février 2028", "2028-02-01", "2028-02-29"),
        ("au premier trimestre 2026", "2026-01-01", "2026-03-31"),
        ("au premier trimestre", "2026-01-01", "2026-03-31"),
        ("au 4e trimestre", "2026-10-01", "2026-12-31"),
        ("T2 2025", "2025-04-01", "2025-06-30"),
        ("au second semestre 2025", "2025-07-01", "2025-12-31"),
        ("depuis 30 jours", "2026-10-25", "2026-11-24"),
        ("depuis 2 mois", "2026-09-24", "2026-11-24"),
        ("depuis le 1er mars 2026", "2026-03-01", "2026-11-24"),
        ("dans les 7 prochains jours", "2026-11-24", "2026-12-01"),
        ("d'ici 2 mois", "2026-11-24", "2027-01-24"),
        ("d'ici la fin de l'année", "2026-11-24", "2026-12-31"),
        ("la semaine prochaine", "2026-11-30", "2026-12-06"),
        ("le mois prochain", "2026-12-01", "2026-12-31"),
        ("ces 3 derniers mois", "2026-08-24", "2026-11-24"),
        ("les neuf derniers mois", "2026-02-24", "2026-11-24"),
        ("le mois dernier", "2026-10-01", "2026-10-31"),
        ("le trimestre dernier", "2026-07-01", "2026-09-30"),
        ("la semaine dernière", "2026-11-16", "2026-11-22"),
        ("l'an dernier", "2025-01-01", "2025-12-31"),
        ("cette année", "2026-01-01", "2026-12-31"),
        ("ce mois-ci", "2026-11-01", "2026-11-30"),
        ("depuis le début de l'année", "2026-01-01", "2026-11-24"),
        ("entre le 1er mars et le 30 juin 2026", "2026-03-01", "2026-06-30"),
        ("entre le 1er décembre et le 31 janvier 2026", "2025-12-01", "2026-01-31"),
        ("du 1/3/2026 au 30/6/2026", "2026-03-01", "2026-06-30"),
        ("de janvier à mars 2026", "2026-01-01", "2026-03-31"),
        ("depuis janvier", "2026-01-01", "2026-11-24"),
        ("en décembre", "2025-12-01", "2025-12-31"),
        ("le 2026-03-04", "2026-03-04", "2026-03-04"),
        ("entre 2024 et 2026", "2024-01-01", "2026-12-31"),
        ("aujourd'hui", "2026-11-24", "2026-11-24"),
        ("hier", "2026-11-23", "2026-11-23"),
        ("T1-2026", "2026-01-01", "2026-03-31"),
        ("1er T 2026", "2026-01-01", "2026-03-31"),
        ("en 03/2026", "2026-03-01", "2026-03-31"),
        ("exercice 2025", "2025-01-01", "2025-12-31"),
        ("n-1", "2025-01-01", "2025-12-31"),
        ("depuis six mois", "2026-05-24", "2026-11-24"),
        ("du 1er au 15 mars 2026", "2026-03-01", "2026-03-15"),
        ("entre le 3 et le 15 mars", "2026-03-03", "2026-03-15"),
        ("en janvier, février et mars 2026", "2026-01-01", "2026-03-31"),
        ("T1 et T2 2025", "2025-01-01", "2025-06-30"),
        ("en 2025 et 2026", "2025-01-01", "2026-12-31"),
        ("entre janvier et mars 2026", "2026-01-01", "2026-03-31"),
        ("depuis le T1 2026", "2026-01-01", "2026-11-24"),
        ("d'ici fin mars", "2026-11-24", "2027-03-31"),
        ("qui se terminent dans les 6 mois", "2026-11-24", "2027-05-24"),
    ],
)
def test_a_period_is_read_as_french_says_it(text: str, first: str, last: str) -> None:
    assert _found(text) == (date.fromisoformat(first), date.fromisoformat(last))


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
        span = find_period(fold_text(text), TODAY)
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


@pytest.mark.parametrize(
    "text",
    [
        "3 factures",
        "de plus de 2000 €",
        "2026 euros",
        "depuis plus de 30 jours",
        "facture 2026-001",
    ],
)
def test_a_number_is_not_a_period(text: str) -> None:
    assert _found(text) is None


def test_a_part_of_the_year_without_year_is_the_last_one_begun() -> None:
    assert _found("au 4e trimestre", date(2026, 9, 30)) == (date(2025, 10, 1), date(2025, 12, 31))
    assert _found("au 4e trimestre", date(2026, 10, 1)) == (date(2026, 10, 1), date(2026, 12, 31))


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
