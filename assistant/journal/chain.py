"""The file of lines: one writer at a time, readers at any time."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.journal.lines import GENESIS, read, written
from ingestion.durable import sync

_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry: its number, hash and day (UTC, ISO); no day before the first one."""

    number: int = 0
    hash: str = GENESIS
    day: str = ""


class HeldChain:
    """The chain in the hands of its only writer.

    `head` is the last entry, `torn` how many bytes of an unfinished line were found after it and
    taken away: a crash left them, and nobody had been told that they were written.
    """

    def __init__(self, descriptor: int) -> None:
        """The file is open for appending, and locked."""
        self._descriptor = descriptor
        self.torn = self._mend()
        self.head = self._head()

    def add(self, kind: str, at: datetime, user: str, kept: dict[str, str]) -> str:
        """Write an entry and return its hash, once it is on disk; on a failure nothing is left."""
        entry: dict[str, Any] = {
            "at": at.isoformat(),
            "kind": kind,
            "number": self.head.number + 1,
            "previous": self.head.hash,
            "user": user,
            **kept,
        }
        digest, line = written(entry)
        size = os.fstat(self._descriptor).st_size
        try:
            _write_all(self._descriptor, line)
            os.fsync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, size)
            raise
        self.head = Head(self.head.number + 1, digest, entry["at"][:10])
        return digest

    def _mend(self) -> int:
        rest = next(_backwards(self._descriptor))
        if read(rest)[1]:  # it lacks only its end
            os.write(self._descriptor, b"\n")
        elif rest:
            os.ftruncate(self._descriptor, os.fstat(self._descriptor).st_size - len(rest))
            return len(rest)
        return 0

    def _head(self) -> Head:
        entries = (entry for line in _backwards(self._descriptor) if (entry := read(line)[0]))
        last = next(entries, None)
        if last is None:
            return Head()
        # Lines of earlier versions have no number: they are counted, once.
        number = last["number"] if "number" in last else 1 + sum(1 for _ in entries)
        return Head(number, last["hash"], last["at"][:10])


class Chain:
    """An append-only file of lines."""

    def __init__(self, path: Path) -> None:
        """The file and its folder are created at the first entry."""
        self.path = path

    @contextmanager
    def held(self) -> Iterator[HeldChain]:
        """Be the only one who writes, and wait for that; processes and threads alike."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self.path.exists()
        with self.path.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if is_new:
                sync(self.path.parent)
            yield HeldChain(file.fileno())

    def lines(self, start: int = 0) -> Iterator[bytes]:
        """The lines that stand now, from a byte on; those appended while reading are left out."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            left = file.seek(0, os.SEEK_END) - start
            fcntl.flock(file, fcntl.LOCK_UN)
            file.seek(start)
            while left > 0:
                line = file.readline(left)
                if not line:
                    return
                left -= len(line)
                yield line

    def read(self, position: int) -> Iterator[tuple[int, dict[str, Any]]]:
        """The entries that can be read from a position on, each with its own; 0 is the beginning.

        Those of earlier versions have a number only when they are read from the beginning.
        """
        number = 0 if position == 0 else None
        for line in self.lines(position):
            entry, _ = read(line)
            if entry is not None:
                number = entry.get("number", None if number is None else number + 1)
                yield position, {"user": "", "number": number} | entry
            position += len(line)


def _write_all(descriptor: int, line: bytes) -> None:
    if os.write(descriptor, line) < len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _backwards(descriptor: int) -> Iterator[bytes]:
    """What follows the last newline, then the lines from the last to the first."""
    place, rest = os.fstat(descriptor).st_size, b""
    while place:
        size = min(_BLOCK, place)
        place -= size
        rest, *lines = (os.pread(descriptor, size, place) + rest).split(b"\n")
        yield from reversed(lines)
    yield rest
