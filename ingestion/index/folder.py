"""Index snapshots kept in a data folder, one folder each.

```
generations/<name>/passages.sqlite   documents and passages
generations/<name>/vectors.npy       their vectors, row i for passage i
generations/<name>/chroma/           the same vectors, searchable
generations/<name>/lexical/          their words, searchable
generations/<name>/leading.json      the passages that each question leads to
generations/<name>/questions.npy     vectors of these questions, row i for question i
generations/<name>/sentences.npz     vectors of the sentences of clauses, and their passages
generations/<name>/glossary.json     the everyday words that lead to articles
generations/<name>/manifest.sha256   sha256 of the manifest, as `sha256sum --check` reads it
generations/<name>/manifest.json     sha256 of every other file; written last
current                              the name of the one in use, swapped atomically
coming                               the name of the one that is about to be, while it is verified
```
"""

import fcntl
import shutil
import weakref
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import BinaryIO

import numpy as np

from ingestion.durable import hold, refusals_of_disk, replace_bytes, sync
from ingestion.index.lexical import (
    EverydayWords,
    TantivyIndex,
    parsed_terms,
    terms_json,
    write_lexical,
)
from ingestion.index.questions import read_leading_questions, write_questions
from ingestion.index.search import Vectors
from ingestion.index.sentence_index import read_sentences, write_sentences
from ingestion.index.snapshot import IndexSnapshot, SnapshotContents
from ingestion.index.store import (
    MANIFEST,
    SEAL,
    Manifest,
    SqlitePassages,
    damaged,
    hash_files,
    manifest_json,
    parsed_manifest,
    seal_of,
    snapshots_folder,
    unknown,
    write_store,
)
from ingestion.index.vectors import ChromaIndex, write_vectors

_VECTORS, _GLOSSARY = "vectors.npy", "glossary.json"


class FolderRepository:
    """The snapshots in the folder `generations` of a data folder."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._folder = snapshots_folder(home)
        self._pointer, self._coming = home / "current", home / "coming"

    def served(self) -> str | None:
        """What the pointer names, which may be damaged or gone."""
        return _read_name(self._pointer)

    def serve(self, name: str | None) -> None:
        """Swap the pointer."""
        _write_name(self._pointer, name)
        _write_name(self._coming, None)

    def announced(self) -> str | None:
        """What a second pointer names."""
        return _read_name(self._coming)

    def announce(self, name: str | None) -> None:
        """Swap that one."""
        _write_name(self._coming, name)

    def finished(self) -> list[str]:
        """Those that have a manifest."""
        return sorted(path.parent.name for path in self._folder.glob(f"*/{MANIFEST}"))

    def manifest(self, name: str) -> Manifest:
        """The manifest, held against its seal."""
        path, seal = self._folder / name / MANIFEST, self._folder / name / SEAL
        if not path.exists():
            raise unknown(name)
        return parsed_manifest(name, path.read_bytes(), seal.read_bytes() if seal.exists() else b"")

    def write(
        self, contents: SnapshotContents, manifest: Manifest, told: Callable[[int], None]
    ) -> Manifest:
        """A new folder, whose manifest comes last."""
        folder = self._folder / manifest.name
        try:
            _write(folder, contents, told)
            sealed = replace(manifest, files=hash_files(folder))
            written = manifest_json(sealed)
            replace_bytes(folder / SEAL, seal_of(written))
            sync(self._folder)
            replace_bytes(folder / MANIFEST, written)
        except BaseException:  # of a full disk each library says so in an exception of its own
            self.clear_unfinished()
            raise
        return sealed

    def open(self, name: str) -> IndexSnapshot:
        """Before any damaged file is opened: a vector graph could bring the whole process down."""
        folder = self._folder / name
        with ExitStack() as leaving:
            leaving.enter_context(_lease(folder))
            manifest = self._intact(name)
            copy = WorkingCopy(self._home, folder / "chroma")
            leaving.callback(copy.remove)
            store = SqlitePassages(folder / "passages.sqlite")
            lexical = TantivyIndex(folder / "lexical")
            vectors, questions = ChromaIndex(copy.folder), read_leading_questions(folder)
            weakref.finalize(vectors, leaving.pop_all().close)
        terms = parsed_terms((folder / _GLOSSARY).read_bytes())
        sentences = read_sentences(folder)
        return IndexSnapshot(manifest, store, lexical, vectors, questions, terms, sentences)

    def vectors(self, name: str) -> Vectors:
        """Read from their file."""
        loaded: Vectors = np.load(self._folder / name / _VECTORS, allow_pickle=False)
        return loaded

    def discard(self, name: str) -> None:
        """Its manifest goes first, so that a removal cut short looks like an unfinished build."""
        folder = self._folder / name
        held = hold(folder / MANIFEST, alone=True)
        if held is None:
            return
        with held:
            (folder / MANIFEST).unlink()
            shutil.rmtree(folder)

    def clear_unfinished(self) -> None:
        """Remove the folders without a manifest."""
        for folder in self._folder.glob("*/"):
            if not (folder / MANIFEST).exists():
                shutil.rmtree(folder)

    def size(self, name: str) -> int:
        """Of all its files."""
        found = (self._folder / name).rglob("*")
        return sum(path.stat().st_size for path in found if path.is_file())

    def _intact(self, name: str) -> Manifest:
        manifest = self.manifest(name)
        found = hash_files(self._folder / name)
        altered = [
            path for path in found | manifest.files if found.get(path) != manifest.files.get(path)
        ]
        if altered:
            raise damaged(name, sorted(altered))
        return manifest


def _read_name(pointer: Path) -> str | None:
    try:
        return pointer.read_text().strip()
    except FileNotFoundError:
        return None


def _write_name(pointer: Path, name: str | None) -> None:
    if name is None:
        pointer.unlink(missing_ok=True)
    else:
        replace_bytes(pointer, name.encode())


def _write(folder: Path, contents: SnapshotContents, told: Callable[[int], None]) -> None:
    folder.mkdir(parents=True)
    told(0)
    write_store(folder / "passages.sqlite", contents.documents, contents.passages)
    (folder / _GLOSSARY).write_bytes(terms_json(contents.glossary))
    np.save(folder / _VECTORS, contents.vectors)
    write_questions(folder, contents.questions, contents.asked)
    write_sentences(folder, contents.sentences)
    told(1)
    write_lexical(folder / "lexical", contents.passages, EverydayWords(contents.glossary))
    told(2)
    write_vectors(
        folder / "chroma", [passage.id for passage in contents.passages], contents.vectors
    )
    for path in folder.rglob("*"):
        sync(path)
    told(3)


def _lease(folder: Path) -> BinaryIO:
    """Keep a snapshot from being removed until the file returned is closed."""
    lease = hold(folder / MANIFEST, alone=False) if (folder / MANIFEST).exists() else None
    if lease is None:
        raise unknown(folder.name)
    return lease


# Copies of a snapshot's vectors, one for each opening, gone with the one who opened it.
#
# Chroma writes a line into its database each time it is opened, which would break the hashes, and
# it is not safe between processes.

_OWNER = "owner"
"""A file locked as long as the copy is in use: a lock ends with its process, however it ends."""


class WorkingCopy:
    """A folder of one's own with the same files as another."""

    def __init__(self, home: Path, source: Path) -> None:
        """Copy `source` below `home`; copies whose owner is gone are removed."""
        working = home / "working"
        with refusals_of_disk(home):
            working.mkdir(exist_ok=True)
            with (working / "lock").open("wb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                _remove_left(working)
                self._folder = Path(mkdtemp(prefix=f"{source.parent.name}-", dir=working))
                (self._folder / _OWNER).touch()
                self._owner = hold(self._folder / _OWNER, alone=True)
            try:
                shutil.copytree(source, self.folder)
            except OSError:
                self.remove()
                raise

    @property
    def folder(self) -> Path:
        """Where the copied files are."""
        return self._folder / "copy"

    def remove(self) -> None:
        """Remove the copy; its files must not be used any more."""
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._owner is not None:
            self._owner.close()


def _remove_left(working: Path) -> None:
    for folder in working.iterdir():
        if not folder.is_dir():
            continue
        if not (folder / _OWNER).exists():
            shutil.rmtree(folder, ignore_errors=True)
        elif owner := hold(folder / _OWNER, alone=True):
            with owner:
                shutil.rmtree(folder, ignore_errors=True)
