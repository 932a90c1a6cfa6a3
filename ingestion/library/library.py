"""The library: the files that have been added, kept as they were, and what was read in them.

```
library.json            what has been added: one entry a file, in the order of adding
originals/<sha256>      the bytes, once; they stay when a file is removed: answers point into them
readings/<key>.json     the documents read from them, read afresh when the readers have changed
```
Nothing here is searchable: `build` makes a snapshot of it. Where the settings name a server, the
same names stand there, for every machine.
"""

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from itertools import chain
from pathlib import Path, PurePosixPath

from pydantic import TypeAdapter, ValidationError

from ingestion.blobs import blobs_of
from ingestion.documents.document import Document, FileReading, Kind
from ingestion.documents.pieces import PieceKind, guess_kind
from ingestion.durable import file_sha256
from ingestion.errors import IngestionError
from ingestion.french import DayRange
from ingestion.library.readings import ORIGINALS, LibraryEntry, Readings
from ingestion.library.succession import of_kind, succession
from ingestion.progress import Progress, untold
from ingestion.readers.reading import read_file


@dataclass(frozen=True, slots=True)
class Added:
    """What adding a file did; `known` means that the same bytes were already there.

    `entry` is None when the file was not kept.
    """

    reading: FileReading
    known: bool = False
    entry: LibraryEntry | None = None

    def with_remarks(self, *remarks: str) -> "Added":
        """The same, with more that is told of a file that was kept."""
        warnings = (*self.reading.warnings, *remarks)
        is_kept = self.entry is not None
        return replace(self, reading=replace(self.reading, warnings=warnings)) if is_kept else self


@dataclass(frozen=True, slots=True)
class Holding:
    """A file of the library as it stands: its size in bytes, its pages (0 where it has none).

    `state_date` is the latest day as of which one of its texts was said to be right, `remarks` what
    of it is kept and shown but not searched, `aside` why it is not searched at all. It `is_undated`
    where none of its texts says itself when it was right.
    """

    entry: LibraryEntry
    size: int
    pages: int
    warnings: tuple[str, ...]
    state_date: date | None = None
    remarks: tuple[str, ...] = ()
    aside: str = ""
    is_undated: bool = False

    @property
    def told(self) -> tuple[str, ...]:
        """What makes it less sure than it looks, in French."""
        return (*filter(None, [self.aside and f"pas interrogé : {self.aside}"]), *self.warnings)


ENTRIES = "library.json"

_entries = TypeAdapter(tuple[LibraryEntry, ...])

_TITLE_WITHIN = 5_000
"""Characters of a file without pages that are its first page."""


class Library:
    """The files added under one data folder. Only a holder of the writer's lock may change it."""

    def __init__(self, home: Path) -> None:
        self._blobs = blobs_of(home)
        self._readings = Readings(home)

    @property
    def entries(self) -> tuple[LibraryEntry, ...]:
        """What has been added, oldest first; a name added again with other bytes replaces."""
        written = self._blobs.get(ENTRIES)
        try:
            return _entries.validate_json(written) if written is not None else ()
        except ValidationError as error:
            raise IngestionError(
                f"La liste des fichiers ajoutés ({ENTRIES}) est abîmée. Supprimez-la, puis ajoutez "
                "de nouveau vos fichiers : sourcier index add CHEMIN"
            ) from error

    def add(
        self,
        path: Path,
        source: str,
        kind: Kind,
        dossier: str | None = None,
        told: Progress = untold,
    ) -> Added:
        """Read a file and keep it; a file that cannot be read is reported and not kept.

        `told` hears of each page that is read from its picture, which takes seconds.
        """
        if problem := _unreadable(path):
            return _refused(source, problem)
        digest, entries = file_sha256(path), self.entries
        named = source if dossier else known_name(source, kind, digest, entries)
        entry = LibraryEntry(named, kind, digest, dossier)
        if same := next((each for each in entries if _is_same(each, entry)), None):
            added = Added(self._readings.of(same), known=True, entry=same)
        else:
            added = self._add_new(path, entry, told)
        if named == source:
            return added
        if added.entry is None:
            return replace(added, reading=replace(added.reading, source=source))
        return added.with_remarks(f"gardé sous le nom {named}")

    def _add_new(self, path: Path, entry: LibraryEntry, told: Progress) -> Added:
        reading = read_file(path, entry.source, entry.kind, told=told)
        if reading.problem is not None:
            return Added(reading)
        content = path.read_bytes()
        if sha256(content).hexdigest() != entry.sha256:
            return _refused(entry.source, "modifié pendant sa lecture : ajoutez-le de nouveau")
        if entry.dossier is not None and entry.kind is Kind.TENDER:
            entry = of_kind(entry, guess_kind(entry.source, _first_page(reading)))
        outcome = succession(entry, self.entries)
        if outcome.refusal is not None:
            return _refused(entry.source, outcome.refusal)
        self._keep(outcome.entry, content, reading, outcome.replaced)
        return Added(reading, entry=outcome.entry).with_remarks(*outcome.remarks)

    def add_again(self, digest: str, source: str, kind: Kind) -> Added:
        """The same for bytes that were kept already; reported as not kept when they are gone."""
        with self._blobs.local(f"{ORIGINALS}{digest}") as path:
            return self.add(path, source, kind)

    def set_piece(self, source: str, piece: PieceKind) -> None:
        """Say what kind of piece a file is; raises IngestionError when there is no such file."""
        entries = self.entries
        if source not in {entry.source for entry in entries}:
            raise IngestionError(f"Aucune pièce ajoutée ne porte le nom « {source} ».")
        self._write_entries(
            tuple(
                replace(entry, piece=piece, doubt="") if entry.source == source else entry
                for entry in entries
            )
        )

    def set_state_date(self, source: str, days: DayRange) -> LibraryEntry:
        """Say as of which day, or part of a year, the texts of a file that say none were right.

        Returns the file as it stands then. Raises IngestionError when there is none of this name.
        """
        found = self._named(source)
        first, last = days
        dated = replace(found, state_date=first, state_until=last if last != first else None)
        self._write_entries(tuple(dated if each == found else each for each in self.entries))
        return dated

    def texts(self, source: str) -> tuple[Document, ...]:
        """The documents of one file; raises IngestionError when there is none of this name."""
        return tuple(self._documents_of(self._named(source)))

    def _named(self, source: str) -> LibraryEntry:
        found = next((each for each in self.entries if each.source == source), None)
        if found is None:
            raise IngestionError(f"Aucun fichier ajouté ne se nomme {source}.")
        return found

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
        yield from _each_once(map(self._documents_of, self.entries))

    def readable(self) -> tuple[tuple[Document, ...], dict[str, str]]:
        """The same for the files that can still be read, and by source why others cannot."""
        read: list[list[Document]] = []
        refused: dict[str, str] = {}
        for entry in self.entries:
            try:
                read.append(self._documents_of(entry))
            except IngestionError as error:
                refused[entry.source] = str(error)
        return tuple(_each_once(read)), refused

    def holdings(self) -> Iterator[Holding]:
        """Every file with what was seen when it was read, in the order of adding.

        Of one that can be read no longer this is said in the place of its warnings.
        """
        for entry in self.entries:
            try:
                reading = self._readings.of(entry)
            except IngestionError as error:
                reading = FileReading(entry.source, warnings=(str(error),))
            pages = sum(len(document.pages) for document in reading.documents)
            days = [document.state_date for document in reading.documents]
            latest = max(filter(None, (*days, entry.state_date)), default=None)
            yield Holding(
                entry,
                self.size(entry.sha256),
                pages,
                reading.warnings,
                latest,
                reading.remarks,
                is_undated=bool(days) and not any(days),
            )

    def size(self, digest: str) -> int:
        """Bytes of the file with this sha256, 0 when it was not kept."""
        return self._blobs.size(f"{ORIGINALS}{digest}") or 0

    def original(self, document_id: str) -> bytes | None:
        """The bytes of the file that this document is, None when it is only a part of one."""
        return self._blobs.get(f"{ORIGINALS}{document_id}")

    def _documents_of(self, entry: LibraryEntry) -> list[Document]:
        """What was read in a file; raises IngestionError when it can be read no longer."""
        documents = []
        for each in self._readings.of(entry).documents:
            told = replace(each, dossier=entry.dossier, piece=entry.piece)
            if each.state_date is None and entry.state_date:
                told = replace(told, state_date=entry.state_date, state_until=entry.state_until)
            documents.append(told)
        return documents

    def _keep(
        self,
        entry: LibraryEntry,
        content: bytes,
        reading: FileReading,
        replaced: Collection[LibraryEntry],
    ) -> None:
        original = f"{ORIGINALS}{entry.sha256}"
        was_there = self._blobs.size(original) is not None
        others = tuple(known for known in self.entries if known not in replaced)
        try:
            self._blobs.put(original, content)
            self._readings.keep(entry, reading)
            self._write_entries((*others, entry))
        except OSError:  # the disk refuses: the file is not added, and nothing of it is kept
            if entry not in self.entries:
                self._readings.forget(entry)
                if not was_there:
                    self._blobs.remove(original)
            raise
        for old in replaced:
            if (old.source, old.kind, old.sha256) != (entry.source, entry.kind, entry.sha256):
                self._readings.forget(old)

    def _write_entries(self, entries: tuple[LibraryEntry, ...]) -> None:
        # Once a file and not once a run: what was added before a kill stays added.
        self._blobs.put(ENTRIES, _entries.dump_json(entries, indent=2))


def _each_once(read: Iterable[Iterable[Document]]) -> Iterator[Document]:
    seen: set[str] = set()
    for document in chain.from_iterable(read):
        if document.id not in seen:
            seen.add(document.id)
            yield document


def known_name(source: str, kind: Kind, digest: str, entries: Iterable[LibraryEntry]) -> str:
    """The one name of a file of the rules, however it came. Pure.

    Equal bytes keep the name that they have. So does another version of a file that came once with
    its folder and once without: sent by a page, or found by a command.
    """
    others = [each for each in entries if each.kind is kind is Kind.RULES and not each.dossier]
    if any(each.source == source for each in others):
        return source
    if same := next((each.source for each in others if each.sha256 == digest), None):
        return same
    bare = PurePosixPath(source).name
    alike = [each.source for each in others if PurePosixPath(each.source).name == bare]
    is_one_bare = len(alike) == 1 and bare in (source, alike[0])
    return alike[0] if is_one_bare else source


def _unreadable(path: Path) -> str | None:
    """Why there is nothing to read at a path, in French."""
    if not path.is_file():
        return "introuvable, ou pas un fichier"
    return None if os.access(path, os.R_OK) else "vous n'avez pas le droit de le lire"


def _refused(source: str, problem: str) -> Added:
    return Added(FileReading(source, problem=problem))


def _is_same(one: LibraryEntry, other: LibraryEntry) -> bool:
    """Whether two entries are of the same bytes under the same name, for the same use."""
    first, second = ((each.source, each.kind, each.sha256, each.dossier) for each in (one, other))
    return first == second


def _first_page(reading: FileReading) -> str:
    """The beginning of a file, as far as a title may stand."""
    document = reading.documents[0]
    return document.text[: document.pages[0].end if document.pages else _TITLE_WITHIN]
