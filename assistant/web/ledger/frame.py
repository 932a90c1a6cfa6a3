"""What stands around each view of the ledger, and the addresses that lead from there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from assistant.calculators.calculation import Buyer
from assistant.errors import WrongPlan
from assistant.ledger.query.plan import Population
from assistant.ledger.query.plan_fields import Fields
from assistant.ledger.replies import ROOTS
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
        return max(int(written), 1) if written.isdecimal() else 1

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
