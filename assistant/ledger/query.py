"""A plan as SQL: every value a parameter, every name one of the fields. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from assistant.ledger.fields import Kind, Rows, rows_of
from assistant.ledger.plan import Filter, Measure, Operator, Period, Plan, Step


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT, `$1` the first of its parameters."""

    sql: str
    parameters: tuple[object, ...]


class Late(NamedTuple):
    """What the law computes of an invoice: the columns of the fields that come from it.

    A tuple, as there are as many as invoices.
    """

    id: str
    deadline: date
    late_days: int
    interest: Decimal | None
    indemnity: Decimal


def totals(plan: Plan, today: date, late: Sequence[Late] = ()) -> Query:
    """For each currency and group: its key, label, rows, rows with a value, their sum, the part."""
    build = _Build(plan, today, late)
    return build.query(
        "SELECT currency, key, max(label), count(*), count(value), "
        "coalesce(sum(value), 0), coalesce(sum(value) FILTER (WHERE part), 0) "
        "FROM kept GROUP BY currency, key"
    )


def rows(plans: Sequence[Plan], today: date, late: Sequence[Late] = ()) -> Query:
    """For each row that is measured: its id, currency, value, whether in the part, and its groups.

    The plans differ by their groups only.
    """
    build = _Build(plans[0], today, late, plans[1:])
    keys = ", ".join(["key", *(f"key_{place}" for place in range(1, len(plans)))])
    return build.query(f"SELECT id, currency, value, part, {keys} FROM kept ORDER BY id")


_TYPES = (
    ("id", "VARCHAR"),
    ("deadline", "DATE"),
    ("late_days", "INTEGER"),
    ("interest", "DECIMAL(18, 2)"),
    ("indemnity", "DECIMAL(18, 2)"),
)
_SIGNS = {
    Operator.MORE: ">",
    Operator.AT_LEAST: ">=",
    Operator.LESS: "<",
    Operator.AT_MOST: "<=",
}
_STEPS = {
    Step.MONTH: "left(CAST({column} AS VARCHAR), 7)",
    Step.QUARTER: "concat(left(CAST({column} AS VARCHAR), 4), '-T', "
    "extract(quarter FROM {column}))",
    Step.YEAR: "left(CAST({column} AS VARCHAR), 4)",
}


class _Build:
    """The parts of a query, and its parameters as they are met."""

    def __init__(
        self, plan: Plan, today: date, late: Sequence[Late], others: Sequence[Plan] = ()
    ) -> None:
        self._plan = plan
        self._others = others
        self._rows: Rows = rows_of(plan.over)
        self._parameters: list[object] = []
        tables = [f"counted AS ({self._counted(today)})"]
        source = "counted"
        if plan.is_computed:
            tables.append(f"late AS (SELECT {self._late(late)})")
            source = "counted LEFT JOIN late USING (id)"
        kept = f"SELECT id, {self._columns()} FROM {source} WHERE {self._where()}"
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

    def _late(self, late: Sequence[Late]) -> str:
        columns = [
            f"unnest(CAST({self._given([getattr(row, name) for row in late])} AS {kind}[])) "
            f"AS {name}"
            for name, kind in _TYPES
        ]
        return ", ".join(columns)

    def _columns(self) -> str:
        plan, measured = self._plan, self._plan.field
        of_money = measured and measured.kind is Kind.AMOUNT and "currency" in self._rows.fields
        key, label = self._group(plan)
        keys = [f"{self._group(each)[0]} AS key_{n}" for n, each in enumerate(self._others, 1)]
        part = self._all(plan.part) if plan.measure is Measure.SHARE else "true"
        return (
            f"{'currency' if of_money else 'NULL'} AS currency, {key} AS key, {label} AS label, "
            f"{', '.join([*keys, str(plan.of or 1)])} AS value, coalesce({part}, false) AS part"
        )

    def _group(self, plan: Plan) -> tuple[str, str]:
        if plan.group is None:
            return "NULL", "NULL"
        field = self._rows.fields[plan.group]
        key = field.key or field.name
        if plan.step:
            key = _STEPS[plan.step].format(column=key)
            return key, key
        return key, field.shown or field.name

    def _where(self) -> str:
        conditions = [self._all(self._plan.filters)]
        if self._plan.period:
            conditions.append(self._during(self._plan.period))
        return " AND ".join(conditions)

    def _all(self, filters: Sequence[Filter]) -> str:
        return " AND ".join(["true", *map(self._condition, filters)])

    def _during(self, period: Period) -> str:
        first, last = period.first, period.last
        bounds = [f"{period.field} IS NOT NULL"]
        bounds += [f"{period.field} >= {self._given(first)}"] if first else []
        bounds += [f"{period.field} <= {self._given(last)}"] if last else []
        return " AND ".join(bounds)

    def _condition(self, condition: Filter) -> str:
        field = self._rows.fields[condition.field]
        column = field.name
        match condition.operator:
            case Operator.KNOWN | Operator.UNKNOWN as operator:
                has = f"coalesce({column}, false)" if field.kind is Kind.TRUTH else _known(column)
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


def _known(column: str) -> str:
    return f"({column} IS NOT NULL)"
