"""An advance repaid, and what an instalment leaves: each figure with its rule."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.calculators.calculation import Calculation
from assistant.calculators.repayment import (
    InstalmentAsked,
    RepaymentDueAsked,
    RepaymentStartAsked,
    instalment,
    repayment_due,
    repayment_start,
)
from assistant.errors import WrongFigures
from tests.support.fake_law import FakeLaw

AMOUNT = Decimal(200000)


def _start(advance: str | None = None, rate: str | None = None) -> str:
    asked = RepaymentStartAsked(
        AMOUNT, Decimal(advance) if advance else None, Decimal(rate) if rate else None
    )
    return " ".join(line.text for line in repayment_start(asked, FakeLaw()).result)


@pytest.mark.parametrize(("advance", "rate"), [("60000", None), (None, "30"), ("1", None)])
def test_up_to_the_limit_it_begins_at_a_share_of_the_works(
    advance: str | None, rate: str | None
) -> None:
    said = _start(advance, rate)
    assert "atteignent 130\u202f000\u00a0€ TTC" in said
    assert "première demande" not in said


@pytest.mark.parametrize(
    ("advance", "rate"), [("60000.01", None), (None, "30.5"), ("200000", None)]
)
def test_above_the_limit_it_begins_with_the_first_payment(
    advance: str | None, rate: str | None
) -> None:
    said = _start(advance, rate)
    assert "dès la première demande de paiement" in said
    assert "atteignent" not in said


def test_of_an_advance_not_told_both_beginnings_are() -> None:
    said = _start()
    assert "30\u00a0% au plus" in said
    assert "130\u202f000" in said
    assert "première demande de paiement" in said


def test_it_is_the_law_of_a_silent_contract() -> None:
    found = repayment_start(RepaymentStartAsked(AMOUNT, Decimal(20000)), FakeLaw())
    assert found.result[0].text.startswith("Dans le silence du marché")
    assert {ground.article for ground in found.grounds} == {"R2191-11"}


def test_the_share_is_that_of_the_law() -> None:
    law = FakeLaw(changed={"remboursement de l'avance": Decimal(50)})
    asked = RepaymentStartAsked(AMOUNT, Decimal(20000))
    assert "100\u202f000\u00a0€ TTC" in repayment_start(asked, law).result[0].text


def _due(progress: str, before: str | None = None, repaid: str | None = None) -> Calculation:
    asked = RepaymentDueAsked(
        Decimal(15000),
        Decimal(65),
        Decimal(80),
        Decimal(progress),
        Decimal(before) if before else None,
        Decimal(repaid) if repaid else None,
    )
    return repayment_due(asked, FakeLaw())


@pytest.mark.parametrize(
    ("progress", "before", "repaid", "due"),
    [
        ("70", None, "0", "5\u202f000\u00a0€."),
        ("65", None, "0", "0\u00a0€."),
        ("40", None, "0", "0\u00a0€."),
        ("80", None, "0", "15\u202f000\u00a0€."),
        ("100", None, "9000", "6\u202f000\u00a0€."),
        ("75", "70", None, "5\u202f000\u00a0€."),
        ("75", "60", None, "10\u202f000\u00a0€."),
        ("75", "70", "3000", "7\u202f000\u00a0€."),
        ("70", None, "6000", "0\u00a0€."),
        ("70", None, None, "5\u202f000\u00a0€ en tout, moins ce qui l'a déjà été."),
    ],
)
def test_it_is_in_proportion_between_the_two_degrees_of_the_clause(
    progress: str, before: str | None, repaid: str | None, due: str
) -> None:
    assert _due(progress, before, repaid).result[0].text == f"À précompter : {due}"


def test_the_clause_is_said_to_be_that_of_the_question() -> None:
    found = _due("70", None, "0")
    assert "selon la clause de la question" in found.result[1].text
    assert [ground.article for ground in found.grounds] == ["R2191-11"]


@given(st.integers(0, 100), st.integers(0, 100))
def test_what_is_taken_back_step_by_step_is_what_is_taken_back_in_all(one: int, other: int) -> None:
    low, high = sorted((Decimal(one), Decimal(other)))
    asked = RepaymentDueAsked(Decimal(15000), Decimal(65), Decimal(80), high, low)
    taken = asked.taken()
    assert taken is not None
    assert 0 <= taken <= asked.total(high) <= asked.advance


@pytest.mark.parametrize(
    ("begins", "ends", "progress", "before", "repaid"),
    [
        ("80", "65", "70", None, None),
        ("65", "120", "70", None, None),
        ("65", "80", "70", "75", None),
        ("65", "80", "-1", None, None),
        ("65", "80", "70", None, "15001"),
    ],
)
def test_degrees_that_cannot_be_true_are_explained(
    begins: str, ends: str, progress: str, before: str | None, repaid: str | None
) -> None:
    with pytest.raises(WrongFigures):
        RepaymentDueAsked(
            Decimal(15000),
            Decimal(begins),
            Decimal(ends),
            Decimal(progress),
            Decimal(before) if before else None,
            Decimal(repaid) if repaid else None,
        )


@pytest.mark.parametrize(
    ("rate", "repaid", "left"),
    [("5", "0", "19\u202f000"), ("5", "1500", "17\u202f500"), ("0", "0", "20\u202f000")],
)
def test_the_retention_and_the_advance_are_taken_off_an_instalment(
    rate: str, repaid: str, left: str
) -> None:
    asked = InstalmentAsked(Decimal(20000), Decimal(rate), Decimal(repaid))
    assert instalment(asked, FakeLaw()).result[0].text.startswith(f"À payer : {left}\u00a0€ TTC")


def test_no_more_is_taken_off_an_instalment_than_it_is_for() -> None:
    with pytest.raises(WrongFigures, match="dépasse ce qui est dû"):
        InstalmentAsked(Decimal(1000), Decimal(5), Decimal(960))


def test_an_advance_above_the_contract_is_explained() -> None:
    with pytest.raises(WrongFigures, match="L'avance ne peut dépasser"):
        RepaymentStartAsked(AMOUNT, AMOUNT + 1)
