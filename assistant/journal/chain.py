"""The chain: lines that each hold the hash of the one before, bodies kept apart, anchors."""

import errno
import fcntl
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

from assistant.errors import WrongAnchors
from ingestion.durable import replace_bytes, sync

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


# The file of lines: one writer at a time, readers at any time.

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


# The bodies of the entries: one file each, so that one can be forgotten without a trace.
#
# A file is named by the hash of its bytes, and holds a salt beside the body: a short question
# cannot be guessed from its hash.

RECORDS = "records"
"""Folder, beside the journal, of the bodies that belong to no dossier."""

APART = "apart"
"""Field of the body of an earlier line that says in which file the real one is."""


class Bodies:
    """The bodies of one journal, kept under the folder that it is in."""

    def __init__(self, root: Path) -> None:
        """`root` is the folder of the journal."""
        self.root = root

    def put(self, body: Mapping[str, Any], month: str, apart: Path | None) -> dict[str, str]:
        """Keep a body, on disk once this returns; what its line says of it."""
        content = canonical({"body": body, "salt": token_hex(16)})
        digest = sha256(content).hexdigest()
        folder = apart or self.root / RECORDS / month
        if apart is None:
            _make(folder.parent)
        _make(folder)
        replace_bytes(folder / f"{digest}.json", content)
        return {"kept": Path(os.path.relpath(folder, self.root)).as_posix(), "sha256": digest}

    def path(self, entry: Mapping[str, Any]) -> Path | None:
        """The file of a body, whether or not it still stands; None when the line holds it."""
        if "kept" in entry:
            return self.root / f"{entry['kept']}/{entry['sha256']}.json"
        apart = entry["body"].get(APART)
        return self.root / str(apart) if apart else None

    def body(self, entry: Mapping[str, Any]) -> dict[str, Any] | None:
        """The body of an entry, None when it was forgotten or altered."""
        path = self.path(entry)
        if path is None:
            held: dict[str, Any] = entry["body"]
            return held
        content = content_of(path)
        if content is None or sha256(content).hexdigest() != digest_of(entry):
            return None
        read: dict[str, Any] = json.loads(content)
        return read["body"] if "kept" in entry else read

    def forget(self, paths: Iterable[Path]) -> None:
        """Remove files, for good once this returns."""
        folders: set[Path] = set()
        for path in paths:
            path.unlink(missing_ok=True)
            folders.add(path.parent)
        for folder in folders:
            if folder.exists():
                sync(folder)

    def files(self, folders: Iterable[Path]) -> tuple[Path, ...]:
        """The files of bodies in these folders and in its own, unfinished ones among them."""
        own = self.root.glob(f"{RECORDS}/*")
        return tuple(path for each in {*folders, *own} for path in each.glob("*.json*"))


def content_of(path: Path) -> bytes | None:
    """The bytes of the file of a body, None when it does not stand."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def digest_of(entry: Mapping[str, Any]) -> str:
    """The sha256 of the file that keeps the body of an entry."""
    return str(entry["sha256"] if "kept" in entry else entry["body"]["sha256"])


def _make(folder: Path) -> None:
    """Make a folder, durably; the one above stands, unless its dossier was removed meanwhile."""
    if not folder.exists():
        folder.mkdir(exist_ok=True)
        sync(folder.parent)


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


def add_anchor(path: Path, anchor: Anchor) -> None:
    """Write an anchor at the end of a file, on disk once this returns."""
    with path.open("a", encoding="ascii") as file:
        file.write(anchor.line)
        file.flush()
        os.fsync(file.fileno())
    sync(path.parent)


def read_anchors(path: Path) -> tuple[Anchor, ...]:
    """The anchors of a file, oldest first; raises WrongAnchors for a line that is not one."""
    if not path.exists():
        raise WrongAnchors(f"Le fichier d'ancres {path} n'existe pas.")
    return tuple(sorted(set(_read(path)), key=lambda anchor: anchor.number))


def _read(path: Path) -> Iterable[Anchor]:
    for place, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
        try:
            day, number, digest = line.split()
            yield Anchor(date.fromisoformat(day), int(number), digest)
        except ValueError as error:
            raise WrongAnchors(
                f"{path}, ligne {place} : attendu « AAAA-MM-JJ numéro empreinte ». Prenez une "
                "autre copie du fichier d'ancres."
            ) from error
