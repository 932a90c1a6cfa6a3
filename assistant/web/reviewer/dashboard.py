"""The dashboard of a machine: figures of its recorded answers, and what the law touches of them."""

from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from threading import Lock

from assistant.accounts.identity import Identity
from assistant.journal.journal import Journal
from assistant.law.impact import changes_since
from assistant.ledger.tables import csv_bytes
from assistant.publishing.history import index_events
from assistant.question.language import Language
from assistant.reports.audit import AuditFacts, ReadAnswer
from assistant.reports.dashboard import figures_table
from assistant.reports.homologation_facts import gather
from assistant.reports.management import report
from assistant.reports.page_language import speaking
from assistant.reports.pdf import as_pdf
from assistant.review.activity import (
    ActivityPeriod,
    Figures,
    figures,
)
from assistant.review.agreement import disagreements
from assistant.review.progress import drawn, progress
from assistant.review.readings import frozen_of
from assistant.review.recorded import Item, moment
from assistant.review.service import ReviewService
from assistant.review.touched import LOOKED, Touched, TouchedLook, look_body, touched
from assistant.settings import load_settings
from ingestion.index.publication import current_name


class LocalDashboard:
    """The figures and the touched answers; several readers at once.

    Failures whose message is a French sentence for the reader are `AssistantError` or
    `IngestionError`. Looks are read on as the journal grows.
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

    def figures(self, reader: Identity, period: ActivityPeriod) -> Figures:
        """The figures of a period."""
        return figures(self._room.items(reader), period, self._room.sampling)

    def report(self, reader: Identity, period: ActivityPeriod) -> bytes:
        """The same as a PDF to be signed; that it was taken is in the journal, by its sha256.

        The journal is verified and anchored for it, and the paper has the anchor.
        """
        audit = self._audit(reader, period)
        found, looked = self.figures(reader, period), self.touched(reader)
        with speaking(Language.FRENCH):
            content = as_pdf(report(found, looked, audit, self._clock(), reader.name))
        self._took(reader, period, "report", sha256=sha256(content).hexdigest())
        return content

    def _audit(self, reader: Identity, period: ActivityPeriod) -> AuditFacts:
        seen = [item for item in self._room.items(reader) if period.has(item.line.day)]
        sampling, done = self._room.sampling, progress(seen, self._room.sampling)
        anchor = self._journal.anchor(user=reader.user)
        return AuditFacts(
            sampling=sampling,
            drawn=drawn(reversed(seen), sampling),
            read=tuple(self._read(reader, item) for item in reversed(seen) if item.readers),
            pace=done.pace,
            disagreements=disagreements(seen),
            decisions=tuple(
                each
                for each in index_events(self._journal)
                if period.has(each.at.astimezone().date())
            ),
            installation=gather(self._home, load_settings(self._home), self._clock(), None),
            anchor=anchor,
            anchors=self._journal.anchored() if anchor else (),
            called=self._room.called,
        )

    def _read(self, reader: Identity, item: Item) -> ReadAnswer:
        shown = self._room.open(reader, item.line.record_id)
        return ReadAnswer(item, shown, frozen_of(item.seen_by(reader.user)))

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
        body = look_body(record_id, current_name(self._home))
        self._journal.append("review", body, user=reader.user)

    def _took(self, reader: Identity, period: ActivityPeriod, what: str, **told: str) -> None:
        days = {"since": period.first.isoformat(), "until": period.last.isoformat()}
        self._journal.append("export", {"what": what, **days, **told}, user=reader.user)

    def _read_on(self) -> None:
        """Take what the journal has beyond what was read; no words of anybody."""
        with self._lock:
            for position, entry in self._journal.read(max(self._last, 0)):
                if position > self._last:
                    self._last = position
                    self._take(entry)

    def _take(self, entry: Mapping[str, object]) -> None:
        body = self._journal.body(entry) if entry["kind"] == "review" else None
        if body and body["act"] == LOOKED:
            look = TouchedLook(str(entry.get("user", "")), moment(entry), body["generation"])
            self._looks[body["record_id"]] = look
