"""The filters of a list and a plan as forms: what is computed, shown and corrected. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.ledger.parsing.vocabulary import Name
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
)
from assistant.ledger.query.plan_fields import FILTER, PART, fields_of
from assistant.ledger.replies import ROOTS
from assistant.reports.markup import Html, render
from assistant.web.ledger.frame import LedgerAddress

# The filters of a list: conditions of a plan, each a field that may stay empty. Pure.

_KNOWN, _UNKNOWN = Operator.KNOWN, Operator.UNKNOWN
Options = Sequence[tuple[str, str]]
"""Values to choose from, and what they are called."""


@dataclass(frozen=True, slots=True)
class _Filter:
    """A condition of which the reader chooses the side, "" for none, or else gives the value."""

    label: str
    field: str
    operator: Operator | None = None
    sides: Options = ()
    value: str = ""


_FILTERS: dict[Population, tuple[_Filter, ...]] = {
    Population.INVOICES: (
        _Filter("Numéro", "number", Operator.IS),
        _Filter("Fournisseur", "supplier", Operator.IS),
        _Filter("Service", "service", Operator.IS),
        _Filter("Statut", "status", Operator.IS),
        _Filter(
            "Paiement",
            "paid",
            sides=(("", "toutes"), (_KNOWN, "payées"), (_UNKNOWN, "non payées")),
        ),
        _Filter(
            "Délai",
            "late_days",
            sides=(
                ("", "tous"),
                (Operator.MORE, "en retard"),
                (Operator.AT_MOST, "dans les délais"),
            ),
            value="0",
        ),
        _Filter("TTC, au moins", "gross", Operator.AT_LEAST),
        _Filter("TTC, au plus", "gross", Operator.AT_MOST),
    ),
    Population.PURCHASES: (
        _Filter("Numéro", "number", Operator.IS),
        _Filter("Acheteur", "buyer", Operator.IS),
        _Filter("Titulaire", "supplier", Operator.IS),
        _Filter("CPV, débutant par", "cpv", Operator.STARTS),
        _Filter("Procédure", "procedure", Operator.IS),
        _Filter("HT, au moins", "amount", Operator.AT_LEAST),
        _Filter("HT, au plus", "amount", Operator.AT_MOST),
    ),
}
_PERIODS = {Population.INVOICES: "Émises", Population.PURCHASES: "Notifiés"}


def filter_form(place: LedgerAddress) -> Html:
    """The form, filled with what the address says."""
    fields = rows_of(place.over).fields
    filters = [
        (each, *_said(place, each), [("", "tous"), *words.items()] if words else ())
        for each in _FILTERS[place.over]
        for words in (fields[each.field].words,)
    ]
    when, root = _PERIODS[place.over], ROOTS[place.over]
    return render("ledger/filters.html", place=place, filters=filters, when=when, root=root)


def _said(place: LedgerAddress, asked: _Filter) -> tuple[str, str]:
    """The side and the value that the address gives a field, "" where it gives none."""
    columns = [[value for name, value in place.fields if name == each] for each in FILTER]
    for name, side, value in zip(*columns, strict=False):
        if name == asked.field and asked.operator in {None, side}:
            return side, value
    return "", ""


# A plan as a form: what is computed, shown and corrected. Pure.
#
# Every field of a plan is one of the form; the form is sent as an address, which says the plan.

_SPARE = 2
"""Empty filters below those that a plan has."""

MEASURES = {
    PlanMeasure.COUNT: "nombre",
    PlanMeasure.SUM: "somme",
    PlanMeasure.AVERAGE: "moyenne",
    PlanMeasure.SHARE: "part (%)",
    PlanMeasure.DAYS: "délai moyen (jours)",
}
OPERATORS = {
    Operator.IS: "est",
    Operator.IS_NOT: "n'est pas",
    Operator.STARTS: "commence par",
    Operator.MORE: "plus de",
    Operator.AT_LEAST: "au moins",
    Operator.LESS: "moins de",
    Operator.AT_MOST: "au plus",
    Operator.KNOWN: "est renseigné",
    Operator.UNKNOWN: "n'est pas renseigné",
}
STEPS = {PeriodStep.MONTH: "mois", PeriodStep.QUARTER: "trimestre", PeriodStep.YEAR: "année"}


def plan_form(place: LedgerAddress, plan: Plan, names: Sequence[Name]) -> Html:
    """The form of a plan, filled with it."""
    fields = rows_of(plan.over).fields.values()
    dates = [(each.name, each.label) for each in fields if each.kind is FieldKind.DATE]
    groups = [(each.name, each.label) for each in fields if each.group]
    numbers = [(each.name, each.label) for each in fields if each.kind.is_number]
    period = plan.period or PlanPeriod(rows_of(plan.over).when, None, None)
    return render(
        "ledger/plan.html",
        place=place,
        root=ROOTS[place.over],
        plan=plan,
        measures=MEASURES.items(),
        numbers=[("", "les lignes elles-mêmes"), *numbers],
        conditions=_conditions(plan, names),
        fields=[("", "–"), *((each.name, each.label) for each in fields)],
        operators=OPERATORS.items(),
        roles=[("", "condition"), (PART, "dont on veut la part")],
        dates=dates,
        period=period,
        groups=[("", "–"), *groups, *dates],
        steps=[("", "–"), *STEPS.items()],
        orders=[("", "décroissant"), ("croissant", "croissant")],
        bounds=[("", "tous"), *((each, OPERATORS[each]) for each in _BOUNDS)],
        threshold=f"{plan.bound.value:f}" if plan.bound else None,
        compared=plan.compared or PlanPeriod(period.field, None, None),
    )


_BOUNDS = (Operator.MORE, Operator.AT_LEAST, Operator.LESS, Operator.AT_MOST)


@dataclass(frozen=True, slots=True)
class _Condition:
    """A filter of a plan as its fields show it."""

    field: str = ""
    operator: str = Operator.IS
    value: str = ""
    role: str = ""


def _conditions(plan: Plan, names: Sequence[Name]) -> list[_Condition]:
    """The conditions, each on a line, and empty ones to add."""
    rows = [("", each) for each in plan.filters] + [(PART, each) for each in plan.part]
    return [
        _Condition(each.field, each.operator, shown(each, plan.over, names), role)
        for role, each in rows
    ] + [_Condition()] * _SPARE


def shown(condition: PlanFilter, over: Population, names: Sequence[Name]) -> str:
    """The values of a condition as its form reads them again, keys beside their names."""
    by_key = {each.key: each.name for each in names if each.field == condition.field}
    plain = dict(fields_of(Plan(PlanMeasure.COUNT, over, filters=(condition,))))
    if not any(value in by_key for value in condition.values):
        words = rows_of(over).fields[condition.field].words
        return words.get(plain[FILTER[2]], plain[FILTER[2]])
    return " ; ".join(
        f"{by_key[value]} ({value})" if by_key.get(value) not in {None, value} else str(value)
        for value in map(str, condition.values)
    )
