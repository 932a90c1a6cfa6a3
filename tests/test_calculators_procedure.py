"""The procedure of a purchase, its publicity and its formalities."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.calculators.calculation import Buyer, Calculation, Nature
from assistant.calculators.procedure import ProcedureAsked, procedure
from assistant.errors import Ungrounded, WrongFigures
from tests.fake_law import FakeLaw

WEIGHTS = {
    "possible sans publicité": 0,
    "procédure adaptée possible": 1,
    "procédure formalisée": 2,
}
AMOUNTS = some.decimals(Decimal(1), Decimal(9_999_999), places=2)


def _found(
    amount: str,
    nature: Nature = Nature.SUPPLIES,
    buyer: Buyer = Buyer.LOCAL,
    lot: str | None = None,
    *,
    is_innovative: bool = False,
    day: date = date(2026, 11, 24),
) -> Calculation:
    part = None if lot is None else Decimal(lot)
    asked = ProcedureAsked(Decimal(amount), nature, buyer, part, is_innovative)
    return procedure(asked, FakeLaw(day))


def _weight(found: Calculation) -> int:
    return next(weight for said, weight in WEIGHTS.items() if said in found.result[0].text)


def _said(found: Calculation) -> str:
    return " ".join(line.text for line in found.result)


@pytest.mark.parametrize(
    ("amount", "nature", "buyer", "weight"),
    [
        ("59999.99", Nature.SUPPLIES, Buyer.LOCAL, 0),
        ("60000", Nature.SUPPLIES, Buyer.LOCAL, 1),
        ("59999.99", Nature.SOCIAL_SERVICES, Buyer.LOCAL, 0),
        ("99999.99", Nature.WORKS, Buyer.LOCAL, 0),
        ("100000", Nature.WORKS, Buyer.LOCAL, 1),
        ("139999.99", Nature.SERVICES, Buyer.STATE, 1),
        ("140000", Nature.SERVICES, Buyer.STATE, 2),
        ("215999.99", Nature.SERVICES, Buyer.HOSPITAL, 1),
        ("216000", Nature.SERVICES, Buyer.HOSPITAL, 2),
        ("216000", Nature.SUPPLIES, Buyer.OTHER_AUTHORITY, 2),
        ("431999.99", Nature.SUPPLIES, Buyer.ENTITY, 1),
        ("432000", Nature.SUPPLIES, Buyer.ENTITY, 2),
        ("5403999.99", Nature.WORKS, Buyer.STATE, 1),
        ("5404000", Nature.WORKS, Buyer.STATE, 2),
        ("5404000", Nature.WORKS, Buyer.ENTITY, 2),
        ("5404000", Nature.SOCIAL_SERVICES, Buyer.STATE, 1),
    ],
)
def test_the_procedure_changes_at_the_threshold(
    amount: str, nature: Nature, buyer: Buyer, weight: int
) -> None:
    assert _weight(_found(amount, nature, buyer)) == weight


@pytest.mark.parametrize(
    ("day", "amount", "nature", "weight"),
    [
        (date(2026, 3, 31), "40000", Nature.SUPPLIES, 1),
        (date(2026, 4, 1), "40000", Nature.SUPPLIES, 0),
        (date(2026, 3, 31), "40000", Nature.WORKS, 1),
        (date(2020, 1, 1), "39999.99", Nature.SERVICES, 0),
        (date(2025, 12, 31), "220000", Nature.SUPPLIES, 1),
        (date(2026, 1, 1), "220000", Nature.SUPPLIES, 2),
        (date(2026, 1, 1), "5404000", Nature.WORKS, 2),
        (date(2025, 12, 31), "5404000", Nature.WORKS, 1),
    ],
)
def test_the_thresholds_are_those_of_the_day(
    day: date, amount: str, nature: Nature, weight: int
) -> None:
    assert _weight(_found(amount, nature, day=day)) == weight


def test_works_of_the_past_have_a_reservation() -> None:
    past = date(2025, 6, 1)
    assert any("Travaux" in each for each in _found("50000", Nature.WORKS, day=past).cautions)
    assert not any("Travaux" in each for each in _found("50000", day=past).cautions)
    assert not any("Travaux" in each for each in _found("50000", Nature.WORKS).cautions)


@pytest.mark.parametrize(("amount", "weight"), [("99999.99", 0), ("100000", 1)])
def test_an_innovation_may_be_bought_directly(amount: str, weight: int) -> None:
    found = _found(amount, is_innovative=True)
    assert _weight(found) == weight
    assert {ground.article for ground in found.steps[1].grounds} == {"R2122-9-1"}


@pytest.mark.parametrize(
    ("amount", "lot", "nature", "is_innovative", "weight"),
    [
        ("150000", "30000", Nature.SERVICES, False, 0),
        ("150000", "30000.01", Nature.SERVICES, False, 1),  # above a fifth of all the lots
        ("400000", "59999", Nature.SERVICES, False, 0),
        ("400000", "60000", Nature.SERVICES, False, 1),
        ("400000", "79999", Nature.SERVICES, True, 0),
        ("400000", "80000", Nature.SERVICES, False, 2),
        ("300000", "70000", Nature.SERVICES, False, 2),  # above a fifth of all the lots
        ("6000000", "99999", Nature.WORKS, False, 0),
        ("6000000", "999999.99", Nature.WORKS, False, 1),
        ("6000000", "1000000", Nature.WORKS, False, 2),
        ("50000", "40000", Nature.SUPPLIES, False, 0),
    ],
)
def test_a_small_lot_leaves_the_procedure_of_the_whole(
    amount: str, lot: str, nature: Nature, is_innovative: bool, weight: int
) -> None:
    assert _weight(_found(amount, nature, lot=lot, is_innovative=is_innovative)) == weight


@pytest.mark.parametrize(
    ("amount", "nature", "buyer", "said"),
    [
        ("89999.99", Nature.SERVICES, Buyer.LOCAL, "librement adaptée"),
        ("90000", Nature.SERVICES, Buyer.LOCAL, "BOAMP ou dans un journal d'annonces"),
        ("90000", Nature.SERVICES, Buyer.HOSPITAL, "BOAMP ou dans un journal d'annonces"),
        ("90000", Nature.SERVICES, Buyer.ENTITY, "librement choisie"),
        ("90000", Nature.SERVICES, Buyer.OTHER_AUTHORITY, "librement choisie"),
        ("300000", Nature.SERVICES, Buyer.LOCAL, "un avis de marché au BOAMP et au JOUE."),
        ("300000", Nature.SERVICES, Buyer.OTHER_AUTHORITY, "un avis de marché au JOUE."),
        ("300000", Nature.SOCIAL_SERVICES, Buyer.LOCAL, "seuil européen qui leur est propre"),
    ],
)
def test_publicity_follows_amount_and_buyer(
    amount: str, nature: Nature, buyer: Buyer, said: str
) -> None:
    assert said in _said(_found(amount, nature, buyer))


@pytest.mark.parametrize(
    ("amount", "said", "unsaid"),
    [
        ("24999.99", ("l'écrit n'est obligatoire qu'à",), ("Données", "Dossier")),
        ("25000", ("écrit, le besoin", "Une liste annuelle"), ("Dossier",)),
        ("40000", ("Données essentielles : à publier dans les 2 mois",), ("liste", "Dossier")),
        ("60000", ("sur le profil d'acheteur",), ("liste",)),
    ],
)
def test_formalities_follow_the_amount(
    amount: str, said: tuple[str, ...], unsaid: tuple[str, ...]
) -> None:
    result = _said(_found(amount))
    assert all(each in result for each in said)
    assert not any(each in result for each in unsaid)


def test_a_purchase_without_publicity_has_duties_and_no_notice() -> None:
    result = _said(_found("99999", Nature.WORKS))
    assert "une offre pertinente" in result
    assert "Publicité" not in result
    assert "profil" not in result


def test_a_formality_that_is_not_stated_stops_nothing_else() -> None:
    asked = ProcedureAsked(Decimal(50000), Nature.SUPPLIES, Buyer.LOCAL)
    found = procedure(asked, FakeLaw(silent={"écrit"}))
    assert _weight(found) == 0
    assert "Contrat" not in _said(found)
    assert any("R2112-1" in caution for caution in found.cautions)


@pytest.mark.parametrize(
    ("silent", "article"),
    [
        ("dispense", "R2122-8"),
        ("seuil européen, autre pouvoir adjudicateur", "Annexe 2"),
        ("publicité nationale", "R2131-12"),
    ],
)
def test_a_law_that_says_nothing_refuses(silent: str, article: str) -> None:
    asked = ProcedureAsked(Decimal(100000), Nature.SUPPLIES, Buyer.LOCAL)
    with pytest.raises(Ungrounded, match=article):
        procedure(asked, FakeLaw(silent={silent}))


def test_an_innovation_before_its_article_is_refused() -> None:
    with pytest.raises(Ungrounded, match="R2122-9-1"):
        _found("50000", is_innovative=True, day=date(2021, 12, 15))


def test_a_threshold_that_is_not_needed_is_not_asked_for() -> None:
    asked = ProcedureAsked(Decimal(50000), Nature.SUPPLIES, Buyer.LOCAL)
    law = FakeLaw(silent={"seuil européen, autre pouvoir adjudicateur"})
    assert _weight(procedure(asked, law)) == 0


@pytest.mark.parametrize(("amount", "lot"), [("0", None), ("-1", None), ("100", "0"), ("1", "2")])
def test_impossible_amounts_are_explained(amount: str, lot: str | None) -> None:
    with pytest.raises(WrongFigures, match=r"supérieur à zéro|dépasse le besoin"):
        _found(amount, lot=lot)


@given(AMOUNTS, AMOUNTS, some.sampled_from(Nature), some.sampled_from(Buyer), some.booleans())
def test_a_larger_need_never_has_a_lighter_procedure(
    one: Decimal, other: Decimal, nature: Nature, buyer: Buyer, is_innovative: bool
) -> None:
    weights = [
        _weight(procedure(ProcedureAsked(each, nature, buyer, None, is_innovative), FakeLaw()))
        for each in sorted((one, other))
    ]
    assert weights == sorted(weights)


@given(AMOUNTS, AMOUNTS, some.sampled_from(Nature), some.sampled_from(Buyer))
def test_a_lot_is_never_heavier_than_its_whole(
    one: Decimal, other: Decimal, nature: Nature, buyer: Buyer
) -> None:
    lot, need = sorted((one, other))
    alone = procedure(ProcedureAsked(need, nature, buyer), FakeLaw())
    assert _weight(procedure(ProcedureAsked(need, nature, buyer, lot), FakeLaw())) <= _weight(alone)


@given(AMOUNTS, some.sampled_from(Nature), some.sampled_from(Buyer), some.booleans())
def test_every_line_rests_on_the_law(
    amount: Decimal, nature: Nature, buyer: Buyer, is_innovative: bool
) -> None:
    found = procedure(ProcedureAsked(amount, nature, buyer, None, is_innovative), FakeLaw())
    assert all(line.grounds for line in (*found.steps, *found.result))
