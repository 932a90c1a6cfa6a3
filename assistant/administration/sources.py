"""Sources: the files that the next index is made of, and how more of them come in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ingestion.documents import Kind
from ingestion.intake import LARGEST_ARCHIVE, Parcel, Receipt, copied, incoming, receive
from ingestion.library import Holding, Library
from ingestion.manifest import Manifest
from ingestion.official.archive import in_order, is_incremental, is_official
from ingestion.official.changes import Changes
from ingestion.official.merge import Merged
from ingestion.official.sandbox import read_archives
from ingestion.official.update import updates


class Standing(StrEnum):
    """Where a file stands; the value is the French word."""

    SERVED = "en service"
    WAITING = "pas encore en service"
    REMOVED = "retiré, encore en service"


@dataclass(frozen=True, slots=True)
class Source:
    """A file by its name; `holding` is None once it was removed from the library."""

    name: str
    standing: Standing
    holding: Holding | None


def sources(home: Path, served: Manifest | None) -> tuple[Source, ...]:
    """The files of the library, then those removed since the index in service was built."""
    held = tuple(
        Source(holding.entry.source, _standing(holding, served), holding)
        for holding in Library(home).holdings()
    )
    names = {each.name for each in held}
    gone = [name for name in (served.sources if served else ()) if name not in names]
    return (*held, *(Source(name, Standing.REMOVED, None) for name in gone))


def _standing(holding: Holding, served: Manifest | None) -> Standing:
    """A file that was replaced under its name waits for the next index like a new one."""
    entry = holding.entry
    if served is None or entry.source not in served.sources:
        return Standing.WAITING
    known = served.origins.get(entry.source, entry.sha256)
    return Standing.SERVED if known == entry.sha256 else Standing.WAITING


def take_in(home: Path, parcels: Sequence[Parcel], texts: Sequence[str]) -> Iterator[Receipt]:
    """Keep files, ZIPs and LEGI archives; the caller holds the writer's lock.

    Of archives, only `texts` are taken (LEGITEXT…), all of them when there are none. Raises
    IngestionError when an archive cannot be read: nothing of the archives is then added.
    """
    archives = [parcel for parcel in parcels if is_official(Path(parcel.name))]
    yield from receive(home, None, (each for each in parcels if each not in archives))
    if archives:
        with incoming(home) as folder:
            yield from _merged(home, archives, texts, folder)


def _merged(
    home: Path, archives: Sequence[Parcel], texts: Sequence[str], folder: Path
) -> Iterator[Receipt]:
    paths = []
    for parcel in archives:
        path = folder / Path(parcel.name).name
        if refusal := copied(parcel, path, LARGEST_ARCHIVE):
            yield Receipt(parcel.name, refusal=refusal)
        else:
            paths.append(path)
    changes = read_archives(in_order(paths), texts, lambda done, total: None) if paths else ()
    for change in changes:
        for refused in change.refused:
            yield Receipt(f"{change.source}, {refused.name}", refusal=refused.reason)
    library = Library(home)
    for text in updates(library, changes, texts):
        yield _kept(library, text, changes, folder)


def _kept(library: Library, text: Merged, changes: Sequence[Changes], folder: Path) -> Receipt:
    if not text.versions:
        library.remove([text.source])
        return Receipt(text.source, refusal="toutes ses versions sont supprimées : texte retiré")
    path = folder / text.source
    path.write_bytes(text.content)
    added = library.add(path, text.source, Kind.RULES)
    told = [
        f"{text.title} : {text.read} versions lues, {text.added} ajoutées, {text.changed} "
        f"modifiées, {text.suppressed} supprimées"
    ]
    if text.is_new and all(is_incremental(change.source) for change in changes):
        told.append(
            "une archive quotidienne ne contient que ce qui a changé : ajoutez d'abord "
            "une archive complète"
        )
    reading = added.reading
    warnings = (*told, *reading.warnings)
    return Receipt(
        text.source, added.entry, added.known, warnings, reading.problem, reading.remarks
    )
