"""Functions of ours run in child processes: bounded memory and time, no network, few at once.

What reads or draws a file that anyone may have made runs here, so that a hostile file costs no more
than its `Limits` and takes nothing along when it brings its reader down. `POOL` counts the children
of the whole service.

python -m ingestion.sandbox BOUNDS MODULE:FUNCTION ARGUMENT…      is the child
"""

import ctypes
import errno
import json
import platform
import resource
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from threading import Condition

import ingestion
from ingestion.errors import IngestionError

_ROOT = Path(ingestion.__file__).parent.parent
_OUT_OF_TIME = (-signal.SIGXCPU, -signal.SIGKILL)


class BusySandbox(IngestionError):
    """Too many files are being read or drawn already; the message says so in French."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take: seconds (of processor, and on the clock), bytes of memory and size.

    With 0 seconds it is its parent that sees to the time. `of_data` counts only the memory that is
    written to, not the addresses that are reserved.
    """

    seconds: int = 60
    memory: int = 1 << 30
    file_size: int = 100_000_000
    of_data: bool = False


USUAL = Limits()
"""Enough for any file that a buyer has at hand."""


class Pool:
    """Places for children: those who wait come one after the other, and not without end.

    One place is never taken by long work, so that a reader who opens a page does not wait for the
    files that others are adding.
    """

    def __init__(self, places: int = 2, waiting: int = 8) -> None:
        """`waiting` is how many short pieces of work may wait for a place."""
        assert places > 1
        self._places = places
        self._waiting = waiting
        self._changed = Condition()
        self._lanes = {True: _Lane(), False: _Lane()}

    @property
    def is_full(self) -> bool:
        """Whether short work that comes now would be turned away."""
        return len(self._lanes[False].queue) >= self._waiting

    @contextmanager
    def place(self, *, is_long: bool, patience: float | None = None) -> Iterator[None]:
        """Hold a place once there is one.

        Long work waits as long as it must, short work `patience` seconds on the clock.

        Raises:
            BusySandbox: when too much short work waits already, or has waited too long.
        """
        lane, ticket = self._lanes[is_long], object()
        with self._changed:
            if not is_long and self.is_full:
                raise BusySandbox(_BUSY)
            lane.queue.append(ticket)
            try:
                if not self._changed.wait_for(lambda: self._is_next(ticket, is_long), patience):
                    raise BusySandbox(_BUSY)
                lane.running += 1
            finally:
                lane.queue.remove(ticket)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                lane.running -= 1
                self._changed.notify_all()

    def _is_next(self, ticket: object, is_long: bool) -> bool:
        lane = self._lanes[is_long]
        is_free = sum(each.running for each in self._lanes.values()) < self._places
        is_let = not is_long or lane.running < self._places - 1
        return is_free and is_let and lane.queue[0] is ticket


@dataclass(slots=True)
class _Lane:
    """Work of one length: what waits, first come first, and how much of it runs."""

    queue: deque[object] = field(default_factory=deque)
    running: int = 0


_BUSY = "Trop de fichiers sont lus ou dessinés en ce moment. Réessayez dans un instant."

POOL = Pool()
"""The children of this process that read or draw the files of its users."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended; `is_late` when it was stopped for time. It is sound with status 0 only."""

    output: bytes
    status: int
    is_late: bool = False


def run(function: str, arguments: Sequence[str], limits: Limits, given: bytes = b"") -> Ended:
    """Run `function` ("package.module:name") in a child and wait for it.

    It takes the arguments as texts, and reads `given` on its standard input; what it writes to
    standard output is the output.
    """
    with started(function, arguments, limits, stdin=subprocess.PIPE) as child:
        try:
            output, _ = child.communicate(given, timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            output, _ = child.communicate()
            return Ended(output, child.returncode, is_late=True)
    return Ended(output, child.returncode, child.returncode in _OUT_OF_TIME)


def started(
    function: str, arguments: Sequence[str], limits: Limits, *, stdin: int = subprocess.DEVNULL
) -> "subprocess.Popen[bytes]":
    """A child that runs `function` within its limits; its owner sees to the clock, and ends it."""
    bounds = json.dumps([limits.seconds, limits.memory, limits.of_data])
    return subprocess.Popen(
        [sys.executable, "-m", "ingestion.sandbox", bounds, function, *arguments],
        cwd=_ROOT,  # the first place where the child looks for modules
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def confine(seconds: int, memory: int, *, of_data: bool = False) -> None:
    """Bound this process for good: it can write no file, reach nothing and start no program."""
    kind = resource.RLIMIT_DATA if of_data else resource.RLIMIT_AS
    bounds = [(kind, memory), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)]
    if seconds:
        bounds.append((resource.RLIMIT_CPU, seconds))
    for limit, value in bounds:
        resource.setrlimit(limit, (value, value))
    if machine := _MACHINES.get((sys.platform, platform.machine())):
        _forbid(machine)


@dataclass(frozen=True, slots=True)
class _Machine:
    """How a processor is told from others by Linux, and the numbers of calls to be refused."""

    audit: int
    calls: tuple[int, ...]


_MACHINES = {
    # socket, execve, execveat, io_uring_setup
    ("linux", "x86_64"): _Machine(0xC000003E, (41, 59, 322, 425)),
    ("linux", "aarch64"): _Machine(0xC00000B7, (198, 221, 281, 425)),
}
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in what the filter is given
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2


class _Step(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("if_true", ctypes.c_ubyte),
        ("if_false", ctypes.c_ubyte),
        ("value", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step)))


def _forbid(machine: _Machine) -> None:
    """Let the kernel refuse these calls from here on; one built without filters refuses none."""
    last = len(machine.calls) + 3
    steps = [
        _Step(_LOAD, 0, 0, _ARCHITECTURE),
        _Step(_IF_EQUAL, 0, last - 2, machine.audit),
        _Step(_LOAD, 0, 0, _NUMBER),
        *(_Step(_IF_EQUAL, last - at, 0, call) for at, call in enumerate(machine.calls, start=3)),
        _Step(_RETURN, 0, 0, _ALLOW),
        _Step(_RETURN, 0, 0, _REFUSE),
    ]
    program = _Program(len(steps), (_Step * len(steps))(*steps))
    library = ctypes.CDLL(None)
    library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    library.prctl(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0)


def main(bounds: str, function: str, *arguments: str) -> None:
    """The child."""
    seconds, memory, of_data = json.loads(bounds)
    module, _, name = function.partition(":")
    loaded = getattr(import_module(module), name)  # code of ours: it may open what it needs
    confine(seconds, memory, of_data=of_data)
    loaded(*arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
