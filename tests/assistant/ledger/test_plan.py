from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import TotalsDisagree, WrongPlan
from assistant.ledger.query.listing import listing
from assistant.ledger.query.plan import (
    Bound,
    Operator,
    PeriodStep,
    Plan,
    PlanFilter,
    PlanMeasure,
    PlanPeriod,
    Population,
    rows_of,
    validate_plan,
)
from assistant.ledger.query.result import PlanResult, compute_result
from assistant.ledger.query.sql import LateColumns, rows, totals
from assistant.ledger.query.wording import answer, figures
from ingestion.ledger.database import open_ledger
from ingestion.ledger.embedded import Ledger, Row
from ingestion.ledger.rows import Invoice, Lineage, PurchaseChange, StatusEvent, TableRow
from tests.conftest import Engine
from tests.support.ledger_rows import FILE, file_row, filled, invoice, purchase

pytestmark = pytest.mark.usefixtures("both_engines")

TODAY = date(2026, 11, 24)
INVOICES, PURCHASES = Population.INVOICES, Population.PURCHASES
SPENT = Plan(PlanMeasure.SUM, INVOICES, "net")
HOSTILE = "x'; DROP TABLE invoice; --"


def _result(home: Path, plan: Plan, late: Sequence[LateColumns] | None = None) -> PlanResult:
    with open_ledger(home) as ledger:
        return compute_result(plan, ledger, TODAY, None if late is None else lambda: late)


def _values(result: PlanResult) -> dict[str, Decimal | None]:
    return {line.label: line.value for line in result.lines}


def _two_suppliers(home: Path) -> Path:
    other = {"supplier_siren": "552100554", "supplier_name": "Sève SAS"}
    return filled(
        home,
        invoice("A-1", date(2026, 1, 5), net=100, paid=date(2026, 2, 4)),
        invoice("A-2", date(2026, 2, 5), net=200),
        invoice("B-1", date(2026, 2, 6), net=50, **other),
        invoice("B-2", date(2025, 3, 6), net=70, paid=date(2025, 4, 20), **other),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        Plan(PlanMeasure.SUM, INVOICES),
        Plan(PlanMeasure.SUM, INVOICES, "supplier"),
        Plan(PlanMeasure.SUM, INVOICES, "amount"),
        Plan(PlanMeasure.COUNT, INVOICES, "net"),
        Plan(PlanMeasure.DAYS, INVOICES, "net"),
        Plan(PlanMeasure.SHARE, INVOICES),
        Plan(PlanMeasure.COUNT, INVOICES, part=(PlanFilter("paid", Operator.KNOWN),)),
        Plan(PlanMeasure.COUNT, INVOICES, filters=(PlanFilter("iban_sha256", Operator.KNOWN),)),
        Plan(PlanMeasure.COUNT, INVOICES, filters=(PlanFilter("net; --", Operator.KNOWN),)),
        Plan(PlanMeasure.COUNT, INVOICES, filters=(PlanFilter("supplier", Operator.MORE, ("A",)),)),
        Plan(PlanMeasure.COUNT, INVOICES, filters=(PlanFilter("net", Operator.MORE, (1.5,)),)),  # type: ignore[arg-type]
        Plan(PlanMeasure.COUNT, INVOICES, filters=(PlanFilter("net", Operator.MORE, ("1",)),)),
        Plan(PlanMeasure.COUNT, INVOICES, filters=(PlanFilter("net", Operator.MORE),)),
        Plan(PlanMeasure.COUNT, INVOICES, filters=(PlanFilter("supplier", Operator.IS),)),
        Plan(PlanMeasure.COUNT, INVOICES, filters=(PlanFilter("paid", Operator.KNOWN, ("x",)),)),
        Plan(PlanMeasure.COUNT, INVOICES, period=PlanPeriod("net", TODAY, TODAY)),
        Plan(PlanMeasure.COUNT, INVOICES, period=PlanPeriod("issued", TODAY, date(2020, 1, 1))),
        Plan(PlanMeasure.COUNT, INVOICES, compared=PlanPeriod("issued", TODAY, TODAY)),
        Plan(PlanMeasure.COUNT, INVOICES, group="net"),
        Plan(PlanMeasure.COUNT, INVOICES, group="supplier", step=PeriodStep.MONTH),
        Plan(PlanMeasure.COUNT, INVOICES, limit=3),
        Plan(PlanMeasure.COUNT, INVOICES, group="supplier", limit=0),
        Plan(PlanMeasure.COUNT, INVOICES, bound=Bound(Operator.MORE, Decimal(1))),
        Plan(
            PlanMeasure.COUNT, INVOICES, group="supplier", bound=Bound(Operator.IS_NOT, Decimal(1))
        ),
    ],
)
def test_a_plan_that_the_ledger_cannot_answer_is_refused(wrong: Plan) -> None:
    with pytest.raises(WrongPlan):
        validate_plan(wrong)


def test_rows_are_counted_added_and_averaged(tmp_path: Path) -> None:
    home = _two_suppliers(tmp_path)
    assert _result(home, Plan(PlanMeasure.COUNT, INVOICES)).total.value == 4
    assert _result(home, SPENT).total.value == Decimal("420.00")
    assert _result(home, replace(SPENT, measure=PlanMeasure.AVERAGE)).total.value == Decimal(
        "105.00"
    )
    days = _result(home, Plan(PlanMeasure.DAYS, INVOICES, "payment_days"))
    assert days.total.value == Decimal("37.5")
    assert days.notes == ("2 factures sans valeur (délai de paiement), hors du calcul.",)


def test_groups_are_ranked_and_those_left_out_are_told(tmp_path: Path) -> None:
    home = _two_suppliers(tmp_path)
    found = _result(home, replace(SPENT, group="supplier", limit=1))
    assert _values(found) == {"Brelan SARL": Decimal("300.00")}
    assert found.total.value == Decimal("420.00")
    assert found.notes == ("1 autre non montré, 120\u00a0€ ensemble.",)
    assert answer(found).startswith("Brelan SARL : 300\u00a0€ (")
    lowest = _result(home, replace(SPENT, group="supplier", limit=1, is_ascending=True))
    assert _values(lowest) == {"Sève SAS": Decimal("120.00")}


def test_groups_that_do_not_meet_a_bound_are_left_out_and_told(tmp_path: Path) -> None:
    home = _two_suppliers(tmp_path)
    plan = replace(SPENT, group="supplier")
    above = _result(home, replace(plan, bound=Bound(Operator.MORE, Decimal(120))))
    assert _values(above) == {"Brelan SARL": Decimal("300.00")}
    assert above.notes == ("1 autre non montré, 120\u00a0€ ensemble.",)
    assert answer(above).startswith("Brelan SARL : 300\u00a0€ (")
    at_least = _result(home, replace(plan, bound=Bound(Operator.AT_LEAST, Decimal(120))))
    assert [*_values(at_least)] == ["Brelan SARL", "Sève SAS"]
    below = _result(home, replace(plan, bound=Bound(Operator.LESS, Decimal(120))))
    assert answer(below).startswith("Aucune ligne (")
    share = replace(plan, measure=PlanMeasure.SHARE, bound=Bound(Operator.AT_MOST, Decimal(30)))
    assert _values(_result(home, share)) == {"Sève SAS": Decimal("28.6")}


def test_what_no_row_adds_up_to_is_nothing(tmp_path: Path) -> None:
    home = _two_suppliers(tmp_path)
    none = replace(SPENT, filters=(PlanFilter("status", Operator.IS, ("05",)),))
    assert _result(home, none).total.value == 0
    mean = replace(none, measure=PlanMeasure.AVERAGE)
    assert _result(home, mean).total.value is None


def test_a_status_has_a_day_and_a_mandate_that_of_what_followed_it(tmp_path: Path) -> None:
    one, other = invoice("A", date(2026, 3, 2)), invoice("B", date(2026, 3, 2))
    home = filled(
        tmp_path,
        one,
        other,
        StatusEvent(one.id, "06", date(2026, 3, 10)),
        StatusEvent(one.id, "06", date(2026, 3, 20)),
        StatusEvent(one.id, "08", date(2026, 3, 25)),
        StatusEvent(other.id, "11", date(2026, 3, 31)),
    )
    for field, day, count in (
        ("suspended", 20, 1),
        ("suspended", 10, 0),
        ("rejected", 10, 0),
        ("mandated", 25, 1),
        ("mandated", 31, 1),
    ):
        on = PlanPeriod(field, date(2026, 3, day), date(2026, 3, day))
        assert _result(home, Plan(PlanMeasure.COUNT, INVOICES, period=on)).total.value == count


def test_a_contract_ends_its_months_after_its_day(tmp_path: Path) -> None:
    extended = purchase("M-3", notified=date(2024, 2, 1), months=24)
    home = filled(
        tmp_path,
        *purchase("M-1", notified=date(2024, 8, 31), months=6),
        *purchase("M-2", notified=date(2024, 8, 31)),
        *extended,
        PurchaseChange(extended[0].id, date(2025, 3, 1), months=48),  # type: ignore[union-attr]
        PurchaseChange(extended[0].id, date(2025, 2, 1), months=36),  # type: ignore[union-attr]
        PurchaseChange(extended[0].id, date(2025, 4, 1), Decimal(9)),  # type: ignore[union-attr]
    )
    for last in (date(2025, 2, 28), date(2028, 2, 1)):
        plan = Plan(PlanMeasure.COUNT, PURCHASES, period=PlanPeriod("ends", last, last))
        assert _result(home, plan).total.value == 1
    changed = Plan(PlanMeasure.SUM, PURCHASES, "last_amount")
    assert _result(home, changed).total.value == 2009


def test_periods_are_in_the_order_of_time_and_ranks_of_value(tmp_path: Path) -> None:
    home = _two_suppliers(tmp_path)
    by_month = replace(SPENT, group="issued", step=PeriodStep.MONTH)
    labels = [line.label for line in _result(home, by_month).lines]
    assert labels == ["2025-03", "2026-01", "2026-02"]
    assert _values(_result(home, replace(by_month, limit=1))) == {"2026-02": Decimal("250.00")}
    by_quarter = _result(home, replace(by_month, step=PeriodStep.QUARTER))
    assert [line.label for line in by_quarter.lines] == ["2025-T1", "2026-T1"]


def test_a_share_is_of_the_part_or_of_each_group(tmp_path: Path) -> None:
    home = _two_suppliers(tmp_path)
    paid = Plan(PlanMeasure.SHARE, INVOICES, part=(PlanFilter("paid", Operator.KNOWN),))
    assert _result(home, paid).total.value == Decimal("50.0")
    assert _result(home, replace(paid, of="net")).total.value == Decimal("40.5")
    each = Plan(PlanMeasure.SHARE, INVOICES, "net", group="supplier")
    assert _values(_result(home, each)) == {
        "Brelan SARL": Decimal("71.4"),
        "Sève SAS": Decimal("28.6"),
    }


def test_two_periods_are_compared_group_by_group(tmp_path: Path) -> None:
    home = _two_suppliers(tmp_path)
    found = _result(
        home,
        replace(
            SPENT,
            group="supplier",
            period=PlanPeriod("issued", date(2026, 1, 1), date(2026, 12, 31)),
            compared=PlanPeriod("issued", date(2025, 1, 1), date(2025, 12, 31)),
        ),
    )
    assert (found.total.value, found.total.before) == (Decimal("350.00"), Decimal("70.00"))
    assert [(line.label, line.value, line.before) for line in found.lines] == [
        ("Brelan SARL", Decimal("300.00"), None),
        ("Sève SAS", Decimal("50.00"), Decimal("70.00")),
    ]


def test_the_days_of_a_period_are_both_included(tmp_path: Path) -> None:
    home = _two_suppliers(tmp_path)
    for first, last, count in (("2026-01-05", "2026-02-05", 2), ("2026-01-06", "2026-02-04", 0)):
        period = PlanPeriod("issued", date.fromisoformat(first), date.fromisoformat(last))
        plan = Plan(PlanMeasure.COUNT, INVOICES, period=period)
        assert _result(home, plan).total.value == count


def test_a_credit_note_is_taken_off_however_it_is_signed(tmp_path: Path) -> None:
    home = filled(
        tmp_path,
        invoice("A", net=100),
        invoice("B", net=30, type="381"),
        invoice("C", net=-20, vat=-4, type="381"),
    )
    assert _result(home, SPENT).total.value == Decimal("50.00")


def test_credit_notes_beside_the_invoices_counted_are_told(tmp_path: Path) -> None:
    home = filled(tmp_path, invoice("A"), invoice("B", type="381"), invoice("C", type="381"))
    every = Plan(PlanMeasure.COUNT, INVOICES)
    found = _result(home, every)
    assert found.total.value == 1
    assert found.notes == ("2 avoirs de côté.",)
    for only in (Operator.KNOWN, Operator.UNKNOWN):
        assert _result(home, replace(every, filters=(PlanFilter("is_credit", only),))).notes == ()


def test_other_currencies_are_not_added_to_euros(tmp_path: Path) -> None:
    home = filled(tmp_path, invoice("A", net=100), invoice("B", net=30, currency="CHF"))
    found = _result(home, SPENT)
    assert found.total.value == Decimal("100.00")
    assert found.notes == ("1 en CHF, hors du calcul.",)
    assert _result(home, Plan(PlanMeasure.COUNT, INVOICES)).total.value == 2


def test_a_supplier_that_writes_its_name_in_two_ways_is_one(tmp_path: Path) -> None:
    home = filled(tmp_path, invoice("A"), invoice("B", supplier_name="BRELAN"))
    assert len(_result(home, replace(SPENT, group="supplier")).lines) == 1


def test_a_payment_is_known_by_its_status_too(tmp_path: Path) -> None:
    sent = invoice("A", date(2026, 3, 2))
    home = filled(tmp_path, sent, StatusEvent(sent.id, "11", date(2026, 3, 30)))
    plan = Plan(PlanMeasure.DAYS, INVOICES, "payment_days")
    assert _result(home, plan).total.value == 28


def test_a_contract_of_several_holders_is_counted_once(tmp_path: Path) -> None:
    home = filled(
        tmp_path,
        *purchase("1", 1000, holders=("11111111100011", "22222222200022")),
        *purchase("2", 500, holders=("11111111100011", "11111111100029")),
    )
    spent = Plan(PlanMeasure.SUM, PURCHASES, "amount")
    assert _result(home, spent).total.value == Decimal("1500.00")
    by_holder = _result(home, replace(spent, group="supplier"))
    assert sorted(line.value or 0 for line in by_holder.lines) == [500, 1000]
    either = PlanFilter("supplier", Operator.IS, ("111111111", "222222222"))
    assert _result(home, replace(spent, filters=(either,))).total.value == Decimal("1500.00")
    of_one = replace(spent, filters=(PlanFilter("supplier", Operator.IS, ("111111111",)),))
    assert _result(home, of_one).total.value == Decimal("1500.00")


def test_the_last_amount_of_a_contract_is_that_of_its_last_change(tmp_path: Path) -> None:
    first, *holders = purchase("1", 1000)
    assert not isinstance(first, Invoice)
    changes = (
        PurchaseChange(first.id, date(2026, 5, 1), Decimal(1300)),  # type: ignore[union-attr]
        PurchaseChange(first.id, date(2026, 3, 1), Decimal(1200)),  # type: ignore[union-attr]
    )
    home = filled(tmp_path, first, *holders, *changes)
    last = _result(home, Plan(PlanMeasure.SUM, PURCHASES, "last_amount"))
    assert last.total.value == Decimal("1300.00")


@pytest.mark.parametrize("operator", [Operator.IS, Operator.STARTS])
def test_hostile_values_are_only_values(tmp_path: Path, operator: Operator) -> None:
    home = filled(tmp_path, invoice("A", supplier_siren=None, supplier_name=HOSTILE), invoice("B"))
    condition = PlanFilter("supplier", operator, (HOSTILE.upper(),))
    plan = Plan(PlanMeasure.COUNT, INVOICES, filters=(condition,))
    assert HOSTILE not in totals([plan], TODAY).sql + rows([plan], TODAY).sql
    assert _result(home, plan).total.value == 1
    assert _result(home, Plan(PlanMeasure.COUNT, INVOICES)).total.value == 2


def test_what_the_law_computes_is_measured_and_grouped_like_a_column(tmp_path: Path) -> None:
    one, other = invoice("A"), invoice("B", net=10)
    home = filled(tmp_path, one, other)
    late = [LateColumns(one.id, date(2026, 4, 1), 12, Decimal("3.45"), Decimal(40))]
    plan = Plan(
        PlanMeasure.SUM, INVOICES, "interest", (PlanFilter("late_days", Operator.MORE, (0,)),)
    )
    found = _result(home, plan, late)
    assert (found.total.value, found.total.rows) == (Decimal("3.45"), (one.id,))
    assert _result(home, replace(plan, filters=()), []).total.value is None


def test_what_the_law_computes_needs_the_law(tmp_path: Path) -> None:
    home = filled(tmp_path, invoice("A"))
    with pytest.raises(WrongPlan, match="acheteur"):
        _result(home, Plan(PlanMeasure.SUM, INVOICES, "interest"))


class _Altered(Ledger):
    """A ledger whose sums are wrong."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def rows(
        self, sql: str, parameters: Sequence[object] = (), *, seconds: float = 1.0
    ) -> tuple[Row, ...]:
        found = self._ledger.rows(sql, parameters)
        if "GROUP BY currency, key" not in sql:
            return found
        return tuple((*row[:5], row[5] + 1, row[6]) for row in found)


def test_totals_that_are_not_those_of_the_rows_are_never_shown(tmp_path: Path) -> None:
    home = _two_suppliers(tmp_path)
    with open_ledger(home) as ledger, pytest.raises(TotalsDisagree):
        compute_result(SPENT, _Altered(ledger), TODAY)


def test_each_figure_leads_to_its_rows_and_each_row_to_its_place(tmp_path: Path) -> None:
    one = invoice("A")
    place = Lineage("invoice", one.id, "number", FILE, "ligne 14, colonne Numéro")
    home = filled(tmp_path, file_row(), one, place)
    found = _result(home, replace(SPENT, group="supplier"))
    assert figures(found).rows_of == ((one.id,),)
    with open_ledger(home) as ledger:
        table = listing(ledger, INVOICES, found.total.rows, TODAY)
    assert table.rows[0][-1] == "essai.csv, ligne 14, colonne Numéro"


_AMOUNTS = st.decimals("-99999.99", "99999.99", places=2)
_ROWS = st.lists(
    st.tuples(
        st.sampled_from(["111111118", "222222226", None]),
        st.dates(date(2025, 1, 1), date(2026, 12, 31)),
        st.one_of(st.none(), _AMOUNTS),
        st.sampled_from(["380", "381"]),
    ),
    min_size=1,
    max_size=12,
)


def _invoices(drawn: Sequence[tuple[str | None, date, Decimal | None, str]]) -> list[TableRow]:
    return [
        replace(
            invoice(f"F-{place}", day, supplier_siren=siren, type=kind, supplier_name="Nom"),
            net=net,
        )
        for place, (siren, day, net, kind) in enumerate(drawn)
    ]


@settings(max_examples=15, deadline=None)
@given(_ROWS, st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.integers(0, 400))
def test_totals_are_the_sums_of_their_groups_and_of_plain_python(
    engine: Engine,
    drawn: Sequence[tuple[str | None, date, Decimal | None, str]],
    first: date,
    days: int,
) -> None:
    last = first + timedelta(days)
    expected: dict[str, Decimal] = defaultdict(Decimal)
    for siren, day, net, kind in drawn:
        if net is not None and first <= day <= last:
            expected[siren or "NOM"] += -abs(net) if kind == "381" else net
    plan = replace(SPENT, period=PlanPeriod("issued", first, last), group="supplier")
    with TemporaryDirectory() as folder:
        home = filled(engine(Path(folder)), *_invoices(drawn))
        found = _result(home, plan)
        months = _result(home, replace(plan, group="issued", step=PeriodStep.MONTH))
    assert (found.total.value or 0) == sum(expected.values())
    assert sum(line.value or 0 for line in found.lines) == (found.total.value or 0)
    assert sum(line.value or 0 for line in months.lines) == (found.total.value or 0)
    assert sorted(v for v in expected.values() if v) == sorted(
        line.value for line in found.lines if line.value
    )
    ids = [row for line in found.lines for row in line.rows]
    assert sorted(ids) == sorted(found.total.rows) == sorted(set(ids))


def test_every_field_can_be_named_in_a_query(tmp_path: Path) -> None:
    home = filled(tmp_path, invoice("A"), *purchase())
    for population in Population:
        for name in rows_of(population).fields:
            plan = Plan(PlanMeasure.COUNT, population, filters=(PlanFilter(name, Operator.KNOWN),))
            assert _result(home, plan, []).total.value in {0, 1}, name
