"""Which generation is in use: one pointer file, swapped atomically; the last ones stay at hand."""

import shutil
from collections.abc import Callable
from pathlib import Path

from ingestion.durable import hold, replace_bytes
from ingestion.errors import DamagedGeneration, EmbedderMismatch, UnknownGeneration
from ingestion.manifest import MANIFEST, Manifest, generations_folder, read_manifest, unknown
from ingestion.verification import verify

KEPT = 3
"""Generations kept besides the one in use, for rollback."""

Told = Callable[[str], None]
"""Hears the name of a sound generation just before it is put in use, which a failure here stops."""


def untold(name: str) -> None:
    """For a generation that nobody decides about."""


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
    return sorted(path.parent.name for path in generations_folder(home).glob(f"*/{MANIFEST}"))


def find_content(home: Path, content: str) -> Manifest | None:
    """The newest sound generation with this content, published or not."""
    for name in reversed(finished(home)):
        try:
            manifest = read_manifest(home, name)
            if manifest.content == content:
                verify(home, name)
                return manifest
        except DamagedGeneration:
            continue
    return None


def publish(home: Path, name: str, told: Told = untold) -> None:
    """Verify a generation and make it the one in use; the caller holds the writer's lock.

    Raises UnknownGeneration for what is not a generation of this folder: another's would bring the
    pieces of a dossier before those who may not see them.
    """
    if name not in finished(home):
        raise unknown(name)
    verify(home, name)
    told(name)
    replace_bytes(home / "current", name.encode())
    for old in [other for other in finished(home) if other < name][:-KEPT]:
        discard(home, old)


def rollback(home: Path, told: Told = untold) -> str:
    """Publish the newest sound generation made before the one in use, and return its name.

    Raises UnknownGeneration when there is none, EmbedderMismatch when other vectors were made for
    it: every question would then fail. The caller holds the writer's lock.
    """
    current = current_name(home)
    embedder = _embedder(home, current)
    for name in reversed([name for name in finished(home) if name < current]):
        try:
            _require_embedder(read_manifest(home, name), embedder)
            publish(home, name, told)
        except DamagedGeneration:
            continue
        return name
    raise UnknownGeneration(
        "Aucune génération plus ancienne et intacte n'est conservée. Reconstruisez l'index : "
        "sourcier index build"
    )


def _embedder(home: Path, name: str) -> str | None:
    """By which embedder a generation was made, None when it is too damaged to say so."""
    try:
        return read_manifest(home, name).embedder
    except (DamagedGeneration, UnknownGeneration):
        return None


def _require_embedder(manifest: Manifest, embedder: str | None) -> None:
    if embedder not in (None, manifest.embedder):
        raise EmbedderMismatch(
            f"L'index {manifest.name} a été construit avec {manifest.embedder}, et celui en "
            f"service avec {embedder} : y revenir arrêterait toutes les réponses. Choisissez "
            f"d'abord {manifest.embedder.partition('@')[0]} dans settings.toml (embedder), lancez "
            "sourcier index build, puis redémarrez sourcier serve."
        )


def discard(home: Path, name: str) -> None:
    """Remove a generation, unless someone has it open.

    Its manifest goes first, so that a removal cut short looks like an unfinished build.
    """
    folder = generations_folder(home) / name
    held = hold(folder / MANIFEST, alone=True)
    if held is None:
        return
    with held:
        (folder / MANIFEST).unlink()
        shutil.rmtree(folder)


def clear_unfinished(home: Path) -> None:
    """Remove what killed builds and removals left; the caller holds the writer's lock."""
    for folder in generations_folder(home).glob("*/"):
        if not (folder / MANIFEST).exists():
            shutil.rmtree(folder)
