"""The yes or no to what is asked of a purchase."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.calculators.calculation import Buyer, Calculation, Nature
from assistant.calculators.procedure import ProcedureAsked, procedure
from ingestion.index.purchase_claims import PurchaseClaim
from tests.support.fake_law import FakeLaw

EXEMPT, ADAPTED, FORMALISED = Decimal(59_999), Decimal(60_000), Decimal(216_000)
FREELY, ANNOUNCED = Decimal(89_999), Decimal(90_000)


def _found(
    amount: Decimal,
    claim: PurchaseClaim,
    buyer: Buyer = Buyer.LOCAL,
    nature: Nature = Nature.SUPPLIES,
    lot: Decimal | None = None,
) -> Calculation:
    return procedure(ProcedureAsked(amount, nature, buyer, lot, claim=claim), FakeLaw())


@pytest.mark.parametrize(
    ("claim", "exempt", "adapted", "formalised"),
    [
        (PurchaseClaim.UNADVERTISED, "Oui", "Non", "Non"),
        (PurchaseClaim.COMPETED, "Non", "Oui", "Oui"),
        (PurchaseClaim.ADAPTED, "Oui", "Oui", "Non"),
        (PurchaseClaim.FORMALISED, "Non", "Non", "Oui"),
        (PurchaseClaim.ALLOWED, "Oui", "Oui", "Oui"),
        (PurchaseClaim.UNTOLD, "Marché", "Marché", "Marché"),
    ],
)
def test_yes_or_no_comes_first_by_the_lightest_procedure(
    claim: PurchaseClaim, exempt: str, adapted: str, formalised: str
) -> None:
    said = [_found(each, claim).result[0].text for each in (EXEMPT, ADAPTED, FORMALISED)]
    assert [each.split()[0].strip(",") for each in said] == [exempt, adapted, formalised]


@pytest.mark.parametrize(
    ("amount", "begins"),
    [
        (EXEMPT, "Non, ce n'est pas obligatoire"),
        (FREELY, "Non. Publicité : librement adaptée"),
        (ANNOUNCED, "Oui. Publicité : un avis au BOAMP"),
        (FORMALISED, "Oui. Publicité : un avis de marché au BOAMP et au JOUE"),
    ],
)
def test_a_notice_is_due_from_its_threshold(amount: Decimal, begins: str) -> None:
    found = _found(amount, PurchaseClaim.ANNOUNCED)
    assert found.result[0].text.startswith(begins)
    plain = _found(amount, PurchaseClaim.UNTOLD)
    assert len(found.result) == len(plain.result)
    assert {*found.grounds} == {*plain.grounds}


@pytest.mark.parametrize(
    ("buyer", "nature"),
    [
        (Buyer.ENTITY, Nature.SUPPLIES),
        (Buyer.OTHER_AUTHORITY, Nature.WORKS),
    ],
)
def test_whether_a_notice_is_due_is_not_told_where_other_rules_tell_it(
    buyer: Buyer, nature: Nature
) -> None:
    asked = (Decimal(150_000), PurchaseClaim.ANNOUNCED, buyer, nature)
    assert _found(*asked).result[0].text.startswith("Marché")


@pytest.mark.parametrize("amount", [ADAPTED, FORMALISED])
def test_that_publicity_is_due_rests_on_the_limit_of_the_dispense_too(amount: Decimal) -> None:
    found = _found(amount, PurchaseClaim.COMPETED).result[0]
    plain = _found(amount, PurchaseClaim.UNTOLD).result[0]
    dispense = FakeLaw().stated("dispense").ground
    assert dispense in found.grounds
    assert dispense not in plain.grounds
    assert {*plain.grounds} < {*found.grounds}


@pytest.mark.parametrize("claim", PurchaseClaim)
def test_no_yes_or_no_is_told_of_social_services(claim: PurchaseClaim) -> None:
    """They are announced in the JOUE in procédure adaptée too (article R2131-15)."""
    found = _found(Decimal(900_000), claim, nature=Nature.SOCIAL_SERVICES)
    assert found.result[0].text == "Marché : procédure adaptée possible."


def test_no_yes_or_no_is_told_of_a_lot() -> None:
    found = _found(FORMALISED, PurchaseClaim.UNADVERTISED, lot=Decimal(10_000))
    assert found.result[0].text.startswith("Lot : possible sans publicité")


@given(
    some.decimals(Decimal(1), Decimal(9_999_999), places=2),
    some.sampled_from([each for each in Nature if each is not Nature.SOCIAL_SERVICES]),
    some.sampled_from(Buyer),
)
def test_who_may_do_without_publicity_need_not_publish_and_the_reverse(
    amount: Decimal, nature: Nature, buyer: Buyer
) -> None:
    def said(claim: PurchaseClaim) -> str:
        return _found(amount, claim, buyer, nature).result[0].text[:3]

    assert {said(PurchaseClaim.UNADVERTISED), said(PurchaseClaim.COMPETED)} == {"Oui", "Non"}
    assert {said(PurchaseClaim.ADAPTED), said(PurchaseClaim.FORMALISED)} == {"Oui", "Non"}
