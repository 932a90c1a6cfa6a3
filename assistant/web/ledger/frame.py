"""Places in the pages of the ledger: addresses, what stands around them, their forms. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from assistant.calculators.calculation import Buyer
from assistant.errors import WrongPlan
from assistant.ledger.addresses import ROOTS
from assistant.ledger.query.names import Name
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
from assistant.ledger.query.plan_fields import FILTER, PART, Fields, fields_of
from assistant.reports.markup import NOTHING, Html, render

# A place in the pages of the ledger: which view, asked with what, and the addresses from there.
#
# Everything that a view depends on stands in its address, so that it can be kept and sent.

TITLES = {Population.INVOICES: "Factures", Population.PURCHASES: "Achats"}
VIEW_TITLES: Mapping[Population, dict[str, str]] = {
    Population.INVOICES: {
        "apercu": "Vue d'ensemble",
        "liste": "Liste",
        "retards": "Délais et retards",
        "anomalies": "Anomalies",
        "calcul": "Calcul",
    },
    Population.PURCHASES: {
        "apercu": "Dépenses",
        "liste": "Liste",
        "titulaires": "Titulaires",
        "mutualisation": "Mutualisation",
        "seuils": "Seuils",
        "calcul": "Calcul",
    },
}
OTHER_TITLES = {"piece": "une ligne", "import": "Importer"}
"""Of what stands beside the views."""

DAY, BUYER, QUESTION, PAGE = "jour", "acheteur", "question", "page"


@dataclass(frozen=True, slots=True)
class LedgerAddress:
    """A view of invoices or of purchases, and the fields of its address.

    `usual` is the buyer where its address names none.
    """

    over: Population
    view: str
    fields: Fields = ()
    usual: Buyer = Buyer.LOCAL

    def one(self, name: str) -> str:
        """The first value of a field, "" where there is none."""
        return next((value.strip() for each, value in self.fields if each == name), "")

    @property
    def today(self) -> date:
        """The day that is computed for. Raises WrongPlan for a text that is none."""
        written = self.one(DAY)
        try:
            return date.fromisoformat(written) if written else date.today()
        except ValueError as error:
            raise WrongPlan(f"« {written} » n'est pas un jour AAAA-MM-JJ.") from error

    @property
    def buyer(self) -> Buyer:
        """Who pays, on which time limits and thresholds depend. Raises WrongPlan for no kind."""
        written = self.one(BUYER) or self.usual
        if written not in list(Buyer):
            raise WrongPlan(f"« {written} » n'est pas un type d'acheteur.")
        return Buyer(written)

    @property
    def page(self) -> int:
        """The page of a long table, from 1."""
        written = self.one(PAGE)
        return max(int(written), 1) if written.isdecimal() and len(written) < 10 else 1

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The fields that hold whatever view is seen: the day and the buyer."""
        return [(name, value) for name, value in self.fields if name in {DAY, BUYER} and value]

    def address(self, below: str = "", **more: str | int) -> str:
        """The address of the view, or of what is below it, asked with the same fields."""
        own = [(name, value) for name, value in self.fields if name not in {PAGE, *more}]
        own += [(name, str(value)) for name, value in more.items()]
        return f"{ROOTS[self.over]}/{self.view}{below}{'?' if own else ''}{urlencode(own)}"


def view_address(over: Population, view: str, fields: Fields = ()) -> str:
    """The address of a view asked with some fields."""
    return LedgerAddress(over, view, fields).address()


# What stands around each view: the ways to the others, the day and the buyer, the question box.

_EXAMPLES = {
    Population.INVOICES: "Montant TTC des factures non payées par fournisseur",
    Population.PURCHASES: "Montant des marchés notifiés en 2025 par acheteur",
}
_NEEDS_BUYER = {
    Population.INVOICES: {"apercu", "liste", "retards", "anomalies", "calcul"},
    Population.PURCHASES: {"seuils"},
}


def framed(place: LedgerAddress, *content: Html, problem: str = "") -> Html:
    """A view as a page; `problem` is why what was asked is not there."""
    root = ROOTS[place.over]
    titles = VIEW_TITLES[place.over] | {"import": OTHER_TITLES["import"]}
    addresses = {view: view_address(place.over, view, place.kept) for view in titles}
    addresses |= {"apercu": root, "import": f"{root}/import"}
    return render(
        "ledger/frame.html",
        place=place,
        titles=TITLES,
        roots=ROOTS,
        views=[(view, title, addresses[view]) for view, title in titles.items()],
        example=_EXAMPLES[place.over],
        problem=problem,
        content=content,
    )


def circumstances(place: LedgerAddress) -> Html:
    """The day and the buyer that a view is computed for, to be changed; its other fields stay."""
    if place.view not in _NEEDS_BUYER[place.over]:
        return NOTHING
    try:
        return render(
            "ledger/circumstances.html",
            place=place,
            action=f"{ROOTS[place.over]}/{place.view}",
            buyers=[(each, each.label) for each in Buyer],
            others=[(name, value) for name, value in place.fields if name not in {DAY, BUYER}],
        )
    except WrongPlan:
        return NOTHING


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
    PlanMeasure.MEDIAN: "médiane",
    PlanMeasure.DISTINCT: "nombre, une fois chacun",
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
    numbers += [(each.name, each.label) for each in fields if each.many]
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


def _conditions(plan: Plan, names: Sequence[Name]) -> list[tuple[str, Operator, str, str]]:
    """Field, operator, value and role of each condition, and empty ones to add."""
    rows = [("", each) for each in plan.filters] + [(PART, each) for each in plan.part]
    return [
        (each.field, each.operator, shown(each, plan.over, names), role) for role, each in rows
    ] + [("", Operator.IS, "", "")] * _SPARE


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
