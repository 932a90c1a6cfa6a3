"""The archive: every document that was ever shown as evidence, as it was then.

```
archive/<sha256>.json   a document: its text, and where its pages and headings stand in it
archive/<id>            the bytes of the file that it is, where it is one
```
Both names are the sha256 of what is in the file. Nothing is changed or taken out: an answer can be
opened after every generation that it was made from is gone. A dossier has an archive of its own.
"""

import fcntl
from hashlib import sha256
from pathlib import Path

from pydantic import TypeAdapter

from ingestion.documents import Document
from ingestion.durable import fullness_of_disk, replace_bytes
from ingestion.errors import DamagedArchive
from ingestion.library import Library

_document = TypeAdapter(Document)


class Archive:
    """The archive of one data folder; several processes may keep documents in it."""

    def __init__(self, home: Path) -> None:
        """Nothing is created before something is kept."""
        self._folder = home / "archive"
        self._library = Library(home)

    def keep(self, document: Document) -> str:
        """Keep a document, durable once this returns; the sha256 by which it is opened again.

        Raises StorageFull when the disk is.
        """
        written = _document.dump_json(document)
        digest = sha256(written).hexdigest()
        path = self._folder / f"{digest}.json"
        if not path.exists():
            with fullness_of_disk(self._folder):
                self._write(document, path, written)
        return digest

    def document(self, digest: str) -> Document:
        """The document kept under this sha256; raises DamagedArchive."""
        return _document.validate_json(self._bytes(f"{digest}.json", digest))

    def original(self, document_id: str) -> bytes | None:
        """The bytes of the file that a document is, None when it is only a part of one.

        Raises DamagedArchive when they are no longer those that were read.
        """
        if not (self._folder / document_id).exists():
            return None
        return self._bytes(document_id, document_id)

    def _write(self, document: Document, path: Path, written: bytes) -> None:
        self._folder.mkdir(exist_ok=True)
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._keep_original(document)
            replace_bytes(path, written)  # last: what is there is there with its original

    def _keep_original(self, document: Document) -> None:
        path = self._folder / document.id
        content = None if path.exists() else self._library.original(document.id)
        if content is not None:
            replace_bytes(path, content)

    def _bytes(self, name: str, digest: str) -> bytes:
        path = self._folder / name
        content = path.read_bytes() if path.exists() else b""
        if sha256(content).hexdigest() != digest:
            raise DamagedArchive(
                f"Le document archivé {digest[:16]} manque ou a été modifié : la preuve ne peut "
                "plus être montrée comme elle était. Rétablissez le dossier « archive » d'une "
                "sauvegarde."
            )
        return content
