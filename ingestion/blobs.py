"""Blobs: bytes kept by their name, in a folder or on the server that several machines share."""

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from ingestion.durable import fullness_of_disk, replace_bytes
from ingestion.postgresql import SCHEMA, named_server, server_at, wait_alone


class ArchiveBlobs(Protocol):
    """Where bytes are kept by their name."""

    def writing(self) -> AbstractContextManager[None]:
        """Be the only one who writes; what was put is on disk once this is left."""

    def put(self, name: str, content: bytes) -> None:
        """Keep bytes in the place of those of this name, whole or not at all."""

    def get(self, name: str) -> bytes | None:
        """The bytes of this name, None when there are none."""

    def size(self, name: str) -> int | None:
        """How many bytes there are of this name, None when there are none."""


class BlobStore(ArchiveBlobs, Protocol):
    """One whose names may lead into a folder ("originals/…"), and whose bytes change."""

    def writing(self, name: str = "") -> AbstractContextManager[None]:
        """Be the only one who writes, or who changes what has this name."""

    def append(self, name: str, content: bytes) -> None:
        """Add bytes to those of this name; a kill may cut what was added last."""

    def local(self, name: str) -> AbstractContextManager[Path]:
        """A file with the bytes of this name; without them there is none at this path."""

    def remove(self, name: str) -> None:
        """Keep nothing under this name."""

    def names(self, folder: str = "") -> list[str]:
        """Every name that stands in a folder ("originals/"), not below it, in order."""


class FolderBlobs:
    """A file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def writing(self, name: str = "") -> Iterator[None]:
        """Under a lock of the folder, or one beside the file."""
        beside = str(Path(name).with_suffix(".lock")) if name else "lock"
        with fullness_of_disk(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            with (self._folder / beside).open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield

    def put(self, name: str, content: bytes) -> None:
        """Write its file."""
        replace_bytes(self._made(name), content)

    def append(self, name: str, content: bytes) -> None:
        """Write at the end of its file."""
        with self._made(name).open("ab") as file:
            file.write(content)

    def get(self, name: str) -> bytes | None:
        """Read its file."""
        path = self._folder / name
        return path.read_bytes() if path.exists() else None

    def local(self, name: str) -> AbstractContextManager[Path]:
        """Its file itself."""
        return nullcontext(self._folder / name)

    def size(self, name: str) -> int | None:
        """That of its file."""
        path = self._folder / name
        return path.stat().st_size if path.exists() else None

    def remove(self, name: str) -> None:
        """Remove its file."""
        (self._folder / name).unlink(missing_ok=True)

    def names(self, folder: str = "") -> list[str]:
        """Those of its files."""
        found = (path for path in (self._folder / folder).glob("*") if path.is_file())
        named = (path.name for path in found if path.name != "lock")
        return sorted(f"{folder}{name}" for name in named if not name.endswith(".partial"))

    def _made(self, name: str) -> Path:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


class ServerBlobs:
    """A row each, in a transaction of its own."""

    def __init__(self, address: str, table: str) -> None:
        self._server = server_at(address)
        self._table = table

    @contextmanager
    def writing(self, name: str = "") -> Iterator[None]:
        """Without a name none waits: two that keep the same bytes write the same row."""
        if not name:
            yield
            return
        with self._server.transaction() as connected:
            wait_alone(connected, name)
            yield

    def put(self, name: str, content: bytes) -> None:
        """Insert its row, or change it."""
        self._write(name, content, "excluded.content")

    def append(self, name: str, content: bytes) -> None:
        """Insert its row, or make it longer."""
        self._write(name, content, f"{self._table}.content || excluded.content")

    def get(self, name: str) -> bytes | None:
        """Read its row."""
        found = self._of("content", name)
        return bytes(found) if found is not None else None

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        """A copy that goes once this is left."""
        with TemporaryDirectory(prefix="sourcier-") as folder:
            path = Path(folder, Path(name).name)
            if (content := self.get(name)) is not None:
                path.write_bytes(content)
            yield path

    def size(self, name: str) -> int | None:
        """That of the content of its row."""
        found = self._of("length(content)", name)
        return int(found) if found is not None else None

    def remove(self, name: str) -> None:
        """Delete its row."""
        if self._exists():
            with self._server.transaction() as connected:
                connected.run(f"DELETE FROM {{schema}}.{self._table} WHERE name = %s", name)

    def names(self, folder: str = "") -> list[str]:
        """Those of its rows."""
        asked = (
            f"SELECT name FROM {{schema}}.{self._table} WHERE starts_with(name, %s) "
            "AND position('/' IN substr(name, length(%s) + 1)) = 0 ORDER BY name"
        )
        return [name for (name,) in self._server.known_rows(asked, folder, folder)]

    def _of(self, what: str, name: str) -> Any:  # noqa: ANN401 - the value of a column
        asked = f"SELECT {what} FROM {{schema}}.{self._table} WHERE name = %s"
        found = self._server.known_rows(asked, name)
        return found[0][0] if found else None

    def _exists(self) -> bool:
        named = f"{SCHEMA}.{self._table}"
        return self._server.rows("SELECT to_regclass(%s)", named)[0][0] is not None

    def _write(self, name: str, content: bytes, kept: str) -> None:
        if not self._exists():
            self._create()
        into = (
            f"INSERT INTO {{schema}}.{self._table} VALUES (%s, %s) "
            f"ON CONFLICT (name) DO UPDATE SET content = {kept}"
        )
        with self._server.transaction() as connected:
            connected.run(into, name, content)

    def _create(self) -> None:
        self._server.prepare()
        with self._server.transaction() as connected:
            wait_alone(connected, self._table)
            connected.run(
                f"CREATE TABLE IF NOT EXISTS {{schema}}.{self._table} "
                '(name text COLLATE "C" PRIMARY KEY, content bytea NOT NULL)'
            )


# Where the library of a data folder is, with all that is to become the next index.

LIBRARY = (
    *("originals/", "readings/", "gold.jsonl", "withheld.json", "applied.json", "candidate.json"),
    "library.json",
)
"""Its folders and files, with what the gate asks; what names others comes after them."""


def blobs_at(home: Path, address: str) -> BlobStore:
    """Where the library is: on a server, or in the data folder for the address ""."""
    return ServerBlobs(address, "library") if address else FolderBlobs(home)


def blobs_of(home: Path) -> BlobStore:
    """The same where the settings of the folder say.

    A server without a library takes over that of the folder, once.
    """
    address = named_server(home, "store")
    if address:
        _take_over(home, address)
    return blobs_at(home, address)


def is_shared(home: Path) -> bool:
    """Whether the library of a data folder is on a server."""
    return bool(named_server(home, "store"))


def library_names(place: BlobStore) -> list[str]:
    """Everything that a library keeps, in an order in which it may be copied."""
    found = (place.names(each) if each.endswith("/") else [each] for each in LIBRARY)
    return [name for names in found for name in names if place.size(name) is not None]


@cache
def _take_over(home: Path, address: str) -> None:
    """Asked once in the life of a process."""
    here, there = blobs_at(home, ""), blobs_at(home, address)
    if here.size(LIBRARY[-1]) is None or there.size(LIBRARY[-1]) is not None:
        return
    with server_at(address).transaction() as connected:
        wait_alone(connected, "taking over")
        if there.size(LIBRARY[-1]) is None:
            for name in library_names(here):
                there.put(name, here.get(name) or b"")
