"""The register: every recorded answer in memory, and which ones a reader is asked to judge.

Nothing of it is written: a text that is purged, or goes with its dossier, is nowhere else.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from assistant.answering.answer import Ending, Outcome
from assistant.answering.record import REPLAYED
from assistant.errors import StillReading, UnknownRecord
from assistant.journal.chain import entry_id
from assistant.journal.journal import Journal
from assistant.review.readings import (
    ARBITRATED,
    MARKED,
    Arbitration,
    Readings,
    arbitration_of,
    may_arbitrate,
    readings_after,
)
from assistant.review.recorded import (
    BuyerOpinion,
    Item,
    Recorded,
    ReviewLine,
    Thumb,
    line_of,
    marking_of,
    moment,
    recorded,
)
from ingestion.errors import IngestionError

# Sampling: which answers a reader is asked to judge, and why. Pure.
#
# The random part is drawn by a hash of the seed and the record, not by the order of the answers:
# whoever knows the seed and the rate draws the same ones again, and new answers change nothing.

SAMPLED = "sampling"
"""The act of an entry of kind "review" that changes the sampling."""


class Reason(StrEnum):
    """Why an answer should be read, the most pressing first."""

    COMPLAINED = "complained"
    CHANGED = "changed"
    DOUBTFUL = "doubtful"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Sampling:
    """`rate` of the answers are drawn, and a second reader is asked for `second` of those read."""

    seed: int = 1
    rate: float = 0.05
    second: float = 0.2

    @property
    def body(self) -> dict[str, Any]:
        """The sampling as it is written in the journal."""
        return {"act": SAMPLED, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Task:
    """An answer to be read; `is_second` when others have judged it, not this reader."""

    item: Item
    reasons: tuple[Reason, ...]
    is_second: bool

    @property
    def urgency(self) -> tuple[int, int]:
        """What a queue is sorted by: the most pressing reason, then the age of the answer."""
        return list(Reason).index(self.reasons[0]), self.item.line.position


def sampling_of(body: Mapping[str, Any]) -> Sampling:
    """The sampling that a body says."""
    return Sampling(body["seed"], body["rate"], body["second"])


def tasks(
    items: Iterable[Item], touched: Set[str], sampling: Sampling, user: str
) -> tuple[Task, ...]:
    """What a reader should read, the most pressing reason first, then the oldest answer.

    `touched` are the records of answers that cite a text which has changed since.
    """
    found = [
        Task(item, why, bool(item.readers) and user not in item.readers)
        for item in items
        if _is_due(item, sampling, user) and (why := reasons(item, touched, sampling))
    ]
    return tuple(sorted(found, key=lambda task: task.urgency))


def reasons(item: Item, touched: Set[str], sampling: Sampling) -> tuple[Reason, ...]:
    """Why an answer should be read; a partial one says its doubt itself."""
    line = item.line
    is_finished = line.ending is Ending.FINISHED
    applies = {
        Reason.COMPLAINED: item.opinion is not None and item.opinion.thumb is Thumb.DOWN,
        Reason.CHANGED: line.record_id in touched,
        Reason.DOUBTFUL: is_finished and line.outcome is Outcome.PARTIAL,
        Reason.RANDOM: is_finished and is_drawn(line.record_id, sampling.rate, sampling.seed),
    }
    return tuple(reason for reason, holds in applies.items() if holds)


def is_drawn(name: str, rate: float, seed: int, purpose: str = "first") -> bool:
    """Whether a lot of this seed falls on a record; on `rate` of many of them it does."""
    digest = sha256(f"{seed}:{purpose}:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < rate * 2**64


def _is_due(item: Item, sampling: Sampling, user: str) -> bool:
    if not item.readers or item.is_contested:
        return True
    is_chosen = is_drawn(item.line.record_id, sampling.second, sampling.seed, "second")
    return len(item.readers) == 1 and user not in item.readers and is_chosen


FORGETTING = {"retention", "erasure", "restore"}
"""Kinds of entries before which texts that were read are gone."""

PATIENCE = 3.0
"""Seconds that a reader waits for the register, which may be reading everything."""

_AGAIN = 30.0
"""Seconds after which the register reads on by itself."""


class AnswerRegister:
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
            self._forget_removed(self._latest)
            lines = tuple(self._lines.values())
        return (self._item(line) for line in reversed(lines))

    def item(self, record_id: str) -> Item:
        """One of them; raises UnknownRecord."""
        with self._up_to_date():
            line = self._lines.get(record_id)
            if line is not None and line.dossier:
                self._forget_removed([line.dossier])
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
                with suppress(IngestionError), self._lock:  # a store that is down for a moment
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

    def _item(self, line: ReviewLine) -> Item:
        name = line.record_id
        readings, decided = self._readings.get(name, {}), self._arbitrations.get(name, ())
        return Item(line, self._opinions.get(name), readings, decided)

    def _forget(self) -> None:
        self._last = -1
        self._lines: dict[str, ReviewLine] = {}
        self._latest: dict[str, Mapping[str, Any]] = {}
        self._opinions: dict[str, BuyerOpinion] = {}
        self._readings: dict[str, Readings] = {}
        self._arbitrations: dict[str, tuple[Arbitration, ...]] = {}
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

    def _forget_removed(self, dossiers: Iterable[str]) -> None:
        """Read everything again where the latest answer about one of these went with it.

        Its removal may not be on record, and another team may have a dossier of its name by now.
        """
        if any(self._journal.body(self._latest[each]) is None for each in dossiers):
            self._forget()
            self._catch_up()

    def _take(self, position: int, entry: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        match entry["kind"]:
            case "answer":
                line = line_of(position, entry, body)
                self._lines[line.record_id] = line
                if line.dossier:
                    self._latest[line.dossier] = entry
            case "opinion":
                said = BuyerOpinion(Thumb(body["thumb"]), body["comment"], position)
                self._opinions[body["record_id"]] = said
            case "review":
                self._review(position, entry, body)

    def _review(self, position: int, entry: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        match body["act"]:
            case act if act == MARKED:
                # Replaced, not changed: a reader may hold the ones before.
                known = self._readings.get(body["record_id"], {})
                said = marking_of(position, entry, body)
                self._readings[body["record_id"]] = readings_after(known, said)
            case act if act == ARBITRATED:
                self._decide(entry, body)
            case act if act == REPLAYED:
                earlier = self._replays.get(body["record_id"], ())
                self._replays[body["record_id"]] = (*earlier, position)
            case act if act == SAMPLED:
                self._sampling = sampling_of(body)

    def _decide(self, entry: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        """Take an arbitration, unless who decided may not: somebody wrote it by hand."""
        user, name = entry.get("user", ""), body["record_id"]
        said = arbitration_of(body, user, moment(entry), entry_id(entry))
        if may_arbitrate(self._readings.get(name, {}), user, said.place, said.verdict):
            self._arbitrations[name] = (*self._arbitrations.get(name, ()), said)


def _forgets(entry: Mapping[str, Any], body: Mapping[str, Any] | None) -> bool:
    is_removal = entry["kind"] == "dossier" and body is not None and body["act"] == "deleted"
    return is_removal or entry["kind"] in FORGETTING
