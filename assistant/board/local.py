"""The board of this machine: figures of its recorded answers, and what its journal says of them."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from threading import Lock

from assistant.activity.figures import Figures, figures
from assistant.activity.period import Period
from assistant.activity.touched import LOOKED, Look, Touched, body_of, touched
from assistant.board.page import dashboard
from assistant.board.report import Publication, report
from assistant.board.table import figures_table
from assistant.board.touched_page import touched_html
from assistant.identity import Identity
from assistant.index_changes import changes_since
from assistant.journal import Journal
from assistant.journal.vocabulary import IN_SERVICE
from assistant.ledger.export import csv_bytes
from assistant.page.markup import Html
from assistant.papers.pdf import as_pdf
from assistant.review.recorded import moment
from assistant.review.room import Room
from ingestion.publication import current_name


class LocalBoard:
    """The figures and the touched answers; several readers at once."""

    def __init__(
        self,
        home: Path,
        room: Room,
        journal: Journal,
        clock: Callable[[], date] = date.today,
    ) -> None:
        """`room` says which answers a reader may see."""
        self._home = home
        self._room = room
        self._journal = journal
        self._clock = clock
        self._notes = _Notes(journal)

    def dashboard(self, reader: Identity, period: Period) -> Html:
        """The figures of a period."""
        return dashboard(self._figures(reader, period))

    def report(self, reader: Identity, period: Period) -> bytes:
        """The report on a period as a PDF."""
        _, publications = self._notes.read()
        paper = report(
            self._figures(reader, period),
            self._touched(reader),
            [each for each in publications if period.has(each.on)],
            self._clock(),
            reader.name,
        )
        self._took(reader, period, "report")
        return as_pdf(paper)

    def table(self, reader: Identity, period: Period) -> bytes:
        """The figures as CSV."""
        self._took(reader, period, "figures")
        return csv_bytes(figures_table(self._figures(reader, period)))

    def touched(self, reader: Identity) -> Html:
        """The answers to look at, and those looked at."""
        return touched_html(self._touched(reader))

    def look(self, reader: Identity, record_id: str) -> None:
        """Keep that a reader looked at an answer, for the texts in use now."""
        self._room.item(reader, record_id)
        body = body_of(record_id, current_name(self._home))
        self._journal.append("review", body, user=reader.user)

    def _figures(self, reader: Identity, period: Period) -> Figures:
        return figures(self._room.items(reader), period, self._room.sampling)

    def _touched(self, reader: Identity) -> tuple[Touched, ...]:
        looks, _ = self._notes.read()
        return touched(self._room.items(reader), changes_since(self._home), looks)

    def _took(self, reader: Identity, period: Period, what: str) -> None:
        days = {"since": period.first.isoformat(), "until": period.last.isoformat()}
        self._journal.append("export", {"what": what, **days}, user=reader.user)


class _Notes:
    """The looks and the publications of a journal, read on as it grows; no words of anybody."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lock = Lock()
        self._last = -1
        self._looks: dict[str, Look] = {}
        self._publications: tuple[Publication, ...] = ()

    def read(self) -> tuple[Mapping[str, Look], tuple[Publication, ...]]:
        """The last look at each answer, and every publication, the oldest first."""
        with self._lock:
            for position, entry in self._journal.read(max(self._last, 0)):
                if position > self._last:
                    self._last = position
                    self._take(entry)
            return dict(self._looks), self._publications

    def _take(self, entry: Mapping[str, object]) -> None:
        body = self._journal.body(entry) if entry["kind"] in ("review", "index") else None
        act = body.get("act") if body else None
        if body and act == LOOKED:
            look = Look(str(entry.get("user", "")), moment(entry), body["generation"])
            self._looks[body["record_id"]] = look
        elif body and entry["kind"] == "index" and act in IN_SERVICE:
            on = moment(entry).date()
            told = Publication(on, body["generation"], body.get("reason", ""))
            self._publications = (*self._publications, told)
