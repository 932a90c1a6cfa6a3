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
from assistant.ledger.query.plan_fields import FILTER, PART, ROLE, fields_of
from assistant.ledger.replies import ROOTS
from assistant.reports.markup import Html, button, element, join_html, labelled
from assistant.web.ledger.frame import LedgerAddress, choice

# The filters of a list: conditions of a plan, each a field that may stay empty. Pure.

_NAME, _OPERATOR, _VALUE = FILTER
_KNOWN, _UNKNOWN = Operator.KNOWN, Operator.UNKNOWN


@dataclass(frozen=True, slots=True)
class _Sides:
    """A condition of which the reader chooses the side, "" for none."""

    label: str
    field: str
    value: str
    sides: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Written:
    """A condition of which the reader writes or chooses the value."""

    label: str
    field: str
    operator: Operator


_FILTERS: dict[Population, tuple[_Sides | _Written, ...]] = {
    Population.INVOICES: (
        _Written("Numéro", "number", Operator.IS),
        _Written("Fournisseur", "supplier", Operator.IS),
        _Written("Service", "service", Operator.IS),
        _Written("Statut", "status", Operator.IS),
        _Sides(
            "Paiement",
            "paid",
            "",
            (("", "toutes"), (_KNOWN, "payées"), (_UNKNOWN, "non payées")),
        ),
        _Sides(
            "Délai",
            "late_days",
            "0",
            (("", "tous"), (Operator.MORE, "en retard"), (Operator.AT_MOST, "dans les délais")),
        ),
        _Written("TTC, au moins", "gross", Operator.AT_LEAST),
        _Written("TTC, au plus", "gross", Operator.AT_MOST),
    ),
    Population.PURCHASES: (
        _Written("Numéro", "number", Operator.IS),
        _Written("Acheteur", "buyer", Operator.IS),
        _Written("Titulaire", "supplier", Operator.IS),
        _Written("CPV, débutant par", "cpv", Operator.STARTS),
        _Written("Procédure", "procedure", Operator.IS),
        _Written("HT, au moins", "amount", Operator.AT_LEAST),
        _Written("HT, au plus", "amount", Operator.AT_MOST),
    ),
}
_PERIODS = {Population.INVOICES: "Émises", Population.PURCHASES: "Notifiés"}


def filter_form(place: LedgerAddress) -> Html:
    """The form, filled with what the address says."""
    when = _PERIODS[place.over]
    return element(
        "form",
        *(element("input", type="hidden", name=name, value=value) for name, value in place.kept),
        *(_condition(each, place) for each in _FILTERS[place.over]),
        *(
            labelled(said, element("input", type="date", name=name, value=place.one(name) or None))
            for name, said in (("du", f"{when} du"), ("au", f"{when} au"))
        ),
        button("Filtrer", class_="main"),
        element("a", "Tout voir", href=f"{ROOTS[place.over]}/liste"),
        method="get",
        action=f"{ROOTS[place.over]}/liste",
        class_="fields filters",
    )


def _condition(each: _Sides | _Written, place: LedgerAddress) -> Html:
    field = element("input", type="hidden", name=_NAME, value=each.field)
    if isinstance(each, _Sides):
        sides = choice(_OPERATOR, list(each.sides), _said(place, each.field)[0])
        value = element("input", type="hidden", name=_VALUE, value=each.value)
        return join_html([field, labelled(each.label, sides), value])
    operator = element("input", type="hidden", name=_OPERATOR, value=each.operator)
    written = _said(place, each.field, each.operator)[1]
    return join_html([field, operator, labelled(each.label, _value(each, place, written))])


def _value(each: _Written, place: LedgerAddress, written: str) -> Html:
    words = rows_of(place.over).fields[each.field].words
    if not words:
        return element("input", type="text", name=_VALUE, value=written, maxlength=300)
    return choice(_VALUE, [("", "tous"), *words.items()], written)


def _said(place: LedgerAddress, field: str, operator: Operator | None = None) -> tuple[str, str]:
    """The side and the value that the address gives a field, "" where it gives none."""
    columns = [[value for name, value in place.fields if name == each] for each in FILTER]
    for name, side, value in zip(*columns, strict=False):
        if name == field and operator in {None, side}:
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
    fields = rows_of(plan.over).fields
    numbers = [(each.name, each.label) for each in fields.values() if each.kind.is_number]
    dates = [(each.name, each.label) for each in fields.values() if each.kind is FieldKind.DATE]
    groups = [(each.name, each.label) for each in fields.values() if each.group]
    period = plan.period or PlanPeriod(rows_of(plan.over).when, None, None)
    compared = plan.compared or PlanPeriod(period.field, None, None)
    return element(
        "form",
        *(element("input", type="hidden", name=name, value=value) for name, value in place.kept),
        labelled("Mesure", choice("mesure", list(MEASURES.items()), plan.measure)),
        labelled("De", choice("de", [("", "les lignes elles-mêmes"), *numbers], plan.of or "")),
        _filters(plan, names),
        labelled("Date", choice("date", dates, period.field)),
        labelled("Du", _day("du", period)),
        labelled("Au", _day("au", period)),
        labelled("Regroupé par", choice("groupe", [("", "–"), *groups, *dates], plan.group or "")),
        labelled("Pas de temps", choice("pas", [("", "–"), *STEPS.items()], plan.step or "")),
        labelled("Ordre", choice("ordre", _ORDERS, _ORDERS[plan.is_ascending][0])),
        labelled("Premiers rangs", _limit(plan)),
        labelled("Résultats", choice("borne", _BOUNDS, plan.bound.operator if plan.bound else "")),
        labelled("Seuil des résultats", _threshold(plan)),
        labelled("Comparé à la période du", _day("contre_du", compared)),
        labelled("Au", _day("contre_au", compared)),
        button("Recalculer avec ce plan", class_="main"),
        method="get",
        action=f"{ROOTS[place.over]}/calcul",
        class_="fields plan",
    )


_BOUNDS = [
    ("", "tous"),
    *(
        (each.value, OPERATORS[each])
        for each in (Operator.MORE, Operator.AT_LEAST, Operator.LESS, Operator.AT_MOST)
    ),
]
_ORDERS = [("", "décroissant"), ("croissant", "croissant")]


def _filters(plan: Plan, names: Sequence[Name]) -> Html:
    """The conditions, each on a line, and empty ones to add."""
    rows = [("", each) for each in plan.filters] + [(PART, each) for each in plan.part]
    spare = [("", None)] * _SPARE
    lines = [
        _filter(plan.over, role, each, names, number)
        for number, (role, each) in enumerate([*rows, *spare], 1)
    ]
    return element("fieldset", element("legend", "Conditions"), *lines)


def _filter(
    over: Population, role: str, condition: PlanFilter | None, names: Sequence[Name], number: int
) -> Html:
    fields = [("", "–"), *((each.name, each.label) for each in rows_of(over).fields.values())]
    name, operator, written = FILTER
    chosen, side = (condition.field, condition.operator.value) if condition else ("", Operator.IS)
    roles = [("", "condition"), (PART, "dont on veut la part")]
    value = shown(condition, over, names) if condition else ""
    return element(
        "div",
        choice(name, fields, chosen, f"Champ {number}"),
        choice(operator, list(OPERATORS.items()), side, f"Comparaison {number}"),
        element("input", name=written, value=value, aria_label=f"Valeur {number}", maxlength=300),
        choice(ROLE, roles, role, f"Rôle {number}"),
        class_="condition",
    )


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


def _day(name: str, period: PlanPeriod) -> Html:
    day = period.last if name.endswith("au") else period.first
    value = day.isoformat() if day else None
    return element("input", type="date", name=name, value=value, max="9999-12-31")


def _limit(plan: Plan) -> Html:
    return element("input", type="number", name="limite", value=plan.limit, min=1, max=1000)


def _threshold(plan: Plan) -> Html:
    value = f"{plan.bound.value:f}" if plan.bound else None
    return element("input", type="number", name="seuil", value=value, step="any")
