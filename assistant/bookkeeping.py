"""Bookkeeping: invoices and purchases imported, seen, asked about, explained and exported.

What changes the ledger is on record, and so is what leaves it as a file.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from assistant.calculators.law import IndexedLaw, Law
from assistant.calculators.rates import read_rates
from assistant.calculators.situation import Buyer
from assistant.errors import AssistantError, WrongPlan
from assistant.journal import Journal
from assistant.ledger.addressed import asks_ledger
from assistant.ledger.anomalies import Explanation, anomalies, explain
from assistant.ledger.anomaly import Anomaly
from assistant.ledger.asked import NotUnderstood, asked, population_asked
from assistant.ledger.batches import Batches
from assistant.ledger.exhibit import Exhibit
from assistant.ledger.export import exported
from assistant.ledger.fields import Population
from assistant.ledger.limits import LawOf, Limits
from assistant.ledger.piece import piece_tables
from assistant.ledger.plan import Measure, Plan
from assistant.ledger.plan_fields import Fields, plan_of
from assistant.ledger.recent import Recent, state
from assistant.ledger.reckoning import Reckoning, reckoned
from assistant.ledger.result_view import listing
from assistant.ledger.table import Table
from assistant.ledger.views import VIEWS, Sight
from assistant.ledger.vocabulary import Name, names
from ingestion.errors import IngestionError, NothingImported, QueryTooHeavy, UnknownGeneration
from ingestion.generation import Generation
from ingestion.ledger.database import Ledger, open_ledger
from ingestion.ledger.reports import FileReport
from ingestion.ledger.rows import FileKind


@dataclass(frozen=True, slots=True)
class Look:
    """What a view is asked for: which one of which rows, on what day, for whom, of what plan."""

    over: Population
    view: str
    today: date
    buyer: Buyer = Buyer.LOCAL
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class Unreckoned:
    """Why a question about the ledger has no figure, and what can be asked of it, in French."""

    over: Population
    why: str
    can: tuple[str, ...]


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
    ) -> None:
        """`generation` gives the rules in use; it raises UnknownGeneration where there are none."""
        self._home = home
        self._journal = journal
        self._generation = generation
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
            sight = self._sight(ledger, look)
            key = (look, state(ledger), sight.rates, self._generation_name())
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
            return names(ledger, over)

    def plan(self, question: str, over: Population, today: date) -> Plan | NotUnderstood:
        """The plan of a question in words."""
        return asked(question, self.names(over), today, over)

    def reckon(self, question: str, today: date) -> Reckoning | Unreckoned | None:
        """What a question comes to when it asks for figures of the ledger; None when it does not.

        None too where the ledger has none of the rows that it names, or cannot be read.
        """
        named, asks = population_asked(question), asks_ledger(question)
        over = named or Population.INVOICES
        try:
            with open_ledger(self._home) as ledger:
                plan = self._understood(ledger, question, over, today)
                if plan is None or (named is None and not asks and is_bare(plan)):
                    return None
                if isinstance(plan, NotUnderstood):
                    return Unreckoned(over, plan.why, plan.can) if asks else None
                return self._reckoned(ledger, Look(over, "calcul", today, plan=plan))
        except IngestionError:
            return None

    def _understood(
        self, ledger: Ledger, question: str, over: Population, today: date
    ) -> Plan | NotUnderstood | None:
        """The plan of a question; None where there are none of the rows that it is about."""
        if not _has_rows(ledger, over):
            return None
        return asked(question, names(ledger, over), today, over)

    def _reckoned(self, ledger: Ledger, look: Look) -> Reckoning | Unreckoned:
        try:
            return reckoned(self._sight(ledger, look))
        except (AssistantError, QueryTooHeavy) as refusal:
            return Unreckoned(look.over, str(refusal), ())

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
        _, limits = self._law(Buyer.LOCAL)
        with open_ledger(self._home) as ledger:
            found = anomalies(ledger, limits.exemption if limits else None)
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        anomaly = explain(self._home, found, identifier, Explanation(reason.strip(), user, now))
        told = {"act": "explained", "anomaly": identifier, "rule": anomaly.rule.name}
        self._journal.append("ledger", told | {"reason": reason.strip()}, user=user)
        return anomaly

    def _sight(self, ledger: Ledger, look: Look) -> Sight:
        plan = look.plan or Plan(Measure.COUNT, look.over)
        rates, law = read_rates(self._home), self._law(look.buyer)
        return Sight(ledger, look.today, look.buyer, *law, rates, plan)

    def _generation_name(self) -> str:
        try:
            return self._generation().manifest.name
        except UnknownGeneration:
            return ""

    def _law(self, buyer: Buyer) -> tuple[LawOf | None, Limits | None]:
        """The law by day and the thresholds that it states; None where no index is published."""
        try:
            generation = self._generation()
        except UnknownGeneration:
            return None, None

        def law_of(day: date) -> Law:
            return IndexedLaw(generation, day)

        return law_of, Limits(law_of, buyer)


def is_bare(plan: Plan | NotUnderstood) -> bool:
    """Whether a plan is of all rows: "intérêts moratoires ?" asks what they are, not how many."""
    if isinstance(plan, NotUnderstood):
        return True
    return not (plan.filters or plan.part or plan.period or plan.group)


def tell_imported(
    journal: Journal, kind: FileKind, reports: Sequence[FileReport], user: str
) -> None:
    """Put on record what became of the files of an import."""
    files = [
        {"name": each.name, "verdict": each.verdict.value, "stored": each.stored}
        for each in reports
    ]
    journal.append("ledger", {"act": "imported", "kind": kind.value, "files": files}, user=user)


def _has_rows(ledger: Ledger, over: Population) -> bool:
    table = {Population.INVOICES: "invoice", Population.PURCHASES: "purchase"}[over]
    return bool(ledger.rows(f"SELECT 1 FROM {table} LIMIT 1"))
