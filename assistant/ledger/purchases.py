"""Purchases: the contracts of the ledger, each once however many hold it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assistant.ledger.fields import Population, rows_of
from assistant.ledger.works import is_worded_as_works
from ingestion.ledger.database import Ledger

FAMILY = 3
"""Digits of a CPV code that make a family: its group, in the nomenclature."""


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract, its amount without tax, and the keys and names of those who hold it."""

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
    holders: tuple[str, ...]

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
        "coalesce(supplier_name, ''), coalesce(holders, []) "
        f"FROM ({rows_of(Population.PURCHASES).sql}) ORDER BY notified, id"
    )
    return tuple(Contract(*(*values, tuple(holders))) for *values, holders in rows)
