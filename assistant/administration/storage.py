"""Storage: what takes room in the data folder, and the generations that are kept."""

import os
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from assistant.administration.candidate import read_candidate
from assistant.administration.decisions import served_name
from ingestion.errors import DamagedGeneration
from ingestion.manifest import Manifest, generations_folder, read_manifest
from ingestion.publication import finished


class Place(StrEnum):
    """Where a generation stands; the value is the French word."""

    SERVED = "en service"
    CANDIDATE = "candidat"
    KEPT = "conservé"


@dataclass(frozen=True, slots=True)
class Kept:
    """A generation with its size in bytes; `manifest` is None when it is damaged."""

    name: str
    place: Place
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
    """Every finished generation, the newest first."""
    served, waiting = served_name(home), read_candidate(home)
    places = {waiting.generation: Place.CANDIDATE} if waiting else {}
    if served:
        places[served] = Place.SERVED
    return tuple(
        Kept(
            name,
            places.get(name, Place.KEPT),
            size_of(generations_folder(home) / name),
            manifest_of(home, name),
        )
        for name in reversed(finished(home))
    )


def manifest_of(home: Path, name: str | None) -> Manifest | None:
    """The manifest of a generation, None when there is none or it is damaged."""
    try:
        return read_manifest(home, name) if name in finished(home) else None
    except DamagedGeneration:
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
