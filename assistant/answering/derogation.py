"""Derogating: after a quoted clause of a CCAG, the clause of the dossier that derogates from it."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from assistant.answering.answer import Event
from assistant.answering.extraction import Draft, quotable, quotes
from assistant.answering.notices import derogates
from assistant.answering.state import TurnState
from assistant.law.hierarchy import general_text
from assistant.retrieval.evidence import Evidence
from assistant.tenders.derogations import Derogation, is_in, listed_derogations
from ingestion.chunking.passages import Passage
from ingestion.index.search import Embedder

_WORD = "dérog"


class Derogating:
    """Tells, for one turn, each derogation once."""

    def __init__(self, turn: TurnState, embedder: Embedder) -> None:
        """The pieces are read when a clause of a CCAG is first quoted."""
        self._turn = turn
        self._embedder = embedder
        self._told: set[tuple[str, str, str]] = set()

    def after(self, question: str, draft: Draft) -> Iterator[Event]:
        """That the dossier derogates from what was quoted, in one line, and the clause that does.

        Nothing where the quote is no clause of a CCAG, or no list of the pieces tells of one.
        """
        turn, item = self._turn, draft.evidence[0]
        if turn.dossier is None or general_text(item.passage) is None:
            return
        number = _number(item.passage)
        for derogation in self._listed:
            known = (item.passage.id, derogation.piece, derogation.own)
            if not derogation.concerns(number) or known in self._told:
                continue
            self._told.add(known)
            clause = self._clause(derogation)
            yield from turn.show([clause])
            shown = turn.shown(clause)
            line = derogates(turn.language, derogation.piece, derogation.own)
            yield turn.derogate(line, [item, shown])
            for each in self._quotes(question, shown):
                if not turn.quotes(each.text):
                    yield turn.judge(each)

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
        place = derogation.place
        of_piece = [each for each in self._passages if each.document_id == place.document_id]
        found = [each for each in of_piece if is_in(_number(each), derogation.own)]
        saying = [each for each in found if _WORD in each.text.lower()]
        listing = [each for each in of_piece if each.start <= place.start < each.end]
        return [*saying, *found, *listing][0]

    def _quotes(self, question: str, item: Evidence) -> Sequence[Draft]:
        """What answers the question of a clause, with the sentence that derogates."""
        day = self._turn.scope.as_of
        found = quotes(question, [item], day, self._embedder)
        if any(_WORD in each.text.lower() for each in found):
            return found
        units = (unit for unit in quotable(item, day) if _WORD in unit.text.lower())
        return [*(Draft(unit.text, (item,), unit.start, unit.end) for unit in units), *found]


def _number(passage: Passage) -> str:
    """The number of the clause that a passage is, "" where it has none."""
    return passage.references[0].rpartition(" ")[2] if passage.references else ""
