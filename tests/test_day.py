from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question.day import Day, DaySource, NamedPeriod, day_asked, in_figures, named
from assistant.question.language import Language

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


@given(st.dates(date(1990, 1, 1), date(2026, 10, 31)))
def test_a_month_or_a_year_means_its_last_day(day: date) -> None:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    month = _asked(f"Quel seuil en {FRENCH[day.month - 1]} {day.year} ?")
    assert month == Day(following - timedelta(days=1), DaySource.QUESTION, day.replace(day=1))
    assert _asked(f"in {ENGLISH[day.month - 1]} {day.year}") == month
    last = min(date(day.year, 12, 31), TODAY)
    assert _asked(f"Quel seuil en {day.year} ?").as_of == last


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("Quel était le seuil fin 2025 ?", date(2025, 12, 31)),
        ("Quel sera le seuil fin 2026 ?", date(2026, 12, 31)),
        ("at the end of March 2026", date(2026, 3, 31)),
        ("avant le 1er avril 2026", date(2026, 3, 31)),
        ("before 2020", date(2019, 12, 31)),
        ("à compter du 1er janvier 2027", date(2027, 1, 1)),
        ("Un marché lancé le 3 mai 2024 peut-il être modifié en 2026 ?", date(2024, 5, 3)),
        ("Marché public de travaux notifié le 12/05/2022, avenant le 3/4/2025", date(2022, 5, 12)),
        ("consultation publiée le 2 mai 2024 puis relancée le 4 juin 2024", date(2024, 5, 2)),
        ("tender published on 2 May 2024, offers received on 1 June 2024", date(2024, 5, 2)),
        ("the threshold as of 2026-03-15, raised on 1 April 2026", date(2026, 3, 15)),
        ("Le 15 mars 2026, le seuil du 15/03/2026", date(2026, 3, 15)),
        ("le décret du 28 décembre 2018 au 15 mars 2026", date(2026, 3, 15)),
    ],
)
def test_the_day_meant_is_found(question: str, day: date) -> None:
    assert _day(question) == day


@pytest.mark.parametrize(
    "question",
    [
        "Que dit l'article L. 2122-1 ?",
        "la directive 2014/24",
        "la directive 2014/24/UE du 26 février 2014",
        "le règlement 2016/679",
        "la loi n° 2019-1461",
        "la loi n° 2019-1461 du 27 décembre 2019",
        "le décret n°2018-1075 du 3 décembre 2018",
        "le décret du 28 décembre 2018",
        "l'arrêté du 22 mars 2019",
        "le code de 2019",
        "un achat de 2 019 €",
        "une dépense en 2019 €",
        "en 2019-2020",
        "le 30 février 2026",
        "en 1989",
        "le 31/12/1989",
        "avant 1990",
        "avant 1000",
        "en 2032",
        "le 25/11/2031",
        "depuis le 1er avril 2026",
        "après le 1er avril 2026",
        "en 2019 et en 2020",
        "entre le 1er janvier 2020 et le 31 mars 2026",
        "en 2019 et aujourd'hui",
        "marché signé le 3 mai 2024 et marché signé le 4 mai 2025",
        "",
    ],
)
def test_what_names_no_single_day_names_none(question: str) -> None:
    assert named(question, TODAY) is None
    assert _asked(question) == Day(TODAY, DaySource.TODAY, TODAY)


def test_a_year_or_a_month_that_contains_today_means_today() -> None:
    year = Day(TODAY, DaySource.QUESTION, date(2026, 1, 1))
    assert _asked("Quels seuils ont changé en 2026 ?") == year
    assert _asked("en novembre 2026") == Day(TODAY, DaySource.QUESTION, date(2026, 11, 1))
    assert _asked("Quel est le seuil aujourd'hui ?").source is DaySource.TODAY


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
