"""Storage: what takes room in the data folder, and the snapshots that are kept."""

import os
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from assistant.publishing.decisions import read_candidate
from ingestion.errors import DamagedSnapshot
from ingestion.index.publication import finished, read_manifest, repository_of, served_name
from ingestion.index.store import Manifest


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
