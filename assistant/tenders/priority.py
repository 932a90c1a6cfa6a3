"""Priority: which piece of a dossier prevails when two disagree, by its own clause. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.question.language import fold_text
from assistant.question.quantities import fold_same_length as same_length
from assistant.question.topics import topics
from ingestion.chunking.passages import Passage
from ingestion.chunking.sentences import units
from ingestion.documents.pieces import PIECE, PieceKind, piece_name

USUAL_ORDER = (
    *(PieceKind.AE, PieceKind.CCAP, PieceKind.CCP, PieceKind.CCTP, PieceKind.RC, PieceKind.BPU),
    *(PieceKind.DPGF, PieceKind.DQE, PieceKind.ANNEX, PieceKind.QUESTIONS, PieceKind.NOTICE),
    PieceKind.OTHER,
)
"""The order in which pieces are read where no clause gives one.

Offers are not among them: what a supplier wrote is never what the dossier says.
"""


_ANNOUNCES = re.compile(
    r"\bordre (?:hi[ée]rarchique|d[ée]croissant|d'importance|de (?:priorit[ée]|pr[ée]s[ée]ance))"
    r"|\bhi[ée]rarchie des (?:pi[èe]ces|documents)\b"
)
_OF_PIECES = re.compile(r"\b(?:pi[èe]ces?|documents?|contractuel\w*|constitu\w+)\b")
_OF_OTHERS = re.compile(r"\bcrit[èe]res?\b|\binterventions?\b")
_ASCENDS = re.compile(r"\bcroissan")
_RULES = re.compile(r"\b(?:prevau|preval|prime|emporte)")
_EXCEPT = re.compile(r"\b[àa] l['’](?:exclusion|exception)\b|\b(?:hormis|sauf)\b", re.IGNORECASE)
_ITEM = re.compile(
    rf"\s*(?:\d{{1,2}}[^\w\n]+|[a-z][.)]\s*|[^\w\s]+\s*|o\s+)"
    rf"(?i:l['’]\s*|l[ae]s?\s+)?(?i:pr[ée]sente?\s+)?(?={PIECE})"
)
_LIST_OF = re.compile(r"\W*(?:[a-z0-9]{1,2}\W+)?(?:les )?(?:pi[èe]ces|documents)\b")


@dataclass(frozen=True, slots=True)
class Priority:
    """Pieces, the one that prevails first, and the clause that says so; both empty if none does.

    The pieces alone are empty where a clause announces an order that could not be read.
    """

    pieces: tuple[PieceKind, ...] = ()
    locator: str = ""

    def prevailing(self, differing: Iterable[PieceKind]) -> tuple[PieceKind, ...]:
        """Those that the clause ranks, the one that prevails first; fewer than two settle none."""
        among = set(differing)
        return tuple(kind for kind in self.pieces if kind in among)


def stated_priority(passages: Iterable[Passage]) -> Priority:
    """The first order of pieces that a clause announces, else that a sentence tells."""
    every = tuple(passages)
    for read in (_announced, _told):
        for passage in every:
            if len(order := read(passage)) > 1:
                return Priority(order, passage.locator)
    return Priority((), next((each.locator for each in every if _announces_pieces(each)), ""))


def _announced(passage: Passage) -> tuple[PieceKind, ...]:
    """What the items rank below the words or the heading that announce an order."""
    said = _ANNOUNCES.search(same_length(passage.text))
    is_headed = _ANNOUNCES.search(same_length("\n".join(passage.headings[-1:])))
    if not (said or is_headed) or _ASCENDS.search(same_length(passage.text)):
        return ()
    listed: list[PieceKind] = []
    for line in passage.text[said.end() if said else 0 :].splitlines():
        if item := _ITEM.match(line):
            listed += _listed(line[item.end() :])
        elif listed and line.rstrip().endswith(":") and not _LIST_OF.match(same_length(line)):
            break
    return tuple(dict.fromkeys(listed))


def _told(passage: Passage) -> tuple[PieceKind, ...]:
    """What a sentence that says which pieces prevail ranks after its colon."""
    says = topics()["priority"].said
    for unit in units(passage.text):
        text = passage.text[unit.start : unit.end]
        ranked = _EXCEPT.split(text.partition(":")[2])[0]
        listed, written = _listed(ranked), fold_text(text)
        is_order = not _ASCENDS.search(written) and not _RULES.search(fold_text(ranked))
        if len(listed) > 1 and says.search(written) and is_order:
            return listed
    return ()


def _announces_pieces(passage: Passage) -> bool:
    """Whether a sentence or the heading announces an order that is one of pieces."""
    spans = ((each.start, each.end) for each in units(passage.text))
    said = (*passage.headings[-1:], *(passage.text[start:end] for start, end in spans))
    return any(
        _ANNOUNCES.search(each) and _OF_PIECES.search(each) and not _OF_OTHERS.search(each)
        for each in map(same_length, said)
    )


def _listed(text: str) -> tuple[PieceKind, ...]:
    names = (piece_name(found.group()) for found in re.finditer(PIECE, text))
    return tuple(dict.fromkeys(PieceKind(name) for name in names if name in USUAL_ORDER))
