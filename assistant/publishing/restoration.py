"""Restoring a backup into an empty folder: all of it, proved, or nothing."""

import json
import os
import shutil
import tarfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from assistant.errors import WrongBackup
from assistant.journal.journal import Journal, journal_of
from assistant.publishing.backup import CONTENTS, FORMAT, SEALED, seal
from ingestion.durable import refusals_of_disk, sync
from ingestion.errors import IngestionError
from ingestion.index.folder import FolderRepository
from ingestion.index.publication import verify_snapshot

_AT_ONCE = 1 << 20
_RESTORING = ".restoring"
_NOT_OURS = {"models", "lost+found", _RESTORING}
"""What may be in the folder: weights, what a disk has, what a killed restoration left."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored: files, the indexes that were verified, and the entries of the journal.

    `problems` are French sentences about what was not sound when it was saved.
    """

    files: int
    indexes: tuple[str, ...]
    entries: int
    problems: tuple[str, ...]


def restore(path: Path, home: Path, user: str) -> Restored:
    """Restore a backup into a folder that is empty or not there yet, and tell its journal.

    Only files are restored: what a server keeps that the settings name is its owner's.
    Raises WrongBackup when the folder holds something, other than weights, or a byte of the file is
    altered: the folder is then as it was.
    """
    home = home.absolute()
    _require_empty(home, path)
    _require_seal(path)
    with refusals_of_disk(home.parent):
        files = _brought(path, home)
    restored = _examined(home, files)
    told = {
        "file": path.name,
        "files": files,
        "indexes": list(restored.indexes),
        "problems": list(restored.problems),
    }
    try:
        journal_of(home).append("restore", told, user=user)
    except IngestionError as failure:  # a server that does not answer: the files are here
        unsaid = f"La restauration n'est pas au journal. {failure}"
        return replace(restored, problems=(*restored.problems, unsaid))
    return restored


def _require_empty(home: Path, path: Path) -> None:
    if home.exists() and {each.name for each in home.iterdir()} - _NOT_OURS:
        raise WrongBackup(
            f"{home} n'est pas vide : une sauvegarde ne se restaure que dans un dossier vide, ou "
            "qui n'a que les modèles. Choisissez-en un autre : sourcier restore "
            f"{path} --data DOSSIER"
        )


def _brought(path: Path, home: Path) -> int:
    """Extract beside the folder or, where it may be a disk of its own, in it; how many files."""
    is_there = home.exists()
    coming = home / _RESTORING if is_there else home.with_name(f".{home.name}{_RESTORING}")
    with ExitStack() as failing:
        shutil.rmtree(coming, ignore_errors=True)  # what a killed restoration left
        coming.mkdir(parents=True)
        failing.callback(shutil.rmtree, coming)
        files = _extract(path, coming)
        _require_empty(home, path)  # still: nobody began to use it meanwhile
        failing.pop_all()
    if is_there:
        for each in coming.iterdir():
            each.rename(home / each.name)
        coming.rmdir()
    else:
        coming.rename(home)
    sync(home if is_there else home.parent)
    return files


def _require_seal(path: Path) -> None:
    digest = sha256()
    with path.open("rb") as file:
        left = path.stat().st_size - len(SEALED)
        while left > 0 and (piece := file.read(min(left, _AT_ONCE))):
            digest.update(piece)
            left -= len(piece)
        if left or file.read() != seal(digest.hexdigest()):
            raise _altered(path)


def _extract(path: Path, folder: Path) -> int:
    """Write every member and compare it with the manifest; how many there are."""
    found: dict[str, str] = {}
    contents: dict[str, Any] = {}
    with tarfile.open(path) as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isfile() else None
            if content is None or not _is_below(member.name):
                raise _altered(path)
            if member.name == CONTENTS:
                contents = json.loads(content.read())
                break
            target = folder / member.name
            target.parent.mkdir(parents=True, exist_ok=True)
            digest = sha256()
            with open(target, "xb", opener=_private) as file:
                while piece := content.read(_AT_ONCE):
                    digest.update(piece)
                    file.write(piece)
            found[member.name] = digest.hexdigest()
    if contents.get("format") != FORMAT:
        raise WrongBackup(f"{path} vient d'une autre version de Sourcier, qui seule la restaure.")
    if contents.get("files") != found:
        raise _altered(path)
    return len(found)


def _private(path: str, flags: int) -> int:
    """Open a file so that only its owner may read it; for `open`."""
    return os.open(path, flags, 0o600)


def _examined(home: Path, files: int) -> Restored:
    """Verify each index in service and the chain of the journal."""
    indexes, problems = [], []
    for root in (home, *sorted((home / "dossiers").glob("[!.]*/"))):
        if name := FolderRepository(root).served():  # of a server, nothing was saved
            indexes.append(name if root == home else f"{root.name} {name}")
            try:
                verify_snapshot(root, name, in_folder=True)
            except IngestionError as fault:
                problems.append(str(fault))
    journal = Journal(home / "journal.jsonl")
    problems += [f"Journal, ligne {fault.line} : {fault.reason}." for fault in journal.faults()]
    entries = sum(1 for _ in journal.entries())
    return Restored(files, tuple(indexes), entries, tuple(problems))


def _is_below(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _altered(path: Path) -> WrongBackup:
    return WrongBackup(
        f"{path} n'est pas une sauvegarde intacte : un octet au moins a changé. Rien n'a été "
        "restauré ; prenez une autre copie."
    )
