"""Minimum time limits, with their calendar dates."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from assistant.calculators.amounts import Zone
from assistant.calculators.calculation import Buyer, Calculation
from assistant.calculators.time_limits import Procedure, TimeLimitsAsked, time_limits
from assistant.errors import Ungrounded, WrongFigures
from ingestion.french import in_words
from tests.fake_law import FakeLaw

SENT = date(2026, 11, 24)
INVITED = date(2027, 1, 11)
DAYS = some.dates(date(2019, 4, 1), date(2060, 12, 31))


def _found(
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
        (_found(Procedure.OPEN, is_electronic=False), 35, date(2026, 12, 29)),
        (_found(Procedure.OPEN), 30, date(2026, 12, 24)),
        (_found(Procedure.OPEN, is_urgent=True), 15, date(2026, 12, 9)),
        (_found(Procedure.OPEN, has_prior_notice=True), 15, date(2026, 12, 9)),
    ],
)
def test_an_open_procedure(found: Calculation, days: int, last: date) -> None:
    assert found.result[0].text.startswith(f"Candidatures et offres : le délai minimal de {days}")
    assert f"{in_words(last)} à minuit" in found.result[0].text


def test_every_reduction_is_told_with_its_condition() -> None:
    found = _found(Procedure.OPEN)
    said = " ".join(line.text for line in found.steps)
    assert "Délai réduit quand le dépôt se fait par voie électronique : 30 jours" in said
    assert "Délai réductible quand une urgence dûment justifiée" in said
    assert "Délai réductible après un avis de préinformation" in said
    assert "augmenté de 5 jours" in said
    assert all(line.grounds for line in (*found.steps, *found.result))


def test_urgency_is_not_lengthened_by_documents_elsewhere() -> None:
    assert not any("augmenté" in text for text in _texts(_found(Procedure.OPEN, is_urgent=True)))


def test_the_prior_notice_has_its_own_dates() -> None:
    said = " ".join(_texts(_found(Procedure.OPEN, has_prior_notice=True)))
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
    first, second, _ = _found(procedure, buyer).result
    assert f"minimal de {applications} jours" in first.text
    assert second.text == (
        f"Offres : au moins {tenders} jours à compter de l'envoi de l'invitation à soumissionner"
        f"{', à défaut d’accord avec les candidats sélectionnés' * (buyer is Buyer.ENTITY)}."
    ).replace("’", "'")


@pytest.mark.parametrize("buyer", Buyer)
def test_only_some_buyers_may_agree_on_the_date(buyer: Buyer) -> None:
    may_agree = any("convenir" in text for text in _texts(_found(Procedure.RESTRICTED, buyer)))
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
    found = _found(Procedure.ADAPTED)
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


@pytest.mark.parametrize(
    ("silent", "article"),
    [
        ("appel d'offres ouvert", "R2161-2"),
        ("appel d'offres ouvert, urgence", "R2161-3"),
        ("documents hors du profil d'acheteur", "R2151-2"),
    ],
)
def test_a_law_that_says_nothing_refuses(silent: str, article: str) -> None:
    with pytest.raises(Ungrounded, match=article):
        time_limits(TimeLimitsAsked(Procedure.OPEN, SENT, Buyer.LOCAL), FakeLaw(silent={silent}))


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
