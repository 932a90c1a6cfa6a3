"""Anchors: the last line of the journal on a day, which is only worth what is kept elsewhere."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assistant.errors import WrongAnchors
from ingestion.durable import sync


@dataclass(frozen=True, slots=True)
class Anchor:
    """That on `day` (UTC) the entry of this number, the last one then, had this hash."""

    day: date
    number: int
    hash: str

    @property
    def line(self) -> str:
        """Its line in a file of anchors."""
        return f"{self.day.isoformat()} {self.number} {self.hash}\n"


def add_anchor(path: Path, anchor: Anchor) -> None:
    """Write an anchor at the end of a file, on disk once this returns."""
    with path.open("a", encoding="ascii") as file:
        file.write(anchor.line)
        file.flush()
        os.fsync(file.fileno())
    sync(path.parent)


def read_anchors(path: Path) -> tuple[Anchor, ...]:
    """The anchors of a file, oldest first; raises WrongAnchors for a line that is not one."""
    if not path.exists():
        raise WrongAnchors(f"Le fichier d'ancres {path} n'existe pas.")
    return tuple(sorted(set(_read(path)), key=lambda anchor: anchor.number))


def _read(path: Path) -> Iterable[Anchor]:
    for place, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
        try:
            day, number, digest = line.split()
            yield Anchor(date.fromisoformat(day), int(number), digest)
        except ValueError as error:
            raise WrongAnchors(
                f"{path}, ligne {place} : attendu « AAAA-MM-JJ numéro empreinte ». Prenez une "
                "autre copie du fichier d'ancres."
            ) from error
