"""Both engines, filled with the same exports, say the same of every view and every plan."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import WrongPlan
from assistant.ledger.anomalies import anomalies, anomaly_table
from assistant.ledger.needs import needs_table, pooling_table
from assistant.ledger.payments import late_tables
from assistant.ledger.piece import piece_tables
from assistant.ledger.purchases import contracts, held_contracts, repeated, summary_tables
from assistant.ledger.query.listing import listing
from assistant.ledger.query.names import names
from assistant.ledger.query.plan import (
    FieldKind,
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
from assistant.ledger.suppliers import supplier_tables
from ingestion.ledger.database import open_ledger
from ingestion.ledger.embedded import Ledger
from ingestion.ledger.importing import ImportOrder, import_files
from ingestion.ledger.rows import FileKind
from tests.studies.ledger_benchmark import BASIS, LIMITS
from tests.support.postgresql_server import Server, on_server
from tests.support.synthetic_ledger import TODAY, write_invoices, write_purchases

pytestmark = pytest.mark.slow

COUNT = 600
HOSTILE = "'; DROP TABLE invoice; --"

Pair = tuple[Ledger, Ledger]
View = Callable[[Ledger], object]

VIEWS: dict[str, View] = {
    "late": lambda ledger: late_tables(ledger, BASIS),
    "anomalies": lambda ledger: anomaly_table(anomalies(ledger, LIMITS.exemption), has_limit=True),
    "summary": lambda ledger: summary_tables(ledger, TODAY),
    "suppliers": lambda ledger: supplier_tables(held_contracts(ledger)),
    "pooling": lambda ledger: pooling_table(contracts(ledger)),
    "thresholds": lambda ledger: needs_table(repeated(ledger), LIMITS),
    "pieces": lambda ledger: [
        piece_tables(ledger, each, identifier)
        for each, table in ((Population.INVOICES, "invoice"), (Population.PURCHASES, "purchase"))
        for (identifier,) in ledger.rows(f"SELECT id FROM {table} ORDER BY id LIMIT 5")
    ],
    "names of invoices": lambda ledger: names(ledger, Population.INVOICES),
    "names of purchases": lambda ledger: names(ledger, Population.PURCHASES),
}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, postgresql: Server) -> Iterator[Pair]:
    """A ledger in a file and one on a server, of the same exports."""
    folder = tmp_path_factory.mktemp("engines")
    homes = (folder / "file", on_server(folder / "server", postgresql))
    for kind, path in (
        (FileKind.INVOICES, write_invoices(folder / "factures.csv", COUNT)),
        (FileKind.PURCHASES, write_purchases(folder / "marches.csv", COUNT)),
    ):
        reports = [
            import_files(home, ImportOrder(kind, (path,), {}), today=TODAY) for home in homes
        ]
        assert reports[0] == reports[1]
    with ExitStack() as opened:
        one, other = (opened.enter_context(open_ledger(home)) for home in homes)
        yield one, other


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_views_are_the_same(both: Pair, view: View) -> None:
    one, other = map(view, both)
    assert one == other
    assert one


def _fields(population: Population, *kinds: FieldKind) -> st.SearchStrategy[str]:
    fields = rows_of(population).fields.values()
    return st.sampled_from(sorted(each.name for each in fields if each.kind in kinds))


@st.composite
def _filters(draw: st.DrawFn, population: Population) -> PlanFilter:
    operator = draw(st.sampled_from(Operator))
    match operator:
        case Operator.KNOWN | Operator.UNKNOWN:
            return PlanFilter(draw(_fields(population, *FieldKind)), operator)
        case Operator.IS | Operator.IS_NOT | Operator.STARTS:
            some = ("20", "380", "03", "S01", "210000000", "Procédure adaptée", "é%_", HOSTILE)
            values = draw(st.lists(st.sampled_from(some), min_size=1, max_size=3))
            return PlanFilter(draw(_fields(population, FieldKind.TEXT)), operator, tuple(values))
    if draw(st.booleans()):
        amount = draw(st.decimals(-100, 100_000, places=2))
        return PlanFilter(draw(_fields(population, FieldKind.AMOUNT)), operator, (amount,))
    days = draw(st.integers(-10, 60))
    return PlanFilter(
        draw(_fields(population, FieldKind.DAYS, FieldKind.MONTHS)), operator, (days,)
    )


@st.composite
def _periods(draw: st.DrawFn, population: Population) -> PlanPeriod:
    first = draw(st.none() | st.dates(date(2024, 1, 1), date(2026, 12, 31)))
    last = draw(st.none() | st.dates(first or date(2024, 1, 1), date(2027, 12, 31)))
    return PlanPeriod(draw(_fields(population, FieldKind.DATE)), first, last)


@st.composite
def _plans(draw: st.DrawFn) -> Plan:
    """Any plan that can be validated, of all fields, steps, parts and comparisons."""
    over = draw(st.sampled_from(Population))
    names = st.sampled_from(sorted(rows_of(over).fields))
    period = draw(st.none() | _periods(over))
    group = draw(st.none() | names)
    plan = Plan(
        draw(st.sampled_from(PlanMeasure)),
        over,
        draw(
            st.none()
            | _fields(over, FieldKind.AMOUNT, FieldKind.DAYS, FieldKind.MONTHS)
            | st.sampled_from([each.name for each in rows_of(over).fields.values() if each.many])
        ),
        tuple(draw(st.lists(_filters(over), max_size=2))),
        period,
        tuple(draw(st.lists(_filters(over), max_size=1))),
        group,
        draw(st.none() | st.sampled_from(PeriodStep)) if group else None,
        draw(st.booleans()),
        draw(st.none() | st.integers(1, 5)) if group else None,
        draw(st.none() | _periods(over)) if period else None,
    )
    try:
        return validate_plan(plan)
    except WrongPlan:
        return validate_plan(Plan(PlanMeasure.COUNT, over, filters=plan.filters, period=period))


@settings(max_examples=60)
@given(_plans())
def test_plans_are_computed_the_same(both: Pair, plan: Plan) -> None:
    results = [_computed(plan, ledger) for ledger in both]
    assert results[0] == results[1]
    rows = [listing(each, plan.over, results[0].total.rows[:50], TODAY) for each in both]
    assert rows[0] == rows[1]


def _computed(plan: Plan, ledger: Ledger) -> PlanResult:
    return compute_result(plan, ledger, TODAY, lambda: BASIS.costs_of_all(ledger))


@pytest.mark.parametrize("group", [None, "status", "supplier"])
@pytest.mark.parametrize(
    ("measure", "of"),
    [
        (PlanMeasure.MEDIAN, "net"),
        (PlanMeasure.MEDIAN, "payment_days"),
        (PlanMeasure.DISTINCT, "supplier"),
    ],
)
def test_what_does_not_add_up_is_the_same(
    both: Pair, measure: PlanMeasure, of: str, group: str | None
) -> None:
    plan = Plan(measure, Population.INVOICES, of, group=group)
    one, other = (_computed(plan, ledger) for ledger in both)
    assert one == other
    assert one.total.value


def test_amounts_are_exact_decimals_on_both(both: Pair) -> None:
    spent = [
        _computed(Plan(PlanMeasure.SUM, Population.INVOICES, "gross"), each).total.value
        for each in both
    ]
    assert spent[0] == spent[1]
    assert isinstance(spent[1], Decimal)
    assert spent[1].as_tuple().exponent == -2
