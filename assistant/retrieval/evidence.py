"""Evidence: the passages put before the reader, for a question and each of its subquestions."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.retrieval.hierarchy import general_text
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Kind
from ingestion.documents.general_clauses import CCAG, GeneralText
from ingestion.documents.pieces import PieceKind
from ingestion.index.store import DisputedFigure

NAMED = 2.0
"""Score of a passage that the question names: above any that is only found."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage shown for a question.

    `number` is 1-based, in order of score (best first), and is what `[n]` in an answer means.
    `score` is how likely the passage is to be the best of those found, `strength` the weighed sum
    of its signals, which does not depend on the others (ranking.py).
    `similarity` is the cosine with the question, that of the farthest passage found by meaning when
    this one was found by words alone.
    `document_sha256` is that of the document's whole text (UTF-8), to which offsets refer.
    `disputed` is what it says and the articles that it explains do not: it is shown, not quoted.
    """

    number: int
    passage: Passage
    score: float
    document_sha256: str
    similarity: float = 0.0
    strength: float = 0.0
    disputed: tuple[DisputedFigure, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question may be answered from: the rules in force on a day, and one dossier if any.

    `offers` says whether what suppliers wrote in the dossier may be shown as well. `any_day` leaves
    the day aside, to learn what another day's law says. `withheld` are references and identifiers
    of passages that are taken not to be there, to see what an index without them would answer.

    `general` are the CCAG that the dossier refers to, or that the question names: their clauses may
    be shown, of the edition that is said whatever the day, and no other's. None leaves the clauses
    of the day. `rulings` asks for what courts decided, and for nothing else: it is never shown
    among the rules. `works` says that building works are bought: what explains the CCAG of other
    contracts may not be shown.
    """

    as_of: date
    dossier: str | None = None
    offers: bool = False
    any_day: bool = False
    withheld: frozenset[str] = frozenset()
    general: tuple[GeneralText, ...] | None = None
    rulings: bool = False
    works: bool = False

    def admits(self, passage: Passage) -> bool:
        """Whether a passage may be shown; unknown dates of validity exclude nothing. Pure.

        What belongs to a dossier is for that dossier alone, and only rules may belong to none; an
        offer is for questions about offers alone.
        """
        if self.rulings and passage.kind is not Kind.RULINGS:
            return False
        is_foreign = passage.dossier is not None and passage.dossier != self.dossier
        is_astray = passage.dossier is None and passage.kind is not self._undossiered
        is_unasked = passage.piece is PieceKind.OFFER and not self.offers
        is_withheld = passage.id in self.withheld or not self.withheld.isdisjoint(
            passage.references
        )
        if is_foreign or is_astray or is_unasked or is_withheld:
            return False
        text = None if self.general is None else general_text(passage)
        if text is None:
            return self.covers(passage.valid_from or passage.not_before, passage.valid_to)
        return any(
            each.includes(text)
            and replace(self, as_of=each.day_for(self.as_of)).covers(
                passage.valid_from, passage.valid_to
            )
            for each in self.general or ()
        )

    @property
    def _undossiered(self) -> Kind:
        """The kind of passages that belong to no dossier."""
        return Kind.RULINGS if self.rulings else Kind.RULES

    def covers(self, valid_from: date | None, valid_to: date | None) -> bool:
        """Whether the day is among these; an unknown bound excludes nothing. Pure."""
        if self.any_day:
            return True
        begun = valid_from is None or valid_from <= self.as_of
        ended = valid_to is not None and valid_to <= self.as_of
        return begun and not ended

    def reads(self, passage: Passage) -> bool:
        """Whether an answer may quote a passage. Pure.

        A rule does not say what a dossier says, but the clauses of a CCAG that it refers to do.
        """
        if self.dossier is None or passage.dossier == self.dossier:
            return True
        text = general_text(passage) if self.general else None
        return text is not None and self.admits(passage)

    def reads_reference(self, reference: str) -> bool:
        """Whether what bears a reference may be read, as far as a CCAG is concerned. Pure."""
        if self.general is None or not reference.startswith(CCAG):
            return True
        return any(each.family in (CCAG, reference.partition(" ")[0]) for each in self.general)


AMONG_FIRST = 3
"""First passages among which the article of a premise, or of a calculation, must be."""


def is_among_first(articles: Iterable[str], evidence: Sequence[Evidence]) -> bool:
    """Whether one of these articles is among the first passages that were found. Pure."""
    found = {key for item in evidence[:AMONG_FIRST] for key in item.passage.references}
    return not found.isdisjoint(articles)


def is_of_chapter(chapters: Collection[str], evidence: Sequence[Evidence]) -> bool:
    """Whether an article of these chapters ("2191") is among the first passages found. Pure."""
    found = {key for item in evidence[:AMONG_FIRST] for key in item.passage.references}
    return any(key[1:].partition("-")[0] in chapters for key in found)


# Parts: each subject of a question with the evidence that was found for it. Pure.

FOR_EACH = 3
"""Passages shown for a subject of a question that has several."""


@dataclass(frozen=True, slots=True)
class Subquestion:
    """A subject of the question, as a question of its own, and its evidence, best first.

    `untold`: what would answer it is the law of other days, and nothing kept is that of this day.
    `points` are what it may ask one after another, each with evidence of its own, whose numbers
    are not those of the turn.
    """

    question: str
    evidence: tuple[Evidence, ...]
    untold: bool = False
    points: tuple["Subquestion", ...] = ()


def parts_of(
    questions: Sequence[str], search: Callable[[str, int], Sequence[Evidence]], limit: int
) -> tuple[Subquestion, ...]:
    """The evidence of each question, `limit` passages for one that stands alone.

    Numbers run on through the parts; what is found for two of them has one number.
    """
    each = limit if len(questions) == 1 else FOR_EACH
    numbers: dict[str, int] = {}
    return tuple(
        Subquestion(
            question,
            tuple(
                replace(item, number=numbers.setdefault(item.passage.id, len(numbers) + 1))
                for item in search(question, each)
            ),
        )
        for question in questions
    )


def together(parts: Sequence[Subquestion]) -> tuple[Evidence, ...]:
    """The evidence of all parts in the order of its numbers."""
    found = {item.number: item for part in reversed(parts) for item in part.evidence}
    return tuple(found[number] for number in sorted(found))
