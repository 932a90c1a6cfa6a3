"""The dashboard of a machine: figures of its recorded answers, and what the law touches of them."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from threading import Lock

from assistant.accounts.identity import Identity
from assistant.journal.journal import IN_SERVICE, Journal
from assistant.law.impact import changes_since
from assistant.ledger.tables import csv_bytes
from assistant.reports.dashboard import figures_table
from assistant.reports.management import Publication, report
from assistant.reports.pdf import as_pdf
from assistant.review.activity import (
    LOOKED,
    ActivityPeriod,
    Figures,
    Touched,
    TouchedLook,
    body_of,
    figures,
    touched,
)
from assistant.review.recorded import moment
from assistant.review.service import ReviewService
from ingestion.index.publication import current_name


class LocalDashboard:
    """The figures and the touched answers; several readers at once.

    Failures whose message is a French sentence for the reader are `AssistantError` or
    `IngestionError`. Looks and publications are read on as the journal grows.
    """

    def __init__(
        self,
        home: Path,
        room: ReviewService,
        journal: Journal,
        clock: Callable[[], date] = date.today,
    ) -> None:
        """`room` says which answers a reader may see."""
        self._home = home
        self._room = room
        self._journal = journal
        self._clock = clock
        self._lock = Lock()
        self._last = -1
        self._looks: dict[str, TouchedLook] = {}
        self._publications: list[Publication] = []

    def figures(self, reader: Identity, period: ActivityPeriod) -> Figures:
        """The figures of a period."""
        return figures(self._room.items(reader), period, self._room.sampling)

    def report(self, reader: Identity, period: ActivityPeriod) -> bytes:
        """The same as a PDF for management; that it was taken is in the journal."""
        looked = self.touched(reader)
        paper = report(
            self.figures(reader, period),
            looked,
            [each for each in self._publications if period.has(each.on)],
            self._clock(),
            reader.name,
        )
        self._took(reader, period, "report")
        return as_pdf(paper)

    def table(self, reader: Identity, period: ActivityPeriod) -> bytes:
        """The same as CSV; that it was taken is in the journal."""
        self._took(reader, period, "figures")
        return csv_bytes(figures_table(self.figures(reader, period)))

    def touched(self, reader: Identity) -> tuple[Touched, ...]:
        """The answers that cite what has changed since, those to look at first."""
        self._read_on()
        return touched(self._room.items(reader), changes_since(self._home), self._looks)

    def look(self, reader: Identity, record_id: str) -> None:
        """Keep that a reader looked at one, for the texts in use now; raises UnknownRecord."""
        self._room.item(reader, record_id)
        body = body_of(record_id, current_name(self._home))
        self._journal.append("review", body, user=reader.user)

    def _took(self, reader: Identity, period: ActivityPeriod, what: str) -> None:
        days = {"since": period.first.isoformat(), "until": period.last.isoformat()}
        self._journal.append("export", {"what": what, **days}, user=reader.user)

    def _read_on(self) -> None:
        """Take what the journal has beyond what was read; no words of anybody."""
        with self._lock:
            for position, entry in self._journal.read(max(self._last, 0)):
                if position > self._last:
                    self._last = position
                    self._take(entry)

    def _take(self, entry: Mapping[str, object]) -> None:
        body = self._journal.body(entry) if entry["kind"] in ("review", "index") else None
        act = body.get("act") if body else None
        if body and act == LOOKED:
            look = TouchedLook(str(entry.get("user", "")), moment(entry), body["generation"])
            self._looks[body["record_id"]] = look
        elif body and entry["kind"] == "index" and act in IN_SERVICE:
            on = moment(entry).date()
            told = Publication(on, body["generation"], body.get("reason", ""))
            self._publications.append(told)
