"""Backups: one archive of all that cannot be made again; index and journal moved to a server."""

import fcntl
import io
import json
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from itertools import chain, islice, zip_longest
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from assistant.accounts.store import (
    accounts_at,
    contents_digest,
    has_accounts,
    replace_all,
)
from assistant.accounts.store import (
    contents_of as accounts_of,
)
from assistant.errors import WrongBackup, WrongMigration
from assistant.journal.bodies import JournalParts
from assistant.journal.chain import read_lines
from assistant.journal.journal import Journal, journal_of, parts_at
from ingestion.durable import (
    file_sha256,
    hold,
    is_database,
    lock_for_writing,
    refusals_of_disk,
    snapshot,
    sync,
)
from ingestion.errors import IngestionError, UnknownSnapshot
from ingestion.index.publication import repository_at, served_name, verify_snapshot
from ingestion.index.snapshot import (
    FolderRepository,
    SnapshotContents,
    SnapshotRepository,
    contents_of,
)
from ingestion.index.store import MANIFEST, snapshots_folder
from ingestion.library.archive import DocumentPlace, archive_at
from ingestion.tenders.dossiers import DossierFolder
from ingestion.tenders.server import DossierServer

# The contents of a backup: the files of a data folder that cannot be made again, in order.

_FIRST = ("current", "anchors", "journal.jsonl", "library.json")
"""What names other files is copied before them: they are then there."""

_LEFT_OUT = frozenset(
    (
        *("models", "vectors.sqlite", "generations", "working", "backups", "incoming", "case-law"),
        *("lock", "build.jsonl", "build.log", "build.stop", "candidate.json"),
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
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (each for each in found if each.is_file() and not each.name.endswith(_PASSING))


# Backups: one archive of everything that cannot be made again, taken while questions are answered.
#
# A plain tar: the files, then `manifest.json` with the sha256 of each, then `SEAL` with that of
# every byte before it, so that any altered byte shows. Left out are weights, computed vectors,
# snapshots that are not in service, and what processes lock or copy for themselves.

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
        with suppress(FileNotFoundError), ExitStack() as passing:
            if is_database(path) and "generations" not in path.parts:
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


def private(path: str, flags: int) -> int:
    """Open a file so that only its owner may read it; for `open`."""
    return os.open(path, flags, 0o600)


# Restoring a backup into an empty folder: all of it, proved, or nothing.

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
    journal_of(home).append("restore", told, user=user)
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
                verify_snapshot(root, name)
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


# Index, journal, archive, accounts and dossiers moved to a server, or back; compared by hashes.


Progress = Callable[[str, int, int], None]
"""Told the step (a French phrase), how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Migration:
    """What stands at both places now; `sha256` is that of the lines of the journal."""

    snapshots: tuple[str, ...]
    lines: int
    sha256: str
    archived: int
    accounts: int
    dossiers: int


def migrate(home: Path, source: str, target: str, progress: Progress) -> Migration:
    """Copy index, journal, archive, accounts, dossiers; "" is the folder, else a server's address.

    What is there already is kept, and must be the beginning of what comes: a migration that was cut
    short goes on, and what was moved may be moved back. Accounts and dossiers there, whose past the
    journal tells, become those that come. Nothing is removed at the source.

    Raises:
        WrongMigration: when the target has another journal, or another snapshot of a name.
        DamagedSnapshot: when a snapshot is damaged at either place.
        UnreachableStore: when the server cannot be asked.
        BusyIndex: when someone writes in this folder.
    """
    with lock_for_writing(home):
        before, after = parts_at(home, source), parts_at(home, target)
        lines = tuple(before.chain.lines())
        _require_beginning(tuple(after.chain.lines()), lines)
        dossiers = _move_dossiers(home, source, target, progress)
        _move_journal(lines, before, after, progress)
        kept = _move_archive(archive_at(home, source), archive_at(home, target), progress)
        accounts = _move_accounts(home, source, target)
        names = _move_snapshots(repository_at(home, source), repository_at(home, target), progress)
    digest = sha256(b"".join(lines)).hexdigest()
    return Migration(names, len(lines), digest, kept, accounts, dossiers)


def _require_beginning(there: Sequence[bytes], lines: Sequence[bytes]) -> None:
    if there != lines[: len(there)]:
        raise WrongMigration(
            "Il y a déjà un autre journal à cet endroit : deux chaînes ne se fondent pas en une. "
            "Choisissez une base ou un dossier vide."
        )


def _move_dossiers(home: Path, source: str, target: str, progress: Progress) -> int:
    """How many dossiers both have now, with what the journal keeps in them."""
    server = DossierServer(home, source or target)
    names = (server if source else DossierFolder(home)).descriptions()
    for done, name in enumerate(names, 1):
        if source:
            server.bring_back(name)
        else:
            server.adopt(name, replaces=True)
        if not server.is_equal(name):
            raise WrongMigration(f"Le dossier {name} n'est pas le même aux deux endroits.")
        progress("Dossiers", done, len(names))
    return len(names)


def _move_journal(
    lines: Sequence[bytes], source: JournalParts, target: JournalParts, progress: Progress
) -> None:
    """Both have the same lines then; bodies come before their lines."""
    there = tuple(target.chain.lines())
    with target.chain.held() as chain:
        for done, (_, entry) in enumerate(read_lines(lines, 0), 1):
            path = source.bodies.path(entry)
            if path and source.bodies.is_own(path) and (body := source.bodies.content(path)):
                target.bodies.copy(path, body)
            progress("Journal", done, len(lines))
        chain.copy(islice(lines, len(there), None))
        known = set(target.anchors.all())
        for anchor in source.anchors.all():
            if anchor not in known:
                target.anchors.add(anchor)
    if any(one != other for one, other in zip_longest(lines, target.chain.lines())):
        raise WrongMigration("Le journal copié n'est pas celui d'origine. Recommencez.")


def _move_archive(source: DocumentPlace, target: DocumentPlace, progress: Progress) -> int:
    """How many documents and files both have now, each still what its name says."""
    names = source.names()
    for done, name in enumerate(names, 1):
        if not target.has(name):
            with target.writing():
                target.put(name, source.get(name) or b"")
        if sha256(target.get(name) or b"").hexdigest() != name.removesuffix(".json"):
            raise WrongMigration(f"Le document archivé {name[:16]} a été modifié ou manque.")
        progress("Documents archivés", done, len(names))
    return len(names)


def _move_accounts(home: Path, source: str, target: str) -> int:
    """How many accounts both have now; a place that never had any leaves the other as it is."""
    if not (source or has_accounts(home)):
        return 0
    coming = accounts_of(accounts_at(home, source))
    if not coming["accounts"]:
        return 0
    kept = accounts_at(home, target)
    replace_all(kept, coming)
    if contents_digest(accounts_of(kept)) != contents_digest(coming):
        raise WrongMigration("Les comptes copiés ne sont pas ceux d'origine. Recommencez.")
    return len(coming["accounts"])


def _move_snapshots(
    source: SnapshotRepository, target: SnapshotRepository, progress: Progress
) -> tuple[str, ...]:
    """The names of those that both have now, the one in use put in use."""
    names, there = source.finished(), target.finished()
    for done, name in enumerate(names):
        progress("Index", done, len(names))
        contents = _contents(source, name)
        if name not in there:
            target.write(contents, source.manifest(name), lambda _: None)
        if _contents(target, name).digest != contents.digest:
            raise WrongMigration(f"L'index {name} n'est pas le même aux deux endroits.")
    progress("Index", len(names), len(names))
    target.serve(source.served())
    return tuple(names)


def _contents(repository: SnapshotRepository, name: str) -> SnapshotContents:
    return contents_of(repository.open(name), repository.vectors(name))
