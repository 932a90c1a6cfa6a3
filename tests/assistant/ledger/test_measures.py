"""Medians, values counted once, days between two dates, and what amounts are compared in."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import WrongPlan
from assistant.ledger.query.plan import (
    Operator,
    Plan,
    PlanFilter,
    PlanMeasure,
    PlanPeriod,
    Population,
    validate_plan,
)
from assistant.ledger.query.plan_fields import fields_of, plan_of
from assistant.ledger.query.result import PlanResult, compute_result
from assistant.ledger.query.sums import twice_median
from assistant.ledger.query.wording import answer, figures
from assistant.ledger.tables import Format
from ingestion.ledger.database import open_ledger
from ingestion.ledger.rows import PurchaseHolder, StatusEvent
from tests.support.ledger_rows import file_row, filled, invoice, purchase

TODAY = date(2026, 6, 30)
INVOICES, PURCHASES = Population.INVOICES, Population.PURCHASES
MEDIAN = Plan(PlanMeasure.MEDIAN, INVOICES, "net")
SEVE = {"supplier_siren": "552100554", "supplier_name": "Sève SAS"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five invoices of two suppliers, one of them in francs, and a credit note."""
    rows = [
        invoice("A-1", date(2026, 1, 5), net=100, paid=date(2026, 1, 25)),
        invoice("A-2", date(2026, 2, 5), net=200, received=None),
        invoice("A-3", date(2026, 3, 5), net=900, service="Voirie"),
        invoice("B-1", date(2026, 4, 5), net=400, **SEVE),
        invoice("B-2", date(2026, 5, 5), net=500, currency="CHF", **SEVE),
        invoice("AV-1", date(2026, 5, 6), net=50, type="381", preceding="A-1"),
    ]
    passed = [("08", 9), ("07", 7)]
    events = [StatusEvent(rows[0].id, code, date(2026, 1, day)) for code, day in passed]
    return filled(tmp_path_factory.mktemp("measures"), file_row(), *rows, *events)


def _result(home: Path, plan: Plan) -> PlanResult:
    with open_ledger(home) as ledger:
        return compute_result(plan, ledger, TODAY)


def _values(found: PlanResult) -> dict[str, Decimal | None]:
    return {line.label: line.value for line in found.lines}


def test_a_median_is_the_middle_of_all_rows_and_of_each_group(home: Path) -> None:
    found = _result(home, replace(MEDIAN, group="supplier"))
    assert found.total.value == Decimal("300.00")  # of 100, 200, 400 and 900
    assert _values(found) == {"Brelan SARL": Decimal("200.00"), "Sève SAS": Decimal("400.00")}
    assert answer(_result(home, MEDIAN)).startswith("300\u00a0€ (médiane du montant HT des fact")


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=9))
def test_the_two_middle_values_are_twice_the_median(values: list[int]) -> None:
    assert twice_median(values) == Decimal(str(2 * median(values)))


def test_a_value_is_counted_once_however_many_rows_have_it(home: Path) -> None:
    plan = Plan(PlanMeasure.DISTINCT, INVOICES, "supplier")
    found = _result(home, plan)
    assert found.total.value == 2
    assert figures(found).columns[1].format is Format.COUNT
    assert answer(found).startswith("2 (nombre de fournisseurs, une fois chacun, des factures")
    by_month = _result(home, replace(plan, group="service"))
    assert by_month.total.value == 2  # and not the sum of its groups
    assert _values(by_month) == {"non renseigné": 2, "Voirie": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        Plan(PlanMeasure.MEDIAN, INVOICES),
        Plan(PlanMeasure.MEDIAN, INVOICES, "supplier"),
        Plan(PlanMeasure.DISTINCT, INVOICES),
        Plan(PlanMeasure.DISTINCT, INVOICES, "net"),
        Plan(PlanMeasure.DISTINCT, PURCHASES, "supplier"),
    ],
)
def test_what_has_no_median_or_no_name_for_its_values_is_refused(wrong: Plan) -> None:
    with pytest.raises(WrongPlan):
        validate_plan(wrong)


@pytest.mark.parametrize("measure", [PlanMeasure.MEDIAN, PlanMeasure.DISTINCT])
def test_the_new_measures_come_back_from_their_fields(measure: PlanMeasure) -> None:
    plan = Plan(measure, INVOICES, "net" if measure is PlanMeasure.MEDIAN else "supplier")
    assert plan_of(INVOICES, fields_of(plan)) == plan


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("certifying_days", 2),
        ("mandating_days", 4),
        ("deposited_days", 20),
        ("ordering_days", 2),
        ("certified_days", 18),
        ("settling_days", 16),
        ("issued_days", 20),
    ],
)
def test_days_between_two_dates_are_of_the_rows_that_have_both(
    home: Path, field: str, days: int
) -> None:
    found = _result(home, Plan(PlanMeasure.DAYS, INVOICES, field))
    assert found.total.value == days
    assert "4 factures sans valeur" in found.notes[-1]


def test_an_amount_is_compared_in_euros(home: Path) -> None:
    more = PlanFilter("net", Operator.AT_LEAST, (Decimal(400),))
    found = _result(home, Plan(PlanMeasure.COUNT, INVOICES, filters=(more,)))
    assert found.total.value == 2
    assert "un montant comparé est en euros" in found.told[0]
    francs = PlanFilter("currency", Operator.IS, ("CHF",))
    both = Plan(PlanMeasure.COUNT, INVOICES, filters=(more, francs))
    assert _result(home, both).total.value == 1


def test_amounts_of_one_other_currency_are_added_and_said_in_it(home: Path) -> None:
    francs = PlanFilter("currency", Operator.IS, ("CHF",))
    found = _result(home, Plan(PlanMeasure.SUM, INVOICES, "net", filters=(francs,)))
    assert found.total.value == Decimal(500)
    assert answer(found).startswith("500\u00a0CHF (")
    assert figures(found).columns[1].format is Format.NUMBER
    assert "1 en CHF, hors du calcul." in _result(home, replace(MEDIAN)).notes


def test_a_period_before_the_ledger_begins_is_no_zero(home: Path) -> None:
    before = PlanPeriod("issued", date(2023, 1, 1), date(2023, 12, 31))
    spent = _result(home, Plan(PlanMeasure.SUM, INVOICES, "net", period=before))
    assert spent.total.value is None
    assert spent.notes[0].startswith("Le registre ne commence que le 05/01/2026")
    counted = _result(home, Plan(PlanMeasure.COUNT, INVOICES, period=before))
    assert counted.total.value == 0
    assert counted.notes[0] == spent.notes[0]
    within = PlanPeriod("issued", date(2026, 1, 6), date(2026, 1, 9))
    assert _result(home, Plan(PlanMeasure.SUM, INVOICES, "net", period=within)).total.value == 0


@pytest.mark.parametrize("measure", [PlanMeasure.SUM, PlanMeasure.COUNT])
def test_a_period_compared_that_is_before_the_ledger_has_no_figure(
    home: Path, measure: PlanMeasure
) -> None:
    of = "net" if measure is PlanMeasure.SUM else None
    now = PlanPeriod("issued", date(2026, 1, 1), date(2026, 12, 31))
    then = PlanPeriod("issued", date(2025, 1, 1), date(2025, 12, 31))
    found = _result(home, Plan(measure, INVOICES, of, group="supplier", period=now, compared=then))
    assert [line.before for line in (found.total, *found.lines)] == [None] * 3
    assert found.notes[0].startswith("Période comparée : Le registre ne commence que le 05/01/2026")
    within = PlanPeriod("issued", date(2026, 1, 6), date(2026, 1, 9))
    compared = _result(home, Plan(measure, INVOICES, of, period=now, compared=within))
    assert compared.total.before == 0


def test_a_credit_note_without_its_invoice_is_found(home: Path) -> None:
    notes = PlanFilter("is_credit", Operator.KNOWN)
    without = PlanFilter("preceding", Operator.UNKNOWN)
    plan = Plan(PlanMeasure.COUNT, INVOICES, filters=(notes,))
    assert _result(home, plan).total.value == 1
    assert _result(home, replace(plan, filters=(notes, without))).total.value == 0


CREDITS = Plan(PlanMeasure.SUM, INVOICES, "net", filters=(PlanFilter("is_credit", Operator.KNOWN),))


@pytest.mark.parametrize(
    ("plan", "value"),
    [
        (CREDITS, Decimal(50)),
        (replace(CREDITS, measure=PlanMeasure.AVERAGE), Decimal(50)),
        (replace(CREDITS, filters=(PlanFilter("document", Operator.IS, ("avoir",)),)), Decimal(50)),
        (replace(CREDITS, group="supplier"), Decimal(50)),
        (replace(CREDITS, period=PlanPeriod("issued", date(2026, 6, 1), None)), Decimal(0)),
        (replace(CREDITS, filters=()), Decimal(1550)),
    ],
)
def test_credit_notes_alone_are_told_without_their_sign(
    home: Path, plan: Plan, value: Decimal
) -> None:
    found = _result(home, plan)
    assert found.total.value == value
    assert [*_values(found).values()] == ([value] if plan.group else [])
    assert ("sans son signe moins" in found.told[0]) is bool(plan.filters)


def test_credit_notes_of_two_periods_are_both_told_without_their_sign(home: Path) -> None:
    may, june = (PlanPeriod("issued", date(2026, month, 1), None) for month in (5, 6))
    total = _result(home, replace(CREDITS, period=june, compared=may)).total
    assert (total.value, total.before) == (Decimal(0), Decimal(50))


def test_a_contract_of_several_holders_is_told_from_one_of_one(tmp_path: Path) -> None:
    one, other = purchase("2026-01", 100), purchase("2026-02", 200)
    holder = next(each for each in other if isinstance(each, PurchaseHolder))
    second = PurchaseHolder(holder.purchase, siret="55210055400013", name="Sève")
    home = filled(tmp_path, file_row(), *one, *other, second)
    for operator, number in ((Operator.KNOWN, "2026-02"), (Operator.UNKNOWN, "2026-01")):
        plan = Plan(PlanMeasure.COUNT, PURCHASES, filters=(PlanFilter("is_joint", operator),))
        found = _result(home, replace(plan, group="number"))
        assert [*_values(found)] == [number], number
