"""A generation: one folder with everything that a question is searched in, never changed again.

```
generations/<name>/passages.sqlite   documents and passages
generations/<name>/vectors.npy       their vectors, row i for passage i
generations/<name>/chroma/           the same vectors, searchable
generations/<name>/lexical/          their words, searchable
generations/<name>/glossary.json     the everyday words that lead to articles
generations/<name>/manifest.sha256   sha256 of the manifest, as `sha256sum --check` reads it
generations/<name>/manifest.json     sha256 of every other file; written last
```
"""

import weakref
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingestion.chroma_index import ChromaIndex
from ingestion.durable import hold
from ingestion.glossary import Term, read_terms
from ingestion.manifest import (
    MANIFEST,
    Manifest,
    damaged,
    generations_folder,
    hash_files,
    read_manifest,
    unknown,
)
from ingestion.store import PassageStore
from ingestion.tantivy_index import TantivyIndex
from ingestion.working_copy import WorkingCopy


@dataclass(frozen=True, slots=True)
class Generation:
    """An open generation; holders keep it for the length of a question.

    As long as it is referred to, it is not removed by a publication.
    """

    manifest: Manifest
    store: PassageStore
    lexical: TantivyIndex
    vectors: ChromaIndex
    glossary: tuple[Term, ...] = ()


def open_generation(home: Path, name: str) -> Generation:
    """Open a generation after comparing every file with its manifest.

    Raises UnknownGeneration, or DamagedGeneration before any damaged file is opened: a damaged
    vector graph could bring the whole process down.
    """
    folder = generations_folder(home) / name
    with ExitStack() as leaving:
        leaving.enter_context(_lease(folder))
        manifest = _intact(home, name)
        copy = WorkingCopy(home, folder / "chroma")
        leaving.callback(copy.remove)
        store, lexical = PassageStore(folder / "passages.sqlite"), TantivyIndex(folder / "lexical")
        vectors = ChromaIndex(copy.folder)
        weakref.finalize(vectors, leaving.pop_all().close)
    return Generation(manifest, store, lexical, vectors, read_terms(folder / "glossary.json"))


def _intact(home: Path, name: str) -> Manifest:
    manifest = read_manifest(home, name)
    found = hash_files(generations_folder(home) / name)
    altered = [
        path for path in found | manifest.files if found.get(path) != manifest.files.get(path)
    ]
    if altered:
        raise damaged(name, sorted(altered))
    return manifest


def _lease(folder: Path) -> BinaryIO:
    """Keep a generation from being removed until the file returned is closed."""
    lease = hold(folder / MANIFEST, alone=False) if (folder / MANIFEST).exists() else None
    if lease is None:
        raise unknown(folder.name)
    return lease
