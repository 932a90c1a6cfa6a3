"""What the pieces of a dossier state on what is asked, in the answer about it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from assistant.answering.answer import Event
from assistant.answering.extraction import Draft
from assistant.answering.state import TurnState
from assistant.tenders.fiche import FicheLine, disagreements, stated
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Document

STATED = 3
"""Statements of the fiche that are said at most."""

BESIDE_STATED = 3
"""Quotes that are said beside them at most."""


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
