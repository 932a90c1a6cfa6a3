"""The day that a time limit of payment runs from, that of the contract, and an interruption."""

from datetime import date

import pytest

from assistant.calculators.calculation import Buyer, Calculation
from assistant.calculators.constants import constants, no_rates
from assistant.calculators.payment import PaymentAsked, payment
from assistant.calculators.payment_term import Interruption, PaymentEvent
from assistant.errors import Ungrounded, WrongFigures
from tests.support.fake_law import FakeLaw

RECEIVED = date(2026, 11, 2)


def _term(buyer: Buyer = Buyer.LOCAL, law: FakeLaw | None = None, **known: object) -> Calculation:
    asked = PaymentAsked(RECEIVED, buyer, None, **known)  # type: ignore[arg-type]
    return payment(asked, law or FakeLaw(), no_rates())


def _first(calculation: Calculation) -> str:
    return calculation.result[0].text


@pytest.mark.parametrize(
    ("event", "last", "article"),
    [
        (PaymentEvent.REQUEST, "2 décembre 2026", "R2192-12"),
        (PaymentEvent.AVAILABLE, "2 décembre 2026", "R2192-15"),
        (PaymentEvent.STATEMENT, "2 décembre 2026", "R2192-16"),
        (PaymentEvent.CONTRACT, "2 décembre 2026", "R2192-24"),
        (PaymentEvent.ORDER, "2 décembre 2026", "R2192-24"),
        (PaymentEvent.AGREEMENT, "2 décembre 2026", "R2192-23"),
        (PaymentEvent.SILENCE, "17 décembre 2026", "R2192-23"),
    ],
)
def test_the_time_limit_runs_from_the_event_of_what_is_paid(
    event: PaymentEvent, last: str, article: str
) -> None:
    found = _term(event=event)
    assert last in _first(found)
    assert article in {ground.article for ground in found.grounds}


def test_a_silent_holder_had_fifteen_days_first() -> None:
    first, _ = _term(event=PaymentEvent.SILENCE).steps
    assert "15 jours" in first.text
    assert "17 novembre 2026" in first.text
    assert [ground.article for ground in first.grounds] == ["R2193-12"]


def test_the_date_of_an_invoice_only_counts_where_its_reception_was_not_recorded() -> None:
    lacking, presumed = _term(event=PaymentEvent.DATED).result
    assert "donnez le jour de réception" in lacking.text
    assert "Si la réception n'a pas été constatée" in presumed.text
    assert "4 décembre 2026" in presumed.text


@pytest.mark.parametrize(
    ("guaranteed", "last"),
    [(date(2026, 11, 20), "20 décembre 2026"), (date(2026, 10, 1), "2 décembre 2026")],
)
def test_an_advance_waits_for_the_guarantee_that_was_asked_for(guaranteed: date, last: str) -> None:
    found = _term(event=PaymentEvent.CONTRACT, guaranteed=guaranteed)
    assert last in _first(found)


def test_the_end_of_the_performance_does_not_delay_an_advance() -> None:
    found = _term(event=PaymentEvent.CONTRACT, delivered=date(2026, 12, 24))
    assert "2 décembre 2026" in _first(found)


@pytest.mark.parametrize(
    ("buyer", "agreed", "last"),
    [
        (Buyer.LOCAL, 20, "22 novembre 2026"),
        (Buyer.LOCAL, 30, "2 décembre 2026"),
        (Buyer.LOCAL, 45, "2 décembre 2026"),
        (Buyer.HOSPITAL, 45, "17 décembre 2026"),
        (Buyer.HOSPITAL, 60, "22 décembre 2026"),
    ],
)
def test_the_contract_shortens_the_time_limit_and_never_lengthens_it(
    buyer: Buyer, agreed: int, last: str
) -> None:
    assert last in _first(_term(buyer, agreed=agreed))


def test_a_longer_time_limit_of_the_contract_is_said_not_to_hold() -> None:
    told = [line.text for line in _term(agreed=45).steps]
    assert any("45 jours dépassent 30 jours" in text for text in told)
    assert not any("dépassent" in line.text for line in _term(agreed=30).steps)


@pytest.mark.parametrize(
    ("buyer", "notified", "completed", "last"),
    [
        # 22 of 30 days are left: thirty new ones.
        (Buyer.LOCAL, date(2026, 11, 10), date(2026, 11, 24), "24 décembre 2026"),
        (Buyer.LOCAL, RECEIVED, date(2026, 11, 24), "24 décembre 2026"),
        # 40 of 50 are left, more than thirty.
        (Buyer.HOSPITAL, date(2026, 11, 12), date(2026, 11, 30), "9 janvier 2027"),
        # 30 of 50 are left: not more.
        (Buyer.HOSPITAL, date(2026, 11, 22), date(2026, 11, 30), "30 décembre 2026"),
        (Buyer.HOSPITAL, date(2026, 12, 20), date(2026, 12, 21), "20 janvier 2027"),
    ],
)
def test_an_interruption_opens_a_new_time_limit(
    buyer: Buyer, notified: date, completed: date, last: str
) -> None:
    found = _term(buyer, interruption=Interruption(completed, notified))
    assert last in _first(found)
    assert "R2192-29" in {ground.article for ground in found.grounds}


def test_where_thirty_days_run_the_day_of_the_notice_is_not_needed() -> None:
    interruption = Interruption(date(2026, 11, 24))
    assert "24 décembre 2026" in _first(_term(interruption=interruption))
    with pytest.raises(WrongFigures, match="reçu l'interruption"):
        _term(Buyer.HOSPITAL, interruption=interruption)


@pytest.mark.parametrize("notified", [date(2026, 11, 1), date(2026, 12, 3)])
def test_what_does_not_run_cannot_be_interrupted(notified: date) -> None:
    with pytest.raises(WrongFigures, match="ne pouvait pas être interrompu"):
        _term(interruption=Interruption(date(2026, 12, 10), notified))


def test_pieces_do_not_come_before_they_are_asked_for() -> None:
    with pytest.raises(WrongFigures, match="vérifiez"):
        Interruption(date(2026, 11, 5), date(2026, 11, 6))


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("délai de paiement, marché", {"agreed": 20}),
        ("délai après interruption", {"interruption": Interruption(date(2026, 11, 24))}),
        ("réception sur le portail", {"event": PaymentEvent.AVAILABLE}),
        ("réception non constatée", {"event": PaymentEvent.DATED}),
        ("départ au décompte général", {"event": PaymentEvent.STATEMENT}),
        ("départ de l'avance", {"event": PaymentEvent.CONTRACT}),
        (
            "départ de l'avance, garantie",
            {"event": PaymentEvent.CONTRACT, "guaranteed": date(2026, 11, 20)},
        ),
        ("départ à l'accord du titulaire", {"event": PaymentEvent.AGREEMENT}),
        ("délai du titulaire", {"event": PaymentEvent.SILENCE}),
        ("départ au silence du titulaire", {"event": PaymentEvent.SILENCE}),
    ],
)
def test_what_no_text_states_is_refused(name: str, known: dict[str, object]) -> None:
    with pytest.raises(Ungrounded, match=constants()[name].article):
        _term(law=FakeLaw(silent={name}), **known)  # type: ignore[arg-type]
