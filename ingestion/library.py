"""The library: the files that have been added, kept as they were, and what was read in them.

```
library.json            what has been added: one entry a file, in the order of adding
originals/<sha256>      the bytes, once
readings/<key>.json     the documents read from them
```
Nothing here is searchable: `build` makes a generation of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from pydantic import TypeAdapter

from ingestion.documents import Document, FileReading, Kind
from ingestion.durable import file_sha256, replace_bytes
from ingestion.reading import read_file


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that has been added: its name then, its use, its dossier, the sha256 of its bytes."""

    source: str
    kind: Kind
    sha256: str
    dossier: str | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What adding a file did; `known` means that the same bytes were already there."""

    reading: FileReading
    known: bool


_entries = TypeAdapter(tuple[Entry, ...])
_reading = TypeAdapter(FileReading)


class Library:
    """The files added under one data folder. Only a holder of the writer's lock may add."""

    def __init__(self, home: Path) -> None:
        """Nothing is created before something is added."""
        self._home = home

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What has been added, oldest first; a name added again with other bytes replaces."""
        path = self._home / "library.json"
        return _entries.validate_json(path.read_bytes()) if path.exists() else ()

    def add(self, path: Path, source: str, kind: Kind, dossier: str | None = None) -> Added:
        """Read a file and keep it; a file that cannot be read is reported and not kept."""
        entry = Entry(source, kind, file_sha256(path), dossier)
        if entry in self.entries:
            return Added(self._load(entry), known=True)
        reading = read_file(path, source, kind)
        if reading.problem is None:
            self._keep(path, entry, reading)
        return Added(reading, known=False)

    def documents(self) -> Iterator[Document]:
        """Every document of every entry, each identifier once, in the order of adding."""
        seen: set[str] = set()
        for entry in self.entries:
            for document in self._load(entry).documents:
                if document.id not in seen:
                    seen.add(document.id)
                    yield replace(document, dossier=entry.dossier)

    def original(self, source: str) -> bytes | None:
        """The bytes of the file that is now known by this name."""
        for entry in self.entries:
            if entry.source == source:
                return (self._home / "originals" / entry.sha256).read_bytes()
        return None

    def _keep(self, path: Path, entry: Entry, reading: FileReading) -> None:
        for folder in ("originals", "readings"):
            (self._home / folder).mkdir(parents=True, exist_ok=True)
        replace_bytes(self._home / "originals" / entry.sha256, path.read_bytes())
        replace_bytes(self._reading_path(entry), _reading.dump_json(reading))
        others = tuple(known for known in self.entries if known.source != entry.source)
        replace_bytes(self._home / "library.json", _entries.dump_json((*others, entry), indent=2))

    def _load(self, entry: Entry) -> FileReading:
        return _reading.validate_json(self._reading_path(entry).read_bytes())

    def _reading_path(self, entry: Entry) -> Path:
        key = sha256(f"{entry.source}\0{entry.kind}\0{entry.sha256}".encode()).hexdigest()
        return self._home / "readings" / f"{key}.json"
