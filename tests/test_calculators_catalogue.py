"""Every calculator through its one door, on a law that states everything."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.calculators.advance import AdvanceAsked, RetentionAsked
from assistant.calculators.award import StandstillAsked, TurnoverAsked
from assistant.calculators.calculation import Buyer, Nature
from assistant.calculators.catalogue import Asked, calculate
from assistant.calculators.constants import Rates, constants, ungrounded
from assistant.calculators.modification import ModificationAsked
from assistant.calculators.payment import PaymentAsked
from assistant.calculators.procedure import ProcedureAsked
from assistant.calculators.time_limits import Procedure, TimeLimitsAsked
from assistant.errors import Ungrounded
from tests.fake_law import FakeLaw

DAY = date(2026, 11, 24)
AMOUNT = Decimal(150000)
ASKED: tuple[tuple[str, Asked], ...] = (
    ("procedure", ProcedureAsked(AMOUNT, Nature.SUPPLIES, Buyer.LOCAL)),
    ("delais", TimeLimitsAsked(Procedure.OPEN, DAY, Buyer.STATE)),
    ("standstill", StandstillAsked(DAY)),
    ("chiffre-affaires", TurnoverAsked(AMOUNT)),
    ("avance", AdvanceAsked(AMOUNT, None, Decimal(8), Buyer.LOCAL)),
    ("retenue", RetentionAsked(AMOUNT)),
    ("paiement", PaymentAsked(DAY, Buyer.HOSPITAL, AMOUNT)),
    ("modification", ModificationAsked(AMOUNT, (AMOUNT / 10,), Nature.WORKS, Buyer.LOCAL)),
)
RATES = Rates(Path("taux.toml"))


@pytest.mark.parametrize(("name", "asked"), ASKED)
def test_each_question_has_its_calculator(name: str, asked: Asked) -> None:
    found = calculate(asked, FakeLaw(DAY), RATES)
    assert found.name == name
    assert found.day == DAY
    assert found.result


@pytest.mark.parametrize("asked", [asked for _, asked in ASKED])
def test_a_constant_that_no_text_states_stops_its_calculators(asked: Asked) -> None:
    articles = {ground.article for ground in calculate(asked, FakeLaw(DAY), RATES).grounds}
    silent = {name for name, each in constants().items() if each.article in articles}
    with pytest.raises(Ungrounded):
        calculate(asked, FakeLaw(DAY, silent=silent), RATES)


@pytest.mark.parametrize("is_above", [False, True])
def test_a_planned_retention_is_told_on_which_side_of_the_ceiling_it_falls(is_above: bool) -> None:
    ceiling = FakeLaw(DAY).stated("retenue de garantie").value
    asked = replace(RetentionAsked(AMOUNT), rate=ceiling + Decimal("0.01") * is_above)
    said = calculate(asked, FakeLaw(DAY), RATES).result[0].text
    assert ("ne dépasse pas le plafond" in said) is not is_above


# Calculators grounding


@given(st.sets(st.sampled_from(sorted(constants()))))
def test_the_constants_that_no_text_states_are_named_in_the_order_of_the_files(
    silent: set[str],
) -> None:
    found = [each.name for each in ungrounded(FakeLaw(silent=silent))]
    assert found == [name for name in constants() if name in silent]
