"""A place in the pages of the ledger: which view, asked with what, and the addresses from there.

Everything that a view depends on stands in its address, so that it can be kept and sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from assistant.calculators.situation import Buyer
from assistant.errors import WrongPlan
from assistant.ledger.addresses import ROOTS
from assistant.ledger.fields import Population
from assistant.ledger.plan_fields import Fields

TITLES = {Population.INVOICES: "Factures", Population.PURCHASES: "Achats"}
VIEW_TITLES: Mapping[Population, Mapping[str, str]] = {
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
class Place:
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
    return Place(over, view, fields).address()
