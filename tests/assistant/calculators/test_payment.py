"""The payment of an invoice and what is due when it is late: each figure with its rule."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.calculators.calculation import Buyer, Calculation
from assistant.calculators.constants import Rate, Rates
from assistant.calculators.payment import PaymentAsked, payment
from assistant.errors import Ungrounded, WrongFigures
from assistant.question.quantities import find_quantities, fold_same_length
from tests.support.fake_law import FakeLaw

RATES = Rates(
    Path("taux.toml"),
    (
        Rate(date(2026, 1, 1), Decimal("2.40"), "note de janvier"),
        Rate(date(2026, 7, 1), Decimal("2.15"), "note de juillet"),
    ),
)

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
AUTHORITIES = st.sampled_from([buyer for buyer in Buyer if buyer is not Buyer.ENTITY])


def _paid(asked: PaymentAsked, law: FakeLaw | None = None) -> Calculation:
    return payment(asked, law or FakeLaw(), RATES)


def _late(
    received: date, paid: date, amount: str | None = "10000", buyer: Buyer = Buyer.LOCAL
) -> Calculation:
    return _paid(PaymentAsked(received, buyer, None if amount is None else Decimal(amount), paid))


def _days(text: str) -> list[str]:
    """The days that a sentence names."""
    return [each.value for each in find_quantities(fold_same_length(text)) if each.unit == "date"]


def _sum(calculation: Calculation, lead: str) -> Fraction:
    """The amount in euros of the line of a result that begins so."""
    [line] = [line for line in calculation.result if line.text.startswith(lead)]
    [amount] = [
        each for each in find_quantities(fold_same_length(line.text)) if each.unit == "euro"
    ]
    return Fraction(amount.value)


def _is_late(calculation: Calculation) -> bool:
    return any(
        "de retard" in line.text and "pas de retard" not in line.text for line in calculation.result
    )


@pytest.mark.parametrize(
    ("buyer", "last"),
    [
        (Buyer.STATE, "2026-08-02"),
        (Buyer.LOCAL, "2026-08-02"),
        (Buyer.OTHER_AUTHORITY, "2026-08-02"),
        (Buyer.HOSPITAL, "2026-08-22"),
    ],
)
def test_the_last_day_depends_on_the_buyer(buyer: Buyer, last: str) -> None:
    calculation = _paid(PaymentAsked(date(2026, 7, 3), buyer, None))
    assert _days(calculation.result[0].text) == [last]


@pytest.mark.parametrize(
    ("received", "last"),
    [
        (date(2028, 1, 30), "2028-02-29"),
        (date(2026, 1, 30), "2026-03-01"),
        (date(2026, 12, 2), "2027-01-01"),
        (date(2027, 2, 27), "2027-03-29"),
    ],
)
def test_the_days_are_those_of_the_calendar_leap_years_and_holidays_included(
    received: date, last: str
) -> None:
    assert _days(_paid(PaymentAsked(received, Buyer.LOCAL, None)).result[0].text) == [last]


def test_the_time_limit_runs_from_a_performance_that_came_after_the_request() -> None:
    asked = PaymentAsked(date(2026, 7, 3), Buyer.LOCAL, None, delivered=date(2026, 7, 10))
    calculation = _paid(asked)
    assert _days(calculation.result[0].text) == ["2026-08-09"]
    assert calculation.steps[0].grounds[0].article == "R2192-13"


@pytest.mark.parametrize("delivered", [None, date(2026, 6, 1), date(2026, 7, 3)])
def test_else_from_the_request(delivered: date | None) -> None:
    asked = PaymentAsked(date(2026, 7, 3), Buyer.LOCAL, None, delivered=delivered)
    calculation = _paid(asked)
    assert _days(calculation.result[0].text) == ["2026-08-02"]
    assert calculation.steps[0].grounds[0].article == "R2192-12"


def test_on_the_last_day_a_payment_is_not_late_and_on_the_next_it_is() -> None:
    assert not _is_late(_late(date(2026, 7, 3), date(2026, 8, 2)))
    assert _is_late(_late(date(2026, 7, 3), date(2026, 8, 3)))


def test_interest_runs_from_the_next_day_to_the_payment_included() -> None:
    calculation = _late(date(2026, 7, 3), date(2026, 9, 20))
    assert "du 03/08/2026 au 20/09/2026 inclus, 49 jours" in calculation.steps[1].text
    # 10 000 × 10.15 % × 49 / 365
    assert _sum(calculation, "Intérêts moratoires") == Fraction("136.26")
    assert "note de juillet" in calculation.steps[2].text


def test_the_rate_is_that_of_the_half_year_in_which_interest_began() -> None:
    calculation = _late(date(2026, 5, 30), date(2026, 12, 31))
    assert "2,4\u00a0%" in calculation.steps[2].text
    # The last day is 30 June, so interest begins in July.
    calculation = _late(date(2026, 5, 31), date(2026, 12, 31))
    assert "2,15\u00a0%" in calculation.steps[2].text


def test_a_late_payment_owes_the_indemnity_and_has_a_day_to_pay_all() -> None:
    calculation = _late(date(2026, 7, 3), date(2026, 9, 20))
    assert _sum(calculation, "Indemnité forfaitaire") == 40
    assert _days(calculation.result[-1].text) == ["2026-11-04"]


def test_without_the_rate_the_rest_is_still_calculated() -> None:
    calculation = _late(date(2024, 7, 3), date(2024, 9, 20))
    assert _days(calculation.result[0].text) == ["2024-08-02"]
    assert "49 jours de retard" in calculation.result[1].text
    assert "second semestre 2024" in calculation.result[2].text
    assert _sum(calculation, "Indemnité forfaitaire") == 40


def test_without_the_amount_the_rate_is_said_and_the_amount_asked_for() -> None:
    calculation = _late(date(2026, 7, 3), date(2026, 9, 20), None)
    assert "10,15\u00a0% : donnez le montant" in calculation.result[2].text


def test_an_entity_has_three_cases_and_no_interest() -> None:
    calculation = _late(date(2026, 7, 3), date(2026, 12, 31), buyer=Buyer.ENTITY)
    lines = calculation.result
    assert [_days(line.text) for line in lines] == [["2026-08-02"], ["2026-09-01"], []]
    assert all(line.text.startswith("À vérifier") for line in lines)
    assert lines[2].grounds[0].article == "L2192-11"


def test_another_authority_may_be_a_public_enterprise() -> None:
    last = _paid(PaymentAsked(date(2026, 7, 3), Buyer.OTHER_AUTHORITY, None)).result[-1]
    assert last.text.startswith("À vérifier")
    assert _days(last.text) == ["2026-09-01"]


def test_figures_are_those_of_the_law() -> None:
    law = FakeLaw(changed={"délai de paiement": Decimal(20), "indemnité forfaitaire": Decimal(55)})
    asked = PaymentAsked(date(2026, 7, 3), Buyer.LOCAL, None, date(2026, 9, 20))
    calculation = _paid(asked, law)
    assert _days(calculation.result[0].text) == ["2026-07-23"]
    assert _sum(calculation, "Indemnité forfaitaire") == 55


def test_what_no_text_states_stops_it() -> None:
    asked = PaymentAsked(date(2026, 7, 3), Buyer.LOCAL, None, date(2026, 9, 20))
    with pytest.raises(Ungrounded, match="R2192-31"):
        _paid(asked, FakeLaw(silent=["intérêts moratoires, majoration"]))


@given(DAYS, AUTHORITIES, st.integers(0, 400))
def test_a_payment_is_late_when_it_comes_after_the_last_day(
    received: date, buyer: Buyer, days: int
) -> None:
    calculation = _paid(PaymentAsked(received, buyer, None, received + timedelta(days)))
    assert _is_late(calculation) is (days > (50 if buyer is Buyer.HOSPITAL else 30))


@given(
    st.decimals(min_value=1, max_value=10**8, places=2, allow_nan=False),
    st.decimals(min_value=1, max_value=10**8, places=2, allow_nan=False),
    st.integers(31, 300),
    st.integers(31, 300),
)
def test_interest_grows_with_the_amount_and_the_days(
    one: Decimal, other: Decimal, early: int, late: int
) -> None:
    received = date(2026, 7, 3)
    small, large = (
        _sum(
            _late(received, received + timedelta(days), str(amount)),
            "Intérêts moratoires",
        )
        for amount, days in zip(sorted((one, other)), sorted((early, late)), strict=True)
    )
    assert 0 <= small <= large


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda: _late(date(2026, 7, 3), date(2026, 7, 2)), "vérifiez les deux dates"),
        (lambda: _late(date(2026, 7, 3), date(2026, 7, 4), "0"), "Le montant à payer"),
        (lambda: _paid(PaymentAsked(date(9999, 12, 15), Buyer.LOCAL, None)), "calendrier"),
    ],
)
def test_an_amount_or_a_day_that_cannot_be_is_explained(
    wrong: Callable[[], object], told: str
) -> None:
    with pytest.raises(WrongFigures, match=told):
        wrong()


def test_a_local_public_body_has_not_the_time_limit_of_public_enterprises() -> None:
    found = _paid(PaymentAsked(date(2026, 7, 3), Buyer.OTHER_AUTHORITY, None))
    assert "sans être un établissement public local" in found.result[-1].text
