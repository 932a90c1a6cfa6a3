"""The bodies of the entries, each kept by itself, so that one is forgotten without a trace.

A body is named by the hash of its bytes, which hold a salt beside it: a short question cannot be
guessed from its hash.
"""

import json
import os
from collections.abc import Collection, Iterable, Mapping
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


class BodyPlace(Protocol):
    """Bodies by folder, relative to the data folder, and by name: the sha256, and ".json"."""

    def keep(self, folder: str, name: str, content: bytes) -> None:
        """Keep the bytes of a body, on disk once this returns."""

    def content(self, folder: str, name: str) -> bytes | None:
        """The bytes of a body, None when it does not stand."""

    def forget(self, names: Collection[tuple[str, str]]) -> None:
        """Remove bodies, for good once this returns."""

    def names(self, folders: Collection[str]) -> Iterable[tuple[str, str]]:
        """Folder and name of all in the journal's own folders and in these, unfinished ones too."""

    def stands(self, folder: str) -> bool:
        """Whether the dossier to which a folder belongs is there."""


class FolderBodies:
    """A file each; the journal's own have a folder a month."""

    def __init__(self, root: Path) -> None:
        """`root` is the data folder."""
        self._root = root

    def keep(self, folder: str, name: str, content: bytes) -> None:
        """Write it whole or not at all."""
        path = self._root / folder
        if path.parent == self._root / RECORDS:
            _make(path.parent)
        _make(path)
        replace_bytes(path / name, content)

    def content(self, folder: str, name: str) -> bytes | None:
        """Read from its file."""
        return _read(self._root / folder / name)

    def forget(self, names: Collection[tuple[str, str]]) -> None:
        """Remove their files."""
        _remove({self._root / folder / name for folder, name in names})

    def names(self, folders: Collection[str]) -> Iterable[tuple[str, str]]:
        """What a killed writer left bears another suffix."""
        own = (path for path in (self._root / RECORDS).glob("*") if path.is_dir())
        for folder in {*own, *(self._root / each for each in folders)}:
            named = _relative(folder, self._root)
            yield from ((named, path.name) for path in folder.glob("*.json*"))

    def stands(self, folder: str) -> bool:
        """Whether the folder of the dossier exists."""
        return (self._root / folder).parent.exists()


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
    """The bodies of one journal, those of dossiers with their dossiers."""

    def __init__(self, root: Path, place: BodyPlace | None = None) -> None:
        """`root` is the data folder, where they are kept by default."""
        self.root = root
        self._place = place or FolderBodies(root)

    def put(self, body: Mapping[str, Any], month: str, apart: Path | None) -> dict[str, str]:
        """Keep a body, on disk once this returns; what its line says of it."""
        content = canonical({"body": body, "salt": token_hex(16)})
        digest = sha256(content).hexdigest()
        folder = _relative(apart, self.root) if apart else f"{RECORDS}/{month}"
        self._place.keep(folder, f"{digest}.json", content)
        return {"kept": folder, "sha256": digest}

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

    def left_with_dossier(self, path: Path) -> bool:
        """Whether a body belongs to a dossier that is no longer there."""
        return not (self.is_own(path) or self._place.stands(_relative(path.parent, self.root)))

    def content(self, path: Path) -> bytes | None:
        """The bytes of a body, None when it does not stand."""
        return self._place.content(*self._named(path))

    def copy(self, path: Path, content: bytes) -> None:
        """Keep the bytes of a body of its own that another journal has, unless it stands."""
        if self.content(path) is None:
            self._place.keep(*self._named(path), content)

    def forget(self, paths: Iterable[Path]) -> None:
        """Remove bodies, for good once this returns."""
        self._place.forget({self._named(path) for path in paths})

    def files(self, folders: Iterable[Path]) -> tuple[Path, ...]:
        """The bodies in these folders and its own, with what was left unfinished."""
        named = {_relative(folder, self.root) for folder in folders}
        return tuple(self.root / folder / name for folder, name in self._place.names(named))

    def _named(self, path: Path) -> tuple[str, str]:
        return _relative(path.parent, self.root), path.name


def digest_of(entry: Mapping[str, Any]) -> str:
    """The sha256 of the file that keeps the body of an entry."""
    return str(entry["sha256"] if "kept" in entry else entry["body"]["sha256"])


def _relative(folder: Path, root: Path) -> str:
    return Path(os.path.relpath(folder, root)).as_posix()


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
