"""Verify a generation in a child process, since a damaged vector graph can crash its reader."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import ingestion
from ingestion.embedding import Vectors
from ingestion.errors import DamagedGeneration, IngestionError, LostDocuments, StorageFull
from ingestion.generation import Generation, open_generation
from ingestion.manifest import generations_folder, read_manifest
from ingestion.passages import Passage

CANARIES = 50
"""Passages, spread over the index, that must find themselves."""

SECONDS = 300

NEARLY_ITSELF = 0.97
"""Cosine from which what a passage finds is as good as itself: the graph is approximate, and among
hundreds of rows that differ by a figure one may be found in the place of another."""

SOUND, FAULTY, FULL, LOST = 0, 1, 2, 3
"""Exit statuses of the child."""

_ROOT = Path(ingestion.__file__).parent.parent


def verify(home: Path, name: str) -> None:
    """Check hashes, counts and canaries of a generation.

    Raises UnknownGeneration, StorageFull, IngestionError when it takes too long, LostDocuments when
    it is whole but for some documents, or DamagedGeneration with the child's reason, or its exit
    status when it died without a word.
    """
    read_manifest(home, name)
    command = [sys.executable, "-m", "ingestion.verification", str(home.absolute()), name]
    try:
        child = subprocess.run(
            command,
            cwd=_ROOT,  # the first place where the child looks for modules
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
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
        raise DamagedGeneration(f"La génération {name} ne se vérifie pas : {reason[0]}")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in French, and the document with which, None where it is the index itself."""

    told: str
    document_id: str | None = None


def find_faults(generation: Generation, vectors_path: Path) -> list[Fault]:
    """What is wrong with an open generation; empty when nothing is.

    When no passage that is looked for is found, it is the index that is wrong, not its documents.
    """
    passages = list(generation.store.all_passages())
    vectors = np.load(vectors_path, allow_pickle=False)
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


def _faults(generation: Generation, passage: Passage, vector: Vectors) -> Iterator[Fault]:
    document = generation.store.document(passage.document_id)
    named = f"{passage.source}, {passage.id},"
    for start, end in ((passage.start, passage.end), *passage.also_at):
        if document.text[start:end] != passage.text:
            yield Fault(f"{named} n'est pas à sa place dans son document")
    best = generation.vectors.search(vector, 1)
    if not best or best[0].score < NEARLY_ITSELF:
        yield Fault(f"{named} ne se retrouve pas par son vecteur", document.id)
    referred = [generation.lexical.lookup(reference) for reference in passage.references]
    if any(passage.id not in found for found in referred) and all(map(_complete, referred)):
        yield Fault(f"{named} ne se retrouve pas par sa référence", document.id)


def _complete(found: list[str]) -> bool:
    return len(found) < 100


def main() -> int:
    """The child: SOUND, or the reason on stderr, and on stdout the documents that are lost."""
    home, name = Path(sys.argv[1]), sys.argv[2]
    try:
        generation = open_generation(home, name)
        faults = find_faults(generation, generations_folder(home) / name / "vectors.npy")
    except StorageFull as error:
        sys.stderr.write(str(error))
        return FULL
    except IngestionError as error:
        faults = [Fault(str(error))]
    sys.stderr.write("\n".join(fault.told for fault in faults))
    lost = [fault.document_id for fault in faults if fault.document_id is not None]
    sys.stdout.write("\n".join(lost))
    if faults and len(lost) == len(faults):
        return LOST
    return FAULTY if faults else SOUND


if __name__ == "__main__":
    sys.exit(main())
