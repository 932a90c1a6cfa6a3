"""The earliest day of signature, and the ceiling of the minimum turnover."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.calculators.amounts import euros
from assistant.calculators.award import StandstillAsked, TurnoverAsked, standstill, turnover
from assistant.errors import Ungrounded, WrongFigures
from ingestion.french import in_words
from tests.fake_law import FakeLaw

SENT = date(2026, 12, 18)


def test_eleven_days_by_electronic_means() -> None:
    found = standstill(StandstillAsked(SENT), FakeLaw())
    assert [line.text for line in found.result] == [
        "Le marché peut être signé à partir du mardi 29 décembre 2026."
    ]
    assert {ground.article for ground in found.grounds} == {"R2182-1"}


def test_sixteen_days_otherwise() -> None:
    """The case decided by the Conseil d'État: sent on 28 December, signed on 13 January."""
    found = standstill(StandstillAsked(date(2010, 12, 28), is_electronic=False), _law_of_2010())
    assert "à partir du jeudi 13 janvier 2011" in found.result[0].text


def test_the_days_are_those_the_law_states() -> None:
    law = FakeLaw(changed={"suspension": Decimal(20)})
    found = standstill(StandstillAsked(SENT), law)
    assert "20 jours" in found.steps[0].text
    assert "jeudi 7 janvier 2027" in found.result[0].text


def test_nothing_to_wait_for_outside_formal_procedures() -> None:
    found = standstill(StandstillAsked(SENT, is_formalised=False), FakeLaw())
    assert "Aucun délai minimal" in found.result[0].text
    assert found.result[0].grounds


def test_nothing_to_wait_for_when_only_one_took_part() -> None:
    found = standstill(StandstillAsked(SENT, is_only_tenderer=True), FakeLaw())
    assert "sans attendre" in found.result[0].text
    assert {ground.article for ground in found.grounds} == {"R2182-2"}


def test_without_a_stated_wait_nothing_is_calculated() -> None:
    with pytest.raises(Ungrounded, match="R2182-1"):
        standstill(StandstillAsked(SENT), FakeLaw(silent={"suspension"}))


@given(some.dates(date(2019, 4, 1), date(2060, 12, 31)))
def test_weekends_and_holidays_move_nothing(sent: date) -> None:
    found = standstill(StandstillAsked(sent), FakeLaw())
    assert in_words(sent + timedelta(11)) in found.result[0].text


def _law_of_2010() -> FakeLaw:
    return FakeLaw(date(2010, 12, 28), changed={"suspension, sans voie électronique": Decimal(16)})


# The ceiling of the minimum turnover


AMOUNTS = some.decimals(Decimal("0.01"), Decimal("99999999"), places=2)


@pytest.mark.parametrize(
    ("day", "ceiling"),
    [(date(2025, 12, 31), "240\u202f000"), (date(2026, 1, 1), "180\u202f000")],
)
def test_the_ceiling_is_that_of_its_day(day: date, ceiling: str) -> None:
    found = turnover(TurnoverAsked(Decimal(120000)), FakeLaw(day))
    assert ceiling in found.result[0].text
    assert found.result[0].grounds[0].article == "R2142-7"


def test_half_a_cent_is_left_out() -> None:
    found = turnover(TurnoverAsked(Decimal("0.01")), FakeLaw())
    assert euros(Decimal("0.01")) in found.result[0].text


@given(AMOUNTS)
def test_the_ceiling_is_never_above_the_law(amount: Decimal) -> None:
    found = turnover(TurnoverAsked(amount), FakeLaw())
    said = found.result[0].text.removesuffix("\u00a0€.").rpartition("dépasser ")[2]
    ceiling = Decimal(said.replace("\u202f", "").replace(",", "."))
    assert 0 <= amount * Decimal("1.5") - ceiling < Decimal("0.01")


def test_nothing_is_no_amount() -> None:
    with pytest.raises(WrongFigures, match="supérieur à zéro"):
        TurnoverAsked(Decimal(0))


def test_without_a_stated_ceiling_nothing_is_calculated() -> None:
    with pytest.raises(Ungrounded, match="R2142-7"):
        turnover(TurnoverAsked(Decimal(1)), FakeLaw(silent={"chiffre d'affaires minimal"}))
