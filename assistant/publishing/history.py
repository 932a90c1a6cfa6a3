"""History: what was done to the index and by whom, and the build that runs or ran last."""

import json
import os
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Any

from assistant.errors import AssistantError
from assistant.journal.journal import IN_SERVICE, Journal
from ingestion.blobs import blobs_of, is_shared
from ingestion.durable import is_written
from ingestion.errors import BuildCancelled, IngestionError
from ingestion.index.publication import finished

TOLD: Mapping[str, str] = {
    "built": "construit",
    "gate_passed": "contrôle passé",
    "gate_refused": "contrôle refusé",
    "published": "mis en service",
    "forced": "mis en service malgré le contrôle",
    "refused": "refusé",
    "rolled_back": "remis en service, retour en arrière",
    "restored": "remis en service",
    "noticed": "constaté en service, autre que le dernier annoncé",
    "discarded": "supprimé",
}
"""Acts of entries of kind "index" that concern one, in French."""


@dataclass(frozen=True, slots=True)
class IndexEvent:
    """What was done to an index; `act` is a key of TOLD, `user` a pseudonym.

    `reason` is what the one who did it said, `findings` what the gate said against it.
    """

    at: datetime
    user: str
    act: str
    generation: str
    reason: str
    findings: tuple[str, ...]

    @property
    def told(self) -> str:
        """The act in French."""
        return TOLD[self.act]

    @property
    def put_in_service(self) -> bool:
        """Whether the index answered from then on."""
        return self.act in IN_SERVICE


def index_events(journal: Journal) -> Iterator[IndexEvent]:
    """Everything that was done to indexes, the oldest first."""
    for done, body in _acts(journal, TOLD):
        refusal = body.get("refusal")
        yield IndexEvent(
            done.at,
            done.user,
            body["act"],
            body["generation"],
            body.get("reason", ""),
            (*body.get("reasons", ()), *([refusal] if refusal else ())),
        )


@dataclass(frozen=True, slots=True)
class TextAct:
    """When something was last done to a file, and by whom (a pseudonym)."""

    at: datetime
    user: str


def text_acts(journal: Journal, *acts: str) -> dict[str, TextAct]:
    """When and by whom one of these acts was last done to each file, by its source."""
    return {file["file"]: done for done, body in _acts(journal, acts) for file in body["files"]}


def _acts(journal: Journal, acts: Container[str]) -> Iterator[tuple[TextAct, Mapping[str, Any]]]:
    """When and by whom each of these acts was done, the oldest first, and what is told of it."""
    for entry in journal.entries():
        body = journal.body(entry) if entry["kind"] == "index" else None
        if body and body["act"] in acts:
            yield TextAct(datetime.fromisoformat(entry["at"]), str(entry.get("user", ""))), body


def never_served(journal: Journal) -> frozenset[str]:
    """The indexes that it tells of and that have not been in service, as the journal has it."""
    told, served = set(), set()
    for _, body in _acts(journal, TOLD):
        told.add(body["generation"])
        if body["act"] in IN_SERVICE:
            served |= {body["generation"], body.get("replaces", "")}
    return frozenset(told - served)


def restorable(home: Path, journal: Journal, served: str | None) -> tuple[str, ...]:
    """The indexes kept that have been in service and are not, the newest first.

    They were let in once, so that nothing is asked of them again.
    """
    were = {each.generation for each in index_events(journal) if each.put_in_service}
    return tuple(name for name in reversed(finished(home)) if name in were and name != served)


# The record of a build while it runs: a file that a page reads, and a file that asks it to stop.
#
# build.jsonl has who began when, the steps with how far they are, and how it ended, a line each;
# build.stop stands while someone wants the build to end. They outlive who looks and who builds, and
# are where the library is, so that every machine sees them.

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
