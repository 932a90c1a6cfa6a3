"""The archive: every document that was ever shown as evidence, as it was then.

```
archive/<sha256>.json   a document: its text, and where its pages and headings stand in it
archive/<id>            the bytes of the file that it is, where it is one
```

Both names are the sha256 of what is in the file. Nothing is changed or taken out: an answer can be
opened after every snapshot that it was made from is gone. A dossier has an archive of its own,
which goes with it; it and that of the rules may be on a server.
"""

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from pydantic import TypeAdapter

from ingestion.durable import fullness_of_disk, replace_bytes
from ingestion.errors import DamagedArchive
from ingestion.library.library import Library
from ingestion.postgresql import SCHEMA, named_server, server_at, wait_alone
from ingestion.readers.documents import Document

_document = TypeAdapter(Document)


class DocumentPlace(Protocol):
    """Where archived bytes are kept by their name."""

    def writing(self) -> AbstractContextManager[None]:
        """Be the only one who writes; what was put is on disk once this is left."""
        ...

    def put(self, name: str, content: bytes) -> None:
        """Keep bytes, whole or not at all."""
        ...

    def get(self, name: str) -> bytes | None:
        """The bytes of this name, None when there are none."""
        ...

    def has(self, name: str) -> bool:
        """Whether there are bytes of this name."""
        ...

    def names(self) -> list[str]:
        """Every name, in order."""
        ...


class Archive:
    """The archive of one data folder; several processes may keep documents in it."""

    def __init__(self, home: Path, place: DocumentPlace | None = None) -> None:
        """Nothing is created before something is kept; `place` is where, if not in the folder."""
        self._place = place or archive_at(home, "")
        self._library = Library(home)

    def keep(self, document: Document) -> str:
        """Keep a document, durable once this returns; the sha256 by which it is opened again.

        Raises StorageFull when the disk is.
        """
        written = _document.dump_json(document)
        digest = sha256(written).hexdigest()
        if not self._place.has(f"{digest}.json"):
            with self._place.writing():
                self._keep_original(document)
                # Last: what is there is there with its original.
                self._place.put(f"{digest}.json", written)
        return digest

    def document(self, digest: str) -> Document:
        """The document kept under this sha256; raises DamagedArchive."""
        return _document.validate_json(self._bytes(f"{digest}.json", digest))

    def original(self, document_id: str) -> bytes | None:
        """The bytes of the file that a document is, None when it is only a part of one.

        Raises DamagedArchive when they are no longer those that were read.
        """
        return self._bytes(document_id, document_id) if self._place.has(document_id) else None

    def _keep_original(self, document: Document) -> None:
        is_there = self._place.has(document.id)
        content = None if is_there else self._library.original(document.id)
        if content is not None:
            self._place.put(document.id, content)

    def _bytes(self, name: str, digest: str) -> bytes:
        content = self._place.get(name) or b""
        if sha256(content).hexdigest() != digest:
            raise DamagedArchive(
                f"Le document archivé {digest[:16]} manque ou a été modifié : la preuve ne peut "
                "plus être montrée comme elle était. Rétablissez le dossier « archive » d'une "
                "sauvegarde."
            )
        return content


class DocumentFolder:
    """A file each."""

    def __init__(self, folder: Path) -> None:
        """The folder is made when something is kept."""
        self._folder = folder

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Under a lock of the folder."""
        with fullness_of_disk(self._folder):
            self._folder.mkdir(exist_ok=True)
            with (self._folder / "lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield

    def put(self, name: str, content: bytes) -> None:
        """Write its file."""
        replace_bytes(self._folder / name, content)

    def get(self, name: str) -> bytes | None:
        """Read its file."""
        path = self._folder / name
        return path.read_bytes() if path.exists() else None

    def has(self, name: str) -> bool:
        """Whether its file exists."""
        return (self._folder / name).exists()

    def names(self) -> list[str]:
        """Those of its files."""
        named = (path.name for path in self._folder.glob("*") if path.name != "lock")
        return sorted(name for name in named if not name.endswith(".partial"))


_TABLE = """
CREATE TABLE IF NOT EXISTS {schema}.archive (
    name text COLLATE "C" PRIMARY KEY, content bytea NOT NULL
)
"""


class DocumentServer:
    """A row each, in a transaction of its own."""

    def __init__(self, address: str) -> None:
        """Nothing is asked before something is kept."""
        self._server = server_at(address)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Two that keep the same document write the same bytes: none waits for the other."""
        if not self._server.rows("SELECT to_regclass(%s)", f"{SCHEMA}.archive")[0][0]:
            self._server.prepare()
            with self._server.transaction() as connected:
                wait_alone(connected, "archive")
                connected.run(_TABLE)
        yield

    def put(self, name: str, content: bytes) -> None:
        """Insert its row, unless it is there."""
        into = "INSERT INTO {schema}.archive VALUES (%s, %s) ON CONFLICT DO NOTHING"
        with self._server.transaction() as connected:
            connected.run(into, name, content)

    def get(self, name: str) -> bytes | None:
        """Read its row."""
        asked = "SELECT content FROM {schema}.archive WHERE name = %s"
        found = self._server.known_rows(asked, name)
        return bytes(found[0][0]) if found else None

    def has(self, name: str) -> bool:
        """Whether its row exists."""
        asked = "SELECT 1 FROM {schema}.archive WHERE name = %s"
        return bool(self._server.known_rows(asked, name))

    def names(self) -> list[str]:
        """Those of its rows."""
        rows = self._server.known_rows("SELECT name FROM {schema}.archive ORDER BY name")
        return [name for (name,) in rows]


def archive_of(home: Path) -> Archive:
    """The archive of a data folder: in it, or where its settings name a server."""
    return Archive(home, archive_at(home, named_server(home, "store")))


def archive_at(home: Path, address: str) -> DocumentPlace:
    """The archive on a server, or the one in a data folder for the address ""."""
    return DocumentServer(address) if address else DocumentFolder(home / "archive")
