"""The record of a build while it runs: a file that a page reads, a file that asks it to stop.

```
build.jsonl   who began when, the steps with how far they are, and how it ended, a line each
build.stop    stands while someone wants the build to end
```
They outlive who looks and who builds, and are where the library is, so that every machine sees
them.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Any

from assistant.errors import AssistantError
from ingestion.blobs import blobs_of, is_shared
from ingestion.durable import is_written
from ingestion.errors import BuildCancelled, IngestionError

RECORD, STOP = "build.jsonl", "build.stop"

BETWEEN = 0.5
"""Seconds between two lines of one step."""


class BuildState(StrEnum):
    """How far a build is; the value is the French word."""

    WAITING = "en attente"
    RUNNING = "en cours"
    FINISHED = "terminée"
    CANCELLED = "annulée"
    FAILED = "échouée"
    KILLED = "interrompue"


@dataclass(frozen=True, slots=True)
class BuildStep:
    """A step of a build and how much of it is done; `began` and `told` are moments."""

    name: str
    done: int
    total: int
    began: datetime
    told: datetime


@dataclass(frozen=True, slots=True)
class Build:
    """A build as its record tells it; `said` are its remarks, the last one how it ended."""

    began: datetime
    user: str
    state: BuildState
    steps: tuple[BuildStep, ...]
    said: tuple[str, ...]

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to come of it."""
        return self.state not in (BuildState.WAITING, BuildState.RUNNING)


class Recorder:
    """Writes the record; it is the progress of a build, and ends it when someone asks."""

    def __init__(self, home: Path, assure: Callable[[], None] = lambda: None) -> None:
        """`assure` raises once the build has no longer the right to write."""
        self._home = home
        self._blobs = blobs_of(home)
        self._assure = assure
        self._last = ("", 0.0)

    def __call__(self, step: str, done: int, total: int) -> None:
        """Tell how far a step is; raises BuildCancelled when the build is to stop."""
        if self._blobs.size(STOP) is not None:
            raise BuildCancelled("Construction annulée : l'index en service n'a pas changé.")
        name, told = self._last
        if name == step and done < total and monotonic() - told < BETWEEN:
            return
        self._assure()
        self._last = (step, monotonic())
        self._write(step=step, done=done, total=total)

    def say(self, text: str) -> None:
        """Add a remark, a French sentence."""
        self._write(said=text)

    def begin(self, user: str, process: int) -> None:
        """Begin the record anew, unless it was begun for this process by who started it.

        What was asked of it since then still holds.
        """
        known, since = _unended(_told(self._home)), _since(process)
        is_begun = (known.get("process"), known.get("since")) == (process, since)
        if is_begun and not is_shared(self._home):
            return
        self.forget_stop()
        self._blobs.remove(RECORD)
        self._write(user=user, process=process, since=since)

    def forget_stop(self) -> None:
        """Nobody wants it to end any more."""
        self._blobs.remove(STOP)

    def end(self, state: BuildState, text: str = "") -> None:
        """The last line."""
        self._write(state=state, said=text)

    def _write(self, **told: object) -> None:
        line = json.dumps({"at": datetime.now(UTC).isoformat(), **told}, ensure_ascii=False)
        self._blobs.append(RECORD, f"{line}\n".encode())


@contextmanager
def recorded(
    home: Path, user: str, assure: Callable[[], None] = lambda: None
) -> Iterator[Recorder]:
    """The recorder of a build, which tells how it ended; the caller holds the writer's lock.

    `assure` is what that lock gives.
    """
    recorder = Recorder(home, assure)
    recorder.begin(user, os.getpid())
    try:
        yield recorder
    except BuildCancelled as stopped:
        recorder.end(BuildState.CANCELLED, str(stopped))
        raise
    except (AssistantError, IngestionError) as failure:
        recorder.end(BuildState.FAILED, str(failure))
        raise
    finally:
        recorder.forget_stop()
    recorder.end(BuildState.FINISHED)


def last_build(home: Path) -> Build | None:
    """The build that runs, else the last one; None before the first."""
    told = _told(home)
    if not told:
        return None
    first = told[0]
    if _unended(told):
        state = BuildState.RUNNING if _is_at_it(home, first) else BuildState.KILLED
    else:
        state = BuildState(told[-1]["state"])
    said = tuple(text for line in told if (text := line.get("said")))
    return Build(_at(first), first["user"], state, tuple(_steps(told)), said)


def request_stop(home: Path) -> None:
    """Ask the build that runs to stop at its next step."""
    build = last_build(home)
    if build and not build.is_over:
        blobs_of(home).put(STOP, b"")


def _unended(told: list[dict[str, Any]]) -> dict[str, Any]:
    """The first line of a record that has no last one, else nothing."""
    return told[0] if told and "state" not in told[-1] else {}


def _told(home: Path) -> list[dict[str, Any]]:
    """The lines of the record, none when it does not say who began."""
    lines = (blobs_of(home).get(RECORD) or b"").decode(errors="replace").splitlines()
    told = [line for line in map(_line, lines) if line]
    return told if told and "process" in told[0] else []


def _steps(told: list[dict[str, Any]]) -> Iterator[BuildStep]:
    by_name: dict[str, list[dict[str, Any]]] = {}
    for line in told:
        if "step" in line:
            by_name.setdefault(line["step"], []).append(line)
    for name, lines in by_name.items():
        last = lines[-1]
        yield BuildStep(name, last["done"], last["total"], _at(lines[0]), _at(last))


def _is_at_it(home: Path, first: dict[str, Any]) -> bool:
    """Whether who began lives still.

    A process of another machine is known by the lock alone, under which it began.
    """
    if is_shared(home):
        return is_written(home)
    since = _since(first["process"])
    return since is not None and since == first.get("since")


def _since(process: int) -> str | None:
    """When a process began, None when it is gone; another of the same number began later.

    One whose threads still end holds its locks.
    """
    try:
        told = Path(f"/proc/{process}/stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, *fields = told.rpartition(")")[2].split()
    threads, began = int(fields[16]), fields[18]  # `num_threads`, `starttime` of proc(5)
    return None if state in "ZX" and threads <= 1 else began


def _line(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None  # being written
    return found if isinstance(found, dict) else None


def _at(line: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(line["at"])
