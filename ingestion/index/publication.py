"""Which snapshot is in use: verified in a child process, then one pointer swapped."""

import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import ingestion
from ingestion.chunking.passages import Passage
from ingestion.errors import (
    DamagedSnapshot,
    EmbedderMismatch,
    IngestionError,
    LostDocuments,
    StorageFull,
    UnknownSnapshot,
)
from ingestion.index.folder import FolderRepository
from ingestion.index.search import Vectors
from ingestion.index.server import ServerRepository
from ingestion.index.snapshot import IndexSnapshot, SnapshotRepository
from ingestion.index.store import Manifest, unknown
from ingestion.postgresql import named_server
from ingestion.progress import untold


def repository_of(home: Path) -> SnapshotRepository:
    """Where the snapshots of a data folder are kept: in it, or where its settings name a server."""
    return repository_at(home, named_server(home, "store"))


def repository_at(home: Path, address: str) -> SnapshotRepository:
    """The snapshots on a server, or those in a data folder for the address ""."""
    return ServerRepository(address) if address else FolderRepository(home)


def open_snapshot(home: Path, name: str) -> IndexSnapshot:
    """Open a snapshot after comparing all of it with its manifest.

    Raises UnknownSnapshot, or DamagedSnapshot before anything damaged is searched.
    """
    return repository_of(home).open(name)


def read_manifest(home: Path, name: str) -> Manifest:
    """The manifest of a finished snapshot; raises UnknownSnapshot or DamagedSnapshot."""
    return repository_of(home).manifest(name)


# Verify a snapshot in a child process, since a damaged vector graph can crash its reader.

CANARIES = 50
"""Passages, spread over the index, that must find themselves."""

SECONDS = 300

NEARLY_ITSELF = 0.97
"""Cosine from which what a passage finds is as good as itself: the graph is approximate, and among
hundreds of rows that differ by a figure one may be found in the place of another."""

LOOKED_UP = 100
"""Passages of one reference that are looked up; where there are more, one may be missing."""

SOUND, FAULTY, FULL, LOST = 0, 1, 2, 3
"""Exit statuses of the child."""

_ROOT = Path(ingestion.__file__).parent.parent

_IN_FOLDER = "--in-folder"


def verify_snapshot(home: Path, name: str, *, in_folder: bool = False) -> None:
    """Check hashes, counts and canaries of a snapshot.

    It is looked for `in_folder`, or wherever the settings of that folder say. Raises
    UnknownSnapshot, StorageFull, IngestionError when it takes too long, LostDocuments when it is
    whole but for some documents, or DamagedSnapshot with the child's reason, or its exit status
    when it died without a word.
    """
    _looked_in(home, in_folder=in_folder).manifest(name)
    try:
        child = examined_apart(home, name, in_folder=in_folder)
    except subprocess.TimeoutExpired as error:
        raise IngestionError(
            f"La génération {name} ne se vérifie pas en {SECONDS} secondes. Réessayez quand la "
            "machine est moins occupée : sourcier index publish"
        ) from error
    if child.returncode == FULL:
        raise StorageFull(child.stderr.strip())
    if child.returncode == LOST:
        said = child.stderr.strip().splitlines()[-1]
        raise LostDocuments(
            f"La génération {name} ne se vérifie pas : {said}", frozenset(child.stdout.split())
        )
    if child.returncode:
        reason = child.stderr.strip().splitlines()[-1:] or [f"arrêt brutal ({child.returncode})"]
        raise DamagedSnapshot(f"La génération {name} ne se vérifie pas : {reason[0]}")


def examined_apart(home: Path, name: str, *, in_folder: bool) -> "subprocess.CompletedProcess[str]":
    """`examined` in a child process, which may die of it."""
    asked = [str(home.absolute()), name, *([_IN_FOLDER] if in_folder else [])]
    return subprocess.run(
        [sys.executable, "-m", "ingestion.index.publication", *asked],
        cwd=_ROOT,  # the first place where the child looks for modules
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in French, and the document with which, None where it is the index itself."""

    told: str
    document_id: str | None = None


def find_faults(generation: IndexSnapshot, vectors: Vectors) -> list[Fault]:
    """What is wrong with an open snapshot, given the vectors of its passages; empty if nothing.

    When no passage that is looked for is found, it is the index that is wrong, not its documents.
    """
    passages = list(generation.store.all_passages())
    counts = [len(passages), len(vectors), len(generation.vectors), len(generation.lexical)]
    if set(counts) != {generation.manifest.passages}:
        return [
            Fault(
                f"{generation.manifest.passages} passages annoncés, {counts[0]} présents, "
                f"{counts[1]} vecteurs dont {counts[2]} cherchables, {counts[3]} passages "
                "cherchables par les mots"
            )
        ]
    step = max(1, len(passages) // CANARIES)
    canaries = list(zip(passages, vectors, strict=True))[::step]
    faults = [
        fault for passage, vector in canaries for fault in _faults(generation, passage, vector)
    ]
    lost = {fault.document_id for fault in faults}
    if lost >= {passage.document_id for passage, _ in canaries}:
        return [replace(fault, document_id=None) for fault in faults]
    return faults


def _faults(generation: IndexSnapshot, passage: Passage, vector: Vectors) -> Iterator[Fault]:
    document = generation.store.document(passage.document_id)
    named = f"{passage.source}, {passage.id},"
    for start, end in ((passage.start, passage.end), *passage.also_at):
        if document.text[start:end] != passage.text:
            yield Fault(f"{named} n'est pas à sa place dans son document")
    best = generation.vectors.search(vector, 1)
    if not best or best[0].score < NEARLY_ITSELF:
        yield Fault(f"{named} ne se retrouve pas par son vecteur", document.id)
    lookup = generation.lexical.lookup
    referred = [lookup(reference, LOOKED_UP) for reference in passage.references]
    if any(passage.id not in found for found in referred) and all(map(_complete, referred)):
        yield Fault(f"{named} ne se retrouve pas par sa référence", document.id)


def _complete(found: list[str]) -> bool:
    return len(found) < LOOKED_UP


def examined(home: Path, name: str, *, in_folder: bool) -> tuple[int, str, str]:
    """SOUND or what it is instead, the documents that are lost, and the reason, a line each."""
    try:
        repository = _looked_in(home, in_folder=in_folder)
        faults = find_faults(repository.open(name), repository.vectors(name))
    except StorageFull as error:
        return FULL, "", str(error)
    except IngestionError as error:
        faults = [Fault(str(error))]
    lost = [fault.document_id for fault in faults if fault.document_id is not None]
    are_lost = faults and len(lost) == len(faults)
    status = LOST if are_lost else FAULTY if faults else SOUND
    return status, "\n".join(lost), "\n".join(fault.told for fault in faults)


def _looked_in(home: Path, *, in_folder: bool) -> SnapshotRepository:
    return FolderRepository(home) if in_folder else repository_of(home)


def main() -> int:
    """The child: its exit status is that of the examination, whose texts it writes."""
    in_folder = _IN_FOLDER in sys.argv[3:]
    status, lost, said = examined(Path(sys.argv[1]), sys.argv[2], in_folder=in_folder)
    sys.stdout.write(lost)
    sys.stderr.write(said)
    return status


# Which snapshot is in use; the last ones stay at hand.

KEPT = 3
"""Generations kept besides the one in use, for rollback."""

Told = Callable[[str], None]
"""Hears the name of a sound snapshot just before it is put in use, which a failure here stops."""


def current_name(home: Path) -> str:
    """Name of the published snapshot; raises UnknownSnapshot when there is none."""
    name = served_name(home)
    if name is None:
        raise UnknownSnapshot("Aucun index n'est publié. Lancez : sourcier index build")
    return name


def served_name(home: Path) -> str | None:
    """Name of the published snapshot, None when there is none."""
    return repository_of(home).served()


def announced_name(home: Path) -> str | None:
    """Name of the snapshot that is being verified to be published, None when there is none."""
    return repository_of(home).announced()


def current_manifest(home: Path) -> Manifest | None:
    """Manifest of the published snapshot, None when nothing has been published."""
    name = served_name(home)
    return None if name is None else read_manifest(home, name)


def finished(home: Path) -> list[str]:
    """Names of the finished snapshots, oldest first."""
    return repository_of(home).finished()


def find_content(home: Path, content: str) -> Manifest | None:
    """The newest sound snapshot with this content, published or not."""
    for name in reversed(finished(home)):
        try:
            manifest = read_manifest(home, name)
            if manifest.content == content:
                verify_snapshot(home, name)
                return manifest
        except DamagedSnapshot:
            continue
    return None


def publish(home: Path, name: str, told: Told = untold) -> None:
    """Verify a snapshot and make it the one in use; the caller holds the writer's lock.

    It is announced first: while it is verified, who follows the publications of this folder opens
    it beside the one in use.
    Raises UnknownSnapshot for what is not a snapshot of this folder: another's would bring the
    pieces of a dossier before those who may not see them.
    """
    if name not in finished(home):
        raise unknown(name)
    repository = repository_of(home)
    repository.announce(name)
    try:
        verify_snapshot(home, name)
        told(name)
        repository.serve(name)
    except BaseException:
        with suppress(IngestionError, OSError):  # what keeps it from being published is told
            repository.announce(None)
        raise
    for old in [other for other in finished(home) if other < name][:-KEPT]:
        discard(home, old)


def rollback(home: Path, told: Told = untold, never: Collection[str] = ()) -> str:
    """Publish the newest sound snapshot made before the one in use, and return its name.

    `never` are those that have never been in use: nobody let them in. Raises UnknownSnapshot when
    there is none, EmbedderMismatch when other vectors were made for it: every question would then
    fail. The caller holds the writer's lock.
    """
    current = current_name(home)
    embedder = _embedder(home, current)
    for name in reversed([name for name in finished(home) if name < current and name not in never]):
        try:
            _require_embedder(read_manifest(home, name), embedder)
            publish(home, name, told)
        except DamagedSnapshot:
            continue
        return name
    raise UnknownSnapshot(
        "Aucune génération plus ancienne et intacte n'est conservée. Reconstruisez l'index : "
        "sourcier index build"
    )


def put_back(home: Path, name: str, told: Told = untold) -> None:
    """Publish again a snapshot that was in use; the caller holds the writer's lock.

    Raises UnknownSnapshot, DamagedSnapshot, or EmbedderMismatch as `rollback` does.
    """
    _require_embedder(read_manifest(home, name), _embedder(home, current_name(home)))
    publish(home, name, told)


def _embedder(home: Path, name: str) -> str | None:
    """By which embedder a snapshot was made, None when it is too damaged to say so."""
    try:
        return read_manifest(home, name).embedder
    except (DamagedSnapshot, UnknownSnapshot):
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
    """Remove a snapshot, unless someone has it open."""
    repository_of(home).discard(name)


def withdraw(home: Path) -> None:
    """Leave no snapshot in use; the caller holds the writer's lock."""
    repository_of(home).serve(None)


if __name__ == "__main__":
    sys.exit(main())
