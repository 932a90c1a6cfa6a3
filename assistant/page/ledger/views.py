"""The content of each view: what stands above its tables, and what its rows let a reader do."""

from collections.abc import Callable, Sequence

from assistant.ledger.addresses import ROOTS
from assistant.ledger.asked import NotUnderstood
from assistant.ledger.exhibit import Exhibit
from assistant.ledger.fields import Population
from assistant.ledger.plan import Plan
from assistant.ledger.table import Table
from assistant.ledger.vocabulary import Name
from assistant.ledger.wording import said
from assistant.page.form import action, button
from assistant.page.ledger.filters import filter_form
from assistant.page.ledger.frame import circumstances
from assistant.page.ledger.place import Place
from assistant.page.ledger.plan_form import plan_form
from assistant.page.ledger.table_view import TableView
from assistant.page.markup import NOTHING, Html, element, unbroken

LONGEST_REASON = 1000


Shown = Sequence[tuple[Exhibit, Table]]
"""Exhibits, each with the first rows of its table."""


def shown(place: Place, exhibits: Shown) -> list[Html]:
    """A view: its forms, then each exhibit."""
    above = [circumstances(place)]
    if place.view == "liste":
        above.append(filter_form(place))
    return [*above, *sections(place, exhibits)]


def sections(place: Place, exhibits: Shown) -> list[Html]:
    """Each exhibit with what it leads to."""
    return [
        TableView(place, number, part, each.table.count).section(each, *_extra(place, part))
        for number, (each, part) in enumerate(exhibits)
    ]


def planned(place: Place, plan: Plan, names: Sequence[Name]) -> list[Html]:
    """What a question was understood as, to be corrected."""
    summary = element("summary", "Corriger ce calcul")
    return [
        circumstances(place),
        element(
            "p",
            element("strong", "Compris ainsi : "),
            unbroken(said(plan)),
            ".",
            class_="understood",
        ),
        element("details", summary, plan_form(place, plan, names)),
    ]


def not_understood(place: Place, found: NotUnderstood, blank: Plan) -> list[Html]:
    """Which words nothing is known to do with, what can be asked, and a plan to fill."""
    first, *examples = found.can
    return [
        element(
            "section",
            element("h2", "Question non comprise"),
            element(
                "p",
                unbroken(f"Aucun chiffre n'est donné : {found.why}"),
                class_="alert",
                role="alert",
            ),
            element("p", first),
            element("ul", *(element("li", unbroken(each)) for each in examples)),
        ),
        element(
            "details",
            element("summary", "Écrire le calcul soi-même"),
            plan_form(place, blank, ()),
            open=True,
        ),
    ]


def nothing_imported(over: Population) -> Html:
    """What is shown before the first import."""
    said = {
        Population.INVOICES: "Aucune facture n'est encore importée ici.",
        Population.PURCHASES: "Aucun marché n'est encore importé ici.",
    }[over]
    link = element("a", "Importer des fichiers", href=f"{ROOTS[over]}/import", class_="main")
    return element("section", element("p", said, class_="lead"), link)


def piece(over: Population, tables: Sequence[Table]) -> list[Html]:
    """One invoice or contract, each value with its source."""
    place = Place(over, "piece")
    return [
        element(
            "section",
            element("h2", each.title),
            TableView(place, number, each, each.count).rows(),
        )
        for number, each in enumerate(tables)
    ]


def _extra(place: Place, table: Table) -> tuple[str, Callable[[int], Html]] | tuple[()]:
    """The form by which an anomaly is explained, on the rows of those that are not."""
    if place.view != "anomalies":
        return ()

    def form(index: int) -> Html:
        identifier, *_, explained = table.rows[index]
        return NOTHING if explained else _explanation(place, str(identifier))

    return "Expliquer", form


def _explanation(place: Place, identifier: str) -> Html:
    reason = element(
        "textarea",
        name="raison",
        required=True,
        maxlength=LONGEST_REASON,
        rows=3,
        aria_label="Raison",
    )
    form = action(
        place.address("/expliquer"),
        element("input", type="hidden", name="anomalie", value=identifier),
        reason,
        button("Enregistrer l'explication"),
    )
    return element("details", element("summary", "Expliquer"), form)
