"""Candidature: a generation built beside the one in service goes through the gate, and waits."""

import gc
from pathlib import Path
from traceback import clear_frames

from assistant.administration.decisions import Decisions, served_name
from assistant.administration.gate import Examinee, hold_against
from assistant.administration.verdict import Verdict
from assistant.errors import AssistantError
from ingestion.build import Progress, build
from ingestion.embedding import Embedder
from ingestion.errors import BuildCancelled, IngestionError
from ingestion.manifest import Manifest, read_manifest
from ingestion.publication import discard, finished


def make_candidate(
    home: Path, embedder: Embedder, examinee: Examinee, decisions: Decisions, progress: Progress
) -> tuple[Manifest, Verdict | None]:
    """Build from the library and ask the gate; the caller holds the writer's lock.

    The verdict is None when there is nothing to compare with: no index in service, or the same one.
    A cancelled build leaves nothing; one that the gate could not examine waits without a verdict.
    """
    known, served = finished(home), served_name(home)
    manifest = build(home, embedder, progress)
    if manifest.name == served:
        return manifest, None
    if manifest.name not in known:
        decisions.built(manifest)
    try:
        return manifest, examine_candidate(home, manifest.name, examinee, decisions, progress)
    except BuildCancelled as stopped:
        clear_frames(stopped.__traceback__)  # they hold the generation open,
        gc.collect()  # and so may those who hold each other
        if manifest.name not in known:
            discard(home, manifest.name)
        raise
    except (AssistantError, IngestionError):
        decisions.propose(manifest, None)
        raise


def examine_candidate(
    home: Path, name: str, examinee: Examinee, decisions: Decisions, progress: Progress
) -> Verdict | None:
    """Hold a generation against the index in service, and let it wait for a decision."""
    served, manifest = served_name(home), read_manifest(home, name)
    verdict = hold_against(home, served, name, examinee, progress) if served else None
    decisions.propose(manifest, verdict)
    return verdict
