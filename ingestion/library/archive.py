"""The archive: every document that was ever shown as evidence, as it was then.

```
archive/<sha256>.json   a document: its text, and where its pages and headings stand in it
archive/<id>            the bytes of the file that it is, where it is one
```

Both names are the sha256 of what is in the file. Nothing is changed or taken out: an answer can be
opened after every snapshot that it was made from is gone. A dossier has an archive of its own,
which goes with it; it and that of the rules may be on a server.
"""

from hashlib import sha256
from pathlib import Path

from pydantic import TypeAdapter

from ingestion.blobs import ArchiveBlobs, BlobStore, FolderBlobs, ServerBlobs
from ingestion.documents.document import Document
from ingestion.errors import DamagedArchive
from ingestion.library.library import Library
from ingestion.postgresql import named_server

_document = TypeAdapter(Document)


class Archive:
    """The archive of one data folder; several processes may keep documents in it."""

    def __init__(self, home: Path, place: ArchiveBlobs | None = None) -> None:
        """Nothing is created before something is kept; `place` is where, if not in the folder."""
        self._blobs = place or archive_at(home, "")
        self._library = Library(home)

    def keep(self, document: Document) -> str:
        """Keep a document, durable once this returns; the sha256 by which it is opened again.

        Raises StorageFull when the disk is.
        """
        written = _document.dump_json(document)
        digest = sha256(written).hexdigest()
        if self._blobs.size(f"{digest}.json") is None:
            with self._blobs.writing():
                self._keep_original(document)
                # Last: what is there is there with its original.
                self._blobs.put(f"{digest}.json", written)
        return digest

    def document(self, digest: str) -> Document:
        """The document kept under this sha256; raises DamagedArchive."""
        return _document.validate_json(self._bytes(f"{digest}.json", digest))

    def original(self, document_id: str) -> bytes | None:
        """The bytes of the file that a document is, None when it is only a part of one.

        Raises DamagedArchive when they are no longer those that were read.
        """
        is_there = self._blobs.size(document_id) is not None
        return self._bytes(document_id, document_id) if is_there else None

    def _keep_original(self, document: Document) -> None:
        is_there = self._blobs.size(document.id) is not None
        content = None if is_there else self._library.original(document.id)
        if content is not None:
            self._blobs.put(document.id, content)

    def _bytes(self, name: str, digest: str) -> bytes:
        content = self._blobs.get(name) or b""
        if sha256(content).hexdigest() != digest:
            raise DamagedArchive(
                f"Le document archivé {digest[:16]} manque ou a été modifié : la preuve ne peut "
                "plus être montrée comme elle était. Rétablissez le dossier « archive » d'une "
                "sauvegarde."
            )
        return content


def archive_of(home: Path) -> Archive:
    """The archive of a data folder: in it, or where its settings name a server."""
    return Archive(home, archive_at(home, named_server(home, "store")))


def archive_at(home: Path, address: str) -> BlobStore:
    """The archive on a server, or the one in a data folder for the address ""."""
    return ServerBlobs(address, "archive") if address else FolderBlobs(home / "archive")
