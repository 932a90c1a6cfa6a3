"""What stands around each view: the ways to the others, the day and the buyer, the question box."""

from assistant.calculators.situation import Buyer
from assistant.errors import WrongPlan
from assistant.ledger.addresses import ROOTS
from assistant.ledger.fields import Population
from assistant.page.dossier_list import alert
from assistant.page.form import button, labelled
from assistant.page.ledger.place import (
    BUYER,
    DAY,
    QUESTION,
    TITLES,
    VIEW_TITLES,
    Place,
    view_address,
)
from assistant.page.markup import NOTHING, Html, element

_EXAMPLES = {
    Population.INVOICES: "Montant TTC des factures non payées par fournisseur",
    Population.PURCHASES: "Montant des marchés notifiés en 2025 par acheteur",
}
_NEEDS_BUYER = {
    Population.INVOICES: {"apercu", "liste", "retards", "anomalies", "calcul"},
    Population.PURCHASES: {"seuils"},
}


def framed(place: Place, *content: Html, problem: str = "") -> Html:
    """A view as a page."""
    return element(
        "main",
        _outside(),
        element("h1", TITLES[place.over]),
        _views(place),
        question_box(place),
        alert(problem),
        *content,
        class_="document dossiers ledger",
        id="document",
    )


def question_box(place: Place) -> Html:
    """A question in words about these rows."""
    field = element(
        "input",
        type="search",
        name=QUESTION,
        value=place.one(QUESTION),
        maxlength=500,
        required=True,
        placeholder=_EXAMPLES[place.over],
    )
    return element(
        "form",
        element("label", element("span", "Une question sur ces lignes"), field),
        *_hidden(place),
        button("Calculer", class_="main"),
        method="get",
        action=f"{ROOTS[place.over]}/calcul",
        class_="question",
        role="search",
    )


def circumstances(place: Place) -> Html:
    """The day and the buyer that a view is computed for, to be changed; its other fields stay."""
    if place.view not in _NEEDS_BUYER[place.over]:
        return NOTHING
    try:
        day, buyer = place.today, place.buyer
    except WrongPlan:
        return NOTHING
    day_field = element("input", type="date", name=DAY, value=day.isoformat(), max="9999-12-31")
    others = [(name, value) for name, value in place.fields if name not in {DAY, BUYER}]
    return element(
        "form",
        labelled("Calculé au", day_field),
        labelled("Acheteur", choice(BUYER, [(each, each.label) for each in Buyer], buyer)),
        *(element("input", type="hidden", name=name, value=value) for name, value in others),
        button("Recalculer"),
        method="get",
        action=f"{ROOTS[place.over]}/{place.view}",
        class_="fields circumstances",
    )


def choice(name: str, options: list[tuple[str, str]], chosen: str, label: str = "") -> Html:
    """A list to choose from: values, and what they are called."""
    items = (
        element("option", said, value=value, selected=value == chosen) for value, said in options
    )
    return element("select", *items, name=name, aria_label=label or None)


def _outside() -> Html:
    return element(
        "nav",
        element("a", "Sourcier : poser une question", href="/"),
        element("a", "Dossiers de marché", href="/dossiers"),
        *(element("a", TITLES[over], href=ROOTS[over]) for over in Population),
        aria_label="Sourcier",
    )


def _views(place: Place) -> Html:
    views = [
        element(
            "a",
            title,
            href=view_address(place.over, view, place.kept)
            if view != "apercu"
            else ROOTS[place.over],
            aria_current="page" if view == place.view else None,
        )
        for view, title in VIEW_TITLES[place.over].items()
    ]
    views.append(
        element(
            "a",
            "Importer",
            href=f"{ROOTS[place.over]}/import",
            aria_current="page" if place.view == "import" else None,
        )
    )
    return element("nav", *views, class_="views", aria_label=TITLES[place.over])


def _hidden(place: Place) -> list[Html]:
    return [element("input", type="hidden", name=name, value=value) for name, value in place.kept]
