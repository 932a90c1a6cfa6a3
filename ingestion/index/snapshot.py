"""Index snapshots: what one holds, where they are kept, and those kept in a data folder."""

import fcntl
import shutil
import weakref
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import BinaryIO, Protocol

import numpy as np

from ingestion.chunking.passages import Passage
from ingestion.documents.document import Document
from ingestion.durable import hold, refusals_of_disk, replace_bytes, sync
from ingestion.errors import EmbedderMismatch
from ingestion.index.lexical import (
    EverydayWords,
    TantivyIndex,
    Term,
    read_terms,
    terms_json,
    write_lexical,
    write_terms,
)
from ingestion.index.questions import (
    LeadingQuestion,
    QuestionIndex,
    questions_json,
    read_leading_questions,
    write_questions,
)
from ingestion.index.search import Hit, LexicalIndex, VectorIndex, Vectors
from ingestion.index.sentence_index import (
    NO_SENTENCES,
    SentenceIndex,
    read_sentences,
    write_sentences,
)
from ingestion.index.store import (
    MANIFEST,
    SEAL,
    Manifest,
    PassageStore,
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

# What a snapshot holds, and where snapshots are kept, whichever the engine.


@dataclass(frozen=True, slots=True)
class IndexSnapshot:
    """An open snapshot; holders keep it for the length of a question.

    As long as it is referred to, it is not removed by a publication.
    """

    manifest: Manifest
    store: PassageStore
    lexical: LexicalIndex
    vectors: VectorIndex
    questions: QuestionIndex
    glossary: tuple[Term, ...] = ()
    sentences: SentenceIndex = NO_SENTENCES

    def near(self, vector: Vectors, k: int) -> list[Hit]:
        """At most `k` passages, the nearest to a question's vector first.

        Raises EmbedderMismatch for one that is not of their space.
        """
        made = self.manifest.dimension
        if made and len(vector) != made:
            raise EmbedderMismatch(
                f"L'index {self.manifest.name} a des vecteurs de {made} nombres, et le modèle de "
                f"vecteurs choisi en donne {len(vector)}. Reconstruisez-le : sourcier index build"
            )
        return self.vectors.search(vector, k)


@dataclass(frozen=True, slots=True)
class SnapshotContents:
    """What a snapshot is written from.

    Row i of `vectors` belongs to passage i, row i of `asked` to question i.
    """

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    vectors: Vectors
    glossary: tuple[Term, ...]
    questions: tuple[LeadingQuestion, ...]
    asked: Vectors
    sentences: SentenceIndex = NO_SENTENCES

    @property
    def digest(self) -> str:
        """The sha256 of all of it: the same whichever the engine."""
        digest = sha256()
        for each in (*self.documents, *self.passages):
            digest.update(repr(each).encode())
        for written in (terms_json(self.glossary), questions_json(self.questions)):
            digest.update(written)
        digest.update(repr(self.sentences.passage_ids).encode())
        for rows in (self.vectors, self.asked, self.sentences.vectors):
            digest.update(np.ascontiguousarray(rows, dtype="<f4").tobytes())
        return digest.hexdigest()


def contents_of(snapshot: IndexSnapshot, vectors: Vectors) -> SnapshotContents:
    """What an open snapshot was written from, given the vectors of its passages."""
    return SnapshotContents(
        tuple(snapshot.store.documents()),
        tuple(snapshot.store.all_passages()),
        vectors,
        snapshot.glossary,
        snapshot.questions.questions,
        snapshot.questions.vectors,
        snapshot.sentences,
    )


class SnapshotRepository(Protocol):
    """The snapshots of one index, and which of them is in use.

    Each change is made whole or not at all. Who writes holds the writer's lock; readers come at
    any time.
    """

    def served(self) -> str | None:
        """Name of the snapshot in use, None when there is none."""

    def serve(self, name: str | None) -> None:
        """Put a snapshot in use, for every process at its next question; None takes it out.

        Nothing is announced any more.
        """

    def announced(self) -> str | None:
        """Name of the snapshot that is about to be in use, None when there is none."""

    def announce(self, name: str | None) -> None:
        """Say which one is about to be in use, so that it is open by then; None takes it back."""

    def finished(self) -> list[str]:
        """Names of the snapshots that are whole, oldest first."""

    def manifest(self, name: str) -> Manifest:
        """The manifest of a snapshot; raises UnknownSnapshot or DamagedSnapshot."""

    def write(
        self, contents: SnapshotContents, manifest: Manifest, told: Callable[[int], None]
    ) -> Manifest:
        """Write a snapshot, durable once this returns, and its manifest with the hashes of it.

        `told` hears of each third. Whatever ends it early, nothing is left.
        """

    def open(self, name: str) -> IndexSnapshot:
        """Open a snapshot after comparing all of it with its manifest.

        Raises UnknownSnapshot, or DamagedSnapshot before anything damaged is searched.
        """

    def vectors(self, name: str) -> Vectors:
        """The vectors of its passages, as they were written, in their order."""

    def discard(self, name: str) -> None:
        """Remove a snapshot, unless someone has it open."""

    def clear_unfinished(self) -> None:
        """Remove what killed builds and removals left."""

    def size(self, name: str) -> int:
        """Bytes that a snapshot takes."""


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


# Snapshots kept in a data folder: one folder each.
#
# ```
# generations/<name>/passages.sqlite   documents and passages
# generations/<name>/vectors.npy       their vectors, row i for passage i
# generations/<name>/chroma/           the same vectors, searchable
# generations/<name>/lexical/          their words, searchable
# generations/<name>/leading.json      the passages that each question leads to
# generations/<name>/questions.npy     vectors of these questions, row i for question i
# generations/<name>/sentences.npz     vectors of the sentences of clauses, and their passages
# generations/<name>/glossary.json     the everyday words that lead to articles
# generations/<name>/manifest.sha256   sha256 of the manifest, as `sha256sum --check` reads it
# generations/<name>/manifest.json     sha256 of every other file; written last
# current                              the name of the one in use, swapped atomically
# coming                               the name of the one that is about to be, while it is verified
# ```

_VECTORS = "vectors.npy"


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
        terms = read_terms(folder / "glossary.json")
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
    write_terms(folder / "glossary.json", contents.glossary)
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
