from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import WrongPlan
from assistant.ledger.parsing.vocabulary import Name
from assistant.ledger.query.plan import (
    Bound,
    Operator,
    PeriodStep,
    Plan,
    PlanFilter,
    PlanMeasure,
    PlanPeriod,
    Population,
)
from assistant.ledger.query.plan_fields import fields_of, plan_of

INVOICES = Population.INVOICES
NAMES = (
    Name("supplier", "732829320", "Brelan SARL"),
    Name("supplier", "552100554", "Brelan Sud SAS"),
    Name("supplier", "SÈVE", "Sève"),
    Name("supplier", "A ; B", "A ; B"),
)

_KEYS = st.text("ABCé'<>=-/\"", min_size=1, max_size=9).map(str.strip).filter(bool)
_FILTERS = st.one_of(
    st.builds(PlanFilter, st.just("supplier"), st.just(Operator.IS), st.tuples(_KEYS)),
    st.builds(PlanFilter, st.just("number"), st.just(Operator.STARTS), st.tuples(_KEYS)),
    st.builds(
        PlanFilter,
        st.just("gross"),
        st.sampled_from([Operator.MORE, Operator.AT_MOST]),
        st.tuples(st.decimals(-(10**9), 10**9, places=2)),
    ),
    st.builds(
        PlanFilter, st.just("late_days"), st.just(Operator.MORE), st.tuples(st.integers(0, 99))
    ),
    st.builds(PlanFilter, st.just("paid"), st.sampled_from([Operator.KNOWN, Operator.UNKNOWN])),
)
_PERIODS = st.builds(
    lambda field, first, days: PlanPeriod(field, first, first + days),
    st.sampled_from(["issued", "paid"]),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.timedeltas(min_value=date.resolution, max_value=date.resolution * 400),
)


_BOUNDS = st.builds(
    Bound,
    st.sampled_from([Operator.MORE, Operator.AT_LEAST, Operator.LESS, Operator.AT_MOST]),
    st.decimals(-(10**9), 10**9, places=2),
)


@st.composite
def _plans(draw: st.DrawFn) -> Plan:
    part = tuple(draw(st.lists(_FILTERS, max_size=2, unique=True)))
    step = draw(st.sampled_from([None, *PeriodStep]))
    period = draw(st.none() | _PERIODS)
    bound = draw(st.none() | _BOUNDS)
    later = period and PlanPeriod(period.field, date(2101, 1, 1), None)
    return Plan(
        PlanMeasure.SHARE if part else PlanMeasure.SUM,
        INVOICES,
        "gross",
        tuple(draw(st.lists(_FILTERS, max_size=3, unique=True))),
        period,
        part,
        "issued" if step else draw(st.sampled_from(["supplier", "status"])),
        step,
        draw(st.booleans()),
        draw(st.none() | st.integers(1, 1000)),
        None if step or bound else draw(st.sampled_from([None, later])),
        bound,
    )


@given(_plans())
def test_a_plan_comes_back_from_its_fields(plan: Plan) -> None:
    back = plan_of(INVOICES, fields_of(plan))
    assert [each.values for each in (*back.filters, *back.part)] == [
        each.values for each in (*plan.filters, *plan.part)
    ]
    assert fields_of(back) == fields_of(plan)


def _filtered(field: str, operator: str, value: str) -> Plan:
    fields = [("champ", field), ("operateur", operator), ("valeur", value)]
    return plan_of(INVOICES, fields, NAMES)


def test_without_fields_every_row_is_counted() -> None:
    assert plan_of(INVOICES, []) == Plan(PlanMeasure.COUNT, INVOICES)


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("brelan sarl", ("732829320",)),
        ("Brelan", ("732829320",)),
        ("Brelan SARL (732829320)", ("732829320",)),
        ("552100554", ("552100554",)),
        ("sud", ("552100554",)),
        ("Brelan ; seve", ("732829320", "SÈVE")),
        ("Inconnu", ("Inconnu",)),
        ("a ; b", ("A ; B",)),
    ],
)
def test_a_supplier_is_named_as_people_write(written: str, keys: tuple[str, ...]) -> None:
    assert _filtered("supplier", "is", written).filters[0].values == keys


def test_a_status_is_named_by_its_word_or_its_code() -> None:
    assert _filtered("status", "is", "Suspendue").filters == _filtered("status", "is", "06").filters


@pytest.mark.parametrize("written", ["1234,50", "1 234,50", "1234.50", "1 234,50 €"])
def test_an_amount_is_written_the_french_way_or_the_programs(written: str) -> None:
    assert _filtered("gross", "more", written).filters[0].values == (Decimal("1234.50"),)


def test_what_is_left_empty_is_no_condition() -> None:
    empty = [("supplier", "is", ""), ("", "is", "x"), ("paid", "", "")]
    fields = [
        pair for row in empty for pair in zip(("champ", "operateur", "valeur"), row, strict=True)
    ]
    assert plan_of(INVOICES, fields).filters == ()


@pytest.mark.parametrize(
    "fields",
    [
        [("mesure", "drop table")],
        [("mesure", "sum")],
        [("mesure", "sum"), ("de", "net; --")],
        [("champ", "net) OR 1=1 --"), ("operateur", "known"), ("valeur", "")],
        [("champ", "net"), ("operateur", "; DROP"), ("valeur", "1")],
        [("champ", "net"), ("operateur", "more"), ("valeur", "beaucoup")],
        [("champ", "net"), ("operateur", "more")],
        [("champ", "late_days"), ("operateur", "more"), ("valeur", "1,5")],
        [("du", "hier")],
        [("date", "net"), ("du", "2026-01-01")],
        [("groupe", "iban_sha256")],
        [("pas", "siècle"), ("groupe", "issued")],
        [("groupe", "supplier"), ("limite", "-1")],
        [("contre_du", "2026-01-01")],
    ],
)
def test_fields_that_say_no_plan_are_refused(fields: list[tuple[str, str]]) -> None:
    with pytest.raises(WrongPlan):
        plan_of(INVOICES, fields)
