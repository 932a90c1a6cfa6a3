"""Withheld texts: what a refused candidate brought, set aside until somebody takes it again.

```
withheld.json   the files, each with the candidate that brought it, and who refused it, when and why
```
Their bytes and readings stay where the library is; no index is made of them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ingestion.blobs import blobs_of
from ingestion.documents.document import Document
from ingestion.errors import IngestionError
from ingestion.index.store import Manifest
from ingestion.legislation.articles import TEXT_ID
from ingestion.library.library import Library
from ingestion.library.readings import LibraryEntry, Readings


@dataclass(frozen=True, slots=True)
class CandidateRefusal:
    """By whom (a pseudonym), when and why a candidate was refused."""

    generation: str
    user: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class WithheldText:
    """A file that is set aside, and the refusal that did it."""

    entry: LibraryEntry
    refusal: CandidateRefusal


NAME = "withheld.json"

_withheld = TypeAdapter(tuple[WithheldText, ...])


class WithheldTexts:
    """The texts set aside of one data folder; who changes them holds the writer's lock."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._blobs = blobs_of(home)

    def all(self) -> tuple[WithheldText, ...]:
        """Those set aside, the oldest first; raises IngestionError when the list is damaged."""
        try:
            written = self._blobs.get(NAME)
            return _withheld.validate_json(written) if written is not None else ()
        except ValidationError as error:
            raise IngestionError(
                f"La liste {NAME} est abîmée : supprimez-la, puis ajoutez de nouveau ces textes."
            ) from error

    def holds(self, digest: str) -> bool:
        """Whether the bytes with this sha256 are set aside."""
        return any(each.entry.sha256 == digest for each in self.all())

    def withhold(
        self, candidate: Manifest, served: Manifest, refusal: CandidateRefusal
    ) -> tuple[LibraryEntry, ...]:
        """Set aside what a candidate brought that the index in service has not; returns it.

        A file that took another's place gives it back.
        """
        library = Library(self._home)
        brought = brought_by(candidate, served, library.entries)
        if not brought:
            return ()
        others = [each for each in self.all() if each.entry not in brought]
        self._keep([*others, *(WithheldText(each, refusal) for each in brought)])
        for entry in brought:
            library.remove([entry.source])
            before = served.origins.get(entry.source)
            if before:
                library.add_again(before, entry.source, entry.kind)
        return brought

    def release(self, entries: Collection[LibraryEntry]) -> None:
        """Let files that came into the library again be set aside no more."""
        digests = {entry.sha256 for entry in entries}
        kept = [each for each in self.all() if each.entry.sha256 not in digests]
        if len(kept) < len(self.all()):
            self._keep(kept)

    def take_again(self, digest: str) -> LibraryEntry:
        """Put a file back into the library; raises IngestionError when it is not set aside."""
        found, library = self._named(digest), Library(self._home)
        added = library.add_again(digest, found.source, found.kind)
        if added.entry is None:
            raise IngestionError(f"{found.source} ne se lit plus : {added.reading.problem}.")
        self.release([added.entry])
        return added.entry

    def texts(self, digest: str) -> tuple[Document, ...]:
        """The documents of a file; raises IngestionError when it is not set aside."""
        return Readings(self._home).of(self._named(digest)).documents

    def _named(self, digest: str) -> LibraryEntry:
        found = (each.entry for each in self.all() if each.entry.sha256 == digest)
        if entry := next(found, None):
            return entry
        raise IngestionError("Ce texte n'est plus mis de côté.")

    def _keep(self, withheld: Sequence[WithheldText]) -> None:
        self._blobs.put(NAME, _withheld.dump_json(tuple(withheld), indent=2))


def brought_by(
    candidate: Manifest, served: Manifest, entries: Sequence[LibraryEntry]
) -> tuple[LibraryEntry, ...]:
    """The files of the library that a candidate has and the index in service has not. Pure.

    A new state of an official text stays: what DILA publishes next goes on from it.
    """
    return tuple(
        each
        for each in entries
        if candidate.origins.get(each.source) == each.sha256
        and served.origins.get(each.source) != each.sha256
        and not (each.source in served.origins and _is_official(each.source))
    )


def _is_official(source: str) -> bool:
    return bool(TEXT_ID.fullmatch(source.removesuffix(".jsonl")))
