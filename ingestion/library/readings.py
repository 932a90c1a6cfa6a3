"""What was read in the files of the library, read afresh when the readers have changed."""

import shlex
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ingestion.blobs import blobs_of
from ingestion.documents.document import FileReading, Kind
from ingestion.documents.pieces import PieceKind
from ingestion.errors import IngestionError
from ingestion.readers.reading import read_file

READERS = (
    "case_law/reader.py",
    "documents/*.py",
    "readers/*.py",
    "readers/*.toml",
    "errors.py",
    "french.py",
    "progress.py",
    "sandbox.py",
)
"""The code on which a reading depends."""

ORIGINALS, READINGS = "originals/", "readings/"
"""Where the library keeps the bytes of files, by their sha256, and what was read in them."""


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """A file that has been added: its name then, its use, its dossier, the sha256 of its bytes.

    `piece` is set for those of a dossier; `doubt` says in French why it is to be confirmed, and is
    empty otherwise. `version` counts from 1 the files that followed one another as one piece.
    `state_date` and `state_until` are those of `Document` that an administrator gave, where the
    file says none.
    """

    source: str
    kind: Kind
    sha256: str
    dossier: str | None = None
    piece: PieceKind | None = None
    doubt: str = ""
    version: int = 1
    state_date: date | None = None
    state_until: date | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    """A reading, and the digest of the readers that made it."""

    readers: str
    reading: FileReading


_kept = TypeAdapter(_Kept)


class Readings:
    """One file a reading, in a data folder or where its settings name a server."""

    def __init__(self, home: Path) -> None:
        self._blobs = blobs_of(home)

    def of(self, entry: LibraryEntry) -> FileReading:
        """What was read in a file; raises IngestionError when it can be read no longer."""
        try:
            kept = _kept.validate_json(self._blobs.get(_name(entry)) or b"")
            if kept.readers == readers_digest():
                return kept.reading
        except ValidationError:
            pass  # lost, or written by another version: read afresh like an outdated one
        with self._blobs.local(f"{ORIGINALS}{entry.sha256}") as path:
            reading = read_file(path, entry.source, entry.kind)
        if reading.problem is not None:
            raise IngestionError(
                f"{entry.source} ne se lit plus ({reading.problem}). Ajoutez-le de nouveau, ou "
                f"retirez-le : {_removal(entry)}"
            )
        self.keep(entry, reading)
        return reading

    def keep(self, entry: LibraryEntry, reading: FileReading) -> None:
        """Keep a reading made by the readers as they are now."""
        self._blobs.put(_name(entry), _kept.dump_json(_Kept(readers_digest(), reading)))

    def forget(self, entry: LibraryEntry) -> None:
        """Remove a reading, if there is one."""
        self._blobs.remove(_name(entry))


def _removal(entry: LibraryEntry) -> str:
    """The command that removes a file."""
    command = ("index", "remove") if entry.dossier is None else ("dossier", "remove", entry.dossier)
    return shlex.join(("sourcier", *command, entry.source))


def _name(entry: LibraryEntry) -> str:
    key = sha256(f"{entry.source}\0{entry.kind}\0{entry.sha256}".encode()).hexdigest()
    return f"{READINGS}{key}.json"


@cache
def readers_digest() -> str:
    """Changes with the code of the readers."""
    digest = sha256()
    for pattern in READERS:
        for path in sorted(Path(__file__).resolve().parent.parent.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()
