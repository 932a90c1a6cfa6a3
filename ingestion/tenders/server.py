"""Dossiers on a PostgreSQL server, and the copies of them on which a machine works.

What was changed in the copy in its data folder is sent whole, and what another machine changed is
fetched before the copy is used. `.revision` says of which state it is one, followed by "+" from
before it is changed until the server has it: what ended a change on its way, it is sent then.
"""

import fcntl
import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

from ingestion.durable import (
    BUSY,
    file_sha256,
    lock_for_writing,
    refusals_of_disk,
    replace_bytes,
    sync,
)
from ingestion.errors import BusyIndex, IngestionError
from ingestion.index.folder import FolderRepository
from ingestion.index.store import MANIFEST
from ingestion.postgresql import Connected, hold_alone, server_at
from ingestion.tenders.compartments import (
    ARCHIVE,
    DESCRIPTION,
    EVERYTHING,
    RECORDS,
    DossierReader,
    describe_dossier,
    file_content,
    forget_files,
    insert_dossier,
    keep_file,
    listed_files,
    revision_of,
    role_at,
    see,
)

TO_INDEX = "to-index"
"""Stands in the folder of a dossier from before its pieces change until they are searched as they
stand: whatever ends a change on its way, this is known."""

_NAMING = ("library.json", TO_INDEX, "current")
"""What names other files, or says how they stand."""

_REVISION, _CHANGING = ".revision", "+"
_REMOVED = ".removed-"
"""Start of the name of a dossier whose removal has begun: it is finished at the next opening."""


class DossierServer:
    """The dossiers of one server as one reader may see them."""

    def __init__(self, home: Path, address: str, reader: DossierReader = EVERYTHING) -> None:
        """What is not on the server yet is created there; raises UnreachableStore."""
        self._root = home / "dossiers"
        self._server, self._reader = server_at(address), reader
        self._role = role_at(address)

    @contextmanager
    def asked(self, reader: DossierReader | None = None) -> Iterator[Connected]:
        """A transaction that names its reader, under a role that the policies bind."""
        with self._server.transaction() as connected:
            see(connected, reader or self._reader)
            connected.run("SELECT set_config('role', %s, true)", self._role)
            yield connected

    def descriptions(self) -> Mapping[str, bytes]:
        """Those of their rows; copies of what is on the server no longer go."""
        # Looked at first: a copy is made after its row, so that one without it is left over.
        copies = [path.parent for path in self._root.glob(f"[!.]*/{_REVISION}")]
        with self.asked(EVERYTHING) as connected:
            known = {name for (name,) in connected.rows("SELECT id FROM {schema}.dossiers")}
        for copy in copies:
            if copy.name not in known:
                remove_folder(copy)
        remove_left(self._root)
        with self.asked() as connected:
            rows = connected.rows("SELECT id, description FROM {schema}.dossiers ORDER BY id")
        return {name: bytes(description) for name, description in rows}

    def description(self, dossier_id: str) -> bytes | None:
        """That of its row."""
        asked = "SELECT description FROM {schema}.dossiers WHERE id = %s"
        with self.asked() as connected:
            found = connected.rows(asked, dossier_id)
        return bytes(found[0][0]) if found else None

    def create(self, dossier_id: str, description: bytes) -> bool:
        """Insert its row."""
        with self.asked() as connected:
            return insert_dossier(connected, dossier_id, description)

    def describe(self, dossier_id: str, description: bytes) -> None:
        """Change its row."""
        with self.asked() as connected:
            describe_dossier(connected, dossier_id, description)

    def remove(self, dossier_id: str) -> None:
        """Delete its row with those of its files; other machines do so with their copies."""
        with self.asked() as connected:
            connected.run("DELETE FROM {schema}.dossiers WHERE id = %s", dossier_id)
        if (self._root / dossier_id).exists():
            remove_folder(self._root / dossier_id)

    def withdraw(self, dossier_id: str) -> None:
        """The same."""
        self.remove(dossier_id)

    def home(self, dossier_id: str) -> Path:
        """The copy of this machine, fetched where another one has changed the dossier.

        While a process of this machine changes it, what that has done so far is seen.
        """
        home = self._root / dossier_id
        with self.asked() as connected:
            revision = revision_of(connected, dossier_id)
        if _copied(home) != revision:
            with _alone_to_fetch(home), suppress(BusyIndex), lock_for_writing(home):
                self._level(home)
        return home

    @contextmanager
    def writing(self, dossier_id: str) -> Iterator[Path]:
        """Under a lock of the server besides that of the folder."""
        home = self.home(dossier_id)
        with lock_for_writing(home), self._server.transaction() as held:
            if not hold_alone(held, f"dossier {dossier_id}"):
                raise BusyIndex(BUSY)
            self._level(home)
            replace_bytes(home / _REVISION, f"{_copied(home)}{_CHANGING}".encode())
            try:
                yield home
            finally:
                if not self._level(home):
                    raise IngestionError(
                        f"Le dossier {dossier_id} a été changé d'une autre machine pendant que le "
                        "serveur ne répondait pas : recommencez ce que vous avez fait."
                    )

    def archive(self, dossier_id: str) -> "DossierArchive":
        """Rows of the dossier."""
        return DossierArchive(self, dossier_id)

    def take_over(self) -> None:
        """Adopt the dossiers of the data folder that are no copies, from before it had a server."""
        remove_left(self._root)
        for path in self._root.glob(f"[!.]*/{DESCRIPTION}"):
            with suppress(BusyIndex, FileNotFoundError):  # another process does, or removes it
                if not _copied(path.parent):
                    self.adopt(path.parent.name)

    def adopt(self, dossier_id: str, *, replaces: bool = False) -> None:
        """Make a dossier of the one in the data folder, with records and archive.

        One that is there already is only changed where this `replaces` it.
        """
        home = self._root / dossier_id
        description = (home / DESCRIPTION).read_bytes()
        with lock_for_writing(home):
            with self.asked(EVERYTHING) as connected:
                if not insert_dossier(connected, dossier_id, description):
                    if not replaces:
                        return
                    describe_dossier(connected, dossier_id, description)
                revision = _send(connected, home, apart=True)
            replace_bytes(home / _REVISION, revision.encode())

    def bring_back(self, dossier_id: str) -> None:
        """Make a dossier of the data folder of one on the server, with records and archive."""
        home = self._root / dossier_id
        with lock_for_writing(home):
            with self.asked() as connected:
                _fetch(connected, home, apart=True)
            replace_bytes(home / DESCRIPTION, self.description(dossier_id) or b"")
            (home / _REVISION).unlink(missing_ok=True)

    def is_equal(self, dossier_id: str) -> bool:
        """Whether the data folder holds the same dossier, to the byte."""
        home = self._root / dossier_id
        with self.asked() as connected:
            there = listed_files(connected, dossier_id, apart=True)
        description = (home / DESCRIPTION).read_bytes()
        return there == _hashes(home, apart=True) and self.description(dossier_id) == description

    def _level(self, home: Path) -> bool:
        """Send what was changed in the copy, else fetch what was changed elsewhere.

        Whether nothing that was changed here is lost to what was changed elsewhere meanwhile.
        """
        copied = _copied(home)
        with self.asked() as connected:
            revision = revision_of(connected, home.name, "FOR UPDATE")
            is_sent = copied == revision + _CHANGING
            if is_sent:
                revision = _send(connected, home)
            elif copied != revision:
                _require_copy(home)
                _fetch(connected, home)
        replace_bytes(home / _REVISION, revision.encode())
        return is_sent or not copied.endswith(_CHANGING)


class DossierArchive:
    """The archive of a dossier, in rows of its own."""

    def __init__(self, server: DossierServer, dossier_id: str) -> None:
        """The reader of the server is the one who sees them."""
        self._server, self._dossier_id = server, dossier_id

    def writing(self) -> AbstractContextManager[None]:
        """Two that keep the same document write the same bytes: none waits for the other."""
        return nullcontext()

    def put(self, name: str, content: bytes) -> None:
        """Insert its row, unless it is there."""
        with self._server.asked() as connected:
            keep_file(connected, self._dossier_id, f"{ARCHIVE}/{name}", content)

    def get(self, name: str) -> bytes | None:
        """Read its row."""
        with self._server.asked() as connected:
            return file_content(connected, self._dossier_id, f"{ARCHIVE}/{name}")

    def size(self, name: str) -> int | None:
        """That of its row."""
        asked = (
            "SELECT length(content) FROM {schema}.dossier_files WHERE dossier = %s AND name = %s"
        )
        with self._server.asked() as connected:
            found = connected.rows(asked, self._dossier_id, f"{ARCHIVE}/{name}")
        return int(found[0][0]) if found else None


# Copies: the files of a dossier in the data folder of a machine.


def remove_folder(home: Path) -> None:
    """Remove a dossier, gone for everybody at once; what follows may be cut short."""
    removed = home.with_name(_REMOVED + home.name)
    with suppress(FileNotFoundError):  # another process does
        home.rename(removed)
    sync(home.parent)
    shutil.rmtree(removed, ignore_errors=True)  # who lists the dossiers removes it as well


def remove_left(root: Path) -> None:
    """Finish the removals that were cut short."""
    for left in root.glob(f"{_REMOVED}*"):
        shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _alone_to_fetch(home: Path) -> Iterator[None]:
    """Wait for whoever fetches this copy: half of it is not shown."""
    with refusals_of_disk(home.parent):
        home.mkdir(parents=True, exist_ok=True)
        with (home / "fetching.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _copied(home: Path) -> str:
    """Of which state this is a copy, "" for none."""
    path = home / _REVISION
    return path.read_text() if path.exists() else ""


def _require_copy(home: Path) -> None:
    """Raise IngestionError for a folder that is a dossier itself, which is not overwritten."""
    if (home / DESCRIPTION).exists() and not _copied(home):
        raise IngestionError(
            f"Il y a un dossier {home.name} sur le serveur, et un autre dans {home}. Retirez l'un "
            "des deux, ou remplacez celui du serveur : sourcier migrate --to ADRESSE"
        )


def _files(home: Path, *, apart: bool) -> Iterator[Path]:
    """What makes a dossier, the snapshot in use with it."""
    folders = ["originals", "readings", *([RECORDS, ARCHIVE] if apart else [])]
    if served := FolderRepository(home).served():
        folders.append(f"generations/{served}")
    for folder in folders:
        yield from (path for path in (home / folder).rglob("*") if path.is_file())
    yield from (home / name for name in _NAMING if (home / name).exists())


def _hashes(home: Path, *, apart: bool) -> dict[str, str]:
    return {
        path.relative_to(home).as_posix(): file_sha256(path)
        for path in _files(home, apart=apart)
        if path.name != "lock" and path.suffix != ".partial"
    }


def _send(connected: Connected, home: Path, *, apart: bool = False) -> str:
    """Make the files of a dossier those of its copy; the revision that they are."""
    here, there = _hashes(home, apart=apart), listed_files(connected, home.name, apart=apart)
    forget_files(connected, home.name, [name for name in there if there[name] != here.get(name)])
    for name in here:
        if here[name] != there.get(name):
            keep_file(connected, home.name, name, (home / name).read_bytes())
    renew = "UPDATE {schema}.dossiers SET revision = gen_random_uuid() WHERE id = %s"
    connected.run(renew, home.name)
    return revision_of(connected, home.name)


def _fetch(connected: Connected, home: Path, *, apart: bool = False) -> None:
    """Make the files of a copy those of the dossier; what names others comes after them."""
    here, there = _hashes(home, apart=apart), listed_files(connected, home.name, apart=apart)
    for name in sorted(there, key=lambda name: (name in _NAMING, name.endswith(MANIFEST), name)):
        if here.get(name) != there[name]:
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            replace_bytes(home / name, file_content(connected, home.name, name) or b"")
    for name in here.keys() - there.keys():
        if not name.startswith("generations/"):  # somebody may have it open
            (home / name).unlink()
    kept = FolderRepository(home)
    for old in kept.finished():
        if old != kept.served():
            kept.discard(old)
