"""The ledger's service: invoices and purchases imported, seen, asked about, explained, exported."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from threading import Lock

from assistant.calculators.calculation import Buyer
from assistant.errors import WrongPlan
from assistant.journal.journal import Journal, outgoing
from assistant.ledger.anomalies import Explanation, anomalies, explain
from assistant.ledger.anomaly_rules import Anomaly
from assistant.ledger.batches import Batches
from assistant.ledger.parsing.questions import NotUnderstood, parse_plan
from assistant.ledger.piece import piece_tables
from assistant.ledger.query.listing import listing, require_rows
from assistant.ledger.query.names import Name, Names, names
from assistant.ledger.query.plan import Plan, Population
from assistant.ledger.query.plan_fields import Fields, plan_of
from assistant.ledger.reckoning import Reckoning
from assistant.ledger.replies import Inquiry, Unreckoned, reply, unimported, unreadable
from assistant.ledger.tables import LedgerExhibit, LedgerTable, exported
from assistant.ledger.views import VIEWS, Sights, ViewRequest
from ingestion.errors import IngestionError, NothingImported
from ingestion.index.snapshot import IndexSnapshot
from ingestion.ledger.database import open_ledger
from ingestion.ledger.embedded import Ledger
from ingestion.ledger.importing import FileReport
from ingestion.ledger.rows import FileKind
from ingestion.opendata.fetching import FetchedFile, count_contracts, fetch_contracts
from ingestion.opendata.portal import EXPORT, OpenDataset, RecordQuery

# The views seen last: a table is gone through page by page, and each page asks for it again.

_MOST = 4
"""A view of 100,000 rows takes tens of megabytes."""

_STATE = """
SELECT (SELECT count(*) FROM file), (SELECT max(imported_at) FROM file),
    (SELECT count(*) FROM finding)
"""


class Recent:
    """Keeps what the last views showed; several threads may ask."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[LedgerExhibit, ...]] = OrderedDict()
        self._lock = Lock()

    def seen(
        self, key: Hashable, make: Callable[[], tuple[LedgerExhibit, ...]]
    ) -> tuple[LedgerExhibit, ...]:
        """What was shown under this key, made when it is not among the last."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = make()
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return found


def state(ledger: Ledger) -> tuple[object, ...]:
    """What is another after each import and each explanation."""
    [found] = ledger.rows(_STATE)
    return found


# Bookkeeping: invoices and purchases imported, seen, asked about, explained and exported.
#
# What changes the ledger is on record, and so is what leaves it as a file.


class LedgerService:
    """The ledger of a data folder.

    Methods raise an IngestionError or an AssistantError with a French sentence when what is asked
    cannot be done: NothingImported before the first import, Ungrounded without the law.
    """

    def __init__(
        self,
        home: Path,
        journal: Journal,
        generation: Callable[[], IndexSnapshot],
        buyer: Buyer = Buyer.LOCAL,
    ) -> None:
        """`buyer` is who pays and buys, where nothing else is said.

        `generation` gives the rules in use; it raises UnknownSnapshot where there are none.
        """
        self.buyer = buyer
        self._home = home
        self._journal = journal
        self._sights = Sights(home, generation)
        self._recent = Recent()
        self._names: dict[Population, tuple[tuple[object, ...], Names]] = {}
        # Not a method of this: what refers to itself holds its snapshot until it is collected.
        self.batches = Batches(home, partial(tell_imported, journal))

    def exhibits(self, look: ViewRequest) -> tuple[LedgerExhibit, ...]:
        """What a view shows. Raises LookupError for one that there is not."""
        view = VIEWS[look.over][look.view]
        with open_ledger(self._home) as ledger:
            require_rows(ledger, look.over)
            sight = self._sights.of(ledger, look)
            key = (look, state(ledger), sight.rates, self._sights.rules)
            return self._recent.seen(key, lambda: view(sight))

    def figures(
        self, look: ViewRequest, most: int | None = None
    ) -> tuple[str, tuple[LedgerTable, ...]]:
        """What a view comes to, "" or a sentence, and its tables, the one that says most first.

        Of each, at most `most` rows, all of them for None; a note says how many there are.
        """
        shown = self.exhibits(look)
        tables = tuple(self._first(look, each.table, most) for each in shown)
        # The rows of a single figure say more than its table.
        is_figure = look.plan is not None and look.plan.group is None
        return shown[0].lead, tables[::-1] if is_figure else tables

    def _first(self, look: ViewRequest, table: LedgerTable, most: int | None) -> LedgerTable:
        part = self.part(look, table, count=most)
        if most is None or table.count <= most:
            return part
        return replace(part, notes=(*part.notes, f"Lignes montrées : {most} sur {table.count}."))

    def rows(self, look: ViewRequest, ids: Sequence[str]) -> LedgerTable:
        """The invoices or contracts that something was computed of, each with its source."""
        with open_ledger(self._home) as ledger:
            return listing(ledger, look.over, ids, look.today)

    def part(
        self, look: ViewRequest, table: LedgerTable, first: int = 0, count: int | None = None
    ) -> LedgerTable:
        """Some rows of a table that a view shows, all of them by default, read if they are not."""
        kept = slice(first, None if count is None else first + count)
        if not table.is_unread:
            return replace(table, rows=table.rows[kept], rows_of=table.rows_of[kept])
        read = self.rows(look, [identifier for (identifier,) in table.rows_of[kept]])
        return replace(read, notes=table.notes)

    def piece(self, over: Population, identifier: str) -> tuple[LedgerTable, ...]:
        """One of them, each value with its source; nothing for an unknown one."""
        with open_ledger(self._home) as ledger:
            return piece_tables(ledger, over, identifier)

    def names(self, over: Population) -> tuple[Name, ...]:
        """Who and what the ledger names."""
        with open_ledger(self._home) as ledger:
            require_rows(ledger, over)
            return self._names_in(ledger, over)

    def _names_in(self, ledger: Ledger, over: Population) -> Names:
        """The names of a population, read again after each import only."""
        now = state(ledger)
        kept = self._names.get(over)
        if kept is None or kept[0] != now:
            kept = self._names[over] = now, names(ledger, over)
        return kept[1]

    def plan(self, question: str, over: Population, today: date) -> Plan | NotUnderstood:
        """The plan of a question in words."""
        return parse_plan(question, self.names(over), today, over)

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
                return reply(ledger, self._sights, asked, partial(self._names_in, ledger))
        except NothingImported:
            return unimported(asked)
        except IngestionError as failure:
            return unreadable(asked, str(failure))

    def corrected(self, over: Population, fields: Fields) -> Plan:
        """The plan that the fields of a form say. Raises WrongPlan when they say none."""
        return plan_of(over, fields, self.names(over))

    def export(self, table: LedgerTable, suffix: str, user: str = "") -> bytes:
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


# Published contracts fetched for the ledger: where from, when and which bytes, on record.


FETCHED = "fetched"
"""Of a data folder: the files as they came, into which the lineage of the rows points."""


def fetch_published(
    dataset: OpenDataset,
    where: str,
    folder: Path,
    journal: Journal,
    user: str,
    told: Callable[[int], None],
) -> FetchedFile | None:
    """Fetch the contracts into a folder; None when there are none.

    Raises:
        IngestionError: when they do not all come; nothing of them is kept.
    """
    address = dataset.address_of(RecordQuery(where), EXPORT)
    with outgoing(journal, "purchases", address, user) as record:
        expected = count_contracts(dataset, where)
        record["lines"] = expected
        if not expected:
            return None
        fetched = fetch_contracts(dataset, where, expected, folder, told)
        record |= {"file": fetched.path.name, "sha256": fetched.sha256}
        return fetched
