"""Purchases: the contracts of the ledger, each once however many hold it."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from assistant.ledger.fields import Population, rows_of
from assistant.ledger.works import is_worded_as_works
from ingestion.ledger.database import Ledger

_FAMILY = "CASE WHEN length(cpv) >= 3 THEN left(cpv, 3) ELSE '' END"
"""The group of a CPV code, by its first digits; "" where it is not known."""

_CONTRACT = f"""
SELECT id, coalesce(buyer, ''), coalesce(buyer_name, buyer, ''), coalesce(subject, ''),
    coalesce(procedure, ''), coalesce(category, ''), {_FAMILY}, amount, notified
"""
_REPEATED = f"""
SELECT *, count(*) OVER (
    PARTITION BY buyer, {_FAMILY}, extract(year FROM notified)
) AS alike
FROM ({{rows}}) AS counted
WHERE buyer <> '' AND amount <> 0 AND notified IS NOT NULL AND coalesce(category, '') <> 'travaux'
"""


class Contract(NamedTuple):
    """A contract, and its amount without tax.

    A tuple, as there are as many as rows.
    """

    id: str
    buyer: str
    buyer_name: str
    subject: str
    procedure: str
    category: str
    family: str
    amount: Decimal | None
    notified: date | None

    @property
    def is_works(self) -> bool:
        """Whether its code says works, without code its nature, without nature its words."""
        return self.category == "travaux" or (
            not self.category and is_worded_as_works(self.subject)
        )


class Held(NamedTuple):
    """A contract that someone holds, the key and the names of who does, and its amount in cents."""

    id: str
    holders: str
    holder_names: str
    family: str
    cents: int


def contracts(ledger: Ledger) -> tuple[Contract, ...]:
    """Every contract, in the order of their notification."""
    rows = ledger.rows(f"{_CONTRACT} FROM ({_rows()}) AS counted ORDER BY notified, id")
    return tuple(map(Contract._make, rows))


def repeated(ledger: Ledger) -> tuple[Contract, ...]:
    """The contracts that are not works, but those whose CPV group was bought once that year."""
    fit = _REPEATED.format(rows=_rows())
    rows = ledger.rows(
        f"{_CONTRACT} FROM ({fit}) AS fit WHERE {_FAMILY} = '' OR alike > 1 ORDER BY notified, id"
    )
    return tuple(map(Contract._make, rows))


def held_contracts(ledger: Ledger) -> tuple[Held, ...]:
    """Every contract that someone holds, in the order of their notification."""
    rows = ledger.rows(
        f"SELECT id, supplier, coalesce(supplier_name, ''), {_FAMILY}, "
        f"CAST(100 * coalesce(amount, 0) AS BIGINT) FROM ({_rows()}) AS counted "
        "WHERE supplier <> '' ORDER BY notified, id"
    )
    return tuple(map(Held._make, rows))


def _rows() -> str:
    return rows_of(Population.PURCHASES).sql
