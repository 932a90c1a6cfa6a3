"""Which generation is in use: one pointer file, swapped atomically; the last ones stay at hand."""

import shutil
from pathlib import Path

from ingestion.durable import replace_bytes
from ingestion.errors import UnknownGeneration
from ingestion.generation import Manifest, generations_folder, read_manifest
from ingestion.verification import verify

KEPT = 3
"""Generations kept besides the one in use, for rollback."""


def current_name(home: Path) -> str:
    """Name of the published generation; raises UnknownGeneration when there is none."""
    pointer = home / "current"
    if not pointer.exists():
        raise UnknownGeneration("Aucun index n'est publié. Lancez : sourcier index build")
    return pointer.read_text().strip()


def current_manifest(home: Path) -> Manifest | None:
    """Manifest of the published generation, None when nothing has been published."""
    return read_manifest(home, current_name(home)) if (home / "current").exists() else None


def finished(home: Path) -> list[str]:
    """Names of the finished generations, oldest first."""
    folder = generations_folder(home)
    names = [path.parent.name for path in folder.glob("*/manifest.json")]
    return sorted(names)


def publish(home: Path, name: str) -> None:
    """Verify a generation and make it the one in use; the caller holds the writer's lock."""
    verify(home, name)
    replace_bytes(home / "current", name.encode())
    for old in [other for other in finished(home) if other < name][:-KEPT]:
        shutil.rmtree(generations_folder(home) / old)


def rollback(home: Path) -> str:
    """Publish the newest generation made before the one in use, and return its name.

    Raises UnknownGeneration when there is none; the caller holds the writer's lock.
    """
    current = current_name(home)
    earlier = [name for name in finished(home) if name < current]
    if not earlier:
        raise UnknownGeneration("Aucune génération plus ancienne n'est conservée.")
    publish(home, earlier[-1])
    return earlier[-1]
