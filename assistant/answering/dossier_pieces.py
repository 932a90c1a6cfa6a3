"""Dossier pieces: what is said of them besides quotes nearest to the question.

What they state on what is asked, where they differ, and which of their clauses derogate from the
CCAG that they refer to.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from assistant.answering.answer import Event
from assistant.answering.extraction import quotes
from assistant.answering.notices import all_derogations, notice
from assistant.answering.quotable import Draft, quotable
from assistant.answering.state import TurnState
from assistant.question.scope import general_texts_meant
from assistant.question.topics import topics_asked
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.hierarchy import general_text
from assistant.retrieval.standing import named_ids, standing
from assistant.tenders.canonical import bare
from assistant.tenders.derogations import Derogation, is_in, listed_derogations
from assistant.tenders.fiche import FicheLine, disagreements, stated
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Document
from ingestion.documents.general_clauses import GeneralText
from ingestion.index.search import Embedder

STATED = 3
"""Statements of the fiche that are said at most."""

BESIDE_STATED = 3
"""Quotes that are said beside them at most."""

DEROGATED = 2
"""Clauses of a CCAG that are quoted after one that derogates from them, at most."""

_WORD = "derog"


def say_stated(turn: TurnState, question: str) -> Iterator[Event]:
    """Quote what the fiche tells of the question, where it asks for nothing else."""
    entries = stated(question, _pieces(turn))[:STATED]
    yield from turn.show([entry.passage for entry in entries])
    for entry in entries:
        first = entry.passage.start
        shown = (turn.shown(entry.passage),)
        yield turn.judge(Draft(entry.text, shown, entry.start - first, entry.end - first))


def differing_pieces(turn: TurnState) -> Sequence[FicheLine]:
    """The subjects of the question on which the pieces of its dossier differ."""
    return disagreements(turn.standalone, _pieces(turn))


def _pieces(turn: TurnState) -> list[tuple[Document, tuple[Passage, ...]]]:
    """The documents of the dossier with their passages; none without one."""
    pieces = turn.dossier
    if pieces is None:
        return []
    passages = defaultdict(list)
    for passage in pieces.store.all_passages():
        passages[passage.document_id].append(passage)
    return [(each, tuple(passages[each.id])) for each in pieces.store.documents()]


# Derogations.


class Derogating:
    """Tells, for one turn, each derogation once."""

    def __init__(self, turn: TurnState, embedder: Embedder) -> None:
        """The pieces are read when a clause of a CCAG is first quoted."""
        self._turn = turn
        self._embedder = embedder
        self._told: set[tuple[str, str, str]] = set()

    def after(self, question: str, draft: Draft) -> Iterator[Event]:
        """What derogates from the clause of a CCAG that was quoted, in one line, and its words.

        After the clause that derogates, where the question is about the CCAG, what it derogates
        from comes first. Nothing where no list of the pieces tells of a derogation.
        """
        turn, passage = self._turn, draft.evidence[0].passage
        if turn.dossier is None:
            return
        if general_text(passage) is not None:
            yield from self._derogating(question, draft.evidence[0])
        elif turn.applied and general_texts_meant([question]):
            for found in self._derogated(passage):
                yield from turn.show([found])
                item = turn.shown(found)
                said = quotes(question, [item], turn.scope.as_of, self._embedder)
                yield from turn.judge_new(said)
                yield from self._derogating(question, item)

    def listed(self, question: str) -> Iterator[Event]:
        """Every derogation of the pieces in one line, where the question is about derogations."""
        turn = self._turn
        about = {topic.name for topic in topics_asked(question)}
        if turn.dossier is None or "derogations" not in about or not self._listed:
            return
        lists = [self._list_of(derogation) for derogation in self._listed]
        yield from turn.show(lists)
        shown = {item.number: item for item in map(turn.shown, lists)}
        made = [(each.piece.value, each.own, each.general) for each in self._listed]
        line = all_derogations(turn.language, [*dict.fromkeys(made)])
        yield turn.derogate(line, [*shown.values()])

    def _derogating(self, question: str, item: Evidence) -> Iterator[Event]:
        turn, number = self._turn, _number(item.passage)
        for derogation in self._from(general_text(item.passage)):
            known = (item.passage.id, derogation.piece, derogation.own)
            if not derogation.concerns(number) or known in self._told:
                continue
            self._told.add(known)
            clause = self._clause(derogation)
            yield from turn.show([clause])
            shown = turn.shown(clause)
            piece, own = derogation.piece, derogation.own
            line = notice("derogates", turn.language, piece=piece, own=own)
            yield turn.derogate(line, [item, shown])
            yield from turn.judge_new(self._quotes(question, shown))

    def _derogated(self, clause: Passage) -> Sequence[Passage]:
        """The clauses of the CCAG that a clause of the dossier derogates from, the first two."""
        turn = self._turn
        keys = [
            f"{each.text.family} {number}"
            for each in turn.applied
            for derogation in self._from(each.text)
            if derogation.place.document_id == clause.document_id
            and is_in(_number(clause), derogation.own)
            for number in derogation.general
        ]
        return standing(turn.generation, named_ids(turn.generation, keys), turn.scope)[:DEROGATED]

    def _from(self, text: GeneralText | None) -> Iterator[Derogation]:
        """The derogations from one CCAG: those that name none are from the only one applied."""
        for derogation in self._listed:
            is_only = not derogation.family and len(self._turn.applied) == 1
            if is_only or (text is not None and derogation.family == text.family):
                yield derogation

    @cached_property
    def _listed(self) -> Sequence[Derogation]:
        pieces = self._turn.dossier
        return listed_derogations(pieces.store.documents()) if pieces else ()

    @cached_property
    def _passages(self) -> Sequence[Passage]:
        pieces = self._turn.dossier
        return [*pieces.store.all_passages()] if pieces else []

    def _clause(self, derogation: Derogation) -> Passage:
        """The passage of the clause, best the one that says it; else that of the list."""
        found = [
            each
            for each in self._passages
            if each.document_id == derogation.place.document_id
            and is_in(_number(each), derogation.own)
        ]
        saying = [each for each in found if _WORD in bare(each.text)]
        return [*saying, *found, self._list_of(derogation)][0]

    def _list_of(self, derogation: Derogation) -> Passage:
        """The passage of the list that tells a derogation, which may stand there twice."""
        place = derogation.place
        return next(
            each
            for each in self._passages
            if each.document_id == place.document_id
            and any(
                start <= place.start < end for start, end in ((each.start, each.end), *each.also_at)
            )
        )

    def _quotes(self, question: str, item: Evidence) -> Sequence[Draft]:
        """What answers the question of a clause, with the sentence that derogates."""
        day = self._turn.scope.as_of
        found = quotes(question, [item], day, self._embedder)
        if any(_WORD in bare(each.text) for each in found):
            return found
        derogating = (unit for unit in quotable(item, day) if _WORD in bare(unit.text))
        return [*(unit.draft for unit in derogating), *found]


def _number(passage: Passage) -> str:
    """The number of the clause that a passage is, "" where it has none."""
    return passage.references[0].rpartition(" ")[2] if passage.references else ""
