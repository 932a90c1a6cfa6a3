"""The result of a plan: a figure for all its rows, one a group, and what they leave out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter, ge, gt, le, lt

from assistant.calculators.amounts import euros, rounded
from assistant.errors import WrongPlan
from assistant.ledger.fields import Kind
from assistant.ledger.measures import CREDIT_NOTE, defined, leaves_credits_out, meant, told
from assistant.ledger.plan import Bound, Measure, Operator, Plan, validated
from assistant.ledger.query import Late, listed
from assistant.ledger.sums import Groups, Sum, groups, whole
from ingestion.ledger.database import Ledger

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Line:
    """A figure, None where no row has a value, and the ids of the rows that it is made of.

    `value` is in euros, days, months, percent or rows; `before` is that of the period compared.
    """

    label: str
    value: Decimal | None
    rows: tuple[str, ...]
    before: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The figure of all rows, those of the groups in order, and what they leave out."""

    plan: Plan
    total: Line
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """What the figures count, then what they leave out."""
        return tuple(filter(None, (told(self.plan), *self.notes)))


def computed(
    plan: Plan, ledger: Ledger, today: date, late: Callable[[], Sequence[Late]] | None = None
) -> Result:
    """The result of a plan; `late` computes what the law says of invoices.

    Raises:
        WrongPlan: when the plan is not one, or needs the law and `late` is not given.
        TotalsDisagree: when the database and Python do not add up to the same.
        QueryTooHeavy: when it takes more than the limits.
    """
    law = _law(plan, late)
    counted = defined(plan)
    [(found, notes)] = groups([counted], ledger, today, law)
    notes = (*_credit_notes(plan, ledger, today, law), *notes)
    if not plan.compared:
        return _result(plan, *_figures(plan, found), notes)
    before = replace(counted, period=plan.compared, compared=None)
    [(earlier, more)] = groups([before], ledger, today, law)
    notes += tuple(f"Période comparée : {note}" for note in more)
    return _result(plan, *_beside(plan, found, earlier), notes)


def rows_meant(
    plan: Plan, ledger: Ledger, today: date, late: Callable[[], Sequence[Late]]
) -> tuple[str, ...]:
    """The ids of the rows that a plan is of, in the order of their days; raises as `computed`."""
    query = listed(meant(plan), today, _law(plan, late))
    return tuple(identifier for (identifier,) in ledger.rows(query.sql, query.parameters))


def computed_cuts(plans: Sequence[Plan], ledger: Ledger, today: date) -> tuple[Result, ...]:
    """The results of plans that differ by their filters and groups only and need no law.

    Raises as `computed` does.
    """
    found = groups([defined(validated(plan)) for plan in plans], ledger, today, ())
    return tuple(
        _result(plan, *_figures(plan, sums), notes)
        for plan, (sums, notes) in zip(plans, found, strict=True)
    )


def _law(plan: Plan, late: Callable[[], Sequence[Late]] | None) -> Sequence[Late]:
    """What the law says of invoices, where a plan needs it."""
    if not validated(plan).is_computed:
        return ()
    if late is None:
        raise WrongPlan("Ce calcul demande le type d'acheteur : ajoutez --acheteur.")
    return late()


def _credit_notes(plan: Plan, ledger: Ledger, today: date, law: Sequence[Late]) -> tuple[str, ...]:
    """How many credit notes would be among the invoices counted, were they invoices."""
    if plan.measure is not Measure.COUNT or not leaves_credits_out(plan):
        return ()
    only = Plan(plan.measure, plan.over, filters=(*plan.filters, CREDIT_NOTE), period=plan.period)
    [(found, _)] = groups([only], ledger, today, law)
    count = whole(found.values()).count
    return (f"{count} avoir{'s' if count > 1 else ''} de côté.",) if count else ()


def _result(plan: Plan, total: Line, lines: Sequence[Line], notes: Sequence[str]) -> Result:
    """The lines of the ranks asked for, the highest first."""
    ranked = _ranked(plan, lines)
    met = [line for line in ranked if _is_met(line, plan.bound)]
    kept = tuple(met[: plan.limit])
    out = [*met[len(kept) :], *(line for line in ranked if not _is_met(line, plan.bound))]
    return Result(plan, total, kept, (*notes, *_left_out(plan, out)))


_COMPARES = {
    Operator.MORE: gt,
    Operator.AT_LEAST: ge,
    Operator.LESS: lt,
    Operator.AT_MOST: le,
}


def _is_met(line: Line, bound: Bound | None) -> bool:
    """Whether a figure is on the side asked for; one that is not known is on none."""
    if bound is None:
        return True
    return line.value is not None and _COMPARES[bound.operator](line.value, bound.value)


def _figures(plan: Plan, found: Groups) -> tuple[Line, list[Line]]:
    every = whole(found.values())
    lines = [_line(plan, group, every) for group in found.values()] if plan.group else []
    return _whole_line(plan, every), lines


def _whole_line(plan: Plan, every: Sum) -> Line:
    """The figure of all rows: what no row adds up to is nothing, and not unknown."""
    line = _line(plan, every, every)
    is_nothing = plan.measure is Measure.SUM and not every.count
    return replace(line, value=Decimal(0)) if is_nothing else line


def _beside(plan: Plan, found: Groups, earlier: Groups) -> tuple[Line, list[Line]]:
    """Each figure beside that of the other period; a group may be in one of them only."""
    now, then = whole(found.values()), whole(earlier.values())
    total = replace(_whole_line(plan, now), before=_whole_line(plan, then).value)
    lines = []
    for key in dict.fromkeys([*found, *earlier]) if plan.group else ():
        label = (found.get(key) or earlier[key]).label
        line = _line(plan, found.get(key, Sum(label)), now)
        lines.append(replace(line, before=_value(plan, earlier.get(key, Sum()), then)))
    return total, lines


def _line(plan: Plan, group: Sum, every: Sum) -> Line:
    return Line(group.label, _value(plan, group, every), tuple(group.ids))


def _value(plan: Plan, group: Sum, every: Sum) -> Decimal | None:
    match plan.measure:
        case Measure.COUNT:
            return Decimal(group.count)
        case Measure.SUM:
            return group.total if group.known else None
        case Measure.AVERAGE | Measure.DAYS:
            return _mean(plan, group)
        case Measure.SHARE:
            # Of the rows of a group, those of the part; else the group, in the whole.
            some, of = (group.part, group) if plan.part else (group.total, every)
            return _tenths(100 * some / of.total) if of.total else None


def _mean(plan: Plan, group: Sum) -> Decimal | None:
    if not group.known:
        return None
    mean = group.total / group.known
    is_money = plan.field is not None and plan.field.kind is Kind.AMOUNT
    return rounded(mean) if is_money else _tenths(mean)


def _tenths(value: Decimal) -> Decimal:
    return value.quantize(_TENTH, ROUND_HALF_UP)


def _ranked(plan: Plan, lines: Sequence[Line]) -> tuple[Line, ...]:
    """Periods by date but for ranks, the others by value; those without value last."""
    by_label = sorted(lines, key=attrgetter("label"))
    if plan.step and plan.limit is None:
        return tuple(by_label)
    sign = 1 if plan.is_ascending else -1
    return tuple(
        sorted(by_label, key=lambda line: (line.value is None, sign * (line.value or Decimal(0))))
    )


def _left_out(plan: Plan, lines: Sequence[Line]) -> list[str]:
    """What the ranks that are not shown amount to."""
    if not lines:
        return []
    plural = "s" if len(lines) > 1 else ""
    said = f"{len(lines)} autre{plural} non montré{plural}"
    if plan.measure is not Measure.SUM or not plan.field or plan.field.kind is not Kind.AMOUNT:
        return [f"{said}."]
    rest = sum((line.value or Decimal(0) for line in lines), Decimal(0))
    return [f"{said}, {euros(rest)} ensemble."]
