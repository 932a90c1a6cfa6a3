"""The ceiling of the minimum turnover."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.calculators.amounts import euros
from assistant.calculators.award import TurnoverAsked, turnover
from assistant.errors import Ungrounded, WrongFigures
from tests.fake_law import FakeLaw

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


def test_a_law_that_says_nothing_refuses() -> None:
    with pytest.raises(Ungrounded, match="R2142-7"):
        turnover(TurnoverAsked(Decimal(1)), FakeLaw(silent={"chiffre d'affaires minimal"}))
