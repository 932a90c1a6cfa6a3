"""The journal: one line of JSON for each event, each holding the hash of the line before.

What is said about a dossier is kept apart, in the dossier's folder, and its line holds the hash of
it only: removing the dossier takes the words away and leaves the proof that they were.

A changed, missing, added or moved line breaks the chain from there on. A cut tail is only seen by
who kept the last hash elsewhere. A line that a crash left unfinished is reported for ever, but the
chain goes on after it from the last whole line.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from ingestion.durable import replace_bytes, sync

GENESIS = "0" * 64

APART = "apart"
"""Field of a body that says where the real one is kept, relative to the journal."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A line (1-based) where the chain does not hold, with the reason in French."""

    line: int
    reason: str


class Journal:
    """An append-only file; every entry is on disk before `append` returns."""

    def __init__(self, path: Path) -> None:
        """The file and its folder are created at the first entry."""
        self._path = path

    def append(
        self, kind: str, body: Mapping[str, Any], apart: Path | None = None, *, user: str = ""
    ) -> str:
        """Write an entry and return its identifier, the first 16 characters of its hash.

        `body` must be plain JSON values; it is kept in the folder `apart` when one is given.
        `user` is the pseudonym of who did it. Several processes may append to one journal.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if apart is not None:
            body = self._put(body, apart)
        with self._path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            last, is_new, is_torn = _tail(file)
            entry = {
                "kind": kind,
                "at": datetime.now(UTC).isoformat(),
                "previous": last,
                "body": body,
            }
            if user:
                entry["user"] = user
            digest = entry_hash(entry)
            line = _canonical(entry | {"hash": digest}) + b"\n"
            file.write(b"\n" + line if is_torn else line)
            file.flush()
            os.fsync(file.fileno())
            if is_new:
                sync(self._path.parent)
        return digest[:16]

    def entries(self) -> Iterator[dict[str, Any]]:
        """Every entry that can be read, oldest first."""
        return (entry for _, entry in self.read())

    def read(self, position: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
        """The entries from a position on, each with its own position; 0 is the beginning."""
        for line in self._lines(position):
            if (entry := _entry(line)) is not None:
                yield position, entry
            position += len(line)

    def apart(self, entry: Mapping[str, Any]) -> Path | None:
        """The folder that keeps the body of an entry, None when the entry holds it itself."""
        place = entry["body"].get(APART)
        return (self._path.parent / place).parent if place else None

    def body(self, entry: Mapping[str, Any]) -> dict[str, Any] | None:
        """The body of an entry, wherever it is kept; None when it was removed or altered."""
        found: dict[str, Any] = entry["body"]
        if APART not in found:
            return found
        path = self._path.parent / found[APART]
        written = path.read_bytes() if path.exists() else b""
        if sha256(written).hexdigest() != found["sha256"]:
            return None
        kept: dict[str, Any] = json.loads(written)
        return kept

    def faults(self) -> Iterator[Fault]:
        """Every place where the chain does not hold; none when nothing was altered."""
        previous = GENESIS
        for number, line in enumerate(self._lines(), 1):
            entry = _entry(line)
            if entry is None:
                yield Fault(number, "est illisible : écriture interrompue, ou modifiée après coup")
                continue
            if entry.get("previous") != previous:
                yield Fault(number, "ne suit pas la ligne précédente")
            previous = entry.pop("hash")
            whole = _canonical(entry | {"hash": entry_hash(entry)})
            if line.removesuffix(b"\n") != whole:
                yield Fault(number, "a été modifiée après coup")
            elif self._is_altered(entry):
                yield Fault(number, "a son texte, gardé à part, modifié après coup")

    def _put(self, body: Mapping[str, Any], folder: Path) -> dict[str, str]:
        """Keep a body in a folder; what its entry holds instead."""
        written = _canonical(body)
        digest = sha256(written).hexdigest()
        folder.mkdir(exist_ok=True)
        replace_bytes(folder / f"{digest}.json", written)
        place = os.path.relpath(folder / f"{digest}.json", self._path.parent)
        return {APART: place, "sha256": digest}

    def _is_altered(self, entry: Mapping[str, Any]) -> bool:
        """Whether a body that is kept apart still stands, with other bytes."""
        place = entry["body"].get(APART)
        stands = place is not None and (self._path.parent / place).exists()
        return stands and self.body(entry) is None

    def _lines(self, start: int = 0) -> Iterator[bytes]:
        """The lines that stand now; those appended while reading are left out."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
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


def entry_hash(entry: Mapping[str, Any]) -> str:
    """Hexadecimal sha256 of an entry without its own hash, as canonical JSON. Pure."""
    return sha256(_canonical(entry)).hexdigest()


def _canonical(entry: Mapping[str, Any]) -> bytes:
    text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # Half a surrogate pair cannot be UTF-8; as a backslash escape it is JSON, and reads back.
    return text.encode(errors="backslashreplace")


def _entry(line: bytes) -> dict[str, Any] | None:
    """The entry written on a line, None when the line is not one."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) and isinstance(entry.get("hash"), str) else None


def _tail(file: BinaryIO) -> tuple[str, bool, bool]:
    """The hash of the last whole line, whether the file is empty, and whether a line is unfinished.

    Read from the end; only an unfinished last line makes it look further back than one line.
    """
    size = file.seek(0, os.SEEK_END)
    block = 4096
    while True:
        file.seek(max(0, size - block))
        tail = file.read(min(block, size))
        is_torn = bool(tail) and not tail.endswith(b"\n")
        # The first line of a block may have lost its beginning.
        lines = tail.split(b"\n") if block >= size else tail.split(b"\n")[1:]
        for line in reversed(lines):
            if (entry := _entry(line)) is not None:
                return str(entry["hash"]), False, is_torn
        if block >= size:
            return GENESIS, size == 0, is_torn
        block *= 4
