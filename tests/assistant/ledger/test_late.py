from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.calculators.amounts import euros
from assistant.calculators.calculation import Buyer
from assistant.calculators.constants import Rate, Rates, no_rates
from assistant.calculators.payment import PaymentAsked, payment
from assistant.errors import Ungrounded, WrongFigures
from assistant.ledger.forecasts import LEAST, expected, forecasts, paces
from assistant.ledger.late import (
    MISDATED,
    Basis,
    Payment,
    Payments,
    late_invoices,
    missing_rates,
    payments,
    terms,
)
from assistant.ledger.payments import late_tables
from assistant.ledger.query.sql import LateColumns
from assistant.ledger.stages import RECEIVED, UNRECEIVED, StagePassage, passages, waiting
from ingestion.ledger.database import open_ledger
from ingestion.ledger.rows import StatusEvent, TableRow
from tests.support.fake_law import FakeLaw
from tests.support.ledger_rows import filled, invoice

pytestmark = pytest.mark.usefixtures("both_engines")

TODAY = date(2026, 11, 24)
LAW = FakeLaw(TODAY)
RATES = Rates(
    Path("taux.toml"),
    (
        Rate(date(2025, 7, 1), Decimal("2.15"), "note"),
        Rate(date(2026, 1, 1), Decimal("2.40"), "note"),
        Rate(date(2026, 7, 1), Decimal("2.15"), "note"),
    ),
)
BASIS = Basis(TODAY, terms(Buyer.LOCAL, LAW), RATES)
DAYS = st.dates(date(2025, 6, 1), date(2026, 11, 24))


def _payment(
    started: date, paid: date | None = None, amount: str | None = "1000", number: str = "F"
) -> Payment:
    value = None if amount is None else Decimal(amount)
    return Payment(number, number, "Brelan", "EUR", None, started, paid, value)


def _cost(one: Payment, buyer: Buyer = Buyer.LOCAL, rates: Rates = RATES) -> LateColumns:
    [found] = Basis(TODAY, terms(buyer, LAW), rates).costs([one])
    return found


def _payments(home: Path, *rows: TableRow) -> Payments:
    with open_ledger(filled(home, *rows)) as ledger:
        return payments(ledger, TODAY)


@given(
    DAYS,
    st.integers(0, 300),
    st.decimals("0.01", "999999", places=2),
    st.sampled_from([Buyer.STATE, Buyer.LOCAL, Buyer.HOSPITAL, Buyer.OTHER_AUTHORITY]),
)
def test_an_invoice_costs_what_the_calculator_says(
    started: date, days: int, amount: Decimal, buyer: Buyer
) -> None:
    paid = min(started + timedelta(days), TODAY)
    cost = _cost(_payment(started, paid, str(amount)), buyer)
    calculated = payment(PaymentAsked(started, buyer, amount, paid), LAW, RATES)
    told = [line.text for line in calculated.result]
    if cost.late_days <= 0:
        assert any("pas de retard" in text for text in told)
        assert cost.interest == cost.indemnity == 0
    else:
        assert cost.interest is not None
        both = f"{euros(cost.interest)} + {euros(cost.indemnity)} = "
        assert any(
            text.startswith(f"Intérêts moratoires : {euros(cost.interest)}") for text in told
        )
        assert any(both in text for text in told)
        assert any(f"{cost.late_days} jour" in text for text in told)


def test_an_unpaid_invoice_costs_what_it_would_if_it_were_paid_today() -> None:
    started = date(2026, 9, 1)
    assert _cost(_payment(started)) == _cost(_payment(started, TODAY))


def test_days_left_are_negative() -> None:
    assert _cost(_payment(TODAY)).late_days == -30
    assert _cost(_payment(TODAY), Buyer.HOSPITAL).late_days == -50


def test_without_its_rate_an_invoice_is_late_without_interest_and_the_rate_is_asked_for() -> None:
    late = late_invoices([(one := _payment(date(2026, 2, 1)), _cost(one, rates=no_rates()))])
    assert [(each.cost.interest, str(each.cost.indemnity)) for each in late] == [(None, "40")]
    [remedy] = missing_rates(late, no_rates())
    assert "premier semestre 2026" in remedy


def test_an_entity_has_no_single_time_limit() -> None:
    with pytest.raises(WrongFigures, match="sourcier calc"):
        terms(Buyer.ENTITY, LAW)


def test_what_no_text_states_is_not_computed() -> None:
    with pytest.raises(Ungrounded):
        terms(Buyer.LOCAL, FakeLaw(TODAY, silent=("indemnité forfaitaire",)))


def test_time_runs_from_the_later_of_reception_and_delivery(tmp_path: Path) -> None:
    found = _payments(
        tmp_path,
        invoice("A", received=date(2026, 3, 4), delivered=date(2026, 3, 1)),
        invoice("B", received=date(2026, 3, 4), delivered=date(2026, 3, 9)),
    )
    assert [each.started for each in found.known] == [date(2026, 3, 4), date(2026, 3, 9)]


def test_an_invoice_made_available_is_received_that_day(tmp_path: Path) -> None:
    one = invoice("A", received=None)
    found = _payments(tmp_path, one, StatusEvent(one.id, "03", date(2026, 3, 7)))
    assert [each.started for each in found.known] == [date(2026, 3, 7)]


def test_what_is_not_to_be_paid_in_time_is_counted_apart(tmp_path: Path) -> None:
    found = _payments(
        tmp_path,
        invoice("A", type="381"),
        invoice("B", status="05"),
        invoice("C", received=None),
        invoice("D", date(2026, 3, 2), paid=date(2026, 3, 1)),
        invoice("E", status="06"),
        invoice("F", status="11"),
        invoice("G", payable=Decimal(0)),
    )
    assert [each.number for each in found.known] == ["E"]
    assert dict(found.without) == {
        "avoir": 1,
        "rien à payer": 1,
        "facture rejetée": 1,
        "mise en paiement sans date": 1,
        "date de réception inconnue": 1,
        "payée avant sa réception ou sa livraison : dates à vérifier": 1,
    }


def test_a_day_that_cannot_be_takes_no_last_day_and_breaks_no_other(tmp_path: Path) -> None:
    home = filled(
        tmp_path,
        invoice("A", date(2026, 11, 20)),
        invoice("B", date(2026, 11, 20), received=date.max),
        invoice("C", date(2026, 11, 20), delivered=date.max),
        invoice("D", date(2026, 11, 20), received=None),
    )
    with open_ledger(home) as ledger:
        late, stages, risks = late_tables(ledger, BASIS)
    assert f"Sans dernier jour : 2 ({MISDATED})." in late.notes
    assert [row[:3] for row in stages.rows] == [
        (MISDATED, "dernier jour inconnu", 2),
        (RECEIVED, "à payer dans plus de 15 jours", 1),
        (UNRECEIVED, "dernier jour inconnu", 1),
    ]
    assert [row[0] for row in risks.rows] == ["A"]


def test_an_invoice_waits_in_its_last_stage(tmp_path: Path) -> None:
    one, other = invoice("A", date(2026, 11, 1)), invoice("B", date(2026, 9, 1))
    home = filled(
        tmp_path,
        one,
        other,
        StatusEvent(one.id, "08", date(2026, 11, 20)),
        StatusEvent(one.id, "07", date(2026, 11, 10)),
    )
    with open_ledger(home) as ledger:
        known = payments(ledger, TODAY).known
        passed = passages(ledger, [one.id, other.id])
    both = list(zip(known, BASIS.costs(known), strict=True))
    assert [(w.stage, w.bracket, w.amount, w.longest) for w in waiting(both, passed, TODAY)] == [
        ("mandatée", "à payer sous 7 jours", Decimal("120.00"), 4),
        (RECEIVED, "en retard de plus de 30 jours", Decimal("120.00"), 84),
    ]


def _forecast(days: Iterable[int], waited: int) -> float | None:
    """The risk of an invoice received so long ago, others having been paid in these days."""
    known = [_payment(TODAY - timedelta(waited))]
    both = list(zip(known, BASIS.costs(known), strict=True))
    [found] = forecasts(both, {}, {RECEIVED: sorted(days)}, TODAY)
    return found.risk.value if found.risk else None


def test_the_risk_is_the_share_of_those_that_waited_as_long_and_were_late() -> None:
    assert _forecast([*range(1, 20), *[20] * 10, *[30] * 20, *[45] * 10], 20) == 0.25


def test_nothing_is_foreseen_from_too_few_invoices() -> None:
    assert _forecast([10] * (LEAST - 1), 5) is None
    assert _forecast([10] * LEAST, 5) == 0.0


def test_the_pace_is_that_of_the_stage() -> None:
    known = [_payment(TODAY - timedelta(15), number="open")]
    passed = {"open": (StagePassage("mandatée", TODAY),)}
    both = list(zip(known, BASIS.costs(known), strict=True))
    [found] = forecasts(both, passed, {RECEIVED: [40] * LEAST, "mandatée": [5] * LEAST}, TODAY)
    assert found.stage.stage == "mandatée"
    assert found.risk is not None
    assert (found.risk.value, found.risk.whole) == (0.0, LEAST)
    assert found.risk.high > 0
    assert expected([found]) == (found.risk.low, 0.0, found.risk.high)


def test_a_pace_is_of_what_was_paid_within_a_year_from_each_stage(tmp_path: Path) -> None:
    one = invoice("A", date(2026, 8, 1), paid=date(2026, 9, 10))
    home = filled(
        tmp_path,
        one,
        StatusEvent(one.id, "08", date(2026, 9, 5)),
        StatusEvent(one.id, "10", date(2026, 9, 11)),
        invoice("B", date(2026, 8, 1), paid=date(2026, 8, 11)),
        invoice("C", TODAY - timedelta(380), paid=TODAY - timedelta(365)),
        invoice("D", date(2026, 8, 1)),
        invoice("E", date(2026, 8, 1), type="381", paid=date(2026, 8, 3)),
        invoice("F", date(2026, 8, 1), paid=TODAY + timedelta(1)),
    )
    with open_ledger(home) as ledger:
        assert paces(ledger, TODAY) == {RECEIVED: [10, 40], "mandatée": [5]}


def test_what_is_paid_in_time_is_counted_and_not_read(tmp_path: Path) -> None:
    home = filled(
        tmp_path,
        invoice("A", date(2026, 8, 1), paid=date(2026, 8, 31)),
        invoice("B", date(2026, 8, 1), paid=date(2026, 9, 1)),
        invoice("C", date(2026, 11, 20)),
    )
    with open_ledger(home) as ledger:
        found = payments(ledger, TODAY, beyond=30)
        late, stages, _ = late_tables(ledger, BASIS)
    assert ([each.number for each in found.known], found.count) == (["B", "C"], 3)
    assert [row[0] for row in late.rows] == ["B"]
    assert "0 en retard au 24/11/2026, 1 payées en retard, sur 3 dont" in late.notes[0]
    assert [row[2] for row in stages.rows] == [1]


def test_the_view_tells_amounts_terms_and_what_it_did_not_look_at(tmp_path: Path) -> None:
    home = filled(
        tmp_path,
        invoice("A", date(2026, 8, 3), net=10000, vat=2000),
        invoice("B", date(2026, 11, 20)),
        invoice("C", date(2026, 3, 1), currency="CHF", status="06"),
    )
    with open_ledger(home) as ledger:
        late, stages, risks = late_tables(ledger, BASIS)
    assert [row[0] for row in late.rows] == ["C", "A"]
    interest = late.rows[1][6]
    assert interest == _cost(_payment(date(2026, 8, 3), amount="12000")).interest
    assert isinstance(interest, Decimal)
    assert euros(interest) in late.notes[0]
    assert "40\u00a0€" in late.notes[0]
    assert "Suspendues parmi celles en retard : 1." in late.notes
    assert any(note.startswith("art. R2192-10 : «") for note in late.notes)
    assert [row[2] for row in stages.rows] == [2, 1]
    assert [row[-1] for row in risks.rows] == ["trop peu de factures comparables"]
