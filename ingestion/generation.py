"""A generation: one folder with everything that a question is searched in, never changed again.

```
generations/<name>/passages.sqlite   documents and passages
generations/<name>/vectors.npy       their vectors, row i for passage i
generations/<name>/chroma/           the same vectors, searchable
generations/<name>/lexical/          their words, searchable
generations/<name>/manifest.json     sha256 of every file; written last
```
A folder without manifest is an unfinished build.
"""

import os
import shutil
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pydantic import TypeAdapter

from ingestion.chroma_index import ChromaIndex
from ingestion.durable import file_sha256, replace_bytes
from ingestion.errors import DamagedGeneration, UnknownGeneration
from ingestion.store import PassageStore
from ingestion.tantivy_index import TantivyIndex

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation holds and by which embedder; `files` maps relative paths to sha256.

    `content` is the sha256 of the passages and the embedder's name: equal content, equal index.
    `state_date` is the latest day as of which one of its documents was said to be right.
    """

    name: str
    content: str
    created_at: datetime
    embedder: str
    documents: int
    passages: int
    sources: tuple[str, ...]
    state_date: date | None
    files: dict[str, str]


_manifest = TypeAdapter(Manifest)


@dataclass(frozen=True, slots=True)
class Generation:
    """An open generation; holders keep it for the length of a question."""

    manifest: Manifest
    store: PassageStore
    lexical: TantivyIndex
    vectors: ChromaIndex


def generations_folder(home: Path) -> Path:
    """Where the generations of a data folder live."""
    return home / "generations"


def read_manifest(home: Path, name: str) -> Manifest:
    """The manifest of a finished generation; raises UnknownGeneration."""
    path = generations_folder(home) / name / MANIFEST
    if not path.exists():
        raise UnknownGeneration(
            f"Aucune génération d'index nommée « {name} ». Voyez : sourcier index status"
        )
    return _manifest.validate_json(path.read_bytes())


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Finish a generation: nothing may be written in its folder after this."""
    replace_bytes(folder / MANIFEST, _manifest.dump_json(manifest, indent=2))


def hash_files(folder: Path) -> dict[str, str]:
    """sha256 of every file below a folder but the manifest, by relative path."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        str(path.relative_to(folder)): file_sha256(path) for path in paths if path.name != MANIFEST
    }


def open_generation(home: Path, name: str) -> Generation:
    """Open a generation after comparing every file with its manifest.

    Raises UnknownGeneration, or DamagedGeneration before any damaged file is opened: a damaged
    vector graph could bring the whole process down.
    """
    manifest = read_manifest(home, name)
    folder = generations_folder(home) / name
    found = hash_files(folder)
    altered = sorted(
        path for path in found | manifest.files if found.get(path) != manifest.files.get(path)
    )
    if altered:
        raise DamagedGeneration(
            f"La génération {name} est abîmée ({', '.join(altered)}). "
            "Revenez à la précédente : sourcier index rollback"
        )
    return Generation(
        manifest,
        PassageStore(folder / "passages.sqlite"),
        TantivyIndex(folder / "lexical"),
        ChromaIndex(_working_copy(home, folder)),
    )


def _working_copy(home: Path, folder: Path) -> Path:
    """Copy the Chroma files for this process alone.

    Chroma writes a line into its database each time it is opened, which would break the hashes,
    and is not safe between processes. Copies of processes that are gone are removed.
    """
    working = home / "working"
    working.mkdir(exist_ok=True)
    for left in working.iterdir():
        if not Path("/proc", left.name.partition("-")[0]).exists():
            shutil.rmtree(left, ignore_errors=True)
    copy = working / f"{os.getpid()}-{folder.name}"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder / "chroma", copy)
    return copy
