"""The bodies of the entries, each kept by itself, so that one is forgotten without a trace.

A body is named by the hash of its bytes, which hold a salt beside it: a short question cannot be
guessed from its hash.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any, Protocol

from assistant.journal.chain import AnchorFile, Anchors, Chain, FileChain, canonical
from ingestion.durable import replace_bytes, sync

RECORDS = "records"
"""Folder, beside the journal, of the bodies that belong to no dossier."""

APART = "apart"
"""Field of the body of an earlier line that says in which file the real one is."""


class OwnBodies(Protocol):
    """The bodies that belong to no dossier, by month and by name: the sha256, and ".json"."""

    def keep(self, month: str, name: str, content: bytes) -> None:
        """Keep the bytes of a body, on disk once this returns."""
        ...

    def content(self, month: str, name: str) -> bytes | None:
        """The bytes of a body, None when it does not stand."""
        ...

    def forget(self, names: Sequence[tuple[str, str]]) -> None:
        """Remove bodies, for good once this returns."""
        ...

    def names(self) -> Iterable[tuple[str, str]]:
        """Month and name of all that stand, and of what was left unfinished."""
        ...


class FolderBodies:
    """A file each, in a folder a month."""

    def __init__(self, root: Path) -> None:
        """`root` is the data folder."""
        self._folder = root / RECORDS

    def keep(self, month: str, name: str, content: bytes) -> None:
        """Write it whole or not at all."""
        _make(self._folder)
        _make(self._folder / month)
        replace_bytes(self._path(month, name), content)

    def content(self, month: str, name: str) -> bytes | None:
        """Read from its file."""
        return _read(self._path(month, name))

    def forget(self, names: Sequence[tuple[str, str]]) -> None:
        """Remove their files."""
        _remove({self._path(month, name) for month, name in names})

    def names(self) -> Iterable[tuple[str, str]]:
        """What a killed writer left bears another suffix."""
        return [(path.parent.name, path.name) for path in self._folder.glob("*/*.json*")]

    def _path(self, month: str, name: str) -> Path:
        return self._folder / month / name


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _remove(paths: Iterable[Path]) -> None:
    folders: set[Path] = set()
    for path in paths:
        path.unlink(missing_ok=True)
        folders.add(path.parent)
    for folder in folders:
        if folder.exists():
            sync(folder)


class Bodies:
    """The bodies of one journal, those of dossiers in their folders."""

    def __init__(self, root: Path, own: OwnBodies | None = None) -> None:
        """`root` is the data folder, where `own` has the others by default."""
        self.root = root
        self._own = own or FolderBodies(root)

    def put(self, body: Mapping[str, Any], month: str, apart: Path | None) -> dict[str, str]:
        """Keep a body, on disk once this returns; what its line says of it."""
        content = canonical({"body": body, "salt": token_hex(16)})
        digest = sha256(content).hexdigest()
        folder = apart or self.root / RECORDS / month
        if apart is None:
            self._own.keep(month, f"{digest}.json", content)
        else:
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
        content = self.content(path)
        if content is None or sha256(content).hexdigest() != digest_of(entry):
            return None
        read: dict[str, Any] = json.loads(content)
        return read["body"] if "kept" in entry else read

    def is_own(self, path: Path) -> bool:
        """Whether a body belongs to no dossier."""
        return path.parent.parent == self.root / RECORDS

    def content(self, path: Path) -> bytes | None:
        """The bytes of a body, None when it does not stand."""
        return self._own.content(path.parent.name, path.name) if self.is_own(path) else _read(path)

    def copy(self, path: Path, content: bytes) -> None:
        """Keep the bytes of a body of its own that another journal has, unless it stands."""
        if self.content(path) is None:
            self._own.keep(path.parent.name, path.name, content)

    def forget(self, paths: Iterable[Path]) -> None:
        """Remove bodies, for good once this returns."""
        paths = set(paths)
        own = {path for path in paths if self.is_own(path)}
        self._own.forget([(path.parent.name, path.name) for path in own])
        _remove(paths - own)

    def files(self, folders: Iterable[Path]) -> tuple[Path, ...]:
        """The bodies in these folders and its own, with what was left unfinished."""
        apart = (each for each in folders if each.parent != self.root / RECORDS)
        own = (self.root / RECORDS / month / name for month, name in self._own.names())
        return (*own, *(path for each in set(apart) for path in each.glob("*.json*")))


def digest_of(entry: Mapping[str, Any]) -> str:
    """The sha256 of the file that keeps the body of an entry."""
    return str(entry["sha256"] if "kept" in entry else entry["body"]["sha256"])


def _make(folder: Path) -> None:
    """Make a folder, durably; the one above stands, unless its dossier was removed meanwhile."""
    if not folder.exists():
        folder.mkdir(exist_ok=True)
        sync(folder.parent)


@dataclass(frozen=True, slots=True)
class JournalParts:
    """Where a journal is kept: its lines, the bodies of its entries, its anchors."""

    chain: Chain
    bodies: Bodies
    anchors: Anchors


def folder_parts(path: Path) -> JournalParts:
    """A journal in files: the one of its lines is at `path`, and the others stand beside it."""
    anchors = AnchorFile(path.with_name("anchors"))
    return JournalParts(FileChain(path), Bodies(path.parent), anchors)
