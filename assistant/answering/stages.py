"""Stages: what a turn is busy with, from when to when; what is measured holds no word of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic


class Stage(StrEnum):
    """A part of a turn; the value is what those who watch the service read."""

    UNDERSTANDING = "understanding"
    CANDIDATES = "candidates"
    COMPOSING = "composing"
    READING = "reading"
    CHECKS = "checks"
    JOURNAL = "journal"


@dataclass(frozen=True, slots=True)
class StageTime:
    """When a stage began and ended, in seconds since the question was received.

    `within` is the stage that it was a part of, None for one of those that follow each other.
    """

    stage: Stage
    began: float
    ended: float
    within: Stage | None = None


class StageClock:
    """Times the stages of one turn, which begins by being understood.

    Events are given out between them: the time that who listens takes counts as that of the stage.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """The question is received now."""
        self._clock = clock
        self._began = clock()
        self._stage = Stage.UNDERSTANDING
        self._since = 0.0
        self._times: list[StageTime] = []

    @property
    def elapsed(self) -> float:
        """Seconds since the question was received."""
        return self._clock() - self._began

    def enter(self, stage: Stage) -> None:
        """End the stage that the turn is in, and begin another."""
        now = self.elapsed
        self._times.append(StageTime(self._stage, self._since, now))
        self._stage, self._since = stage, now

    @contextmanager
    def within(self, stage: Stage) -> Iterator[None]:
        """A part of the stage that the turn is in, as long as the block; nothing is given out."""
        began = self.elapsed
        try:
            yield
        finally:
            self._times.append(StageTime(stage, began, self.elapsed, self._stage))

    def end(self) -> tuple[StageTime, ...]:
        """End the last stage; all of them, in the order in which they ended."""
        self.enter(self._stage)
        return tuple(self._times)
