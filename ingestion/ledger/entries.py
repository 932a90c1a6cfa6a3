"""An invoice or a contract as it is stored: its rows, where each value was read, what was said."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ingestion.ledger.records import Comment
from ingestion.ledger.rows import Invoice, Level, Lineage, Purchase, TableRow
from ingestion.reading.french import written_day, written_number


@dataclass(frozen=True, slots=True)
class Entry:
    """The rows of one invoice or contract, the main one first.

    There are none when what cannot be missing is: the comments say what. `is_known` when the ledger
    has the same already.
    """

    place: str
    rows: tuple[TableRow, ...] = ()
    lineage: tuple[Lineage, ...] = ()
    comments: tuple[Comment, ...] = ()
    is_known: bool = False

    @property
    def main(self) -> Invoice | Purchase | None:
        """The row of the invoice or of the contract itself."""
        first = self.rows[0] if self.rows else None
        return first if isinstance(first, Invoice | Purchase) else None

    @property
    def is_refused(self) -> bool:
        """Whether it cannot be stored."""
        return not self.rows or any(each.level is Level.REFUSED for each in self.comments)


def shown(value: object) -> str:
    """A value of a row as French texts write it."""
    match value:
        case None:
            return "vide"
        case Decimal():
            return written_number(value, 2)
        case date():
            return written_day(value)
        case _:
            return str(value)
