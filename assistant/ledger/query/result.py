"""The result of a plan: a figure for all its rows, one a group, and what they leave out."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter, ge, gt, le, lt

from assistant.calculators.amounts import euros, round_to_cents
from assistant.errors import WrongPlan
from assistant.ledger.query.measures import (
    CREDIT_NOTE,
    INVOICE,
    NOT_PAID,
    REPEATING,
    SENT,
    UNRECEIVED,
    defined,
    is_by_invoice,
    is_of_credits,
    meant,
    told,
)
from assistant.ledger.query.plan import (
    EURO,
    Bound,
    Operator,
    Plan,
    PlanFilter,
    PlanMeasure,
    Population,
    rows_of,
    validate_plan,
)
from assistant.ledger.query.sql import LateColumns, listed
from assistant.ledger.query.sums import Groups, Sum, groups, twice_median, whole
from ingestion.ledger.embedded import Ledger

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A figure, None where no row has a value, and the ids of the rows that it is made of.

    `value` is in euros, days, months, percent or rows; `before` is that of the period compared.
    """

    label: str
    value: Decimal | None
    rows: tuple[str, ...]
    before: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PlanResult:
    """The figure of all rows, those of the groups in order, and what they leave out."""

    plan: Plan
    total: ResultLine
    lines: tuple[ResultLine, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """What the figures count, then what they leave out."""
        return tuple(filter(None, (told(self.plan), *self.notes)))


def compute_result(
    plan: Plan, ledger: Ledger, today: date, late: Callable[[], Sequence[LateColumns]] | None = None
) -> PlanResult:
    """The result of a plan; `late` computes what the law says of invoices.

    Raises:
        WrongPlan: when the plan is not one, or needs the law and `late` is not given.
        TotalsDisagree: when the database and Python do not add up to the same.
        QueryTooHeavy: when it takes more than the limits.
    """
    law = _law(plan, late)
    counted = defined(plan)
    [(found, notes)] = groups([counted], ledger, today, law)
    notes = (*_credit_notes(plan, ledger, today, law), *_undated(plan, ledger, today), *notes)
    notes += tuple(_repeating(plan, ledger, today, law))
    if not plan.compared:
        total, lines = _figures(plan, found)
        if begun := _begun_later(plan, total.rows, ledger, today):
            is_count = plan.measure is PlanMeasure.COUNT  # which none of its rows is, in any case
            total = total if is_count else replace(total, value=None)
            notes = (begun, *notes)
        return _result(plan, total, lines, notes)
    before = replace(counted, period=plan.compared, compared=None)
    [(earlier, more)] = groups([before], ledger, today, law)
    notes += tuple(f"Période comparée : {note}" for note in more)
    total, lines = _beside(plan, found, earlier)
    if begun := _begun_later(before, whole(earlier.values()).ids, ledger, today):
        total, *lines = (replace(line, before=None) for line in (total, *lines))
        notes = (f"Période comparée : {begun}", *notes)
    return _result(plan, total, lines, notes)


def rows_meant(
    plan: Plan, ledger: Ledger, today: date, late: Callable[[], Sequence[LateColumns]]
) -> tuple[str, ...]:
    """The ids of the rows that a plan is of, in the order of their days.

    Raises as `compute_result` does.
    """
    query = listed(meant(plan), today, _law(plan, late))
    return tuple(identifier for (identifier,) in ledger.rows(query.sql, query.parameters))


def computed_cuts(plans: Sequence[Plan], ledger: Ledger, today: date) -> tuple[PlanResult, ...]:
    """The results of plans that differ by their filters and groups only and need no law.

    Raises as `compute_result` does.
    """
    found = groups([defined(validate_plan(plan)) for plan in plans], ledger, today, ())
    return tuple(
        _result(plan, *_figures(plan, sums), notes)
        for plan, (sums, notes) in zip(plans, found, strict=True)
    )


def _law(plan: Plan, late: Callable[[], Sequence[LateColumns]] | None) -> Sequence[LateColumns]:
    """What the law says of invoices, where a plan needs it."""
    if not validate_plan(plan).is_computed:
        return ()
    if late is None:
        raise WrongPlan("Ce calcul demande le type d'acheteur : ajoutez --acheteur.")
    return late()


def _credit_notes(
    plan: Plan, ledger: Ledger, today: date, law: Sequence[LateColumns]
) -> tuple[str, ...]:
    """How many credit notes would be among the invoices counted, were they invoices."""
    if plan.measure is not PlanMeasure.COUNT or not is_by_invoice(plan):
        return ()
    only = Plan(plan.measure, plan.over, filters=(*plan.filters, CREDIT_NOTE), period=plan.period)
    [(found, _)] = groups([only], ledger, today, law)
    count = whole(found.values()).count
    return (f"{count} avoir{'s' if count > 1 else ''} de côté.",) if count else ()


def _repeating(
    plan: Plan, ledger: Ledger, today: date, law: Sequence[LateColumns]
) -> Iterator[str]:
    """How many invoices of a sum correct another one, or are taken up in a final one."""
    is_sum = plan.measure is PlanMeasure.SUM and plan.is_of_money
    if plan.over is not Population.INVOICES or not is_sum:
        return
    filters = (*defined(plan).filters, REPEATING)
    only = Plan(PlanMeasure.COUNT, plan.over, filters=filters, period=plan.period)
    [(found, _)] = groups([only], ledger, today, law)
    if count := whole(found.values()).count:
        plural = "s" if count > 1 else ""
        yield (
            f"{count} facture{plural} rectificative{plural} ou d'acompte comprise{plural} : "
            "une facture corrigée, ou la finale qui reprend un acompte, peut l'être aussi."
        )


def _begun_later(plan: Plan, found: Sequence[str], ledger: Ledger, today: date) -> str:
    """That the ledger begins after the whole period, "" where it does not.

    That none of its rows is of those days does not say that there were none.
    """
    rows, period = rows_of(plan.over), plan.period
    if found or period is None or period.last is None:
        return ""
    field = rows.fields[period.field]
    if field.is_computed:
        return ""
    counted = rows.sql.replace("{today}", "$1")
    [(first,)] = ledger.rows(
        f"SELECT min({field.name}) FROM ({counted}) AS counted WHERE $1 IS NOT NULL", [today]
    )
    if first is None or period.last >= first:
        return ""
    return (
        f"Le registre ne commence que le {first:%d/%m/%Y} ({field.label}) : il ne dit rien de "
        "cette période, ni qu'il n'y avait rien."
    )


_PAYMENT = frozenset({"paid", "is_unpaid"})


def _undated(plan: Plan, ledger: Ledger, today: date) -> Iterator[str]:
    """How many invoices lack the day that the conditions of a plan ask for."""
    fields = rows_of(plan.over).fields
    named = {each.field for each in plan.conditions} | (
        {plan.period.field} if plan.period else set()
    )
    law = {name for name in named if fields[name].is_computed}
    if named & _PAYMENT:
        count = _count_but(plan, _PAYMENT | law, (NOT_PAID, SENT), ledger, today)
        plural = "s" if count > 1 else ""
        if count:
            yield (
                f"{count} facture{plural} de statut « mise en paiement » sans date : "
                f"ni payée{plural}, ni à payer."
            )
    if law and (count := _count_but(plan, law, (UNRECEIVED,), ledger, today)):
        noun = "factures" if count > 1 else "facture"
        yield f"{count} {noun} sans date de réception : retard inconnu, non compté."


def _count_but(
    plan: Plan, fields: Set[str], others: tuple[PlanFilter, ...], ledger: Ledger, today: date
) -> int:
    """How many invoices meet the conditions of a plan but those on some fields, and others."""
    kept = (each for each in meant(plan).conditions if each.field not in fields)
    period = plan.period if plan.period and plan.period.field not in fields else None
    filters = (*kept, *others, INVOICE)
    only = Plan(PlanMeasure.COUNT, plan.over, filters=filters, period=period)
    [(found, _)] = groups([only], ledger, today, ())
    return whole(found.values()).count


def _result(
    plan: Plan, total: ResultLine, lines: Sequence[ResultLine], notes: Sequence[str]
) -> PlanResult:
    """The lines of the ranks asked for, the highest first."""
    ranked = _ranked(plan, lines)
    met = [line for line in ranked if _is_met(line, plan.bound)]
    kept = tuple(met[: plan.limit])
    out = [*met[len(kept) :], *(line for line in ranked if not _is_met(line, plan.bound))]
    return PlanResult(plan, total, kept, (*notes, *_left_out(plan, out)))


_COMPARES = {Operator.MORE: gt, Operator.AT_LEAST: ge, Operator.LESS: lt, Operator.AT_MOST: le}


def _is_met(line: ResultLine, bound: Bound | None) -> bool:
    """Whether a figure is on the side asked for; one that is not known is on none."""
    if bound is None:
        return True
    return line.value is not None and _COMPARES[bound.operator](line.value, bound.value)


def _figures(plan: Plan, found: Groups) -> tuple[ResultLine, list[ResultLine]]:
    every = whole(found.values())
    lines = [_line(plan, group, every) for group in found.values()] if plan.group else []
    return _whole_line(plan, every), lines


def _whole_line(plan: Plan, every: Sum) -> ResultLine:
    """The figure of all rows: what no row adds up to is nothing, and not unknown."""
    line = _line(plan, every, every)
    is_nothing = plan.measure is PlanMeasure.SUM and not every.count
    return replace(line, value=Decimal(0)) if is_nothing else line


def _beside(plan: Plan, found: Groups, earlier: Groups) -> tuple[ResultLine, list[ResultLine]]:
    """Each figure beside that of the other period; a group may be in one of them only."""
    now, then = whole(found.values()), whole(earlier.values())
    total = replace(_whole_line(plan, now), before=_whole_line(plan, then).value)
    lines = []
    for key in dict.fromkeys([*found, *earlier]) if plan.group else ():
        label = (found.get(key) or earlier[key]).label
        line = _line(plan, found.get(key, Sum(label)), now)
        lines.append(replace(line, before=_value(plan, earlier.get(key, Sum()), then)))
    return total, lines


def _line(plan: Plan, group: Sum, every: Sum) -> ResultLine:
    return ResultLine(group.label, _value(plan, group, every), tuple(group.ids))


def _value(plan: Plan, group: Sum, every: Sum) -> Decimal | None:
    value = _computed(plan, group, every)
    return -value if value and is_of_credits(plan) else value


def _computed(plan: Plan, group: Sum, every: Sum) -> Decimal | None:
    match plan.measure:
        case PlanMeasure.COUNT:
            return Decimal(group.count)
        case PlanMeasure.SUM:
            return group.total if group.known else None
        case PlanMeasure.AVERAGE | PlanMeasure.DAYS:
            return _mean(plan, group)
        case PlanMeasure.MEDIAN:
            return _rounded(plan, twice_median(group.values) / 2) if group.known else None
        case PlanMeasure.DISTINCT:
            return Decimal(len({*group.values}))
        case PlanMeasure.SHARE:
            # Of the rows of a group, those of the part; else the group, in the whole.
            some, of = (group.part, group) if plan.part else (group.total, every)
            return _tenths(100 * some / of.total) if of.total else None


def _mean(plan: Plan, group: Sum) -> Decimal | None:
    if not group.known:
        return None
    return _rounded(plan, group.total / group.known)


def _rounded(plan: Plan, value: Decimal) -> Decimal:
    return round_to_cents(value) if plan.is_of_money else _tenths(value)


def _tenths(value: Decimal) -> Decimal:
    return value.quantize(_TENTH, ROUND_HALF_UP)


def _ranked(plan: Plan, lines: Sequence[ResultLine]) -> tuple[ResultLine, ...]:
    """Periods by date but for ranks, the others by value; those without value last."""
    by_label = sorted(lines, key=attrgetter("label"))
    if plan.step and plan.limit is None:
        return tuple(by_label)
    sign = 1 if plan.is_ascending else -1
    return tuple(
        sorted(by_label, key=lambda line: (line.value is None, sign * (line.value or Decimal(0))))
    )


def _left_out(plan: Plan, lines: Sequence[ResultLine]) -> list[str]:
    """What the ranks that are not shown amount to."""
    if not lines:
        return []
    plural = "s" if len(lines) > 1 else ""
    said = f"{len(lines)} autre{plural} non montré{plural}"
    is_sum = plan.measure is PlanMeasure.SUM and plan.is_of_money
    if not is_sum or plan.currency != EURO:
        return [f"{said}."]
    rest = sum((line.value or Decimal(0) for line in lines), Decimal(0))
    return [f"{said}, {euros(rest)} ensemble."]
