"""A plan as SQL: every value a parameter, every name one of the fields. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from assistant.ledger.query.plan import (
    FieldKind,
    Operator,
    PeriodStep,
    Plan,
    PlanFilter,
    PlanMeasure,
    PlanPeriod,
    Rows,
    rows_of,
)


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT, `$1` the first of its parameters."""

    sql: str
    parameters: tuple[object, ...]


class LateColumns(NamedTuple):
    """What the law computes of an invoice: the columns of the fields that come from it.

    A tuple, as there are as many as invoices.
    """

    id: str
    deadline: date
    late_days: int
    interest: Decimal | None
    indemnity: Decimal


def totals(plans: Sequence[Plan], today: date, late: Sequence[LateColumns] = ()) -> Query:
    """For each plan by its place, currency and group: its key and label, and what it adds up to.

    That is the rows, those with a value, their sum, and that of the part; in place of a sum, the
    two middle values together, or how many values there are. The plans differ by their filters and
    groups only.
    """
    return _Build(plans, today, late).query(
        " UNION ALL ".join(
            f"SELECT {place}, currency, key_{place}, max(label_{place}), count(*), count(value), "
            f"{_FIGURES.get(plans[0].measure, _SUMS)} "
            f"FROM kept WHERE is_of_{place} GROUP BY currency, key_{place}"
            for place in range(len(plans))
        )
    )


def rows(plans: Sequence[Plan], today: date, late: Sequence[LateColumns] = ()) -> Query:
    """For each row that is measured: its id, currency, value, whether in the part, and its groups.

    Then whether it is of each of the plans `told_apart`; the plans differ by their filters and
    groups only. Amounts are in cents: whole numbers are read in a fifth of the time.
    """
    value = "CAST(100 * value AS BIGINT)" if plans[0].is_of_money else "value"
    keys = [f"key_{place}" for place in range(len(plans))]
    columns = ", ".join(keys + [f"is_of_{place}" for place in told_apart(plans)])
    some = " OR ".join(f"is_of_{place}" for place in range(len(plans)))
    return _Build(plans, today, late).query(
        f"SELECT id, currency, {value}, part, {columns} FROM kept WHERE {some} ORDER BY id"
    )


def listed(plan: Plan, today: date, late: Sequence[LateColumns] = ()) -> Query:
    """The id of each row of a plan, in the order of their days."""
    return _Build([plan], today, late).query("SELECT id FROM kept WHERE is_of_0 ORDER BY day, id")


def told_apart(plans: Sequence[Plan]) -> tuple[int, ...]:
    """The places of the plans that are of some of the rows read only."""
    return tuple(place for place, plan in enumerate(plans) if plan.filters and len(plans) > 1)


_TYPES = (
    ("id", "VARCHAR"),
    ("deadline", "DATE"),
    ("late_days", "INTEGER"),
    ("interest", "DECIMAL(18, 2)"),
    ("indemnity", "DECIMAL(18, 2)"),
)
_SUMS = "coalesce(sum(value), 0), coalesce(sum(value) FILTER (WHERE part), 0)"
_FIGURES = {
    PlanMeasure.MEDIAN: (
        "coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY value)"
        " + percentile_disc(0.5) WITHIN GROUP (ORDER BY value DESC), 0), 0"
    ),
    PlanMeasure.DISTINCT: "count(DISTINCT value), 0",
}
"""The lower and the upper middle are the same value where their number is odd."""

_SIGNS = {Operator.MORE: ">", Operator.AT_LEAST: ">=", Operator.LESS: "<", Operator.AT_MOST: "<="}
_STEPS = {
    PeriodStep.MONTH: "left(CAST({column} AS VARCHAR), 7)",
    PeriodStep.QUARTER: "concat(left(CAST({column} AS VARCHAR), 4), '-T', "
    "extract(quarter FROM {column}))",
    PeriodStep.YEAR: "left(CAST({column} AS VARCHAR), 4)",
}


class _Build:
    """The parts of a query, and its parameters as they are met."""

    def __init__(self, plans: Sequence[Plan], today: date, late: Sequence[LateColumns]) -> None:
        self._plans = plans
        self._plan = plan = plans[0]
        self._rows: Rows = rows_of(plan.over)
        self._parameters: list[object] = []
        tables = [f"counted AS ({self._counted(today)})"]
        source = "counted"
        if plan.is_computed:
            tables.append(f"late AS (SELECT {self._late(late)})")
            source = "counted LEFT JOIN late USING (id)"
        kept = f"SELECT id, {self._columns()} FROM {source} WHERE {self._during(plan.period)}"
        self._with = ", ".join([*tables, f"kept AS ({kept})"])

    def query(self, select: str) -> Query:
        """The whole, ended by what is read of the rows kept."""
        return Query(f"WITH {self._with} {select}", tuple(self._parameters))

    def _given(self, value: object) -> str:
        self._parameters.append(value)
        return f"${len(self._parameters)}"

    def _counted(self, today: date) -> str:
        sql = self._rows.sql
        return sql.replace("{today}", self._given(today)) if "{today}" in sql else sql

    def _late(self, late: Sequence[LateColumns]) -> str:
        columns = [
            f"unnest(CAST({self._given([getattr(row, name) for row in late])} AS {kind}[])) "
            f"AS {name}"
            for name, kind in _TYPES
        ]
        return ", ".join(columns)

    def _columns(self) -> str:
        plan = self._plan
        has_currency = plan.is_of_money and "currency" in self._rows.fields
        part = self._all(plan.part) if plan.measure is PlanMeasure.SHARE else "true"
        columns = [
            f"{'currency' if has_currency else 'NULL'} AS currency",
            f"{self._value()} AS value",
            f"{self._rows.when} AS day",
            f"coalesce({part}, false) AS part",
        ]
        for place, each in enumerate(self._plans):
            key, label = self._group(each)
            columns.append(f"{self._all(each.filters)} AS is_of_{place}")
            columns.append(f"{key} AS key_{place}, {label} AS label_{place}")
        return ", ".join(columns)

    def _value(self) -> str:
        """The column measured: the key of a field of which the values are counted."""
        if self._plan.of is None:
            return "1"
        field = self._rows.fields[self._plan.of]
        is_key = self._plan.measure is PlanMeasure.DISTINCT
        return (field.key if is_key else "") or field.name

    def _group(self, plan: Plan) -> tuple[str, str]:
        if plan.group is None:
            return "NULL", "NULL"
        field = self._rows.fields[plan.group]
        key = field.key or field.name
        if plan.step:
            key = _STEPS[plan.step].format(column=key)
            return key, key
        return key, field.shown or field.name

    def _all(self, filters: Sequence[PlanFilter]) -> str:
        return " AND ".join(["true", *map(self._condition, filters)])

    def _during(self, period: PlanPeriod | None) -> str:
        if period is None:
            return "true"
        first, last = period.first, period.last
        bounds = [f"{period.field} IS NOT NULL"]
        bounds += [f"{period.field} >= {self._given(first)}"] if first else []
        bounds += [f"{period.field} <= {self._given(last)}"] if last else []
        return " AND ".join(bounds)

    def _condition(self, condition: PlanFilter) -> str:
        field = self._rows.fields[condition.field]
        column = field.name
        match condition.operator:
            case Operator.KNOWN | Operator.UNKNOWN as operator:
                is_truth = field.kind is FieldKind.TRUTH
                has = f"coalesce({column}, false)" if is_truth else f"({column} IS NOT NULL)"
                return has if operator is Operator.KNOWN else f"NOT {has}"
            case Operator.IS_NOT:
                same = self._condition(replace(condition, operator=Operator.IS))
                return f"NOT coalesce({same}, false)"
            case Operator.IS if field.members:
                return f"{field.members} && {self._given(list(condition.values))}"
            case Operator.IS:
                values = [str(value).upper() for value in condition.values]
                return f"upper({column}) = ANY({self._given(values)})"
            case Operator.STARTS:
                starts = [f"starts_with({column}, {self._given(v)})" for v in condition.values]
                return f"({' OR '.join(starts)})"
            case operator:
                return f"{column} {_SIGNS[operator]} {self._given(condition.values[0])}"
