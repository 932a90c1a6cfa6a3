"""Bookkeeping: invoices and purchases imported, seen, asked about, explained and exported.

What changes the ledger is on record, and so is what leaves it as a file.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from assistant.calculators.situation import Buyer
from assistant.errors import WrongPlan
from assistant.journal import Journal
from assistant.ledger.anomalies import Explanation, anomalies, explain
from assistant.ledger.anomaly import Anomaly
from assistant.ledger.asked import NotUnderstood, asked
from assistant.ledger.batches import Batches
from assistant.ledger.exhibit import Exhibit
from assistant.ledger.export import exported
from assistant.ledger.fields import Population
from assistant.ledger.piece import piece_tables
from assistant.ledger.plan import Plan
from assistant.ledger.plan_fields import Fields, plan_of
from assistant.ledger.recent import Recent, state
from assistant.ledger.reckoning import Reckoning
from assistant.ledger.reply import Inquiry, Unreckoned, reply, unimported, unread
from assistant.ledger.result_view import listing, require_rows
from assistant.ledger.sights import Look, Sights
from assistant.ledger.table import Table
from assistant.ledger.views import VIEWS
from assistant.ledger.vocabulary import Name, names
from ingestion.errors import IngestionError, NothingImported
from ingestion.generation import Generation
from ingestion.ledger.database import open_ledger
from ingestion.ledger.reports import FileReport
from ingestion.ledger.rows import FileKind


class Bookkeeping:
    """The ledger of a data folder.

    Methods raise an IngestionError or an AssistantError with a French sentence when what is asked
    cannot be done: NothingImported before the first import, Ungrounded without the law.
    """

    def __init__(
        self,
        home: Path,
        journal: Journal,
        generation: Callable[[], Generation],
        buyer: Buyer = Buyer.LOCAL,
    ) -> None:
        """`buyer` is who pays and buys, where nothing else is said.

        `generation` gives the rules in use; it raises UnknownGeneration where there are none.
        """
        self.buyer = buyer
        self._home = home
        self._journal = journal
        self._sights = Sights(home, generation)
        self._recent = Recent()
        # Not a method of this: what refers to itself holds its generation until it is collected.
        self.batches = Batches(home, partial(tell_imported, journal))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was imported yet."""
        try:
            with open_ledger(self._home):
                return False
        except NothingImported:
            return True

    def exhibits(self, look: Look) -> tuple[Exhibit, ...]:
        """What a view shows. Raises LookupError for one that there is not."""
        view = VIEWS[look.over][look.view]
        with open_ledger(self._home) as ledger:
            require_rows(ledger, look.over)
            sight = self._sights.of(ledger, look)
            key = (look, state(ledger), sight.rates, self._sights.rules)
            return self._recent.seen(key, lambda: view(sight))

    def rows(self, look: Look, ids: Sequence[str]) -> Table:
        """The invoices or contracts that something was computed of, each with its source."""
        with open_ledger(self._home) as ledger:
            return listing(ledger, look.over, ids, look.today)

    def part(self, look: Look, table: Table, first: int = 0, count: int | None = None) -> Table:
        """Some rows of a table that a view shows, all of them by default, read if they are not."""
        kept = slice(first, None if count is None else first + count)
        if not table.is_unread:
            return replace(table, rows=table.rows[kept], rows_of=table.rows_of[kept])
        return self.rows(look, [identifier for (identifier,) in table.rows_of[kept]])

    def piece(self, over: Population, identifier: str) -> tuple[Table, ...]:
        """One of them, each value with its source; nothing for an unknown one."""
        with open_ledger(self._home) as ledger:
            return piece_tables(ledger, over, identifier)

    def names(self, over: Population) -> tuple[Name, ...]:
        """Who and what the ledger names."""
        with open_ledger(self._home) as ledger:
            require_rows(ledger, over)
            return names(ledger, over)

    def plan(self, question: str, over: Population, today: date) -> Plan | NotUnderstood:
        """The plan of a question in words."""
        return asked(question, self.names(over), today, over)

    def reckon(
        self, question: str, today: date, before: Sequence[str] = ()
    ) -> Reckoning | Unreckoned | None:
        """What a question comes to when it asks for figures of the ledger; None when it does not.

        `before` are the questions that it may go on from, the last one last. Where nothing is
        imported, or the ledger cannot be read, what asks for its figures is told so.
        """
        asked = Inquiry(question, today, self.buyer, tuple(before))
        try:
            with open_ledger(self._home) as ledger:
                return reply(ledger, self._sights, asked)
        except NothingImported:
            return unimported(asked)
        except IngestionError as failure:
            return unread(asked, str(failure))

    def corrected(self, over: Population, fields: Fields) -> Plan:
        """The plan that the fields of a form say. Raises WrongPlan when they say none."""
        return plan_of(over, fields, self.names(over))

    def export(self, table: Table, suffix: str, user: str = "") -> bytes:
        """A table as a file, ".csv" or ".xlsx"."""
        file = exported(table, suffix)
        told = {"ledger": table.title, "rows": len(table.rows), "format": suffix[1:]}
        self._journal.append("export", told, user=user)
        return file

    def explain(self, identifier: str, reason: str, user: str) -> Anomaly:
        """Keep why an anomaly is none; raises WrongPlan without reason or for an unknown one."""
        if not reason.strip():
            raise WrongPlan("Dites pourquoi : une explication sans raison ne s'oppose à rien.")
        limits = self._sights.limits(self.buyer)
        with open_ledger(self._home) as ledger:
            found = anomalies(ledger, limits.exemption if limits else None)
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        anomaly = explain(self._home, found, identifier, Explanation(reason.strip(), user, now))
        told = {"act": "explained", "anomaly": identifier, "rule": anomaly.rule.name}
        self._journal.append("ledger", told | {"reason": reason.strip()}, user=user)
        return anomaly


def tell_imported(
    journal: Journal, kind: FileKind, reports: Sequence[FileReport], user: str
) -> None:
    """Put on record what became of the files of an import."""
    files = [
        {"name": each.name, "verdict": each.verdict.value, "stored": each.stored}
        for each in reports
    ]
    journal.append("ledger", {"act": "imported", "kind": kind.value, "files": files}, user=user)
