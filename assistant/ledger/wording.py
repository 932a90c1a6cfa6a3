"""The wording of a plan and of its figures: one French sentence that says all of it. Pure."""

from datetime import date
from decimal import Decimal

from assistant.calculators.amounts import euros, number, percent
from assistant.ledger.fields import Field, Kind, Rows, rows_of
from assistant.ledger.plan import Filter, Measure, Operator, Period, Plan, Step, Value

_STEPS = {Step.MONTH: "mois", Step.QUARTER: "trimestre", Step.YEAR: "année"}
_COMPARED = {
    Operator.MORE: "supérieur à",
    Operator.AT_LEAST: "supérieur ou égal à",
    Operator.LESS: "inférieur à",
    Operator.AT_MOST: "inférieur ou égal à",
}
_UNITS = {Kind.DAYS: "jour", Kind.MONTHS: "mois"}


def said(plan: Plan) -> str:
    """What a plan computes: "nombre de factures émises en …, non payées, par fournisseur"."""
    rows = rows_of(plan.over)
    parts = [_measured(plan, rows), *(condition_said(each, rows) for each in plan.filters)]
    if plan.period:
        parts[0] = f"{parts[0]} {_during(plan.period, rows)}"
    if plan.compared:
        parts.append(f"comparé aux {rows.many} {_during(plan.compared, rows)}")
    if plan.group:
        parts.append(_grouped(plan, rows.fields[plan.group]))
    if plan.bound:
        limit = figure(plan.bound.value, plan)
        parts.append(f"de résultat {_COMPARED[plan.bound.operator]} {limit}")
    if plan.limit:
        side = "plus faible" if plan.is_ascending else "plus élevé"
        plural = f"les {plan.limit} {side}s" if plan.limit > 1 else f"le {side}"
        parts.append(plural)
    return ", ".join(parts)


def changes_said(before: Plan, after: Plan) -> str:
    """What a plan has that the one before it had not: "par fournisseur", "somme du montant TTC"."""
    rows = rows_of(after.over)
    found = []
    if (before.measure, before.of) != (after.measure, after.of):
        found.append(_measured(after, rows))
    if after.period and before.period != after.period:
        found.append(f"{rows.many} {_during(after.period, rows)}")
    found += [condition_said(each, rows) for each in after.filters if each not in before.filters]
    if after.compared and before.compared != after.compared:
        found.append(f"comparé aux {rows.many} {_during(after.compared, rows)}")
    if (before.group, before.step) != (after.group, after.step):
        is_whole = after.group is None
        found.append(
            "tout ensemble" if is_whole else _grouped(after, rows.fields[after.group or ""])
        )
    if after.limit and before.limit != after.limit:
        found.append("les premiers rangs" if after.limit > 1 else "le premier rang")
    return ", ".join(found)


def figure(value: Decimal | None, plan: Plan) -> str:
    """A figure of a plan with its unit."""
    if value is None:
        return "–"
    if plan.measure is Measure.SHARE:
        return percent(value)
    if plan.field is None:
        return number(value)
    return _quantity(value, plan.field.kind)


def _measured(plan: Plan, rows: Rows) -> str:
    of = f"{_of(plan.field.label)} des {rows.many}" if plan.field else f"des {rows.many}"
    match plan.measure:
        case Measure.COUNT:
            return f"nombre {_de(rows.many)}"
        case Measure.SUM:
            return f"somme {of}"
        case Measure.AVERAGE | Measure.DAYS:
            return f"moyenne {of}"
        case Measure.SHARE if plan.part:
            part = ", ".join(condition_said(each, rows) for each in plan.part)
            return f"part {of} {part} parmi les {rows.many}"
        case Measure.SHARE:
            return f"part de chacun dans le total {of}"


def _grouped(plan: Plan, field: Field) -> str:
    if plan.step:
        return f"par {_STEPS[plan.step]} ({field.label})"
    return field.group


def _during(period: Period, rows: Rows) -> str:
    having = rows.fields[period.field].having
    match period.first, period.last:
        case None, None:
            return having
        case date() as first, None:
            return f"{having} depuis le {first:%d/%m/%Y}"
        case None, last:
            return f"{having} jusqu'au {last:%d/%m/%Y}"
        case first, last if first == last:
            return f"{having} le {first:%d/%m/%Y}"
        case first, last:
            return f"{having} entre le {first:%d/%m/%Y} et le {last:%d/%m/%Y}"


def condition_said(condition: Filter, rows: Rows) -> str:
    """The words of a condition: "non payées", "de montant HT supérieur à 1 000 €"."""
    field = rows.fields[condition.field]
    if side := _side(condition, field):
        return side
    values = condition.said or " ou ".join(_value(each, field) for each in condition.values)
    match condition.operator:
        case Operator.KNOWN:
            return field.having or f"avec {field.label}"
        case Operator.UNKNOWN:
            return field.lacking or f"sans {field.label}"
        case Operator.IS:
            return f"{_of(field.label) if condition.said else _de(field.label)} {values}"
        case Operator.IS_NOT:
            return f"hors {field.label} {values}"
        case Operator.STARTS:
            return f"{_de(field.label)} commençant par {values}"
        case operator:
            return f"{_de(field.label)} {_COMPARED[operator]} {values}"


def _side(condition: Filter, field: Field) -> str:
    """The words of a field for more than 0, or for 0 and less."""
    if condition.values != (0,):
        return ""
    return {Operator.MORE: field.above, Operator.AT_MOST: field.within}.get(condition.operator, "")


def _value(value: Value, field: Field) -> str:
    match value:
        case date():
            return f"{value:%d/%m/%Y}"
        case str():
            return f"« {field.words.get(value, value)} »"
        case _:
            return _quantity(Decimal(value), field.kind)


def _quantity(value: Decimal, kind: Kind) -> str:
    if kind is Kind.AMOUNT:
        return euros(value)
    unit = _UNITS[kind]
    plural = "s" if abs(value) >= 2 and not unit.endswith("s") else ""
    return f"{number(value)} {unit}{plural}"


def _de(noun: str) -> str:
    return f"d'{noun}" if noun[0].lower() in "aeéiouh" else f"de {noun}"


def _of(label: str) -> str:
    """A label after its article: "du montant", "de l'échéance"."""
    return f"de l'{label}" if label[0].lower() in "aeéiouh" else f"du {label}"
