"""Delays that run from a day: their table, their last days, and the questions that ask for them."""

import tomllib
from datetime import date
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from assistant.calculators.award import StandstillAsked, standstill
from assistant.calculators.calculation import Buyer
from assistant.calculators.catalogue import Asked
from assistant.calculators.constants import constants
from assistant.calculators.delays import DelayAsked, DelayWord, running_delay, running_delays
from assistant.calculators.facts import read_facts
from assistant.calculators.needs import Missing
from assistant.calculators.requests.parsing import parse_calculation
from assistant.calculators.time_limits import Procedure, TimeLimitsAsked, time_limits
from assistant.errors import WrongFigures
from ingestion.library.corpus import CORPUS
from tests.support.fake_law import FakeLaw
from tests.support.question_lists import read_lists, read_rows

TODAY = date(2026, 11, 24)
KINDS = {each.__name__: TypeAdapter[Asked](each) for each in get_args(Asked)}
CALCULATED = tuple(
    (row.pop("question"), KINDS[row.pop("asked")].validate_python(row))
    for row in read_rows("delays_calculated.jsonl")
)
(_LACKING,) = read_lists("delays_lacking.txt")
LACKING = tuple((question, fact, int(cases)) for question, (fact, cases) in _LACKING)
(LEFT,) = read_lists("delays_left.txt")


# The questions that ask for them.


@pytest.mark.parametrize(("question", "expected"), CALCULATED)
def test_the_day_a_delay_runs_from_is_read(question: str, expected: Asked) -> None:
    assert parse_calculation(question, TODAY) == expected


@pytest.mark.parametrize(("question", "fact", "cases"), LACKING)
def test_what_lacks_is_asked_back(question: str, fact: str, cases: int) -> None:
    found = parse_calculation(question, TODAY)
    assert isinstance(found, Missing)
    assert found.facts[0].startswith(fact)
    assert len(found.cases) == cases


@pytest.mark.parametrize("question", [question for question, *_ in LACKING])
def test_a_likely_answer_gives_its_case(question: str) -> None:
    found = parse_calculation(question, TODAY)
    assert isinstance(found, Missing)
    for answers, case in found.cases:
        told = " ".join(each.told for each in answers)
        assert parse_calculation(f"{question} {told}", TODAY) == case


@pytest.mark.parametrize("question", [question for question, _ in LEFT])
def test_other_questions_about_days_are_left_to_the_texts(question: str) -> None:
    assert parse_calculation(question, TODAY) is None


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("reçu le 18/01/27", date(2027, 1, 18)),
        ("reçu lundi 7/12", date(2026, 12, 7)),
        ("parti ce matin 2/12.", date(2026, 12, 2)),
        ("reçu le 17.11.2026, complet", date(2026, 11, 17)),
        ("reçu le 3 déc. 2026", date(2026, 12, 3)),
        ("reçu le 20 janv 2027", date(2027, 1, 20)),
        ("reçue 5/11/2026", date(2026, 11, 5)),
    ],
)
def test_days_are_read_as_hands_write_them(written: str, day: date) -> None:
    assert [each.value for each in read_facts(written, TODAY).days] == [day]


@pytest.mark.parametrize(
    "written", ["le 1/10 du marché", "au 1/3000", "taux de 1/12", "le 31/02/2027", "art. 12/3"]
)
def test_shares_and_days_that_no_calendar_has_are_no_days(written: str) -> None:
    assert not read_facts(written, TODAY).days


MONTHS_WRITTEN = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
WEEK = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


@given(st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_a_weekday_tells_the_year_of_a_day(day: date) -> None:
    assume((day.month, day.day) != (2, 29))
    for written in (f"{day.day} {MONTHS_WRITTEN[day.month - 1]}", f"{day:%d/%m}"):
        said = f"Lettres de rejet envoyées le {WEEK[day.weekday()]} {written}"
        assert [each.value for each in read_facts(said, TODAY).days] == [day]


def test_a_weekday_that_no_near_year_has_is_a_slip() -> None:
    """Of the years around only 2022 and 2033 have it on a Monday."""
    [day] = read_facts("Lettres envoyées le lundi 14 mars", TODAY).days
    assert day.value == date(2026, 3, 14)


def test_a_day_that_no_near_year_has_is_none() -> None:
    [known] = read_facts("Reçue le 3 mars 2026, envoyée le 29 février", TODAY).days
    assert known.value == date(2026, 3, 3)


# The table.


def test_each_delay_has_its_table_and_its_constant() -> None:
    assert {*running_delays()} == {*DelayWord}
    assert {row.constant for row in running_delays().values()} <= {*constants()}


def test_no_two_tables_have_one_word() -> None:
    rows = tomllib.loads((CORPUS / "delais.toml").read_text("utf-8"))["delay"]
    words = [row["word"] for row in rows]
    assert len(words) == len({*words})


@pytest.mark.parametrize("word", DelayWord)
def test_each_delay_is_told_with_its_article(word: DelayWord) -> None:
    found = running_delay(DelayAsked(word, date(2026, 11, 16)), FakeLaw(TODAY))
    article = constants()[running_delays()[word].constant].article
    assert {each.article for each in found.grounds} == {article}
    assert "lundi 16 novembre 2026" in found.steps[0].text


# Their last days, counted on a calendar.


@pytest.mark.parametrize(
    ("word", "start", "last"),
    [
        (DelayWord.SUBCONTRACTOR, date(2026, 11, 16), "lundi 7 décembre 2026"),
        (DelayWord.REASONS, date(2026, 11, 19), "vendredi 4 décembre 2026"),
        (DelayWord.BEST_TENDER, date(2026, 12, 22), "mercredi 6 janvier 2027"),
        (DelayWord.AWARD_NOTICE, date(2026, 12, 14), "mercredi 13 janvier 2027"),
        (DelayWord.ANSWERS, date(2027, 1, 18), "mardi 12 janvier 2027"),
        (DelayWord.URGENT_ANSWERS, date(2027, 1, 15), "lundi 11 janvier 2027"),
        (DelayWord.RETENTION, date(2026, 11, 30), "mercredi 30 décembre 2026"),
        (DelayWord.RESERVED_RETENTION, date(2027, 1, 18), "mercredi 17 février 2027"),
        (DelayWord.SURETY, date(2027, 1, 31), "dimanche 28 février 2027"),
        (DelayWord.INTEREST, date(2026, 11, 16), "jeudi 31 décembre 2026"),
        (DelayWord.CONSENT, date(2026, 11, 2), "mardi 17 novembre 2026"),
        (DelayWord.DATA, date(2026, 12, 31), "dimanche 28 février 2027"),
        (DelayWord.TENDERS_KEPT, date(2024, 2, 29), "mercredi 28 février 2029"),
        (DelayWord.WORKS_FILE_KEPT, date(2026, 6, 30), "lundi 30 juin 2036"),
        (DelayWord.TERMINATION, date(2026, 8, 3), "mercredi 3 février 2027"),
    ],
)
def test_the_last_day_is_counted_from_the_day_after(
    word: DelayWord, start: date, last: str
) -> None:
    found = running_delay(DelayAsked(word, start), FakeLaw(TODAY))
    assert last in found.result[0].text


def test_the_days_are_those_that_the_law_states() -> None:
    law = FakeLaw(TODAY, changed={"motifs du rejet": Decimal(20)})
    found = running_delay(DelayAsked(DelayWord.REASONS, date(2026, 11, 19)), law)
    assert "mercredi 9 décembre 2026" in found.result[0].text
    assert found.steps[0].text.startswith("20 jours à compter de la réception de la demande")


@pytest.mark.parametrize(
    ("done", "verdict"),
    [
        (date(2026, 12, 3), "Dans le délai : "),
        (date(2026, 12, 4), "Dans le délai : "),
        (date(2026, 12, 5), "Hors délai : "),
    ],
)
def test_what_was_done_on_the_last_day_came_in_time(done: date, verdict: str) -> None:
    asked = DelayAsked(DelayWord.REASONS, date(2026, 11, 19), done)
    found = running_delay(asked, FakeLaw(TODAY))
    assert found.result[0].text.startswith(verdict)
    assert "vendredi 4 décembre 2026" in found.result[1].text
    assert ("dernier jour" in found.result[0].text) is (done == date(2026, 12, 4))


def test_a_last_day_off_is_told_and_does_not_move() -> None:
    found = running_delay(DelayAsked(DelayWord.REASONS, date(2026, 11, 20)), FakeLaw(TODAY))
    assert "samedi 5 décembre 2026" in found.result[0].text
    assert any("n'est pas un jour ouvrable" in each for each in found.cautions)


@pytest.mark.parametrize(("amount", "is_asked_for"), [("39999", False), ("40000", True)])
def test_under_its_floor_a_delay_is_refused(amount: str, *, is_asked_for: bool) -> None:
    asked = DelayAsked(DelayWord.DATA, date(2026, 11, 9), amount=Decimal(amount))
    if is_asked_for:
        assert running_delay(asked, FakeLaw(TODAY)).result
    else:
        with pytest.raises(WrongFigures, match="R2196-1"):
            running_delay(asked, FakeLaw(TODAY))


# The wait before the signature, and the last day to send a notice.


@pytest.mark.parametrize(
    ("signed", "said"),
    [(date(2026, 5, 15), "Trop tôt : "), (date(2026, 5, 16), "Délai respecté : ")],
)
def test_a_day_of_signature_is_told_to_be_late_enough_or_not(signed: date, said: str) -> None:
    found = standstill(StandstillAsked(date(2026, 5, 5), signed=signed), FakeLaw())
    assert found.result[0].text.startswith(said)
    assert "samedi 16 mai 2026" in found.result[1].text


def test_a_wait_runs_from_a_day() -> None:
    with pytest.raises(WrongFigures, match="rejet"):
        StandstillAsked(None)


@pytest.mark.parametrize(
    ("due", "is_electronic", "latest"),
    [
        (date(2027, 1, 20), True, "lundi 21 décembre 2026"),
        (date(2027, 1, 20), False, "mercredi 16 décembre 2026"),
        # A period that would end on the Sunday lasts until the Monday, but the due day stands.
        (date(2027, 1, 17), True, "mercredi 16 décembre 2026"),
    ],
)
def test_the_last_day_to_send_the_notice_is_counted_back(
    due: date, latest: str, *, is_electronic: bool
) -> None:
    asked = TimeLimitsAsked(Procedure.OPEN, None, Buyer.LOCAL, is_electronic, due=due)
    found = time_limits(asked, FakeLaw())
    assert f"l'avis part au plus tard le {latest}" in found.result[0].text


def test_a_notice_and_a_due_day_are_not_given_together() -> None:
    with pytest.raises(WrongFigures, match="date limite voulue"):
        TimeLimitsAsked(Procedure.OPEN, TODAY, Buyer.LOCAL, due=date(2027, 1, 20))


def test_of_those_invited_only_the_tenders_are_waited_for() -> None:
    asked = TimeLimitsAsked(Procedure.RESTRICTED, None, Buyer.LOCAL, invited=date(2027, 1, 12))
    found = time_limits(asked, FakeLaw())
    assert "lundi 8 février 2027" in found.result[0].text
    assert not any("Candidatures" in line.text for line in found.result)


@pytest.mark.parametrize(("is_urgent", "days"), [(False, "35 jours"), (True, "15 jours")])
def test_documents_off_the_profile_lengthen_it_unless_it_is_urgent(
    days: str, *, is_urgent: bool
) -> None:
    asked = TimeLimitsAsked(
        Procedure.OPEN, date(2026, 5, 4), Buyer.LOCAL, is_urgent=is_urgent, is_off_profile=True
    )
    assert days in time_limits(asked, FakeLaw()).result[0].text


def test_counted_back_documents_off_the_profile_call_for_an_earlier_notice() -> None:
    asked = TimeLimitsAsked(
        Procedure.OPEN, None, Buyer.LOCAL, due=date(2026, 6, 30), is_off_profile=True
    )
    assert "au plus tard le mardi 26 mai 2026" in time_limits(asked, FakeLaw()).result[0].text


@pytest.mark.parametrize(("buyer", "days"), [(Buyer.LOCAL, "10 jours"), (Buyer.STATE, "25 jours")])
def test_without_agreement_the_time_is_shorter_but_for_the_state(buyer: Buyer, days: str) -> None:
    asked = TimeLimitsAsked(
        Procedure.RESTRICTED, None, buyer, invited=date(2026, 5, 4), is_unagreed=True
    )
    assert days in time_limits(asked, FakeLaw()).result[0].text
