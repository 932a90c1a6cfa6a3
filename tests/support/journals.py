"""Journals for the tests: written in no time, and altered as somebody would alter them."""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch

from assistant.journal.bodies import Bodies
from assistant.journal.chain import GENESIS, FileChain, canonical, read, written
from assistant.journal.journal import Journal
from assistant.journal.verification import Tampering

START = datetime(2026, 1, 5, 8, tzinfo=UTC)


def fill(path: Path, count: int, size: int = 40) -> Journal:
    """A journal of `count` entries with bodies of `size` characters, left to the disk's pace."""
    journal, bodies = Journal(path), Bodies(path.parent)
    with patch.object(os, "fsync", lambda _: None), FileChain(path).held() as chain:
        for number in range(count):
            body = {"question": f"Question {number} ?", "text": "é" * size}
            kept = bodies.put(body, "2026-01", None)
            chain.add("answer", START, f"u{number % 7}", kept)
    return journal


def recorded(journal: Journal, kind: str = "") -> list[tuple[dict[str, Any], Any]]:
    """Each entry, or each of a kind, oldest first, with what it says; None where that is gone."""
    return [(each, journal.body(each)) for each in journal.entries() if kind in ("", each["kind"])]


def bodies(journal: Journal, kind: str = "") -> list[Any]:
    """What the same entries say."""
    return [body for _, body in recorded(journal, kind)]


def earlier_lines(count: int) -> list[bytes]:
    """Lines that hold their bodies, as they were once written."""
    lines, previous = [], GENESIS
    for number in range(count):
        entry: dict[str, Any] = {
            "kind": "answer",
            "at": START.isoformat(),
            "previous": previous,
            "body": {"question": f"{number} jours ?", "seconds": 0.25, "hash": "x"},
        }
        if number % 2:
            entry["user"] = "u1"
        previous = sha256(canonical(entry)).hexdigest()
        lines.append(canonical(entry | {"hash": previous}) + b"\n")
    return lines


@dataclass(frozen=True)
class Altered:
    """What a journal was made into, and where that may be seen (lines from 1) as what."""

    lines: list[bytes]
    places: set[int]
    what: set[Tampering]


def _forged(line: bytes, previous: bytes | None = None) -> bytes:
    """A line with other words and a hash that fits them."""
    entry, _ = read(line)
    assert entry is not None
    del entry["hash"]
    entry["kind"] = "forged"
    if previous is not None:
        before, _ = read(previous)
        assert before is not None
        entry |= {"previous": before["hash"], "number": before["number"] + 1}
    return written(entry)[1]


def byte_changed(lines: list[bytes], rng: random.Random) -> Altered:
    at = rng.randrange(len(lines))
    line = bytearray(lines[at])
    place = rng.randrange(len(line) - 1)
    line[place] = rng.choice([byte for byte in range(256) if byte not in (line[place], 10)])
    lines[at] = bytes(line)
    return Altered(lines, {at + 1}, {Tampering.EDIT})


def rewritten(lines: list[bytes], rng: random.Random) -> Altered:
    at = rng.randrange(len(lines) - 1)
    lines[at] = _forged(lines[at])
    return Altered(lines, {at + 1}, {Tampering.EDIT})


def deleted(lines: list[bytes], rng: random.Random) -> Altered:
    at = rng.randrange(len(lines) - 1)
    stop = rng.randrange(at, len(lines) - 1) + 1
    del lines[at:stop]
    return Altered(lines, {at + 1}, {Tampering.DELETION})


def copied(lines: list[bytes], rng: random.Random) -> Altered:
    at, of = rng.randrange(len(lines) + 1), rng.randrange(len(lines))
    lines.insert(at, lines[of])
    # A line and its copy side by side are the same.
    places = {at + 1, at + 2} if at == of else {at + 1, at} if at == of + 1 else {at + 1}
    return Altered(lines, places, {Tampering.INSERTION})


def forged(lines: list[bytes], rng: random.Random) -> Altered:
    at = rng.randrange(1, len(lines))
    is_last = at == len(lines) - 1  # of two last lines, nothing tells which was there
    lines.insert(at, _forged(lines[at], lines[at - 1]))
    return Altered(lines, {at + 1, at + 1 + is_last}, {Tampering.INSERTION})


def scribbled(lines: list[bytes], rng: random.Random) -> Altered:
    at = rng.randrange(len(lines))
    lines.insert(at, rng.choice([b"\n", b"[]\n", b'{"hash":1}\n', b"[" * 5000 + b"\n"]))
    return Altered(lines, {at + 1}, {Tampering.INSERTION})


def swapped(lines: list[bytes], rng: random.Random) -> Altered:
    one, other = rng.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    is_turned = abs(one - other) == 2  # any of three lines in reverse may be the one that stayed
    between = {(one + other) // 2 + 1} if is_turned else set()
    return Altered(lines, {one + 1, other + 1} | between, {Tampering.REORDERING})


def moved(lines: list[bytes], rng: random.Random) -> Altered:
    start, stop = sorted(rng.sample(range(len(lines) + 1), 2))
    block, rest = lines[start:stop], lines[:start] + lines[stop:]
    at = rng.choice([place for place in range(len(rest) + 1) if place != start] or [start + 1])
    now = rest[:at] + block + rest[at:]
    places = {place for place, line in enumerate(now, 1) if lines[place - 1] != line}
    return Altered(now, places or {0}, {Tampering.REORDERING})


CHAIN_TAMPERINGS: tuple[Callable[[list[bytes], random.Random], Altered], ...] = (
    byte_changed,
    rewritten,
    deleted,
    copied,
    forged,
    scribbled,
    swapped,
    moved,
)
