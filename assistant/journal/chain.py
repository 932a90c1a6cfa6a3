"""The chain: lines that each hold the hash of the one before; anchors."""

import errno
import fcntl
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from assistant.errors import WrongAnchors
from ingestion.durable import sync

# A line of the chain: how it is written, hashed and read back. Pure.
#
# A line is the canonical JSON of an entry: keys in order, no blank. Its hash is that of the line
# without `,"hash":"…"`, so that whoever cuts these characters out can compute it again.

GENESIS = "0" * 64
"""What the first line holds as the hash of the one before."""

_LINE = re.compile(
    rb'(?P<head>\{"at":"(?P<at>[0-9T:.+-]+)"),"hash":"(?P<hash>[0-9a-f]{64})"'
    rb'(?P<tail>,"kept":"(?P<kept>[^"\\]*)","kind":"(?P<kind>[a-z_]+)"'
    rb',"number":(?P<number>[1-9][0-9]{0,14}),"previous":"(?P<previous>[0-9a-f]{64})"'
    rb',"sha256":"(?P<sha256>[0-9a-f]{64})","user":"(?P<user>[A-Za-z0-9_.:@-]*)"\})'
)
"""An entry as it is written since bodies are kept apart; earlier lines hold them."""


def canonical(value: Mapping[str, Any]) -> bytes:
    """Plain JSON values as the one text that they are written as."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # Half a surrogate pair cannot be UTF-8; as a backslash escape it is JSON, and reads back.
    return text.encode(errors="backslashreplace")


def written(entry: Mapping[str, Any]) -> tuple[str, bytes]:
    """The hash of an entry that has none yet, and its line.

    Raises ValueError for a kind or a pseudonym with characters that a line may not hold.
    """
    digest = sha256(canonical(entry)).hexdigest()
    line = canonical({**entry, "hash": digest})
    if not _LINE.fullmatch(line):
        raise ValueError(f"{entry} is no entry of the journal")
    return digest, line + b"\n"


def read(line: bytes) -> tuple[dict[str, Any] | None, bool]:
    """The entry on a line, None when it is none, and whether it is as it was written."""
    line = line.removesuffix(b"\n")
    if (found := _LINE.fullmatch(line)) is None:
        return _read_earlier(line)
    entry: dict[str, Any] = {
        name: text.decode(errors="replace") for name, text in found.groupdict().items()
    }
    digest = sha256(found["head"] + found["tail"]).hexdigest()
    del entry["head"], entry["tail"]
    return entry | {"number": int(entry["number"])}, digest == entry["hash"]


def _read_earlier(line: bytes) -> tuple[dict[str, Any] | None, bool]:
    """The same for a line that holds its body, and no number."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None, False
    if not isinstance(entry, dict) or not isinstance(entry.get("body"), dict):
        return None, False
    if not all(isinstance(entry.get(name), str) for name in ("at", "hash", "kind", "previous")):
        return None, False
    entry.pop("number", None)
    bare = {name: value for name, value in entry.items() if name != "hash"}
    digest = sha256(canonical(bare)).hexdigest()
    return entry, line == canonical(bare | {"hash": digest})


def id_of(digest: str) -> str:
    """The identifier of the entry of this hash: its first 16 characters."""
    return digest[:16]


def entry_id(entry: Mapping[str, Any]) -> str:
    """The identifier of an entry."""
    return id_of(entry["hash"])


# The file of lines: one writer at a time, readers at any time.

_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry: its number, hash and day (UTC, ISO); no day before the first one."""

    number: int = 0
    hash: str = GENESIS
    day: str = ""


def following(
    head: Head, kind: str, at: datetime, user: str, kept: Mapping[str, str]
) -> tuple[Head, bytes]:
    """The entry after a head, as the next head and its line; raises ValueError as `written`."""
    entry: dict[str, Any] = {
        "at": at.isoformat(),
        "kind": kind,
        "number": head.number + 1,
        "previous": head.hash,
        "user": user,
        **kept,
    }
    digest, line = written(entry)
    return Head(head.number + 1, digest, entry["at"][:10]), line


def read_lines(lines: Iterable[bytes], position: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """The entries of lines, the first of which stands at a position, each with its own. Pure.

    Those of earlier versions have a number only when they are read from the beginning.
    """
    number = 0 if position == 0 else None
    for line in lines:
        entry, _ = read(line)
        if entry is not None:
            number = entry.get("number", None if number is None else number + 1)
            yield position, {"user": "", "number": number} | entry
        position += len(line)


class HeldChain(Protocol):
    """The chain in the hands of its only writer."""

    @property
    def head(self) -> Head:
        """The last entry."""

    @property
    def torn(self) -> int:
        """How many bytes of an unfinished line were found after it, and taken away.

        A crash left them, and nobody had been told that they were written.
        """

    def add(self, kind: str, at: datetime, user: str, kept: dict[str, str]) -> str:
        """Write an entry and return its hash; on a failure nothing is left."""

    def copy(self, lines: Iterable[bytes]) -> None:
        """Write lines of another chain as they are, after the last one."""


class Chain(Protocol):
    """An append-only sequence of lines; a position in it is a number of bytes."""

    def held(self) -> AbstractContextManager[HeldChain]:
        """Be the only one who writes, and wait for that; on disk once this is left."""

    def lines(self, start: int = 0) -> Iterator[bytes]:
        """The lines that stand now, from a position on; those appended meanwhile are left out."""


class HeldFile:
    """The chain of a file in the hands of its only writer."""

    def __init__(self, descriptor: int) -> None:
        """The file is open for appending, and locked."""
        self._descriptor = descriptor
        self.torn = self._mend()
        self.head = self._head()

    def add(self, kind: str, at: datetime, user: str, kept: dict[str, str]) -> str:
        """Write an entry and return its hash, once it is on disk; on a failure nothing is left."""
        head, line = following(self.head, kind, at, user, kept)
        size = os.fstat(self._descriptor).st_size
        try:
            _write_all(self._descriptor, line)
            os.fsync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, size)
            raise
        self.head = head
        return head.hash

    def copy(self, lines: Iterable[bytes]) -> None:
        """Write them at the end, on disk once this returns."""
        for line in lines:
            _write_all(self._descriptor, line)
        os.fsync(self._descriptor)
        self.head = self._head()

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


class FileChain:
    """An append-only file of lines."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def held(self) -> Iterator[HeldFile]:
        """Be the only one who writes, and wait for that; processes and threads alike."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self.path.exists()
        with self.path.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if is_new:
                sync(self.path.parent)
            yield HeldFile(file.fileno())

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


# Anchors: the last line of the journal on a day, which is only worth what is kept elsewhere.


@dataclass(frozen=True, slots=True)
class Anchor:
    """That on `day` (UTC) the entry of this number, the last one then, had this hash."""

    day: date
    number: int
    hash: str

    @property
    def line(self) -> str:
        """Its line in a file of anchors."""
        return f"{self.day.isoformat()} {self.number} {self.hash}\n"


class Anchors(Protocol):
    """The anchors beside a journal."""

    def add(self, anchor: Anchor) -> None:
        """Keep one more, on disk once this returns."""

    def all(self) -> tuple[Anchor, ...]:
        """Every one, oldest first; raises WrongAnchors."""


class AnchorFile:
    """A line each."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, anchor: Anchor) -> None:
        """Append its line, in the place of one that a crash cut short."""
        with self._path.open("a+b", buffering=0) as file:
            file.seek(0)
            rest = file.readall().rpartition(b"\n")[2].decode(errors="replace")
            if is_cut := _is_cut(rest):
                file.truncate(file.tell() - len(rest))
            end = "\n" if rest and not is_cut else ""
            _write_all(file.fileno(), f"{end}{anchor.line}".encode())
            os.fsync(file.fileno())
        sync(self._path.parent)

    def all(self) -> tuple[Anchor, ...]:
        """Those of its lines, but for one that a crash cut short."""
        if not self._path.exists():
            return ()
        *lines, rest = self._path.read_text("utf-8", errors="replace").split("\n")
        return _in_order(self._path, [*lines, *([rest] if rest and not _is_cut(rest) else [])])


def read_anchors(path: Path) -> tuple[Anchor, ...]:
    """The anchors of a file, oldest first; raises WrongAnchors for a line that is not one."""
    if not path.exists():
        raise WrongAnchors(f"Le fichier d'ancres {path} n'existe pas.")
    return _in_order(path, path.read_text("utf-8", errors="replace").splitlines())


def _in_order(path: Path, lines: Sequence[str]) -> tuple[Anchor, ...]:
    return tuple(sorted(set(_read(path, lines)), key=lambda anchor: anchor.number))


def _read(path: Path, lines: Sequence[str]) -> Iterator[Anchor]:
    for place, line in enumerate(lines, 1):
        if (anchor := _anchor(line)) is None:
            raise WrongAnchors(
                f"{path}, ligne {place} : attendu « AAAA-MM-JJ numéro empreinte ». Prenez une "
                "autre copie du fichier d'ancres."
            )
        yield anchor


_CUT = re.compile(r"[0-9-]{1,10}|[0-9-]{10} [0-9]*|[0-9-]{10} [0-9]+ [0-9a-f]{0,63}")


def _is_cut(rest: str) -> bool:
    """Whether what follows the last whole line is the beginning of one."""
    return bool(_CUT.fullmatch(rest))


def _anchor(line: str) -> Anchor | None:
    """The anchor of a line; None where it says none, or was cut short."""
    try:
        day, number, digest = line.split()
        found = Anchor(date.fromisoformat(day), int(number), digest)
    except ValueError:
        return None
    return found if len(digest) == len(GENESIS) else None
