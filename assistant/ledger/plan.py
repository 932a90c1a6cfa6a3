"""A plan: what is computed of which rows, named by fields that exist. Values, no SQL."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from assistant.errors import WrongPlan
from assistant.ledger.fields import Field, Kind, Population, rows_of

Value = str | int | Decimal | date

MOST_GROUPS = 1000


class Measure(StrEnum):
    """What is computed of the rows."""

    COUNT = "count"
    SUM = "sum"
    AVERAGE = "average"
    SHARE = "share"
    DAYS = "days"


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


class Step(StrEnum):
    """The lengths into which a period is cut."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on a field; `said` words the values where they are keys.

    Of a truth, KNOWN is true and UNKNOWN is not.
    """

    field: str
    operator: Operator
    values: tuple[Value, ...] = ()
    said: str = ""


@dataclass(frozen=True, slots=True)
class Period:
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

    `of` is the field measured, None to count rows. A share is that of the rows that also meet
    `part`, else that of each group in the whole. `group` is a field, or with `step` a date field.
    `compared` is the period to compare `period` with. `limit` keeps the first groups of the order,
    `bound` those whose figure meets it.
    """

    measure: Measure
    over: Population
    of: str | None = None
    filters: tuple[Filter, ...] = ()
    period: Period | None = None
    part: tuple[Filter, ...] = ()
    group: str | None = None
    step: Step | None = None
    is_ascending: bool = False
    limit: int | None = None
    compared: Period | None = None
    bound: Bound | None = None

    @property
    def is_of_some(self) -> bool:
        """Whether some of the groups answer, and not the whole."""
        return self.limit is not None or self.bound is not None

    @property
    def field(self) -> Field | None:
        """The field measured."""
        return rows_of(self.over).fields[self.of] if self.of else None

    @property
    def is_computed(self) -> bool:
        """Whether it names a field that the law computes."""
        named = [self.of, self.group, *(each.field for each in (*self.filters, *self.part))]
        named += [each.field for each in (self.period, self.compared) if each]
        fields = rows_of(self.over).fields
        return any(fields[name].is_computed for name in named if name)


def validated(plan: Plan) -> Plan:
    """The plan itself; raises WrongPlan when it names what the ledger does not have."""
    _measured(plan)
    for condition in (*plan.filters, *plan.part):
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
        wanted = kind is Kind.DAYS if plan.measure is Measure.DAYS else kind.is_number
        if not wanted or plan.measure is Measure.COUNT:
            raise WrongPlan(f"« {plan.of} » ne se mesure pas par « {plan.measure} ».")
    elif plan.measure not in {Measure.COUNT, Measure.SHARE}:
        raise WrongPlan(f"La mesure « {plan.measure} » demande un champ.")
    if plan.measure is Measure.SHARE and not (plan.part or plan.group):
        raise WrongPlan("Une part demande un regroupement ou les lignes dont elle est la part.")
    if plan.part and plan.measure is not Measure.SHARE:
        raise WrongPlan("Seule une part a des lignes dont elle est la part.")


_TAKES = {
    Operator.IS: {Kind.TEXT},
    Operator.IS_NOT: {Kind.TEXT},
    Operator.STARTS: {Kind.TEXT},
    Operator.KNOWN: set(Kind),
    Operator.UNKNOWN: set(Kind),
}
_NUMBERS = {Kind.AMOUNT, Kind.DAYS, Kind.MONTHS}
_TYPES: dict[Kind, type] = {Kind.TEXT: str, Kind.AMOUNT: Decimal, Kind.DAYS: int, Kind.MONTHS: int}


def _conditioned(plan: Plan, condition: Filter) -> None:
    kind = _named(plan, condition.field).kind
    if kind not in _TAKES.get(condition.operator, _NUMBERS):
        raise WrongPlan(f"« {condition.field} » ne se compare pas par « {condition.operator} ».")
    is_bare = condition.operator in {Operator.KNOWN, Operator.UNKNOWN}
    has_one = condition.operator in _TAKES or len(condition.values) == 1
    if bool(condition.values) is is_bare or not has_one:
        raise WrongPlan(f"Nombre de valeurs impossible pour « {condition.field} ».")
    if any(type(value) is not _TYPES[kind] for value in condition.values):
        raise WrongPlan(f"Valeur impossible pour « {condition.field} » : {condition.values}.")


def _dated(plan: Plan, period: Period) -> None:
    if _named(plan, period.field).kind is not Kind.DATE:
        raise WrongPlan(f"« {period.field} » n'est pas une date.")
    if period.first and period.last and period.first > period.last:
        raise WrongPlan("Une période finit après son début.")


def _grouped(plan: Plan, name: str) -> None:
    found = _named(plan, name)
    if plan.step and found.kind is not Kind.DATE:
        raise WrongPlan(f"« {name} » n'est pas une date.")
    if not plan.step and not found.group:
        raise WrongPlan(f"On ne regroupe pas par « {name} ».")


def _named(plan: Plan, name: str) -> Field:
    found = rows_of(plan.over).fields.get(name)
    if found is None:
        raise WrongPlan(f"Le registre n'a pas de champ « {name} » pour cette question.")
    return found
