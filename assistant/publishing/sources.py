"""Sources: the files that the next index is made of, and how more of them come in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from assistant.publishing.decisions import Decisions
from ingestion.documents.document import Kind
from ingestion.index.store import Manifest
from ingestion.legislation.applied import left_out, note_applied, told_of, updates
from ingestion.legislation.archive_files import in_order, is_official, sources_at
from ingestion.legislation.archives import read_archives
from ingestion.legislation.articles import Changes, Merged
from ingestion.library.library import Holding, Library
from ingestion.library.readings import LibraryEntry
from ingestion.tenders.intake import LARGEST_ARCHIVE, Parcel, Receipt, copied, incoming, receive


class Standing(StrEnum):
    """Where a file stands; the value is the French word."""

    SERVED = "en service"
    WAITING = "pas encore en service"
    REMOVED = "retiré, encore en service"


@dataclass(frozen=True, slots=True)
class IndexSource:
    """A file by its name; `holding` is None once it was removed from the library."""

    name: str
    standing: Standing
    holding: Holding | None

    @property
    def awaits_date(self) -> bool:
        """Whether neither the file nor anybody says when its texts were right."""
        held = self.holding
        return held is not None and held.is_undated and held.entry.state_date is None


def sources(home: Path, served: Manifest | None) -> tuple[IndexSource, ...]:
    """The files of the library, then those removed since the index in service was built."""
    held = tuple(
        IndexSource(holding.entry.source, standing_of(holding.entry, served), holding)
        for holding in Library(home).holdings()
    )
    names = {each.name for each in held}
    gone = [name for name in (served.sources if served else ()) if name not in names]
    return (*held, *(IndexSource(name, Standing.REMOVED, None) for name in gone))


def standing_of(entry: LibraryEntry, served: Manifest | None) -> Standing:
    """A file that was replaced under its name waits for the next index like a new one. Pure."""
    if served is None or entry.source not in served.sources:
        return Standing.WAITING
    known = served.origins.get(entry.source, entry.sha256)
    return Standing.SERVED if known == entry.sha256 else Standing.WAITING


def take_in(
    home: Path, parcels: Sequence[Parcel], texts: Sequence[str], decisions: Decisions
) -> Iterator[Receipt]:
    """Keep files, ZIPs and LEGI archives; the caller holds the writer's lock.

    Of archives, only `texts` are taken (LEGITEXT…), all of them when there are none; `decisions`
    are told of a text of which they leave nothing. Raises IngestionError when an archive cannot be
    read: nothing of the archives is then added.
    """
    archives = [parcel for parcel in parcels if is_official(Path(parcel.name))]
    yield from receive(home, None, (each for each in parcels if each not in archives))
    if archives:
        with incoming(home) as folder:
            yield from _merged(home, archives, texts, folder, decisions)


def _merged(
    home: Path,
    archives: Sequence[Parcel],
    texts: Sequence[str],
    folder: Path,
    decisions: Decisions,
) -> Iterator[Receipt]:
    paths = []
    for number, parcel in enumerate(archives):
        path = folder / str(number) / Path(parcel.name).name
        path.parent.mkdir()
        if refusal := copied(parcel, path, LARGEST_ARCHIVE):
            yield Receipt(parcel.name, refusal=refusal)
        elif sources_at(path):  # else what stands beside articles, and says nothing of them
            paths.append(path)
    changes = read_archives(in_order(paths), texts, lambda done, total: None) if paths else ()
    for change in changes:
        for refused in change.refused:
            yield Receipt(f"{change.source}, {refused.name}", refusal=refused.reason)
    library, found = Library(home), updates(home, changes, texts)
    for text in found:
        yield from (Receipt(text.source, refusal=refusal) for refusal in left_out(text))
        if not text.is_untouched:
            yield _kept(library, text, changes, folder, decisions)
    note_applied(home, found)
    why = f"ne change aucun {'des textes demandés' if texts else 'texte'}"
    yield from (Receipt(source, refusal=why) for source in _idle(changes, found))


def _idle(changes: Sequence[Changes], merged: Sequence[Merged]) -> Iterator[str]:
    """The sources that brought nothing; of one with refusals these say it."""
    read = {text.text_id for text in merged}
    suppresses = any(text.suppressed for text in merged)
    for change in changes:
        is_read = any(version.text_id in read for version in change.versions)
        if not (is_read or change.refused or (suppresses and change.suppressed)):
            yield change.source


def _kept(
    library: Library,
    text: Merged,
    changes: Sequence[Changes],
    folder: Path,
    decisions: Decisions,
) -> Receipt:
    if not text.versions:
        decisions.removed(library.remove([text.source]))
        return Receipt(text.source, refusal="toutes ses versions sont supprimées : texte retiré")
    path = folder / text.source
    path.write_bytes(text.content)
    added = library.add(path, text.source, Kind.RULES)
    reading = added.reading
    warnings = (*told_of(text, changes), *reading.warnings)
    return Receipt(
        text.source, added.entry, added.known, warnings, reading.problem, reading.remarks
    )
