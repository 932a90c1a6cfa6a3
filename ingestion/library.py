"""The library: the files that have been added, kept as they were, and what was read in them.

```
library.json            what has been added: one entry a file, in the order of adding
originals/<sha256>      the bytes, once; they stay when a file is removed: answers point into them
readings/<key>.json     the documents read from them, read afresh when the readers have changed
```
Nothing here is searchable: `build` makes a generation of it.
"""

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ingestion.documents import Document, FileReading, Kind
from ingestion.durable import file_sha256, replace_bytes
from ingestion.errors import IngestionError
from ingestion.reading import read_file
from ingestion.readings import Entry, Readings


@dataclass(frozen=True, slots=True)
class Added:
    """What adding a file did; `known` means that the same bytes were already there."""

    reading: FileReading
    known: bool = False


_entries = TypeAdapter(tuple[Entry, ...])


class Library:
    """The files added under one data folder. Only a holder of the writer's lock may change it."""

    def __init__(self, home: Path) -> None:
        """Nothing is created before something is added."""
        self._home = home
        self._readings = Readings(home)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What has been added, oldest first; a name added again with other bytes replaces."""
        path = self._home / "library.json"
        try:
            return _entries.validate_json(path.read_bytes()) if path.exists() else ()
        except ValidationError as error:
            raise IngestionError(
                f"{path} est abîmé. Supprimez-le, puis ajoutez de nouveau vos fichiers : "
                "sourcier index add CHEMIN"
            ) from error

    def add(self, path: Path, source: str, kind: Kind, dossier: str | None = None) -> Added:
        """Read a file and keep it; a file that cannot be read is reported and not kept."""
        if not path.is_file():
            return _refused(source, "introuvable, ou pas un fichier")
        if not os.access(path, os.R_OK):
            return _refused(source, "vous n'avez pas le droit de le lire")
        entry = Entry(source, kind, file_sha256(path), dossier)
        entries = self.entries
        if entry in entries:
            return Added(self._readings.of(entry), known=True)
        reading = read_file(path, source, kind)
        if reading.problem is not None:
            return Added(reading)
        content = path.read_bytes()
        if sha256(content).hexdigest() != entry.sha256:
            return _refused(source, "modifié pendant sa lecture : ajoutez-le de nouveau")
        self._keep(entry, content, reading)
        return Added(replace(reading, warnings=(*reading.warnings, *_remarks(entry, entries))))

    def remove(self, names: Collection[str]) -> tuple[str, ...]:
        """Leave these files, or all those of these folders, out of the next builds.

        Returns the sources removed.
        """
        removed = [
            entry
            for entry in self.entries
            if any(entry.source == name or entry.source.startswith(f"{name}/") for name in names)
        ]
        self._write_entries(tuple(entry for entry in self.entries if entry not in removed))
        for entry in removed:
            self._readings.forget(entry)
        return tuple(entry.source for entry in removed)

    def documents(self) -> Iterator[Document]:
        """Every document of every entry, each identifier once, in the order of adding.

        Raises IngestionError when a file can no longer be read.
        """
        seen: set[str] = set()
        for entry in self.entries:
            for document in self._readings.of(entry).documents:
                if document.id not in seen:
                    seen.add(document.id)
                    yield replace(document, dossier=entry.dossier)

    def original(self, document_id: str) -> bytes | None:
        """The bytes of the file that this document is, None when it is only a part of one."""
        path = self._home / "originals" / document_id
        return path.read_bytes() if path.exists() else None

    def _keep(self, entry: Entry, content: bytes, reading: FileReading) -> None:
        originals = self._home / "originals"
        originals.mkdir(parents=True, exist_ok=True)
        replace_bytes(originals / entry.sha256, content)
        self._readings.keep(entry, reading)
        others = tuple(known for known in self.entries if known.source != entry.source)
        self._write_entries((*others, entry))

    def _write_entries(self, entries: tuple[Entry, ...]) -> None:
        # Once a file and not once a run: what was added before a kill stays added.
        replace_bytes(self._home / "library.json", _entries.dump_json(entries, indent=2))


def _refused(source: str, problem: str) -> Added:
    return Added(FileReading(source, problem=problem))


def _remarks(entry: Entry, others: Collection[Entry]) -> Iterator[str]:
    """What adding this file changes for those already there."""
    for other in others:
        if other.source == entry.source:
            yield "remplace le fichier ajouté auparavant sous ce nom"
        elif other.sha256 == entry.sha256:
            yield f"même contenu que {other.source}, sous le nom duquel il sera cité"
