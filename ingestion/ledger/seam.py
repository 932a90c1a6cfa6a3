"""What stands between questions to the ledger and the engine that holds it.

Their SQL is the part that DuckDB and PostgreSQL both speak: what one of them lacks is in its own
module, under the name that the SQL uses.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import fields
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, Protocol

from ingestion.ledger.rows import TableRow

Row = tuple[Any, ...]

SECONDS = 20.0
MOST_ROWS = 1_000_000
TOO_HEAVY = (
    "Cette question demande plus de temps ou de mémoire que permis. Restreignez la période, le "
    "fournisseur ou l'acheteur."
)
NOTHING = (
    "Aucune facture ni aucun achat n'a été importé. Lancez : sourcier invoices import "
    "FICHIER… ou sourcier purchases import FICHIER…"
)

_SCHEMA = Path(__file__).with_name("schema.sql")


class Ledger(Protocol):
    """Answers SQL questions, and changes nothing; for one thread."""

    def rows(
        self, sql: str, parameters: Sequence[object] = (), *, seconds: float = SECONDS
    ) -> tuple[Row, ...]:
        """The rows that one SELECT gives, `$1` standing for the first of the parameters.

        Raises:
            QueryTooHeavy: when it takes more time, memory or rows than the limits.
        """
        ...


class LedgerDraft(Ledger, Protocol):
    """The ledger that is being written; it is as it was when it is abandoned."""

    is_abandoned: bool

    def transaction(self) -> AbstractContextManager[None]:
        """Keep all that is written inside, or nothing when an exception leaves it."""
        ...

    def append(self, rows: Iterable[TableRow]) -> None:
        """Add rows of any tables, in any order."""
        ...


def schema() -> str:
    """The tables, in SQL."""
    return _SCHEMA.read_text(encoding="utf-8")


def by_table(
    rows: Iterable[TableRow],
) -> Iterator[tuple[str, list[str], Iterator[Row]]]:
    """For each table its name, the names of its columns, and the values of its rows."""
    for table, same in groupby(sorted(rows, key=_table), key=_table):
        some = list(same)
        names = [field.name for field in fields(some[0])]
        yield table, names, map(attrgetter(*names), some)


def _table(row: TableRow) -> str:
    return row.table
