"""Procedures and the time limits for offers."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.calculators.amounts import Zone
from assistant.calculators.calculation import Buyer, Calculation, Nature
from assistant.calculators.procedure import ProcedureAsked, procedure
from assistant.calculators.time_limits import Procedure, TimeLimitsAsked, time_limits
from assistant.errors import Ungrounded, WrongFigures
from ingestion.french import in_words
from tests.support.fake_law import FakeLaw

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


def test_a_value_taken_from_one_with_tax_says_how() -> None:
    asked = ProcedureAsked(Decimal(95000), Nature.WORKS, Buyer.LOCAL, vat=Decimal(20))
    first = procedure(asked, FakeLaw()).steps[0]
    assert "114\u202f000\u00a0€ TTC, TVA de 20\u00a0% ôtée, = 95\u202f000\u00a0€ HT" in first.text
    assert first.grounds[0].article == "R2121-1"


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


SENT = date(2026, 11, 24)
INVITED = date(2027, 1, 11)
DAYS = some.dates(date(2019, 4, 1), date(2060, 12, 31))


def _limits(
    procedure: Procedure,
    buyer: Buyer = Buyer.LOCAL,
    *,
    is_electronic: bool = True,
    is_urgent: bool = False,
    has_prior_notice: bool = False,
) -> Calculation:
    asked = TimeLimitsAsked(procedure, SENT, buyer, is_electronic, is_urgent, has_prior_notice)
    return time_limits(asked, FakeLaw())


def _texts(found: Calculation) -> Iterator[str]:
    return (line.text for line in (*found.steps, *found.result))


@pytest.mark.parametrize(
    ("found", "days", "last"),
    [
        (_limits(Procedure.OPEN, is_electronic=False), 35, date(2026, 12, 29)),
        (_limits(Procedure.OPEN), 30, date(2026, 12, 24)),
        (_limits(Procedure.OPEN, is_urgent=True), 15, date(2026, 12, 9)),
        (_limits(Procedure.OPEN, has_prior_notice=True), 15, date(2026, 12, 9)),
    ],
)
def test_an_open_procedure(found: Calculation, days: int, last: date) -> None:
    assert found.result[0].text.startswith(f"Candidatures et offres : le délai minimal de {days}")
    assert f"{in_words(last)} à minuit" in found.result[0].text


def test_every_reduction_is_told_with_its_condition() -> None:
    found = _limits(Procedure.OPEN)
    said = " ".join(line.text for line in found.steps)
    assert "Délai réduit quand le dépôt se fait par voie électronique : 30 jours" in said
    assert "Délai réductible quand une urgence dûment justifiée" in said
    assert "Délai réductible après un avis de préinformation" in said
    assert "augmenté de 5 jours" in said
    assert all(line.grounds for line in (*found.steps, *found.result))


def test_urgency_is_not_lengthened_by_documents_elsewhere() -> None:
    assert not any("augmenté" in text for text in _texts(_limits(Procedure.OPEN, is_urgent=True)))


@pytest.mark.parametrize("has_prior_notice", [True, False])
def test_the_prior_notice_has_its_own_dates(*, has_prior_notice: bool) -> None:
    said = " ".join(_texts(_limits(Procedure.OPEN, has_prior_notice=has_prior_notice)))
    assert "entre le lundi 24 novembre 2025 et le mardi 20 octobre 2026" in said


@pytest.mark.parametrize(
    ("procedure", "buyer", "applications", "tenders"),
    [
        (Procedure.RESTRICTED, Buyer.LOCAL, 30, 25),
        (Procedure.RESTRICTED, Buyer.STATE, 30, 25),
        (Procedure.RESTRICTED, Buyer.ENTITY, 15, 10),
        (Procedure.NEGOTIATED, Buyer.HOSPITAL, 30, 25),
        (Procedure.NEGOTIATED, Buyer.ENTITY, 15, 10),
    ],
)
def test_a_procedure_in_two_steps(
    procedure: Procedure, buyer: Buyer, applications: int, tenders: int
) -> None:
    first, second, _ = _limits(procedure, buyer).result
    assert f"minimal de {applications} jours" in first.text
    assert second.text == (
        f"Offres : au moins {tenders} jours à compter de l'envoi de l'invitation à soumissionner"
        f"{', à défaut d’accord avec les candidats sélectionnés' * (buyer is Buyer.ENTITY)}."
    ).replace("’", "'")


@pytest.mark.parametrize("buyer", Buyer)
def test_only_some_buyers_may_agree_on_the_date(buyer: Buyer) -> None:
    may_agree = any("convenir" in text for text in _texts(_limits(Procedure.RESTRICTED, buyer)))
    assert may_agree == (buyer not in {Buyer.STATE, Buyer.ENTITY})


def test_the_invitation_gives_the_tenders_their_date() -> None:
    asked = TimeLimitsAsked(Procedure.RESTRICTED, SENT, Buyer.LOCAL, invited=INVITED)
    assert "vendredi 5 février 2027 à minuit" in time_limits(asked, FakeLaw()).result[1].text


def test_an_invitation_waits_for_the_applications() -> None:
    asked = TimeLimitsAsked(Procedure.RESTRICTED, SENT, Buyer.LOCAL, invited=date(2026, 12, 24))
    with pytest.raises(WrongFigures, match="jusqu'au jeudi 24 décembre 2026"):
        time_limits(asked, FakeLaw())


@pytest.mark.parametrize("procedure", [Procedure.OPEN, Procedure.ADAPTED])
def test_some_procedures_have_no_invitation(procedure: Procedure) -> None:
    with pytest.raises(WrongFigures, match="Pas d'invitation"):
        TimeLimitsAsked(procedure, SENT, Buyer.LOCAL, invited=INVITED)


def test_an_adapted_procedure_has_no_minimum_in_days() -> None:
    found = _limits(Procedure.ADAPTED)
    assert "Aucun minimum en jours" in found.result[0].text
    assert {ground.article for ground in found.grounds} == {"R2151-1"}
    assert not any(character.isdigit() for text in _texts(found) for character in text)


def test_holidays_are_those_of_the_zone() -> None:
    asked = TimeLimitsAsked(Procedure.OPEN, date(2026, 3, 4), Buyer.LOCAL, zone=Zone.ALSACE_MOSELLE)
    assert "mardi 7 avril 2026" in time_limits(asked, FakeLaw()).result[0].text


def test_the_days_are_those_the_law_states() -> None:
    law = FakeLaw(changed={"appel d'offres ouvert, voie électronique": Decimal(28)})
    found = time_limits(TimeLimitsAsked(Procedure.OPEN, SENT, Buyer.LOCAL), law)
    assert "28 jours court jusqu'au mardi 22 décembre 2026" in found.result[0].text


@given(DAYS, some.booleans(), some.booleans(), some.booleans())
def test_no_date_is_before_the_legal_minimum(
    sent: date, is_electronic: bool, is_urgent: bool, has_prior_notice: bool
) -> None:
    asked = TimeLimitsAsked(
        Procedure.OPEN, sent, Buyer.LOCAL, is_electronic, is_urgent, has_prior_notice
    )
    days = 15 if is_urgent or has_prior_notice else 30 if is_electronic else 35
    said = time_limits(asked, FakeLaw()).result[0].text
    # Five days at most are not worked in a row: a bridge of Christmas or Easter.
    ends = [sent + timedelta(days + more) for more in range(6)]
    assert any(in_words(end) in said for end in ends)
