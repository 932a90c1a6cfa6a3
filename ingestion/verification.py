"""Verify a generation in a child process, since a damaged vector graph can crash its reader."""

import subprocess
import sys
from pathlib import Path

import numpy as np

import ingestion
from ingestion.errors import DamagedGeneration, IngestionError, StorageFull
from ingestion.generation import Generation, open_generation
from ingestion.manifest import generations_folder, read_manifest

CANARIES = 50
"""Passages, spread over the index, that must find themselves."""

SECONDS = 300

SOUND, FAULTY, FULL = 0, 1, 2
"""Exit statuses of the child."""

_ROOT = Path(ingestion.__file__).parent.parent


def verify(home: Path, name: str) -> None:
    """Check hashes, counts and canaries of a generation.

    Raises UnknownGeneration, StorageFull, IngestionError when it takes too long, or
    DamagedGeneration with the child's reason, or its exit status when it died without a word.
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
    if child.returncode:
        reason = child.stderr.strip().splitlines()[-1:] or [f"arrêt brutal ({child.returncode})"]
        raise DamagedGeneration(f"La génération {name} ne se vérifie pas : {reason[0]}")


def find_faults(generation: Generation, vectors_path: Path) -> list[str]:
    """What is wrong with an open generation, in French; empty when nothing is."""
    passages = list(generation.store.all_passages())
    vectors = np.load(vectors_path, allow_pickle=False)
    counts = [len(passages), len(vectors), len(generation.vectors), len(generation.lexical)]
    if set(counts) != {generation.manifest.passages}:
        return [
            f"{generation.manifest.passages} passages annoncés, {counts[0]} présents, {counts[1]} "
            f"vecteurs dont {counts[2]} cherchables, {counts[3]} passages cherchables par les mots"
        ]
    faults = []
    step = max(1, len(passages) // CANARIES)
    for passage, vector in list(zip(passages, vectors, strict=True))[::step]:
        document = generation.store.document(passage.document_id)
        if document.text[passage.start : passage.end] != passage.text:
            faults.append(f"{passage.id} n'est pas à sa place dans son document")
        best = generation.vectors.search(vector, 1)
        if not best or best[0].score < 0.999:  # an equal text elsewhere is as good as itself
            faults.append(f"{passage.id} ne se retrouve pas par son vecteur")
        named = [generation.lexical.lookup(reference) for reference in passage.references]
        if any(passage.id not in found for found in named) and all(map(_complete, named)):
            faults.append(f"{passage.id} ne se retrouve pas par sa référence")
    return faults


def _complete(found: list[str]) -> bool:
    return len(found) < 100


def main() -> int:
    """The child: SOUND, or the reason on stderr."""
    home, name = Path(sys.argv[1]), sys.argv[2]
    try:
        generation = open_generation(home, name)
        faults = find_faults(generation, generations_folder(home) / name / "vectors.npy")
    except StorageFull as error:
        sys.stderr.write(str(error))
        return FULL
    except IngestionError as error:
        faults = [str(error)]
    sys.stderr.write("\n".join(faults))
    return FAULTY if faults else SOUND


if __name__ == "__main__":
    sys.exit(main())
