"""The manifest of a generation: what it holds, and the sha256 of each of its files.

A folder without manifest is an unfinished build.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ingestion.durable import file_sha256, replace_bytes, sync
from ingestion.errors import DamagedGeneration, UnknownGeneration

MANIFEST = "manifest.json"
SEAL = "manifest.sha256"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation holds and by which embedder; `files` maps relative paths to sha256.

    `content` is the sha256 of the texts and the embedder's name: equal content, equal index.
    `state_date` is the latest day as of which one of its documents was said to be right. `titles`
    and `dossiers` name each title and each tender file once, in the order of adding. `warnings`
    are French sentences for the administrator, `origins` the sha256 of each file by its source,
    `aside` why a file, by its source, is not searched; generations made before there were any have
    none.
    """

    name: str
    content: str
    created_at: datetime
    embedder: str
    documents: int
    passages: int
    sources: tuple[str, ...]
    titles: tuple[str, ...]
    dossiers: tuple[str, ...]
    state_date: date | None
    files: dict[str, str]
    warnings: tuple[str, ...]
    origins: dict[str, str] = field(default_factory=dict)
    aside: dict[str, str] = field(default_factory=dict)


_manifest = TypeAdapter(Manifest)


def generations_folder(home: Path) -> Path:
    """Where the generations of a data folder live."""
    return home / "generations"


def read_manifest(home: Path, name: str) -> Manifest:
    """The manifest of a finished generation; raises UnknownGeneration or DamagedGeneration."""
    folder = generations_folder(home) / name
    if not (folder / MANIFEST).exists():
        raise unknown(name)
    written = (folder / MANIFEST).read_bytes()
    seal = folder / SEAL
    if not seal.exists() or seal.read_bytes() != _seal(written):
        raise damaged(name, [MANIFEST])
    try:
        return _manifest.validate_json(written)
    except ValidationError as error:
        raise DamagedGeneration(
            f"La génération {name} vient d'une autre version de Sourcier. Reconstruisez l'index : "
            "sourcier index build"
        ) from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Finish a generation: nothing may be written in its folder after this.

    Durable once this returns, provided that the other files already are.
    """
    written = _manifest.dump_json(manifest, indent=2)
    replace_bytes(folder / SEAL, _seal(written))
    sync(folder.parent)
    replace_bytes(folder / MANIFEST, written)


def hash_files(folder: Path) -> dict[str, str]:
    """sha256 of every file below a folder but the manifest and its seal, by relative path."""
    apart = (folder / MANIFEST, folder / SEAL)
    return {
        str(path.relative_to(folder)): file_sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path not in apart
    }


def unknown(name: str) -> UnknownGeneration:
    """The error for a name that no finished generation has."""
    return UnknownGeneration(
        f"Aucune génération d'index nommée « {name} ». Voyez : sourcier index status"
    )


def damaged(name: str, files: Sequence[str]) -> DamagedGeneration:
    """The error for files that are not as their generation's manifest says."""
    return DamagedGeneration(
        f"La génération {name} est abîmée ({', '.join(files)}). Revenez à la précédente : "
        "sourcier index rollback, ou reconstruisez-la : sourcier index build"
    )


def _seal(manifest: bytes) -> bytes:
    return f"{sha256(manifest).hexdigest()}  {MANIFEST}\n".encode()
