"""Direct payment of a subcontractor, the share of small firms, the parts of an advance."""

from decimal import Decimal

import pytest

from assistant.calculators.advance_parts import AdvancePart, AdvancePartsAsked, advance_parts
from assistant.calculators.calculation import Buyer
from assistant.calculators.subcontracting import (
    DirectPaymentAsked,
    SmeShareAsked,
    direct_payment,
    sme_share,
)
from assistant.errors import WrongFigures
from tests.support.fake_law import FakeLaw


@pytest.mark.parametrize(
    ("amount", "is_with_tax", "said"),
    [
        ("600", True, ": oui, 600\u00a0€ TTC"),
        ("599.99", True, ": non, 599,99\u00a0€ TTC"),
        ("600", False, ": oui, 600\u00a0€ HT"),
        ("599.99", False, ": oui si 599,99\u00a0€ HT font au moins"),
    ],
)
def test_a_subcontractor_is_paid_directly_from_an_amount_with_tax(
    amount: str, is_with_tax: bool, said: str
) -> None:
    found = direct_payment(DirectPaymentAsked(Decimal(amount), is_with_tax), FakeLaw())
    assert said in found.result[0].text
    assert [ground.article for ground in found.grounds] == ["R2193-10"]


@pytest.mark.parametrize(
    ("is_sme", "said"),
    [
        (False, "Au moins 200\u202f000\u00a0€ pour des PME ou des artisans."),
        (None, "Au moins 200\u202f000\u00a0€ pour des PME ou des artisans si le titulaire n'est"),
        (True, "Aucune part minimale n'est imposée"),
    ],
)
def test_a_part_of_a_global_contract_is_for_small_firms(is_sme: bool | None, said: str) -> None:
    found = sme_share(SmeShareAsked(Decimal(1000000), is_sme), FakeLaw())
    assert found.result[0].text.startswith(said)


@pytest.mark.parametrize(
    ("planned", "said"), [("199999", "ne suffisent pas"), ("200000", " suffis")]
)
def test_what_is_planned_for_small_firms_is_compared(planned: str, said: str) -> None:
    asked = SmeShareAsked(Decimal(1000000), False, Decimal(planned))
    assert said in sme_share(asked, FakeLaw()).steps[1].text


def _parts(kind: AdvancePart, taxed: tuple[Decimal, ...] = ()) -> list[str]:
    amounts = Decimal(50000), Decimal(60000)
    asked = AdvancePartsAsked(kind, amounts, (Decimal(4), Decimal(5)), Buyer.LOCAL, taxed)
    return [line.text for line in advance_parts(asked, FakeLaw()).result]


@pytest.mark.parametrize("kind", AdvancePart)
def test_each_part_has_its_own_advance(kind: AdvancePart) -> None:
    one, other = _parts(kind, (Decimal(60000), Decimal(72000)))
    assert "1 : l'avance n'est pas obligatoire" in one
    assert "2 : l'avance est obligatoire" in other
    assert "5\u00a0% de 72\u202f000\u00a0€, soit 3\u202f600\u00a0€" in other
    assert "limites qui suivent" not in one


def test_parts_without_as_many_durations_are_explained() -> None:
    with pytest.raises(WrongFigures, match="autant de montants que de durées"):
        AdvancePartsAsked(AdvancePart.ORDER, (Decimal(1), Decimal(2)), (Decimal(3),), Buyer.LOCAL)
