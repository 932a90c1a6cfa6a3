"""Intake: files and ZIPs into a dossier, each judged and reported, then indexed for its team.

The caller holds the writer's lock of the dossier's folder. Rules come in by the same door.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import BinaryIO

from ingestion.documents.document import Kind
from ingestion.durable import replace_bytes, sync
from ingestion.errors import DamagedSnapshot, IngestionError, UnknownSnapshot
from ingestion.index.build import build
from ingestion.index.publication import current_manifest, publish, served_name, withdraw
from ingestion.index.search import Embedder
from ingestion.index.store import Manifest
from ingestion.library.library import Library
from ingestion.library.readings import LibraryEntry
from ingestion.progress import StepProgress, untold
from ingestion.readers.content import clean_text
from ingestion.readers.formats import unknown_format
from ingestion.tenders.archives import unpack
from ingestion.tenders.dossiers import Dossiers
from ingestion.tenders.server import TO_INDEX

LARGEST_FILE = 100_000_000
LARGEST_ARCHIVE = 500_000_000
"""Bytes accepted of a file, and of a ZIP."""

_ARCHIVE = ".zip"
_INCOMING = "incoming-"
LONGEST_NAME = 255
_COPIED_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file or a ZIP as it arrives: the name that its sender gives it, and its bytes."""

    name: str
    content: BinaryIO


class Fate(StrEnum):
    """What became of a file; the value is what a reader is told."""

    ACCEPTED = "accepté"
    WARNED = "accepté avec avertissements"
    KNOWN = "déjà là"
    REFUSED = "refusé"
    SET_ASIDE = "gardé, pas interrogé"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A file that arrived: kept as `entry`, or not, for the French `refusal`.

    Exactly one of them is not None. `known` means that the same bytes were already there, `remarks`
    say what of it is kept and shown but not searched, and `aside` why it is not searched at all.
    """

    name: str
    entry: LibraryEntry | None = None
    known: bool = False
    warnings: tuple[str, ...] = ()
    refusal: str | None = None
    remarks: tuple[str, ...] = ()
    aside: str = ""

    @property
    def told(self) -> tuple[str, ...]:
        """Everything that is to be known of it, in French."""
        if self.refusal is not None:
            return (self.refusal,)
        return (*filter(None, [self.aside]), *self.warnings, *self.remarks)

    @property
    def fate(self) -> Fate:
        """What became of it, in a word."""
        if self.refusal is not None:
            return Fate.REFUSED
        if self.aside:
            return Fate.SET_ASIDE
        if self.known:
            return Fate.KNOWN
        return Fate.WARNED if self.warnings else Fate.ACCEPTED


def receive(
    home: Path,
    dossier_id: str | None,
    parcels: Iterable[Parcel],
    progress: StepProgress = untold,
) -> Iterator[Receipt]:
    """Keep files in the dossier whose data folder is `home`, one after the other as asked for.

    Without dossier they are rules, and `home` is the folder of everything. `progress` is told of
    the pages that are read from their pictures.

    Nothing is written outside of that folder, and what a killed intake left in it is removed.
    """
    library = Library(home)
    for parcel in parcels:
        with incoming(home) as folder:
            yield from _received(_Service(library, dossier_id, progress), parcel, folder)


def awaits_index(home: Path) -> bool:
    """Whether the pieces of a dossier are not searched as they stand now."""
    if (home / TO_INDEX).exists():
        return True
    entries = Library(home).entries
    try:
        manifest = current_manifest(home)
    except (DamagedSnapshot, UnknownSnapshot):
        return True
    if manifest is None:
        return bool(entries)
    held = {entry.source: entry.sha256 for entry in entries}
    return bool(manifest.origins) and manifest.origins != held


def set_aside(home: Path) -> Mapping[str, str]:
    """Why files of a dossier are kept and not searched, by source."""
    try:
        manifest = current_manifest(home)
    except (DamagedSnapshot, UnknownSnapshot):
        return {}
    return manifest.aside if manifest else {}


@contextmanager
def changing(
    home: Path, embedder: Callable[[], Embedder], progress: StepProgress
) -> Iterator[None]:
    """Change the pieces of a dossier, which are searched as they then stand once this is left.

    That they are to be indexed is on disk before the first change; whatever ends it early leaves
    that there, unless nothing has changed. `embedder` is only asked for when there is a need.
    """
    awaited, before = awaits_index(home), Library(home).entries
    try:
        replace_bytes(home / TO_INDEX, b"")
        yield
    finally:
        if not awaited and Library(home).entries == before:
            _indexed(home)
    if (home / TO_INDEX).exists():
        index(home, embedder(), progress)


def index(home: Path, embedder: Embedder, progress: StepProgress) -> Manifest | None:
    """Make the pieces of a dossier searchable as they stand now; None when none is left.

    A dossier that has lost its last piece is searched no more.
    """
    manifest = None
    if Library(home).entries:
        manifest = build(home, embedder, progress)
        if served_name(home) != manifest.name:
            publish(home, manifest.name)
    else:
        withdraw(home)
    _indexed(home)
    return manifest


def index_waiting(home: Path, embedder: Callable[[], Embedder], progress: StepProgress) -> None:
    """Index the dossiers below a data folder whose last change was cut short.

    One that is being changed at this moment, or cannot be indexed, waits for the next time: what
    waits is said wherever the dossier is shown.
    """
    dossiers = Dossiers(home)
    for dossier in dossiers.all():
        with suppress(IngestionError):
            if awaits_index(dossiers.home(dossier.id)):
                with dossiers.writing(dossier.id) as folder:
                    index(folder, embedder(), progress)


def _indexed(home: Path) -> None:
    (home / TO_INDEX).unlink(missing_ok=True)
    sync(home)


@dataclass(frozen=True, slots=True)
class _Service:
    """Where files come in: the library that keeps them, their dossier, who is told of pages."""

    library: Library
    dossier_id: str | None
    progress: StepProgress


def _received(service: _Service, parcel: Parcel, folder: Path) -> Iterator[Receipt]:
    name = safe_name(parcel)
    is_archive = name.lower().endswith(_ARCHIVE)
    arrived = folder / PurePosixPath(name).name
    if not 0 < len(name.encode()) <= LONGEST_NAME:
        refusal = "nom vide ou trop long"
    elif not is_archive and (unknown := unknown_format(name)):
        refusal = unknown
    else:
        refusal = copied(parcel, arrived, LARGEST_ARCHIVE if is_archive else LARGEST_FILE)
    if refusal:
        yield Receipt(name[:LONGEST_NAME], refusal=refusal)
    elif is_archive:
        yield from _unpacked(service, arrived)
    else:
        yield _added(service, arrived, name)


def safe_name(parcel: Parcel) -> str:
    """The name without what would mislead a reader or lead out of a folder."""
    parts = clean_text(parcel.name).replace("\\", "/").split("/")
    whole = (" ".join(part.split()) for part in parts)
    return "/".join(part for part in whole if part not in {"", ".", ".."})


def _unpacked(service: _Service, archive: Path) -> Iterator[Receipt]:
    members = archive.with_name("members")
    members.mkdir()
    for member in unpack(archive, members):
        if member.path is None:
            yield Receipt(member.name, refusal=member.refusal)
            continue
        yield _added(service, member.path, member.name)
        member.path.unlink()


def _added(service: _Service, path: Path, name: str) -> Receipt:
    kind = Kind.RULES if service.dossier_id is None else Kind.TENDER
    told = partial(service.progress, f"Reconnaissance de caractères, pages de {name}")
    added = service.library.add(path, name, kind, service.dossier_id, told)
    entry, warnings = added.entry, added.reading.warnings
    if entry and entry.doubt:
        warnings = (*warnings, f"genre à confirmer, « {entry.piece} » : {entry.doubt}")
    reading = added.reading
    return Receipt(name, entry, added.known, warnings, reading.problem, reading.remarks)


def copied(parcel: Parcel, path: Path, most: int) -> str:
    """Write what arrives to disk; the reason why not, in French, or nothing."""
    left = most
    with path.open("xb") as file:
        while piece := parcel.content.read(_COPIED_AT_ONCE):
            left -= len(piece)
            if left < 0:
                return f"plus de {most // 1_000_000} Mo : envoyez-le en plusieurs parties"
            file.write(piece)
    return ""


@contextmanager
def incoming(home: Path) -> Iterator[Path]:
    """A folder for what arrives, gone afterwards; what a killed intake left is removed."""
    for left in home.glob(f"{_INCOMING}*"):
        shutil.rmtree(left)
    with TemporaryDirectory(prefix=_INCOMING, dir=home) as folder:
        yield Path(folder)
