from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.calculators.amounts import (
    euros,
    numeral,
    percent,
    plausible,
    require_positive,
    share,
)
from assistant.errors import WrongFigures

AMOUNTS = st.decimals(min_value=0, max_value=10**11, places=2, allow_nan=False)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0", "0 €"),
        ("40", "40 €"),
        ("1234.5", "1 234,50 €"),
        ("5404000", "5 404 000 €"),
        ("-4000", "-4 000 €"),
        ("1E+3", "1 000 €"),
        ("0.005", "0,01 €"),
    ],
)
def test_an_amount_is_written_as_french_texts_do(amount: str, written: str) -> None:
    assert euros(Decimal(amount)).replace("\u202f", " ").replace("\u00a0", " ") == written


@pytest.mark.parametrize(
    ("value", "written"), [("10", "10"), ("2.50", "2,5"), ("60000", "60\u202f000"), ("1E+2", "100")]
)
def test_a_number_has_no_useless_digit(value: str, written: str) -> None:
    assert numeral(Decimal(value)) == written
    assert percent(Decimal(value)) == f"{written}\u00a0%"


@given(AMOUNTS, st.decimals(min_value=0, max_value=100, places=2, allow_nan=False))
def test_a_share_is_at_most_half_a_cent_from_the_exact_one(amount: Decimal, rate: Decimal) -> None:
    assert abs(share(amount, rate) - amount * rate / 100) <= Decimal("0.005")


@given(AMOUNTS, AMOUNTS)
def test_the_share_of_a_larger_amount_is_not_smaller(one: Decimal, other: Decimal) -> None:
    assert share(min(one, other), Decimal(30)) <= share(max(one, other), Decimal(30))


@pytest.mark.parametrize("value", ["0", "-1", "NaN", "Infinity", "1E+12"])
def test_an_impossible_amount_is_explained(value: str) -> None:
    with pytest.raises(WrongFigures, match="Le montant du marché doit être"):
        require_positive(Decimal(value), "Le montant du marché")


def test_a_decrease_is_plausible() -> None:
    assert plausible(Decimal(-5), "Le montant d'une modification") == -5
