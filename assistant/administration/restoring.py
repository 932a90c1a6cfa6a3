"""Restoring a backup into an empty folder: all of it, proved, or nothing."""

import json
import shutil
import tarfile
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from assistant.administration.backup import CONTENTS, FORMAT, private, seal
from assistant.administration.decisions import served_name
from assistant.errors import WrongBackup
from assistant.journal import Journal
from ingestion.durable import refusals_of_disk, sync
from ingestion.errors import IngestionError
from ingestion.verification import verify

_AT_ONCE = 1 << 20
_END = len(seal("0" * 64))


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

    Raises WrongBackup when the folder holds something or a byte of the file is altered: the folder
    is then as it was.
    """
    if home.exists() and any(home.iterdir()):
        raise WrongBackup(
            f"{home} n'est pas vide : une sauvegarde ne se restaure que dans un dossier vide. "
            f"Choisissez-en un autre : sourcier restore {path} --data DOSSIER"
        )
    _require_seal(path)
    coming = home.with_name(f".{home.name}.restoring")
    with refusals_of_disk(home.parent), ExitStack() as failing:
        shutil.rmtree(coming, ignore_errors=True)  # what a killed restoration left
        coming.mkdir(parents=True)
        failing.callback(shutil.rmtree, coming)
        files = _extract(path, coming)
        failing.pop_all()
        coming.replace(home)
        sync(home.parent)
    restored = _examined(home, files)
    told = {
        "file": path.name,
        "files": files,
        "indexes": list(restored.indexes),
        "problems": list(restored.problems),
    }
    Journal(home / "journal.jsonl").append("restore", told, user=user)
    return restored


def _require_seal(path: Path) -> None:
    digest = sha256()
    with path.open("rb") as file:
        left = path.stat().st_size - _END
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
            with open(target, "xb", opener=private) as file:
                while piece := content.read(_AT_ONCE):
                    digest.update(piece)
                    file.write(piece)
            found[member.name] = digest.hexdigest()
    if contents.get("format") != FORMAT:
        raise WrongBackup(f"{path} vient d'une autre version de Sourcier, qui seule la restaure.")
    if contents.get("files") != found:
        raise _altered(path)
    return len(found)


def _examined(home: Path, files: int) -> Restored:
    """Verify each index in service and the chain of the journal."""
    indexes, problems = [], []
    for root in (home, *sorted((home / "dossiers").glob("[!.]*/"))):
        if name := served_name(root):
            indexes.append(name if root == home else f"{root.name} {name}")
            try:
                verify(root, name)
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
