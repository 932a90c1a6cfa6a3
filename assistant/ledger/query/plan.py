"""A plan: what is computed of which rows, named by fields that exist. Values, no SQL."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from assistant.errors import WrongPlan
from ingestion.ledger.rows import CREDIT_TYPES
from ingestion.library.corpus import CORPUS

# Fields: what a plan may name of invoices and purchases (corpus/registre/champs.toml).


class Population(StrEnum):
    """What is counted."""

    INVOICES = "invoices"
    PURCHASES = "purchases"


class FieldKind(StrEnum):
    """What a field holds, and so what can be asked of it."""

    TEXT = "text"
    TRUTH = "truth"
    DATE = "date"
    AMOUNT = "amount"
    DAYS = "days"
    MONTHS = "months"

    @property
    def is_number(self) -> bool:
        """Whether values are more or less than others, and add up."""
        return self in {FieldKind.AMOUNT, FieldKind.DAYS, FieldKind.MONTHS}


@dataclass(frozen=True, slots=True)
class LedgerField:
    """A column of the rows of a population, and its French words.

    Groups are by the column `key`, read in `shown`; a value may be one of the list `members`;
    `words` are those of coded values; `many` is what its values are called where they are counted.
    A computed field needs the law.
    """

    name: str
    kind: FieldKind
    label: str
    group: str = ""
    having: str = ""
    lacking: str = ""
    above: str = ""
    within: str = ""
    when: str = ""
    key: str = ""
    shown: str = ""
    members: str = ""
    many: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    is_computed: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """A population: its SQL, its fields, and the words of one row and of many.

    `when` and `amount` are the fields meant where a question names none.
    """

    sql: str
    fields: Mapping[str, LedgerField]
    one: str
    many: str
    is_feminine: bool
    when: str
    amount: str


@cache
def rows_of(population: Population) -> Rows:
    """The rows of a population and their fields."""
    table = tomllib.loads((CORPUS / "registre" / "champs.toml").read_text(encoding="utf-8"))
    said = table[population]
    fields = [_field(row) for row in table["field"] if population in row["of"]]
    return Rows(
        said["rows"].replace("{credits}", CREDIT_TYPES),
        {each.name: each for each in fields},
        said["one"],
        said["many"],
        said["feminine"],
        said["when"],
        said["amount"],
    )


def _field(row: Mapping[str, Any]) -> LedgerField:
    worded = {key: row[key] for key in row.keys() - {"of", "kind", "from"}}
    return LedgerField(kind=FieldKind(row["kind"]), is_computed="from" in row, **worded)


Value = str | int | Decimal | date

MOST_GROUPS = 1000
EURO = "EUR"


class PlanMeasure(StrEnum):
    """What is computed of the rows."""

    COUNT = "count"
    SUM = "sum"
    AVERAGE = "average"
    SHARE = "share"
    DAYS = "days"
    MEDIAN = "median"
    DISTINCT = "distinct"

    @property
    def adds_up(self) -> bool:
        """Whether what groups come to is computed of what each row adds."""
        return self not in {PlanMeasure.MEDIAN, PlanMeasure.DISTINCT}


class Operator(StrEnum):
    """How a field is compared; IS and STARTS take several values, one of which must do.

    IS_NOT takes several as well, none of which may do; a row without value meets it.
    """

    IS = "is"
    IS_NOT = "is_not"
    STARTS = "starts"
    MORE = "more"
    AT_LEAST = "at_least"
    LESS = "less"
    AT_MOST = "at_most"
    KNOWN = "known"
    UNKNOWN = "unknown"


class PeriodStep(StrEnum):
    """The lengths into which a period is cut."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class PlanFilter:
    """A condition on a field; `said` words the values where they are keys.

    Of a truth, KNOWN is true and UNKNOWN is not.
    """

    field: str
    operator: Operator
    values: tuple[Value, ...] = ()
    said: str = ""


@dataclass(frozen=True, slots=True)
class PlanPeriod:
    """The first and last day, both included, None without bound, of a date field."""

    field: str
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Bound:
    """What the figure of a group is compared with, in the unit of the measure."""

    operator: Operator
    value: Decimal


@dataclass(frozen=True, slots=True)
class Plan:
    """What to compute: of the rows that meet every filter, by group, the highest first.

    `of` is the field measured, None to count rows; DISTINCT counts its values. A share is that of
    the rows that also meet `part`, else that of each group in the whole. `group` is a field, or
    with `step` a date field. `compared` is the period to compare `period` with. `limit` keeps the
    first groups of the order, `bound` those whose figure meets it.
    """

    measure: PlanMeasure
    over: Population
    of: str | None = None
    filters: tuple[PlanFilter, ...] = ()
    period: PlanPeriod | None = None
    part: tuple[PlanFilter, ...] = ()
    group: str | None = None
    step: PeriodStep | None = None
    is_ascending: bool = False
    limit: int | None = None
    compared: PlanPeriod | None = None
    bound: Bound | None = None

    @property
    def is_of_some(self) -> bool:
        """Whether some of the groups answer, and not the whole."""
        return self.limit is not None or self.bound is not None

    @property
    def field(self) -> LedgerField | None:
        """The field measured."""
        return rows_of(self.over).fields[self.of] if self.of else None

    @property
    def is_of_money(self) -> bool:
        """Whether what it measures is in euros or another currency."""
        return self.field is not None and self.field.kind is FieldKind.AMOUNT

    @property
    def currency(self) -> str:
        """The currency of its amounts: euros, but where one condition asks for another one."""
        asked = [each for each in self.filters if each.field == "currency"]
        is_one = len(asked) == 1 and asked[0].operator is Operator.IS
        return str(asked[0].values[0]) if is_one and len(asked[0].values) == 1 else EURO

    @property
    def conditions(self) -> tuple[PlanFilter, ...]:
        """Those of the rows, and of a share those of the part."""
        return (*self.filters, *self.part)

    @property
    def is_computed(self) -> bool:
        """Whether it names a field that the law computes."""
        named = [self.of, self.group, *(each.field for each in self.conditions)]
        named += [each.field for each in (self.period, self.compared) if each]
        fields = rows_of(self.over).fields
        return any(fields[name].is_computed for name in named if name)


def validate_plan(plan: Plan) -> Plan:
    """The plan itself; raises WrongPlan when it names what the ledger does not have."""
    _measured(plan)
    for condition in plan.conditions:
        _conditioned(plan, condition)
    for period in (plan.period, plan.compared):
        if period:
            _dated(plan, period)
    if plan.compared and not plan.period:
        raise WrongPlan("Une comparaison demande deux périodes.")
    if plan.group:
        _grouped(plan, plan.group)
        if plan.step and plan.compared:
            raise WrongPlan("Deux périodes ne se comparent pas mois par mois.")
    elif plan.step or plan.is_of_some:
        raise WrongPlan("Un classement ou un pas demande un regroupement.")
    if plan.limit is not None and not 1 <= plan.limit <= MOST_GROUPS:
        raise WrongPlan(f"Un classement a de 1 à {MOST_GROUPS} rangs.")
    if plan.bound:
        _bounded(plan, plan.bound)
    return plan


def _bounded(plan: Plan, bound: Bound) -> None:
    if bound.operator in _TAKES or not isinstance(bound.value, Decimal):
        raise WrongPlan("Un résultat se compare à un nombre.")
    if plan.compared:
        raise WrongPlan("Un seuil ne se compare pas à deux périodes.")


def _measured(plan: Plan) -> None:
    if plan.of:
        kind = _named(plan, plan.of).kind
        wanted = kind is FieldKind.DAYS if plan.measure is PlanMeasure.DAYS else kind.is_number
        if plan.measure is PlanMeasure.DISTINCT:
            wanted = bool(_named(plan, plan.of).many)
        if not wanted or plan.measure is PlanMeasure.COUNT:
            raise WrongPlan(f"« {plan.of} » ne se mesure pas par « {plan.measure} ».")
    elif plan.measure not in {PlanMeasure.COUNT, PlanMeasure.SHARE}:
        raise WrongPlan(f"La mesure « {plan.measure} » demande un champ.")
    if plan.measure is PlanMeasure.SHARE and not (plan.part or plan.group):
        raise WrongPlan("Une part demande un regroupement ou les lignes dont elle est la part.")
    if plan.part and plan.measure is not PlanMeasure.SHARE:
        raise WrongPlan("Seule une part a des lignes dont elle est la part.")


_TAKES = {
    Operator.IS: {FieldKind.TEXT},
    Operator.IS_NOT: {FieldKind.TEXT},
    Operator.STARTS: {FieldKind.TEXT},
    Operator.KNOWN: set(FieldKind),
    Operator.UNKNOWN: set(FieldKind),
}
_TYPES: dict[FieldKind, type] = {
    FieldKind.TEXT: str,
    FieldKind.AMOUNT: Decimal,
    FieldKind.DAYS: int,
    FieldKind.MONTHS: int,
}


def _conditioned(plan: Plan, condition: PlanFilter) -> None:
    kind = _named(plan, condition.field).kind
    takes = kind in _TAKES[condition.operator] if condition.operator in _TAKES else kind.is_number
    if not takes:
        raise WrongPlan(f"« {condition.field} » ne se compare pas par « {condition.operator} ».")
    is_bare = condition.operator in {Operator.KNOWN, Operator.UNKNOWN}
    has_one = condition.operator in _TAKES or len(condition.values) == 1
    if bool(condition.values) is is_bare or not has_one:
        raise WrongPlan(f"Nombre de valeurs impossible pour « {condition.field} ».")
    if any(type(value) is not _TYPES[kind] for value in condition.values):
        raise WrongPlan(f"Valeur impossible pour « {condition.field} » : {condition.values}.")


def _dated(plan: Plan, period: PlanPeriod) -> None:
    if _named(plan, period.field).kind is not FieldKind.DATE:
        raise WrongPlan(f"« {period.field} » n'est pas une date.")
    if period.first and period.last and period.first > period.last:
        raise WrongPlan("Une période finit après son début.")


def _grouped(plan: Plan, name: str) -> None:
    found = _named(plan, name)
    if plan.step and found.kind is not FieldKind.DATE:
        raise WrongPlan(f"« {name} » n'est pas une date.")
    if not plan.step and not found.group:
        raise WrongPlan(f"On ne regroupe pas par « {name} ».")


def _named(plan: Plan, name: str) -> LedgerField:
    found = rows_of(plan.over).fields.get(name)
    if found is None:
        raise WrongPlan(f"Le registre n'a pas de champ « {name} » pour cette question.")
    return found
