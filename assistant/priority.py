"""Priority: which piece of a dossier prevails when two disagree, by its own clause. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.checking.sentences import units
from assistant.topics import topics
from assistant.words import plain
from ingestion.passages import Passage
from ingestion.piece_kinds import PieceKind
from ingestion.pieces import PIECE, piece_name

USUAL_ORDER = (
    *(PieceKind.AE, PieceKind.CCAP, PieceKind.CCP, PieceKind.CCTP, PieceKind.RC, PieceKind.BPU),
    *(PieceKind.DPGF, PieceKind.DQE, PieceKind.ANNEX, PieceKind.QUESTIONS, PieceKind.NOTICE),
    PieceKind.OTHER,
)
"""The order in which pieces are read where no clause gives one.

Offers are not among them: what a supplier wrote is never what the dossier says.
"""


@dataclass(frozen=True, slots=True)
class Priority:
    """Pieces, the one that prevails first, and the clause that says so; both empty if none does."""

    pieces: tuple[PieceKind, ...] = ()
    locator: str = ""

    def prevailing(self, differing: Iterable[PieceKind]) -> tuple[PieceKind, ...]:
        """Those that the clause ranks, the one that prevails first; fewer than two settle none."""
        among = set(differing)
        return tuple(kind for kind in self.pieces if kind in among)


def stated_priority(passages: Iterable[Passage]) -> Priority:
    """The priority that the first clause with such a list states."""
    says = topics()["priority"].said
    for passage in passages:
        for unit in units(passage.text):
            text = passage.text[unit.start : unit.end]
            listed = _listed(text)
            if len(listed) > 1 and ":" in text and says.search(plain(text)):
                return Priority(listed, passage.locator)
    return Priority()


def _listed(text: str) -> tuple[PieceKind, ...]:
    names = (piece_name(found.group()) for found in re.finditer(PIECE, text))
    return tuple(dict.fromkeys(PieceKind(name) for name in names if name in USUAL_ORDER))
