"""Requirements: what the service stands on, how each is, and what to do about it."""

import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ingestion.setup.preflight import RUN_BYTES, gigabytes


class RequirementState(StrEnum):
    """How a requirement is; the value is what programs read."""

    MET = "ok"
    WEAK = "warning"
    BROKEN = "broken"

    @property
    def mark(self) -> str:
        """How it is shown to people."""
        return {"ok": "✓", "warning": "!", "broken": "✗"}[self.value]


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something without which the service is worse, or not there.

    `told` is a French sentence that says how it is, `remedy` one that says what to do, "" where
    nothing is to be done. Neither holds a word of a question, nor anybody's name.
    """

    name: str
    state: RequirementState
    told: str
    remedy: str = ""


def met(name: str, told: str) -> Requirement:
    """One that is as it should be."""
    return Requirement(name, RequirementState.MET, told)


def weak(name: str, told: str, remedy: str = "") -> Requirement:
    """One that the service can do without for a while."""
    return Requirement(name, RequirementState.WEAK, told, remedy)


def broken(name: str, told: str, remedy: str) -> Requirement:
    """One that the service cannot do without."""
    return Requirement(name, RequirementState.BROKEN, told, remedy)


def holds(requirements: Iterable[Requirement]) -> bool:
    """Whether none of them is broken. Pure."""
    return all(each.state is not RequirementState.BROKEN for each in requirements)


def requirement_fields(requirements: Sequence[Requirement]) -> dict[str, Any]:
    """Requirements as programs read them. Pure."""
    return {"requirements": [asdict(each) for each in requirements]}


LEAST_BYTES = 50_000_000
"""Free space below which the next answers may not be recorded, and are then not given."""

DISK = "disque"


def disk(home: Path) -> Requirement:
    """Whether the data folder takes what each answer writes before it is shown."""
    if not os.access(home, os.W_OK):
        return broken(
            DISK,
            "Le dossier des données ne se laisse pas écrire par ce compte.",
            "Rendez-le au compte du service (chown -R), ou montez le disque en écriture.",
        )
    free = shutil.disk_usage(home).free
    told = f"Il reste {gigabytes(free)} sur le disque des données."
    remedy = "Libérez de la place : la page /admin/entretien dit ce qui en prend."
    if free < LEAST_BYTES:
        return broken(DISK, told, remedy)
    return weak(DISK, told, remedy) if free < RUN_BYTES else met(DISK, told)
