"""A plan as a form: what is computed, shown and corrected. Pure.

Every field of a plan is one of the form; the form is sent as an address, which says the plan.
"""

from collections.abc import Sequence

from assistant.ledger.addresses import ROOTS
from assistant.ledger.fields import Kind, Population, rows_of
from assistant.ledger.plan import Filter, Measure, Operator, Period, Plan, Step
from assistant.ledger.plan_fields import FILTER, PART, ROLE, fields_of
from assistant.ledger.vocabulary import Name
from assistant.page.form import button, labelled
from assistant.page.ledger.frame import choice
from assistant.page.ledger.place import Place
from assistant.page.markup import Html, element

_SPARE = 2
"""Empty filters below those that a plan has."""

MEASURES = {
    Measure.COUNT: "nombre",
    Measure.SUM: "somme",
    Measure.AVERAGE: "moyenne",
    Measure.SHARE: "part (%)",
    Measure.DAYS: "délai moyen (jours)",
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
STEPS = {Step.MONTH: "mois", Step.QUARTER: "trimestre", Step.YEAR: "année"}


def plan_form(place: Place, plan: Plan, names: Sequence[Name]) -> Html:
    """The form of a plan, filled with it."""
    fields = rows_of(plan.over).fields
    numbers = [(each.name, each.label) for each in fields.values() if each.kind.is_number]
    dates = [(each.name, each.label) for each in fields.values() if each.kind is Kind.DATE]
    groups = [(each.name, each.label) for each in fields.values() if each.group]
    period = plan.period or Period(rows_of(plan.over).when, None, None)
    compared = plan.compared or Period(period.field, None, None)
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
    over: Population, role: str, condition: Filter | None, names: Sequence[Name], number: int
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


def shown(condition: Filter, over: Population, names: Sequence[Name]) -> str:
    """The values of a condition as its form reads them again, keys beside their names."""
    by_key = {each.key: each.name for each in names if each.field == condition.field}
    plain = dict(fields_of(Plan(Measure.COUNT, over, filters=(condition,))))
    if not any(value in by_key for value in condition.values):
        words = rows_of(over).fields[condition.field].words
        return words.get(plain[FILTER[2]], plain[FILTER[2]])
    return " ; ".join(
        f"{by_key[value]} ({value})" if by_key.get(value) not in {None, value} else str(value)
        for value in map(str, condition.values)
    )


def _day(name: str, period: Period) -> Html:
    day = period.last if name.endswith("au") else period.first
    value = day.isoformat() if day else None
    return element("input", type="date", name=name, value=value, max="9999-12-31")


def _limit(plan: Plan) -> Html:
    return element("input", type="number", name="limite", value=plan.limit, min=1, max=1000)


def _threshold(plan: Plan) -> Html:
    value = f"{plan.bound.value:f}" if plan.bound else None
    return element("input", type="number", name="seuil", value=value, step="any")
