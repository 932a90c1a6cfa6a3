"""Purchases: the contracts of the ledger, each once however many hold it."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from assistant.ledger.fields import Population, rows_of
from assistant.ledger.works import is_worded_as_works
from ingestion.ledger.database import Ledger

FAMILY = 3
"""Digits of a CPV code that make a family: its group, in the nomenclature."""


class Contract(NamedTuple):
    """A contract, its amount without tax, and the names and the key of those who hold it.

    A tuple, as there are as many as rows.
    """

    id: str
    number: str
    buyer: str
    buyer_name: str
    subject: str
    procedure: str
    category: str
    cpv: str
    amount: Decimal | None
    notified: date | None
    holder_names: str
    holders: str

    @property
    def family(self) -> str:
        """The CPV group, "" when it is not known."""
        return self.cpv[:FAMILY] if len(self.cpv) >= FAMILY else ""

    @property
    def is_works(self) -> bool:
        """Whether its code says works, without code its nature, without nature its words."""
        return self.category == "travaux" or (
            not self.category and is_worded_as_works(self.subject)
        )


def contracts(ledger: Ledger) -> tuple[Contract, ...]:
    """Every contract, in the order of their notification."""
    rows = ledger.rows(
        "SELECT id, number, coalesce(buyer, ''), coalesce(buyer_name, buyer, ''), "
        "coalesce(subject, ''), coalesce(procedure, ''), "
        "coalesce(category, ''), coalesce(cpv, ''), amount, notified, "
        "coalesce(supplier_name, ''), coalesce(supplier, '') "
        f"FROM ({rows_of(Population.PURCHASES).sql}) AS counted ORDER BY notified, id"
    )
    return tuple(Contract(*row) for row in rows)
