"""The day whose law is asked about."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question.day import (
    Day,
    DaySource,
    NamedPeriod,
    day_asked,
    in_figures,
    is_of_untold_day,
    named,
)
from assistant.question.language import Language
from tests.support.question_lists import read_lists

TODAY = date(2026, 11, 24)
FRENCH = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
ENGLISH = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
DAYS = st.dates(date(1990, 1, 1), date(2031, 11, 24))
MEANT, NO_DAY = read_lists("days.txt")


def _day(question: str) -> date | None:
    period = named(question, TODAY)
    return period.last if period and period.first == period.last else None


def _asked(question: str) -> Day:
    return day_asked([question], None, TODAY)


@given(DAYS)
def test_a_day_is_read_however_it_is_written(day: date) -> None:
    french, english = FRENCH[day.month - 1], ENGLISH[day.month - 1]
    first = "1er" if day.day == 1 else str(day.day)
    for written in (
        f"au {day:%d/%m/%Y}",
        f"le {day.day}/{day.month}/{day.year}",
        day.isoformat(),
        f"le {first} {french} {day.year}",
        f"LE {first}\u00a0{french.upper()} {day.year}".replace("É", "E").replace("Û", "U"),
        f"on {day.day} {english} {day.year}",
        f"on {english} {day.day}, {day.year}",
    ):
        assert _day(f"Quel seuil {written} ?") == day, written


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("Quels seuils au 1er trimestre 2026 ?", date(2026, 1, 1), date(2026, 3, 31)),
        ("Quels seuils au quatrième trimestre de 2025 ?", date(2025, 10, 1), date(2025, 12, 31)),
        ("Quels seuils en 2031 ?", date(2031, 1, 1), date(2031, 12, 31)),
        ("Quels seuils au T2 2025 ?", date(2025, 4, 1), date(2025, 6, 30)),
        ("Quels seuils au second semestre 2025 ?", date(2025, 7, 1), date(2025, 12, 31)),
        ("Quels seuils au dernier semestre 2026 ?", date(2026, 7, 1), date(2026, 12, 31)),
        ("the thresholds in the first half of 2026", date(2026, 1, 1), date(2026, 6, 30)),
    ],
)
def test_a_part_of_a_year_has_its_first_and_last_day(
    question: str, first: date, last: date
) -> None:
    assert named(question, TODAY) == NamedPeriod(first, last)


@pytest.mark.parametrize("written", ["3e semestre 2025", "S4 2025"])
def test_no_year_has_a_third_half(written: str) -> None:
    assert named(f"Quels seuils au {written} ?", TODAY) is None


@given(st.dates(date(1990, 1, 1), date(2026, 10, 31)))
def test_a_month_or_a_year_means_its_last_day(day: date) -> None:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    month = _asked(f"Quel seuil en {FRENCH[day.month - 1]} {day.year} ?")
    assert month == Day(following - timedelta(days=1), DaySource.QUESTION, day.replace(day=1))
    assert _asked(f"in {ENGLISH[day.month - 1]} {day.year}") == month
    last = min(date(day.year, 12, 31), TODAY)
    assert _asked(f"Quel seuil en {day.year} ?").as_of == last


@pytest.mark.parametrize(("question", "days"), MEANT)
def test_the_day_meant_is_found(question: str, days: tuple[str, ...]) -> None:
    assert (_day(question),) == tuple(map(date.fromisoformat, days))


@pytest.mark.parametrize("question", ["", *(question for question, _ in NO_DAY)])
def test_what_names_no_single_day_names_none(question: str) -> None:
    assert named(question, TODAY) is None
    assert _asked(question) == Day(TODAY, DaySource.TODAY, TODAY)


def test_a_year_or_a_month_that_contains_today_means_today() -> None:
    year = Day(TODAY, DaySource.QUESTION, date(2026, 1, 1))
    assert _asked("Quels seuils ont changé en 2026 ?") == year
    assert _asked("en novembre 2026") == Day(TODAY, DaySource.QUESTION, date(2026, 11, 1))
    assert _asked("Quel est le seuil aujourd'hui ?").source is DaySource.TODAY


@pytest.mark.parametrize(
    "question",
    [
        "Quel était le seuil l'an dernier ?",
        "Et l’année dernière ?",
        "What was the threshold last year?",
        "L'an dernier, quel était le seuil ?",
        "Quel seuil s'appliquait l'an dernier ?",
        "Le seuil était-il de 40 000 € l'année dernière ?",
        "Les seuils européens de l'an dernier ?",
        "Un marché notifié l'an dernier peut-il être modifié ?",
        "Seuils 2025 ?",
    ],
)
def test_the_law_of_a_year_may_be_asked_for_in_other_words(question: str) -> None:
    assert _asked(question) == Day(date(2025, 12, 31), DaySource.QUESTION, date(2025, 1, 1))


@pytest.mark.parametrize(
    "question",
    [
        "Quel était le seuil à l'époque ?",
        "Quel était le seuil il y a quelques années ?",
        "Quelle procédure fallait-il suivre ? Fallait-il publier à ce moment-là ?",
        "What was the threshold back then?",
    ],
)
def test_a_past_law_may_be_asked_without_its_day(question: str) -> None:
    assert is_of_untold_day(question, TODAY)
    assert not is_of_untold_day(f"{question} C'était en 2019.", TODAY)
    assert not is_of_untold_day("Nos bilans de l'époque suffisent-ils ?", TODAY)


def test_a_day_months_ago_is_one_that_its_month_has() -> None:
    assert named("Quel était le seuil il y a six mois ?", date(2026, 8, 31)) == NamedPeriod(
        date(2026, 2, 28), date(2026, 2, 28)
    )
    assert named("Quel était le seuil il y a 99999 mois ?", TODAY) is None


def test_what_names_now_does_not_take_the_day_of_the_question_before() -> None:
    for question in ("Et maintenant ?", "Et cette année ?", "Et depuis le 1er avril 2026 ?"):
        assert day_asked([question, "en 2019"], None, TODAY) == Day(TODAY, DaySource.TODAY, TODAY)


def test_a_day_given_wins_and_the_first_text_that_names_one_decides() -> None:
    chosen = date(2021, 1, 1)
    assert day_asked(["en 2019"], chosen, TODAY) == Day(chosen, DaySource.GIVEN, chosen)
    assert day_asked(["et les travaux ?", "en 2019"], None, TODAY).as_of == date(2019, 12, 31)
    assert day_asked(["et en 2020 ?", "en 2019"], None, TODAY).as_of == date(2020, 12, 31)


@given(st.text())
def test_any_text_can_be_asked(question: str) -> None:
    period = named(question, TODAY)
    assert period is None or period.first <= period.last


def test_a_leap_day_today_is_a_day_like_others() -> None:
    leap = date(2028, 2, 29)
    assert named("le 28 février 2033", leap) == NamedPeriod(date(2033, 2, 28), date(2033, 2, 28))
    assert named("le 1er mars 2033", leap) is None


def test_a_day_in_figures() -> None:
    assert in_figures(date(2026, 4, 1), Language.FRENCH) == "01/04/2026"
    assert in_figures(date(2026, 4, 1), Language.ENGLISH) == "2026-04-01"
