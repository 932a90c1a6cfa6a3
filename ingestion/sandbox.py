"""Functions of ours run in child processes: bounded memory and time, no network, few at once.

What reads or draws a file that anyone may have made runs here, so that a hostile file costs no more
than its `Limits` and takes nothing along when it brings its reader down. `POOL` counts the children
of the whole service.

python -m ingestion.sandbox BOUNDS MODULE:FUNCTION      is the child
"""

import ctypes
import errno
import json
import math
import os
import platform
import resource
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from threading import Condition, Timer
from types import TracebackType
from typing import IO, Self

import ingestion
from ingestion.errors import IngestionError, UnreadableFile

_ROOT = Path(ingestion.__file__).parent.parent
_OUT_OF_TIME = (-signal.SIGXCPU, -signal.SIGKILL)


class BusySandbox(IngestionError):
    """Too many files are being read or drawn already; the message says so in French."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take: seconds (of processor, and on the clock), bytes of memory and size.

    `of_data` counts only the memory that is written to, not the addresses that are reserved.
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
        """Hold a place once there is one; long work waits for it as long as it must.

        Raises:
            BusySandbox: too much short work waits, or this waited `patience` seconds on the clock.
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


class Sandbox:
    """A child that answers with one function of ours, one question after the other.

    The function takes the texts of a question, and the bytes that come with it if any; it returns
    or yields the pieces of its answer. A question that takes the child down takes only itself: the
    next one starts another.
    """

    def __init__(
        self, function: str, limits: Limits = USUAL, inherited: tuple[int, ...] = ()
    ) -> None:
        """`function` is "package.module:name"; nothing is started before the first question.

        `inherited` are descriptors open here that the child has under the same numbers.
        """
        self._function = function
        self._limits = limits
        self._inherited = inherited
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def ask(self, *arguments: str, given: bytes = b"") -> Generator[bytes, None, None]:
        """The pieces of an answer, as they come; closed before its end, it ends the child.

        Raises:
            UnreadableFile: the function or its child failed, or took more than the limits.
        """
        child = self._started()
        assert child.stdin is not None
        assert child.stdout is not None
        clock = Timer(self._limits.seconds, child.kill)
        clock.start()
        frame = b""
        try:
            with suppress(BrokenPipeError):
                _send(child.stdin, json.dumps(arguments).encode())
                _send(child.stdin, given)
            while (frame := _received(child.stdout, self._limits.memory))[:1] == _PIECE:
                yield frame[1:]
            if frame[:1] == _FAILURE:
                raise UnreadableFile(frame[1:].decode(errors="replace"))
            if frame != _END:
                raise UnreadableFile(self._interrupted(child))
        finally:
            clock.cancel()
            if frame[:1] not in (_END, _FAILURE):
                self._end()

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._child is None:
            bounds = json.dumps([self._limits.seconds, self._limits.memory, self._limits.of_data])
            self._child = subprocess.Popen(
                [sys.executable, "-m", "ingestion.sandbox", bounds, self._function],
                cwd=_ROOT,  # the first place where the child looks for modules
                pass_fds=self._inherited,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._child

    def _interrupted(self, child: "subprocess.Popen[bytes]") -> str:
        """Why a child that answers no longer has ended, or is made to by the clock."""
        if child.wait() in _OUT_OF_TIME:
            return f"lecture trop longue (plus de {self._limits.seconds} s)"
        return INTERRUPTED

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None


INTERRUPTED = "lecture interrompue : le fichier a fait échouer le lecteur (mémoire, ou contenu)"


def run(function: str, *arguments: str, limits: Limits = USUAL, given: bytes = b"") -> bytes:
    """The whole answer of a child to one question.

    Raises:
        UnreadableFile: as for `Sandbox.ask`.
    """
    with Sandbox(function, limits) as child:
        return b"".join(child.ask(*arguments, given=given))


def unfit(path: Path, limits: Limits) -> str | None:
    """Why no child is started for a file, in French; None when one may be."""
    try:
        size = path.stat().st_size
    except OSError as error:
        return f"fichier inaccessible ({error.strerror})"
    if not path.is_file():
        return "ce n'est pas un fichier"
    if size > limits.file_size:
        largest = limits.file_size // 1_000_000
        return f"fichier trop gros ({size // 1_000_000} Mo, maximum {largest})"
    return None if size else "fichier vide"


# What passes between a child and its parent: frames, each its length then its bytes. A question is
# two of them, its texts as JSON and the bytes given; an answer is pieces, then its end or failure.

_PIECE, _END, _FAILURE = b"+", b".", b"!"
_LENGTH = 8


def _send(pipe: IO[bytes], frame: bytes) -> None:
    pipe.write(len(frame).to_bytes(_LENGTH, "big"))
    pipe.write(frame)
    pipe.flush()


def _received(pipe: IO[bytes], most: int) -> bytes:
    """The next frame, empty when there is none, or none that is whole and within bounds."""
    length = int.from_bytes(pipe.read(_LENGTH), "big")
    frame = pipe.read(length) if length <= most else b""
    return frame if len(frame) == length else b""


def _confine(memory: int, *, of_data: bool) -> None:
    """Bound this process for good: it writes nothing, reaches nothing and starts no program."""
    kind = resource.RLIMIT_DATA if of_data else resource.RLIMIT_AS
    for limit, value in ((kind, memory), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(limit, (value, value))
    if machine := _MACHINES.get((sys.platform, platform.machine())):
        library = ctypes.CDLL(None)
        library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        _keep_files(library)
        _forbid(library, machine)


@dataclass(frozen=True, slots=True)
class _Machine:
    """How a processor is told from others by Linux, and the numbers of calls to be refused."""

    audit: int
    refused: tuple[int, ...]


# Refused on both: socket, execve, execveat, kill, ptrace, process_vm_writev, truncate, ftruncate,
# renameat, renameat2, unlinkat, mkdirat, linkat, symlinkat, fchmod, fchmodat, fchown, fchownat,
# io_uring_setup; then what only the older of the two has: rename, rmdir, unlink, mkdir, link,
# symlink, chmod, chown, lchown. A file may still be opened to write, as libraries open /dev/null.
_MACHINES = {
    ("linux", "x86_64"): _Machine(
        0xC000003E,
        (
            *(41, 59, 322, 62, 101, 311, 76, 77, 264, 316, 263, 258, 265, 266, 91, 268, 93, 260),
            *(425, 82, 84, 87, 83, 86, 88, 90, 92, 94),
        ),
    ),
    ("linux", "aarch64"): _Machine(
        0xC00000B7,
        (198, 221, 281, 129, 117, 271, 45, 46, 38, 276, 35, 34, 37, 36, 52, 53, 55, 54, 425),
    ),
}
_LOAD, _IF_EQUAL, _IF_FROM, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in what the filter is given
_OTHER_NUMBERS = 0x40000000
"""Where the numbers of x32 begin, a second set on the same processor."""
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
_TO_REFUSAL = -1
"""A jump to the last step, whose distance is known once all are."""
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_NEW_RULES, _OBEY_RULES = 444, 446  # of Landlock, the same on every processor
_MAKE_FILE, _EMPTY_FILE = 1 << 8, 1 << 14
_ASKS_VERSION, _EMPTIES = 1, 3  # the version of Landlock that can refuse to empty a file


class _Step(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("if_true", ctypes.c_ubyte),
        ("if_false", ctypes.c_ubyte),
        ("value", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.POINTER(_Step)))


def _filter(machine: _Machine) -> Sequence[tuple[int, int, int, int]]:
    """The steps of the filter, as `_Step` has them; the last one refuses. Pure."""
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_IF_EQUAL, 0, _TO_REFUSAL, machine.audit),
        (_LOAD, 0, 0, _NUMBER),
        (_IF_FROM, _TO_REFUSAL, 0, _OTHER_NUMBERS),
        *((_IF_EQUAL, _TO_REFUSAL, 0, call) for call in machine.refused),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]

    def distance(jump: int, at: int) -> int:
        return len(steps) - 2 - at if jump == _TO_REFUSAL else jump

    return [
        (code, distance(if_true, at), distance(if_false, at), value)
        for at, (code, if_true, if_false, value) in enumerate(steps)
    ]


def _keep_files(library: ctypes.CDLL) -> None:
    """Let the kernel refuse to make a file from here on, and from Linux 6.2 on to empty one.

    One without Landlock refuses neither. A device such as /dev/null is no file that could be
    emptied.
    """
    version = library.syscall(_NEW_RULES, None, 0, _ASKS_VERSION)
    refused = _MAKE_FILE | (_EMPTY_FILE if version >= _EMPTIES else 0)
    kept = ctypes.c_uint64(refused)
    rules = library.syscall(_NEW_RULES, ctypes.byref(kept), ctypes.sizeof(kept), 0)
    if rules >= 0:
        library.syscall(_OBEY_RULES, rules, 0)
        os.close(rules)


def _forbid(library: ctypes.CDLL, machine: _Machine) -> None:
    """Let the kernel refuse these calls from here on; one built without filters refuses none."""
    steps = [_Step(*step) for step in _filter(machine)]
    program = _Program(len(steps), (_Step * len(steps))(*steps))
    library.prctl(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0)


def main(bounds: str, function: str) -> None:
    """The child: answer until the parent has no more questions."""
    seconds, memory, of_data = json.loads(bounds)
    module, _, name = function.partition(":")
    loaded = getattr(import_module(module), name)  # code of ours: it may open what it needs
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no answer
    _confine(memory, of_data=of_data)
    while question := _received(sys.stdin.buffer, memory):
        given = _received(sys.stdin.buffer, memory)
        most = math.ceil(time.process_time()) + seconds  # each question has its own time
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))
        for frame in _answered(
            loaded, [*json.loads(question), *([given] if given else [])], memory
        ):
            _send(answers, frame)


def _answered(
    function: Callable[..., Iterable[bytes]], arguments: Iterable[object], memory: int
) -> Iterator[bytes]:
    try:
        for piece in function(*arguments):
            yield _PIECE + piece
    except UnreadableFile as error:
        failure = str(error)
    except MemoryError:
        failure = f"lecture trop gourmande en mémoire (plus de {memory >> 20} Mo)"
    except RecursionError:
        failure = "fichier corrompu (imbrication sans fin)"
    except Exception as error:  # noqa: BLE001 - parsers raise anything on hostile files
        failure = f"fichier corrompu ou non conforme ({type(error).__name__})"
    else:
        yield _END
        return
    yield _FAILURE + failure.encode()


if __name__ == "__main__":
    main(*sys.argv[1:])
