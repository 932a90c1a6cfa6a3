"""The filters of a list: conditions of a plan, each a field that may stay empty. Pure."""

from dataclasses import dataclass

from assistant.ledger.addresses import ROOTS
from assistant.ledger.fields import Population, rows_of
from assistant.ledger.plan import Operator
from assistant.ledger.plan_fields import FILTER
from assistant.page.form import button, labelled
from assistant.page.ledger.frame import choice
from assistant.page.ledger.place import Place
from assistant.page.markup import Html, element, joined

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


def filter_form(place: Place) -> Html:
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


def _condition(each: _Sides | _Written, place: Place) -> Html:
    field = element("input", type="hidden", name=_NAME, value=each.field)
    if isinstance(each, _Sides):
        sides = choice(_OPERATOR, list(each.sides), _said(place, each.field)[0])
        value = element("input", type="hidden", name=_VALUE, value=each.value)
        return joined([field, labelled(each.label, sides), value])
    operator = element("input", type="hidden", name=_OPERATOR, value=each.operator)
    written = _said(place, each.field, each.operator)[1]
    return joined([field, operator, labelled(each.label, _value(each, place, written))])


def _value(each: _Written, place: Place, written: str) -> Html:
    words = rows_of(place.over).fields[each.field].words
    if not words:
        return element("input", type="text", name=_VALUE, value=written, maxlength=300)
    return choice(_VALUE, [("", "tous"), *words.items()], written)


def _said(place: Place, field: str, operator: Operator | None = None) -> tuple[str, str]:
    """The side and the value that the address gives a field, "" where it gives none."""
    columns = [[value for name, value in place.fields if name == each] for each in FILTER]
    for name, side, value in zip(*columns, strict=False):
        if name == field and operator in {None, side}:
            return side, value
    return "", ""
