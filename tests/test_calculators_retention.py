from decimal import Decimal

import pytest

from assistant.calculators.advance import RetentionAsked, retention
from assistant.errors import Ungrounded, WrongFigures
from tests.fake_law import FakeLaw


def _highest(asked: RetentionAsked, law: FakeLaw | None = None) -> str:
    return retention(asked, law or FakeLaw()).result[0].text


def test_the_ordinary_ceiling_is_a_share_of_the_amount() -> None:
    assert "6\u202f000\u00a0€" in _highest(RetentionAsked(Decimal(120000)))


@pytest.mark.parametrize("is_sme", [True, False])
@pytest.mark.parametrize("is_large_buyer", [True, False])
def test_it_is_lowered_only_for_an_sme_and_a_large_buyer(
    is_sme: bool, is_large_buyer: bool
) -> None:
    text = _highest(RetentionAsked(Decimal(100000), is_sme, is_large_buyer))
    assert ("3\u202f000\u00a0€" in text) is (is_sme and is_large_buyer)


def test_the_rate_is_that_of_the_law() -> None:
    law = FakeLaw(changed={"retenue de garantie": Decimal("7.5")})
    assert "7\u202f500\u00a0€" in _highest(RetentionAsked(Decimal(100000)), law)


def test_the_result_is_rounded_to_the_cent_and_grounded() -> None:
    calculation = retention(RetentionAsked(Decimal("33.33")), FakeLaw())
    assert "1,67\u00a0€" in calculation.result[0].text
    assert [ground.article for ground in calculation.grounds] == ["R2191-33", "R2191-35"]


def test_without_the_words_of_the_law_nothing_is_calculated() -> None:
    with pytest.raises(Ungrounded, match="R2191-33"):
        retention(RetentionAsked(Decimal(1)), FakeLaw(silent=["retenue de garantie"]))


def test_an_amount_must_be_positive() -> None:
    with pytest.raises(WrongFigures, match="Le montant du marché"):
        RetentionAsked(Decimal(0))
