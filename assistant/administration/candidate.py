"""The candidate: the generation that was built last and waits for someone's decision."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assistant.administration.verdict import Verdict
from ingestion.durable import replace_bytes
from ingestion.publication import finished


@dataclass(frozen=True, slots=True)
class Candidate:
    """A generation and what the gate said of it; `verdict` is None until it was asked."""

    generation: str
    verdict: Verdict | None = None

    def is_examined(self, served: str) -> bool:
        """Whether the gate held it against this index in service, and not against another."""
        return self.verdict is not None and self.verdict.against == served


_candidate = TypeAdapter(Candidate)


def read_candidate(home: Path) -> Candidate | None:
    """The generation that waits, None when there is none, or it is no longer there."""
    path = _path(home)
    try:
        found = _candidate.validate_json(path.read_bytes()) if path.exists() else None
    except ValidationError:
        return None  # written by another version: the gate says it again
    return found if found and found.generation in finished(home) else None


def keep_candidate(home: Path, candidate: Candidate) -> None:
    """Let a generation wait; the caller holds the writer's lock."""
    replace_bytes(_path(home), _candidate.dump_json(candidate))


def forget_candidate(home: Path) -> None:
    """Let none wait any more; the caller holds the writer's lock."""
    _path(home).unlink(missing_ok=True)


def _path(home: Path) -> Path:
    return home / "candidate.json"
