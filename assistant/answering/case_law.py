"""Case law: a turn that asks what courts decided, answered by their own words and nothing else."""

from collections.abc import Iterator
from dataclasses import replace

from assistant.answering.answer import Event
from assistant.answering.extraction import WHOLE, Draft, quotes
from assistant.answering.notices import notice
from assistant.answering.stages import Stage
from assistant.answering.state import TurnState
from assistant.question.scope import subject_of
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.injections import addressed
from assistant.retrieval.ranking import Tuning
from assistant.retrieval.retriever import Answerability, answerability, read_first
from assistant.retrieval.rulings import QUOTED, rulings_about
from ingestion.index.search import Embedder, PassageReader
from ingestion.index.snapshot import IndexSnapshot

ROUTE = "case_law"


class CaseLawAnswering:
    """Answers one turn from decisions, each named and quoted by its paragraph."""

    def __init__(
        self,
        turn: TurnState,
        case_law: IndexSnapshot,
        embedder: Embedder,
        reader: PassageReader | None,
        tuning: Tuning,
    ) -> None:
        """`tuning` is that of the embedder."""
        turn.route, turn.case_law = ROUTE, case_law
        self._turn, self._case_law = turn, case_law
        self._embedder, self._reader, self._tuning = embedder, reader, tuning

    def say(self, limit: int) -> Iterator[Event]:
        """The decisions, then that they are not the rule."""
        turn = self._turn
        asked = subject_of(turn.standalone)
        turn.stages.enter(Stage.CANDIDATES)
        turn.evidence = rulings_about(
            turn.standalone,
            asked,
            self._case_law,
            self._embedder,
            turn.scope.as_of,
            limit,
            self._tuning,
        )
        turn.evidence_seconds = turn.elapsed
        turn.stages.enter(Stage.COMPOSING)
        yield turn.found
        with turn.stages.within(Stage.READING):
            readings = read_first(asked, turn.evidence, self._reader)
            found_there = answerability(asked, turn.evidence, self._tuning, readings)
        kept = self._case_law.manifest.documents
        if found_there is Answerability.NO:
            turn.unanswered.append(turn.standalone)
            turn.notice = notice("no_ruling", turn.language, kept)
            return
        for item in turn.evidence[:QUOTED]:
            for draft in self._quoted(asked, item):
                yield turn.judge(draft)
        told = [notice("not_the_rule", turn.language, kept)]
        if found_there is Answerability.DOUBTFUL:
            told.insert(0, notice("perhaps_no_ruling", turn.language))
        turn.notice = "\n\n".join(told)

    def _quoted(self, asked: str, item: Evidence) -> Iterator[Draft]:
        """A paragraph whole where it is short, else what of it is nearest to the question."""
        passage, day = item.passage, self._turn.scope.as_of
        if len(passage.text) <= WHOLE and not addressed(passage.text):
            end = len(passage.text)
            yield Draft(passage.text, (item,), 0, end, spoken_by=passage.locator)
            return
        for draft in quotes(asked, [item], day, self._embedder):
            yield replace(draft, spoken_by=passage.locator)
