"""Backups: one archive of everything that cannot be made again, taken while questions are answered.

A plain tar: the files, then `manifest.json` with the sha256 of each, then `SEAL` with that of every
byte before it, so that any altered byte shows. Left out are weights, computed vectors, generations
that are not in service, and what processes lock or copy for themselves.
"""

import fcntl
import io
import json
import os
import tarfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from assistant.administration.contents import contents
from assistant.administration.decisions import served_name
from assistant.errors import WrongBackup
from assistant.journal import Journal
from ingestion.durable import file_sha256, refusals_of_disk, sync
from ingestion.snapshot import is_database, snapshot

CONTENTS = "manifest.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made: how many files and bytes it has, and its generation, "" for none."""

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
    return tuple(sorted(made, key=lambda each: each.name, reverse=True))


def back_up(home: Path, path: Path, journal: Journal, user: str) -> Backup:
    """Write a backup of a data folder and tell the journal; readers and writers may go on.

    The file is readable by its owner only, and appears under its name when it is complete. Raises
    WrongBackup when there is one of that name, StorageFull, or IngestionError when it may not be
    written.
    """
    if path.exists():
        raise WrongBackup(f"{path} existe déjà : donnez un autre nom à la sauvegarde.")
    partial = path.with_name(f"{path.name}.partial")
    with refusals_of_disk(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(partial, "xb", opener=private) as file, ExitStack() as failing:
            failing.callback(partial.unlink)
            written = _Archive(home, file)
            size = written.write()
            os.fsync(file.fileno())
            failing.pop_all()
        partial.rename(path)
        sync(path.parent)
    made = Backup(path, len(written.digests), size, written.generation)
    told = {"file": path.name, "files": made.files, "bytes": size, "generation": made.generation}
    journal.append("backup", told, user=user)
    return made


def backup_name(moment: datetime) -> str:
    """How a backup made at a moment is called."""
    return f"sourcier-{moment:%Y%m%d-%H%M%S}.tar"


def seal(digest: str) -> bytes:
    """The end of a backup: a last member with the sha256 of all bytes before it. Pure."""
    member = tarfile.TarInfo("SEAL")
    content = f"{digest}\n".encode()
    member.size = len(content)
    blocks = member.tobuf(tarfile.USTAR_FORMAT) + content
    return blocks.ljust(2 * tarfile.BLOCKSIZE, b"\0") + bytes(2 * tarfile.BLOCKSIZE)


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
        dossiers = self._home / "dossiers"
        for root in (self._home, *sorted(dossiers.glob("[!.]*/"))):
            with ExitStack() as leases:
                for path in contents(root, leases):
                    self._add(path)
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

    def _add(self, path: Path) -> None:
        """Add a file as it stands now; one that is gone meanwhile is left out."""
        name = path.relative_to(self._home).as_posix()
        try:
            if is_database(path) and "generations" not in path.parts:
                with TemporaryDirectory() as folder:
                    copy = Path(folder) / path.name
                    snapshot(path, copy)
                    with copy.open("rb") as file:
                        self.digests[name] = self._put(name, file)
            else:
                with path.open("rb") as file:
                    self.digests[name] = self._put(name, file)
        except FileNotFoundError:
            return

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


def private(path: str, flags: int) -> int:
    """Open a file so that only its owner may read it; for `open`."""
    return os.open(path, flags, 0o600)
