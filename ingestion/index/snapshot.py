"""An index snapshot: one folder with everything a question is searched in, never changed again."""

import fcntl
import shutil
import weakref
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import BinaryIO

from ingestion.durable import hold, refusals_of_disk
from ingestion.index.lexical import TantivyIndex, Term, read_terms
from ingestion.index.questions import QuestionIndex
from ingestion.index.store import (
    MANIFEST,
    Manifest,
    PassageStore,
    damaged,
    hash_files,
    read_manifest,
    snapshots_folder,
    unknown,
)
from ingestion.index.vectors import ChromaIndex

# Copies of a generation's vectors, one for each opening, gone with the one who opened it.
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


# A generation: one folder with everything that a question is searched in, never changed again.
#
# ```
# generations/<name>/passages.sqlite   documents and passages
# generations/<name>/vectors.npy       their vectors, row i for passage i
# generations/<name>/chroma/           the same vectors, searchable
# generations/<name>/lexical/          their words, searchable
# generations/<name>/questions.json    the passages that each question of the bank leads to
# generations/<name>/questions.npy     vectors of these questions, row i for question i
# generations/<name>/glossary.json     the everyday words that lead to articles
# generations/<name>/manifest.sha256   sha256 of the manifest, as `sha256sum --check` reads it
# generations/<name>/manifest.json     sha256 of every other file; written last
# ```


@dataclass(frozen=True, slots=True)
class IndexSnapshot:
    """An open generation; holders keep it for the length of a question.

    As long as it is referred to, it is not removed by a publication.
    """

    manifest: Manifest
    store: PassageStore
    lexical: TantivyIndex
    vectors: ChromaIndex
    questions: QuestionIndex
    glossary: tuple[Term, ...] = ()


def open_snapshot(home: Path, name: str) -> IndexSnapshot:
    """Open a generation after comparing every file with its manifest.

    Raises UnknownGeneration, or DamagedGeneration before any damaged file is opened: a damaged
    vector graph could bring the whole process down.
    """
    folder = snapshots_folder(home) / name
    with ExitStack() as leaving:
        leaving.enter_context(_lease(folder))
        manifest = _intact(home, name)
        copy = WorkingCopy(home, folder / "chroma")
        leaving.callback(copy.remove)
        store, lexical = PassageStore(folder / "passages.sqlite"), TantivyIndex(folder / "lexical")
        vectors, questions = ChromaIndex(copy.folder), QuestionIndex(folder)
        weakref.finalize(vectors, leaving.pop_all().close)
    terms = read_terms(folder / "glossary.json")
    return IndexSnapshot(manifest, store, lexical, vectors, questions, terms)


def _intact(home: Path, name: str) -> Manifest:
    manifest = read_manifest(home, name)
    found = hash_files(snapshots_folder(home) / name)
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
