"""Evidence: the passages put before the reader, numbered as they are shown, and their scope."""

from dataclasses import dataclass
from datetime import date

from ingestion.documents import Kind
from ingestion.passages import Passage
from ingestion.piece_kinds import PieceKind


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage shown for a question.

    `number` is 1-based, in order of score (best first), and is what `[n]` in an answer means.
    `score` is how likely the passage is to be the best of those found, `strength` the weighed sum
    of its signals, which does not depend on the others (ranking.py).
    `similarity` is the cosine with the question, that of the farthest passage found by meaning when
    this one was found by words alone.
    `document_sha256` is that of the document's whole text (UTF-8), to which offsets refer.
    """

    number: int
    passage: Passage
    score: float
    document_sha256: str
    similarity: float = 0.0
    strength: float = 0.0


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question may be answered from: the rules in force on a day, and one dossier if any.

    `offers` says whether what suppliers wrote in the dossier may be shown as well. `any_day` leaves
    the day aside, to learn what another day's law says.
    """

    as_of: date
    dossier: str | None = None
    offers: bool = False
    any_day: bool = False

    def admits(self, passage: Passage) -> bool:
        """Whether a passage may be shown; unknown dates of validity exclude nothing. Pure.

        What belongs to a dossier is for that dossier alone, and only rules may belong to none; an
        offer is for questions about offers alone.
        """
        is_foreign = passage.dossier is not None and passage.dossier != self.dossier
        is_astray = passage.dossier is None and passage.kind is not Kind.RULES
        is_unasked = passage.piece is PieceKind.OFFER and not self.offers
        if is_foreign or is_astray or is_unasked:
            return False
        return self.covers(passage.valid_from or passage.not_before, passage.valid_to)

    def covers(self, valid_from: date | None, valid_to: date | None) -> bool:
        """Whether the day is among these; an unknown bound excludes nothing. Pure."""
        if self.any_day:
            return True
        begun = valid_from is None or valid_from <= self.as_of
        ended = valid_to is not None and valid_to <= self.as_of
        return begun and not ended

    def reads(self, passage: Passage) -> bool:
        """Whether an answer may quote a passage; a rule does not say what a dossier says. Pure."""
        return self.dossier is None or passage.dossier == self.dossier
