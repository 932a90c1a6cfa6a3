"""The bodies of the entries: one file each, so that one can be forgotten without a trace.

A file is named by the hash of its bytes, and holds a salt beside the body: a short question cannot
be guessed from its hash.
"""

import json
import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

from assistant.journal.lines import canonical
from ingestion.durable import replace_bytes, sync

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
