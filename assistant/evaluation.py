"""An evaluation: what was measured, on what, with what, so that another can repeat it."""

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from assistant.baseline import Comparison, Fall
from assistant.grading import Graded
from assistant.prompts import FOLDER
from assistant.settings import Settings
from ingestion.manifest import Manifest

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Digest:
    """A file, by the name under which it was given, and the sha256 of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Identity:
    """The conditions of a run; `code` is a commit, or the version of the package without one."""

    began: datetime
    code: str
    model: str
    manifest: Manifest
    settings: Settings
    prompts: tuple[Digest, ...]
    files: tuple[Digest, ...]
    machine: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run over question sets; less than `planned` questions were asked if it was interrupted.

    `falls` are the measures that are lower than in the earlier run, `baseline` its file.
    """

    identity: Identity
    planned: int
    graded: tuple[Graded, ...]
    baseline: Digest | None = None
    comparison: Comparison | None = None
    falls: tuple[Fall, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every question was asked."""
        return len(self.graded) == self.planned


def identify(model: str, manifest: Manifest, settings: Settings, files: Sequence[Path]) -> Identity:
    """The conditions of a run that begins now, on this machine."""
    return Identity(
        began=datetime.now().astimezone(),
        code=code_version(ROOT),
        model=model,
        manifest=manifest,
        settings=settings,
        prompts=tuple(digest(path, path.name) for path in sorted(FOLDER.glob("*.md"))),
        files=tuple(digest(path, str(path)) for path in files),
        machine=machine(),
    )


def digest(path: Path, name: str) -> Digest:
    """The digest of a file."""
    return Digest(name, sha256(path.read_bytes()).hexdigest())


def code_version(root: Path) -> str:
    """The git commit of the code, and whether files differ from it, else the package's version."""
    released = f"sourcier {version('sourcier')}"
    if not (root / ".git").exists():
        return released
    try:
        commit, changed = (
            subprocess.run(
                ("git", "-C", str(root), *command), capture_output=True, text=True, check=True
            ).stdout.strip()
            for command in (("rev-parse", "HEAD"), ("status", "--porcelain"))
        )
    except (OSError, subprocess.CalledProcessError):
        return released
    return f"{released}, commit {commit}" + (", fichiers modifiés depuis" if changed else "")


def machine() -> str:
    """The processor, the cores that this process may use, and the system."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").split("\n") if cpuinfo.exists() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    processor = next(models, platform.processor() or platform.machine())
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{processor}, {cores} cœurs, {platform.system()} {platform.release()}"
