"""The register: every recorded answer in memory, brought up to date as the journal grows.

Nothing of it is written: a text that is purged, or goes with its dossier, is nowhere else.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from assistant.errors import StillReading, UnknownRecord
from assistant.journal import Journal
from assistant.record import REPLAYED
from assistant.review.line import Item, Line, Opinion, Thumb, line_of
from assistant.review.marks import MARKED, Sheet, marks_of, over
from assistant.review.recorded import Recorded, recorded
from assistant.review.sampling import SAMPLED, Sampling, sampling_of

_FORGETTING = {"retention", "erasure", "restore"}
"""Kinds of entries before which texts that were read are gone."""

PATIENCE = 3.0
"""Seconds that a reader waits for the register, which may be reading everything."""

_AGAIN = 30.0
"""Seconds after which the register reads on by itself."""


class Register:
    """The answers of a journal; several threads may ask it."""

    def __init__(self, journal: Journal) -> None:
        """Nothing is read before something is asked, or it is followed.

        Whatever is asked raises StillReading while another thread reads everything.
        """
        self._journal = journal
        self._lock = Lock()
        self._forget()

    def items(self) -> Iterator[Item]:
        """Every answer whose words are still there, the latest first."""
        with self._up_to_date():
            lines = tuple(self._lines.values())
        return (self._item(line) for line in reversed(lines))

    def item(self, record_id: str) -> Item:
        """One of them; raises UnknownRecord."""
        with self._up_to_date():
            line = self._lines.get(record_id)
        if line is None:
            raise UnknownRecord(f"Le journal n'a pas de réponse {record_id[:16]!r} à relire.")
        return self._item(line)

    def open(self, record_id: str) -> Recorded:
        """An answer with all that was kept of it; raises UnknownRecord."""
        return recorded(*self._entry(self.item(record_id).line.position))

    def replays(self, record_id: str) -> tuple[Recorded, ...]:
        """The replays of an answer, the latest first."""
        with self._up_to_date():
            positions = self._replays.get(record_id, ())
        return tuple(recorded(*self._entry(position)) for position in reversed(positions))

    @property
    def sampling(self) -> Sampling:
        """How answers are drawn now."""
        with self._up_to_date():
            return self._sampling

    def apart(self, record_id: str) -> Path | None:
        """The folder that keeps what is said about an answer, None for the journal itself."""
        entry, _ = self._entry(self.item(record_id).line.position)
        return self._journal.apart(entry)

    def follow(self) -> None:
        """Read on beside everything else as long as this process lives: nobody waits for it."""

        def work() -> None:
            while True:
                with self._lock:
                    self._catch_up()
                Event().wait(_AGAIN)

        Thread(target=work, name="register", daemon=True).start()

    @contextmanager
    def _up_to_date(self) -> Iterator[None]:
        """Hold the register once everything is read; raises StillReading when that takes long."""
        if not self._lock.acquire(timeout=PATIENCE):
            raise StillReading(
                f"Les réponses passées sont en cours de lecture : {len(self._lines)} lues. Elles "
                "s'affichent dans quelques secondes ; sinon, rechargez la page."
            )
        try:
            self._catch_up()
            yield
        finally:
            self._lock.release()

    def _entry(self, position: int) -> tuple[dict[str, Any], dict[str, Any]]:
        _, entry = next(self._journal.read(position))
        body = self._journal.body(entry)
        if body is None:
            raise UnknownRecord(
                "Le texte de cette réponse a été effacé : il n'en reste que la trace."
            )
        return entry, body

    def _item(self, line: Line) -> Item:
        return Item(line, self._opinions.get(line.record_id), self._sheets.get(line.record_id, {}))

    def _forget(self) -> None:
        self._last = -1
        self._lines: dict[str, Line] = {}
        self._opinions: dict[str, Opinion] = {}
        self._sheets: dict[str, dict[str, Sheet]] = {}
        self._replays: dict[str, tuple[int, ...]] = {}
        self._sampling = Sampling()

    def _catch_up(self) -> None:
        """Read what was appended since; everything again when something was taken away."""
        is_first = self._last < 0
        for position, entry in self._journal.read(max(self._last, 0)):
            if position <= self._last:
                continue
            body = self._journal.body(entry)
            if _forgets(entry, body) and not is_first:
                self._forget()
                return self._catch_up()
            self._last = position
            if body is not None:
                self._take(position, entry, body)

    def _take(self, position: int, entry: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        match entry["kind"]:
            case "answer":
                line = line_of(position, entry, body)
                self._lines[line.record_id] = line
            case "opinion":
                said = Opinion(Thumb(body["thumb"]), body["comment"])
                self._opinions[body["record_id"]] = said
            case "review":
                self._review(position, entry, body)

    def _review(self, position: int, entry: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        match body["act"]:
            case act if act == MARKED:
                sheets = self._sheets.get(body["record_id"], {})
                user = entry.get("user", "")
                sheet = over(sheets.get(user, {}), marks_of(body))
                # Replaced, not changed: a reader may hold the one before.
                self._sheets[body["record_id"]] = sheets | {user: sheet}
            case act if act == REPLAYED:
                known = self._replays.get(body["record_id"], ())
                self._replays[body["record_id"]] = (*known, position)
            case act if act == SAMPLED:
                self._sampling = sampling_of(body)


def _forgets(entry: Mapping[str, Any], body: Mapping[str, Any] | None) -> bool:
    is_removal = entry["kind"] == "dossier" and body is not None and body["act"] == "deleted"
    return is_removal or entry["kind"] in _FORGETTING
