"""One turn: from a question to a recorded answer, as a stream of events."""

from dataclasses import dataclass
from datetime import date

from assistant.answers import Answer, Citation, Removed, Sentence
from assistant.day import DaySource
from assistant.evidence import Evidence
from ingestion.dossiers import Dossier


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question of the conversation, as it was made standalone, and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Seconds:
    """Time since the question was received; None for what did not happen."""

    evidence: float
    first_token: float | None
    total: float


@dataclass(frozen=True, slots=True)
class Result:
    """A finished turn as it stands in the journal; `generation` is that of the rules.

    `proposed` are the dossiers that the question seems to be about and was not asked of.
    """

    record_id: str
    question: str
    standalone: str
    as_of: date
    day_source: DaySource
    answer: Answer
    evidence: tuple[Evidence, ...]
    route: str
    model: str
    generation: str
    seconds: Seconds
    dossier: str | None = None
    dossier_generation: str | None = None
    proposed: tuple[Dossier, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Another question is being read; `ahead` of them come before this one."""

    ahead: int


@dataclass(frozen=True, slots=True)
class Found:
    """The evidence is known, and the day whose law it was searched in.

    Given before anything is read, and again when a text that contradicts a cited one joins it.
    """

    standalone: str
    evidence: tuple[Evidence, ...]
    as_of: date
    day_source: DaySource


@dataclass(frozen=True, slots=True)
class Reading:
    """The model is reading; repeated while it lasts, so that the turn can be stopped."""


@dataclass(frozen=True, slots=True)
class Wrote:
    """A sentence that has passed its checks, with its citations."""

    sentence: Sentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A drafted sentence that failed its checks."""

    removed: Removed


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is final and its record is on disk."""

    result: Result


Event = Waiting | Found | Reading | Wrote | Dropped | Finished
