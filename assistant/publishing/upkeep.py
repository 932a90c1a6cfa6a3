"""Upkeep: the files of the next index, and the room that indexes take."""

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from assistant.calculators.constants import IndexedLaw, constants, ungrounded
from assistant.publishing.decisions import Decisions, read_candidate
from ingestion.documents.document import Kind, is_citable
from ingestion.documents.references import normalise
from ingestion.errors import DamagedSnapshot, IngestionError
from ingestion.index.publication import (
    current_name,
    finished,
    open_snapshot,
    read_manifest,
    repository_of,
    served_name,
)
from ingestion.index.store import Manifest
from ingestion.legislation.applied import left_out, note_applied, told_of, updates
from ingestion.legislation.archive_files import (
    in_order,
    is_official,
    sources_at,
)
from ingestion.legislation.archives import read_archives
from ingestion.legislation.articles import ArticleVersion, Changes, Merged
from ingestion.legislation.official_copy import OfficialCopy
from ingestion.library.library import Holding, Library
from ingestion.library.readings import LibraryEntry
from ingestion.tenders.intake import LARGEST_ARCHIVE, Parcel, Receipt, copied, incoming, receive

# Sources: the files that the next index is made of, and how more of them come in.


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


# Storage: what takes room in the data folder, and the snapshots that are kept.


class SnapshotPlace(StrEnum):
    """Where a snapshot stands; the value is the French word."""

    SERVED = "en service"
    CANDIDATE = "candidat"
    KEPT = "conservé"


@dataclass(frozen=True, slots=True)
class Kept:
    """A snapshot with its size in bytes; `manifest` is None when it is damaged."""

    name: str
    place: SnapshotPlace
    size: int
    manifest: Manifest | None


@dataclass(frozen=True, slots=True)
class Usage:
    """Bytes of each part of the data folder, the largest first, and those still free."""

    parts: tuple[tuple[str, int], ...]
    free: int


_PARTS = {
    "generations": "index",
    "originals": "fichiers ajoutés",
    "readings": "fichiers lus",
    "vectors.sqlite": "vecteurs déjà calculés",
    "dossiers": "dossiers de marché",
    "ledger": "factures et achats",
    "models": "modèles",
    "backups": "sauvegardes",
    "working": "index ouverts",
}


def kept_generations(home: Path) -> tuple[Kept, ...]:
    """Every finished snapshot, the newest first."""
    served, waiting = served_name(home), read_candidate(home)
    places = {waiting.generation: SnapshotPlace.CANDIDATE} if waiting else {}
    if served:
        places[served] = SnapshotPlace.SERVED
    return tuple(
        Kept(
            name,
            places.get(name, SnapshotPlace.KEPT),
            repository_of(home).size(name),
            manifest_of(home, name),
        )
        for name in reversed(finished(home))
    )


def manifest_of(home: Path, name: str | None) -> Manifest | None:
    """The manifest of a snapshot, None when there is none or it is damaged."""
    try:
        return read_manifest(home, name) if name in finished(home) else None
    except DamagedSnapshot:
        return None


def usage(home: Path) -> Usage:
    """What takes room; what has no name of its own is "le reste", the journal among it."""
    sizes = {told: size_of(home / name) for name, told in _PARTS.items() if (home / name).exists()}
    others = (path for path in home.iterdir() if path.name not in _PARTS)
    sizes["journal et réglages"] = sum(map(size_of, others))
    parts = sorted(sizes.items(), key=lambda part: -part[1])
    return Usage(tuple(parts), shutil.disk_usage(home).free)


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files below a folder; what goes meanwhile counts for nothing."""
    if not path.is_dir():
        return path.stat().st_size if path.exists() else 0
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            file = Path(folder) / name
            total += file.stat().st_size if file.exists() else 0
    return total


# Official texts put into the library, held against what the calculators rest on.


MOST_LACKING = 0.1
"""A change of law touches few of what calculators rest on; what lacks more is no such change."""

_NAMED = 5


def is_law_indexed(home: Path) -> bool:
    """Whether the index in service has any article, and not sheets about them only."""
    return open_snapshot(home, current_name(home)).store.has_articles


def expected_articles() -> frozenset[str]:
    """The articles of the code whose words state a constant."""
    articles = (normalise(each.article) for each in constants().values())
    return frozenset(each for each in articles if not each.startswith("CCAG"))


def lacking(versions: Iterable[ArticleVersion], day: date) -> tuple[str, ...]:
    """The articles that calculators rest on and that no version of the day is. Pure."""
    there = {normalise(each.number) for each in versions if _applies(each, day)}
    return tuple(sorted(expected_articles() - there))


def require_articles(copy: OfficialCopy, text_id: str, day: date) -> tuple[str, ...]:
    """The articles lacking of the code, when it is among what changed.

    Raises IngestionError, and forgets what was read, when they are too many for a change of law.
    """
    changed = copy.versions()
    if text_id not in changed:
        return ()
    absent = lacking(changed[text_id], day)
    if len(absent) > MOST_LACKING * len(expected_articles()):
        copy.abandon()
        raise IngestionError(
            f"Le code lu n'a pas en vigueur {len(absent)} des {len(expected_articles())} articles "
            f"que les calculs relisent ({', '.join(absent[:_NAMED])}…) : rien n'a été installé. "
            "Relancez plus tard, avec une archive plus récente."
        )
    return absent


def keep(home: Path, copy: OfficialCopy, decisions: Decisions) -> tuple[str, ...]:
    """Put the texts that changed into the library; the caller holds the writer's lock.

    Returns the names of those kept. Raises IngestionError for one that cannot be read.
    """
    library, entries, names = Library(home), [], []
    for addition in copy.additions():
        added = library.add(addition.path, addition.source, addition.kind)
        if added.entry is None:
            raise IngestionError(f"{addition.source} : {added.reading.problem}.")
        names.append(addition.source)
        if not added.known:
            entries.append(added.entry)
    decisions.added(entries)
    if emptied := copy.emptied():
        decisions.removed(library.remove(emptied))
    copy.finish()
    return tuple(names)


def doubts(home: Path, name: str, day: date) -> tuple[str, ...]:
    """Why an index of official texts should wait for someone, in French sentences."""
    law = IndexedLaw(open_snapshot(home, name), day)
    unsaid = [each for each in ungrounded(law) if law.holds(each.article)]
    if len(unsaid) <= MOST_LACKING * len(constants()):
        return ()
    return (
        f"{len(unsaid)} des {len(constants())} nombres des calculs ne sont plus dits par les "
        "textes de cet index (sourcier calc constantes).",
    )


def _applies(version: ArticleVersion, day: date) -> bool:
    ended = version.ended is not None and version.ended <= day
    return version.first_day <= day and not ended and is_citable(version.state, version.ended)
