"""The journal: one line of JSON for each event, each holding the hash of the line before.

A changed, missing, added or moved line breaks the chain from there on. A cut tail is only seen by
who kept the last hash elsewhere.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

GENESIS = "0" * 64


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

    def append(self, kind: str, body: Mapping[str, Any]) -> str:
        """Write an entry and return its identifier, the first 16 characters of its hash.

        `body` must be plain JSON values. Several processes may append to one journal.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            entry = {
                "kind": kind,
                "at": datetime.now(UTC).isoformat(),
                "previous": _last_hash(file.name),
                "body": body,
            }
            digest = entry_hash(entry)
            file.write(_canonical(entry | {"hash": digest}) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return digest[:16]

    def entries(self) -> Iterator[dict[str, Any]]:
        """Every entry, oldest first."""
        if self._path.exists():
            with self._path.open("rb") as file:
                for line in file:
                    yield json.loads(line)

    def faults(self) -> Iterator[Fault]:
        """Every place where the chain does not hold; none when nothing was altered."""
        previous = GENESIS
        for number, entry in enumerate(self.entries(), 1):
            claimed = entry.pop("hash", "")
            if entry.get("previous") != previous:
                yield Fault(number, "ne suit pas la ligne précédente")
            if entry_hash(entry) != claimed:
                yield Fault(number, "a été modifiée après coup")
            previous = claimed


def entry_hash(entry: Mapping[str, Any]) -> str:
    """Hexadecimal sha256 of an entry without its own hash, as canonical JSON. Pure."""
    return sha256(_canonical(entry)).hexdigest()


def _canonical(entry: Mapping[str, Any]) -> bytes:
    text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _last_hash(path: str) -> str:
    """The hash of the last line, read from the end of the file."""
    with Path(path).open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        block = 4096
        while size:
            file.seek(max(0, size - block))
            tail = file.read(min(block, size)).rstrip(b"\n").rpartition(b"\n")
            if tail[1] or block >= size:
                return str(json.loads(tail[2])["hash"])
            block *= 4
    return GENESIS
