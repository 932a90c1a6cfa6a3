"""The wording of a plan and of its figures: one French sentence that says all of it. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from assistant.calculators.amounts import euros, numeral, percent
from assistant.ledger.query.measures import has_credit_notes
from assistant.ledger.query.plan import (
    EURO,
    FieldKind,
    LedgerField,
    Operator,
    PeriodStep,
    Plan,
    PlanFilter,
    PlanMeasure,
    PlanPeriod,
    Rows,
    Value,
    rows_of,
)
from assistant.ledger.query.result import PlanResult, ResultLine
from assistant.ledger.query.sums import WHOLE
from assistant.ledger.tables import Cell, Format, LedgerTable, TableColumn

_STEPS = {PeriodStep.MONTH: "mois", PeriodStep.QUARTER: "trimestre", PeriodStep.YEAR: "année"}
_COMPARED = {
    Operator.MORE: "supérieur à",
    Operator.AT_LEAST: "supérieur ou égal à",
    Operator.LESS: "inférieur à",
    Operator.AT_MOST: "inférieur ou égal à",
}
_UNITS = {FieldKind.DAYS: "jour", FieldKind.MONTHS: "mois"}


def describe_plan(plan: Plan) -> str:
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
    if plan.measure is PlanMeasure.SHARE:
        return percent(value)
    if plan.field is None or plan.measure is PlanMeasure.DISTINCT:
        return numeral(value)
    if plan.is_of_money:
        return money(value, plan)
    return _quantity(value, plan.field.kind)


def money(value: Decimal, plan: Plan) -> str:
    """An amount in the currency of a plan."""
    return euros(value) if plan.currency == EURO else euros(value).replace("€", plan.currency)


def _measured(plan: Plan, rows: Rows) -> str:
    of = f"{_of(plan.field.label)} des {rows.many}" if plan.field else f"des {rows.many}"
    match plan.measure:
        case PlanMeasure.COUNT:
            return f"nombre {_de(rows.many)}"
        case PlanMeasure.SUM:
            return f"somme {of}"
        case PlanMeasure.AVERAGE | PlanMeasure.DAYS:
            return f"moyenne {of}"
        case PlanMeasure.MEDIAN:
            return f"médiane {of}"
        case PlanMeasure.DISTINCT:
            many = plan.field.many if plan.field else rows.many
            return f"nombre {_de(many)}, une fois chacun, des {rows.many}"
        case PlanMeasure.SHARE if plan.part:
            part = ", ".join(condition_said(each, rows) for each in plan.part)
            return f"part {of} {part} parmi les {rows.many}"
        case PlanMeasure.SHARE:
            return f"part de chacun dans le total {of}"


def _grouped(plan: Plan, field: LedgerField) -> str:
    if plan.step:
        return f"par {_STEPS[plan.step]} ({field.label})"
    return field.group


def _during(period: PlanPeriod, rows: Rows) -> str:
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


def condition_said(condition: PlanFilter, rows: Rows) -> str:
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


def _side(condition: PlanFilter, field: LedgerField) -> str:
    """The words of a field for more than 0, or for 0 and less."""
    if condition.values != (0,):
        return ""
    return {Operator.MORE: field.above, Operator.AT_MOST: field.within}.get(condition.operator, "")


def _value(value: Value, field: LedgerField) -> str:
    match value:
        case date():
            return f"{value:%d/%m/%Y}"
        case str():
            return f"« {field.words.get(value, value)} »"
        case _:
            return _quantity(Decimal(value), field.kind)


def _quantity(value: Decimal, kind: FieldKind) -> str:
    if kind is FieldKind.AMOUNT:
        return euros(value)
    unit = _UNITS[kind]
    plural = "s" if abs(value) >= 2 and not unit.endswith("s") else ""
    return f"{numeral(value)} {unit}{plural}"


def _de(noun: str) -> str:
    return f"d'{noun}" if noun[0].lower() in "aeéiouh" else f"de {noun}"


def _of(label: str) -> str:
    """A label after its article: "du montant", "de l'échéance"."""
    return f"de l'{label}" if label[0].lower() in "aeéiouh" else f"du {label}"


# The result of a plan: its answer in a sentence, and the table of its figures.

_TOLD = 3
_COUNTED = "nombre de "
_OUR_OWN = {"document", "category"}
"""Fields of which the rows have words of ours, and no code."""


def answer(result: PlanResult) -> str:
    """The figure of all rows in words, or where ranks are asked for those of the first ones."""
    told = [_told(each, result.plan) for each in ranked(result)[:_TOLD]]
    return f"{' ; '.join(told) or 'Aucune ligne'} ({describe_plan(result.plan)})."


def headline(result: PlanResult) -> str:
    """The answer, with how many rows it is made of, and what its groups begin with.

    Of one row that is named it is how it stands.
    """
    plan = result.plan
    if plan.is_of_some or _standing(result):
        return _standing(result) or answer(result)
    told, computed = _valued(result.total, plan), describe_plan(plan)
    is_count = plan.measure is PlanMeasure.COUNT and not plan.compared
    if is_count and (result.total.value or 0) > 1:
        said = f"{told} {computed.removeprefix(_COUNTED)}"
    else:
        said = f"{told} ({computed}{_of_rows(result.total, plan)})"
    first = _first_groups(result)
    return f"{said} : {first}" if first else f"{said}."


def is_told_whole(result: PlanResult) -> bool:
    """Whether the headline names every line."""
    is_of_few = result.plan.is_of_some and len(result.lines) <= _TOLD
    return bool(is_of_few or _standing(result))


def ranked(result: PlanResult) -> Sequence[ResultLine]:
    """The lines that answer: those of the groups asked for, else the whole."""
    return result.lines if result.plan.is_of_some else (result.total,)


def counted(line: ResultLine, plan: Plan) -> str:
    """A figure, that of the period compared, and how many rows it is made of."""
    return f"{_valued(line, plan)}{_of_rows(line, plan).replace(' ;', ',')}"


def _told(line: ResultLine, plan: Plan) -> str:
    value = _valued(line, plan)
    return f"{line.label} : {value}" if plan.is_of_some else value


def _valued(line: ResultLine, plan: Plan) -> str:
    value = "non calculable" if line.value is None else figure(line.value, plan)
    return f"{value} contre {figure(line.before, plan)}" if plan.compared else value


def _of_rows(line: ResultLine, plan: Plan) -> str:
    """How many rows a figure is made of, where it does not count them."""
    if plan.measure in {PlanMeasure.COUNT, PlanMeasure.DISTINCT}:
        return ""
    rows = rows_of(plan.over)
    one, many = ("ligne", "lignes") if has_credit_notes(plan) else (rows.one, rows.many)
    return f" ; {len(line.rows)} {many if len(line.rows) > 1 else one}"


def _first_groups(result: PlanResult) -> str:
    """The first groups with their figures; of periods, which stand by date, the highest."""
    plan, known = result.plan, [line for line in result.lines if line.value is not None]
    if plan.step and known:
        highest = max(known, key=lambda line: line.value or Decimal(0))
        return f"au plus haut {highest.label}, {figure(highest.value, plan)}."
    first = ", ".join(f"{line.label} {figure(line.value, plan)}" for line in known[:_TOLD])
    return f"{first}, …" if len(known) > _TOLD else first and f"{first}."


def _standing(result: PlanResult) -> str:
    """How the one row stands whose number is named and whose status is asked for."""
    plan, rows = result.plan, rows_of(result.plan.over)
    numbers = [each for each in plan.filters if each.field == "number"]
    if plan.group != "status" or len(numbers) != 1 or len(result.total.rows) != 1:
        return ""
    [line], [number] = result.lines, numbers[0].values
    return f"{_titled(rows.one)} {number} : {line.label}."


def figures(result: PlanResult) -> LedgerTable:
    """The figures by group, or the only one."""
    plan = result.plan
    form = _format(plan)
    columns = [TableColumn("Groupe", _groups_are(plan)), TableColumn("Valeur", form)]
    columns += [TableColumn("Période comparée", form)] if plan.compared else []
    columns.append(TableColumn("Lignes", Format.COUNT))
    lines = result.lines or (replace(result.total, label=WHOLE),)
    return LedgerTable(
        _titled(describe_plan(plan)),
        tuple(columns),
        tuple(_row(line, plan) for line in lines),
        tuple(line.rows for line in lines),
        result.told,
    )


def _titled(text: str) -> str:
    return text[0].upper() + text[1:]


def _row(line: ResultLine, plan: Plan) -> tuple[Cell, ...]:
    before = (line.before,) if plan.compared else ()
    return (line.label, line.value, *before, len(line.rows))


def _groups_are(plan: Plan) -> Format:
    """Whether groups are called by words of ours, those of a code, or as files call them."""
    coded = plan.group is not None and rows_of(plan.over).fields[plan.group].words
    return Format.WORDS if coded or plan.group in _OUR_OWN else Format.TEXT


def _format(plan: Plan) -> Format:
    if plan.measure is PlanMeasure.SHARE:
        return Format.PERCENT
    if plan.field is None or plan.measure is PlanMeasure.DISTINCT:
        return Format.COUNT
    is_in_euros = plan.is_of_money and plan.currency == EURO
    return Format.EUROS if is_in_euros else Format.NUMBER
