"""Backups: one archive of all that cannot be made again."""

import fcntl
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from assistant.errors import WrongBackup
from assistant.journal.journal import Journal
from ingestion.durable import (
    file_sha256,
    hold,
    is_database,
    refusals_of_disk,
    snapshot,
    sync,
)
from ingestion.errors import UnknownSnapshot
from ingestion.index.folder import FolderRepository
from ingestion.index.publication import served_name
from ingestion.index.store import MANIFEST, snapshots_folder

_FIRST = ("current", "anchors", "journal.jsonl", "library.json")
"""What names other files is copied before them: they are then there."""

_LEFT_OUT = frozenset(
    (
        *("models", "vectors.sqlite", "generations", "working", "backups", "incoming", "case-law"),
        *("build.jsonl", "build.log", "build.stop", "candidate.json", "coming"),
    )
)
_PASSING = (".partial", "-wal", "-shm", "-journal", ".lock")
_COMING = ("incoming-", ".removed-")


def contents(root: Path, leases: ExitStack) -> Iterator[Path]:
    """The files of one data folder without its dossiers; its snapshot stays as long as leases do.

    One after the other: what a name leads to is looked for once the caller has copied the name.
    """
    names = (root / name for name in _FIRST if (root / name).exists())
    return chain(names, _generation(root, leases), _others(root))


def _generation(root: Path, leases: ExitStack) -> Iterator[Path]:
    """The files of the snapshot in service, which stays for as long as the leases do."""
    name = FolderRepository(root).served()  # a server is backed up by its owner
    if name is None:
        return
    folder = snapshots_folder(root) / name
    lease = hold(folder / MANIFEST, alone=False) if (folder / MANIFEST).exists() else None
    if lease is None:
        raise UnknownSnapshot(
            f"L'index en service {name} n'est plus là : revenez au précédent (sourcier index "
            "rollback) ou reconstruisez-le (sourcier index build), puis sauvegardez."
        )
    leases.enter_context(lease)
    yield from (path for path in sorted(folder.rglob("*")) if path.is_file())


def _others(root: Path) -> Iterator[Path]:
    """Every file below a data folder but those above, those left out and those of dossiers."""
    apart = _LEFT_OUT | {"dossiers", *_FIRST}
    for path in sorted(root.iterdir()):
        if path.name in apart or path.is_symlink() or path.name.startswith(_COMING):
            continue
        found = _below(path) if path.is_dir() else [path]
        yield from (each for each in found if each.is_file() and not _is_passing(each.name))


def _below(folder: Path) -> list[Path]:
    """What is below a folder; one that goes meanwhile has nothing."""
    return sorted(Path(place, name) for place, _, names in os.walk(folder) for name in names)


def _is_passing(name: str) -> bool:
    """Whether a file is of the moment only; a lock is held for as long as an installation takes."""
    return name == "lock" or name.endswith(_PASSING)


# Backups: one archive of everything that cannot be made again, taken while questions are answered.
#
# A plain tar: the files, then `manifest.json` with the sha256 of each, then `SEAL` with that of
# every byte before it, so that any altered byte shows. Left out are weights, computed vectors,
# snapshots that are not in service, other backups, and what processes lock or copy for themselves.

CONTENTS = "manifest.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made: how many files and bytes it has, and its snapshot, "" for none."""

    path: Path
    files: int
    size: int
    generation: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A backup that is kept in the data folder."""

    name: str
    made_at: datetime
    size: int


def saved(home: Path) -> tuple[Saved, ...]:
    """The backups of a data folder, the newest first."""
    found = ((path, path.stat()) for path in (home / "backups").glob("*.tar"))
    made = (Saved(p.name, datetime.fromtimestamp(s.st_mtime, UTC), s.st_size) for p, s in found)
    return tuple(sorted(made, key=lambda each: (each.made_at, each.name), reverse=True))


def back_up(home: Path, path: Path, journal: Journal, user: str) -> Backup:
    """Write a backup of a data folder and tell the journal; readers and writers may go on.

    The file is readable by its owner only, and appears under its name when it is complete. Raises
    WrongBackup when there is one of that name or one is being written, StorageFull, or
    IngestionError when it may not be written.
    """
    with refusals_of_disk(path.parent), _coming(path) as file:
        written = _Archive(home, file)
        size = written.write()
    made = Backup(path, len(written.digests), size, written.generation)
    told = {"file": path.name, "files": made.files, "bytes": size, "generation": made.generation}
    journal.append("backup", told, user=user)
    return made


@contextmanager
def _coming(path: Path) -> Iterator[BinaryIO]:
    """A backup to be written, in the place of what a kill left of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    partial.touch(mode=0o600)
    file = hold(partial, alone=True)
    if file is None:
        raise WrongBackup(f"{path} est en cours d'écriture : donnez un autre nom à la sauvegarde.")
    with file, ExitStack() as failing:
        failing.callback(partial.unlink, missing_ok=True)
        # Now only: who held the partial file until now has just given it its name.
        if path.exists():
            raise WrongBackup(f"{path} existe déjà : donnez un autre nom à la sauvegarde.")
        file.truncate()
        yield file
        os.fsync(file.fileno())
        failing.pop_all()
        partial.rename(path)
    sync(path.parent)


def backup_name(moment: datetime) -> str:
    """How a backup made at a moment is called."""
    return f"sourcier-{moment:%Y%m%d-%H%M%S}.tar"


_NAMED = re.compile(r"sourcier-\d{8}-\d{6}\.tar")


def is_backup_name(name: str) -> bool:
    """Whether a file is called so; one that somebody named is theirs. Pure."""
    return bool(_NAMED.fullmatch(name))


def seal(digest: str) -> bytes:
    """The end of a backup: a last member with the sha256 of all bytes before it. Pure."""
    member = tarfile.TarInfo("SEAL")
    content = f"{digest}\n".encode()
    member.size = len(content)
    blocks = member.tobuf(tarfile.USTAR_FORMAT) + content
    return blocks.ljust(2 * tarfile.BLOCKSIZE, b"\0") + bytes(2 * tarfile.BLOCKSIZE)


SEALED = seal("0" * 64)
"""The end of any backup, but for the digest."""


def _is_backup(path: Path) -> bool:
    """Whether a file is one, by its end; each that is kept here would double the next one."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - len(SEALED)))
        return file.read(tarfile.BLOCKSIZE) == SEALED[: tarfile.BLOCKSIZE]


class _Archive:
    """The archive of one data folder while it is written."""

    def __init__(self, home: Path, file: BinaryIO) -> None:
        self._home = home
        self._file = file
        self._tar = tarfile.open(fileobj=file, mode="w")  # noqa: SIM115 - `seal` ends it
        self.digests: dict[str, str] = {}
        self.generation = served_name(home) or ""

    def write(self) -> int:
        """Write everything; the size in bytes."""
        self._add_folder(self._home)
        for dossier in sorted((self._home / "dossiers").glob("[!.]*/")):
            try:
                self._add_folder(dossier)
            except (FileNotFoundError, UnknownSnapshot):
                if dossier.exists():  # else it was deleted meanwhile
                    raise
        told = {
            "format": FORMAT,
            "sourcier": version("sourcier"),
            "created_at": datetime.now(UTC).isoformat(),
            "generation": self.generation,
            "files": self.digests,
        }
        self._put(CONTENTS, io.BytesIO(json.dumps(told, ensure_ascii=False).encode()))
        self._file.flush()
        end = seal(file_sha256(Path(self._file.name)))
        self._file.write(end)
        self._file.flush()
        return self._file.tell()

    def _add_folder(self, root: Path) -> None:
        with ExitStack() as leases:
            for path in contents(root, leases):
                self._add(path, is_still=path.is_relative_to(snapshots_folder(root)))

    def _add(self, path: Path, *, is_still: bool) -> None:
        """Add a file as it stands now; one that is gone meanwhile is left out, and a backup.

        A database that somebody may write to is copied first; those of a snapshot are still.
        """
        name = path.relative_to(self._home).as_posix()
        with suppress(FileNotFoundError), ExitStack() as passing:
            if _is_backup(path):
                return
            if is_database(path) and not is_still:
                copy = Path(passing.enter_context(TemporaryDirectory())) / path.name
                snapshot(path, copy)
                path = copy
            self.digests[name] = self._put(name, passing.enter_context(path.open("rb")))

    def _put(self, name: str, file: BinaryIO) -> str:
        """Write a member as long as the file is now; its sha256."""
        member, hashed = tarfile.TarInfo(name), _Hashed(file)
        member.size, member.mode = _whole(file), 0o600
        self._tar.addfile(member, hashed)
        return hashed.digest.hexdigest()


class _Hashed(io.RawIOBase):
    """A file whose bytes are hashed as they are read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self.digest.update(piece)
        return piece


def _whole(file: BinaryIO) -> int:
    """Bytes up to the end of a file at a moment when nobody is in the midst of a line."""
    if isinstance(file, io.BytesIO):
        return len(file.getbuffer())
    fcntl.flock(file, fcntl.LOCK_SH)
    size = os.fstat(file.fileno()).st_size
    fcntl.flock(file, fcntl.LOCK_UN)
    return size
