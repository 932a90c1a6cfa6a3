"""Case law: a turn that asks what courts decided, answered by their own words and nothing else."""

from collections.abc import Iterator
from dataclasses import replace

from assistant.answering.answer import Event, paragraphs
from assistant.answering.extraction import WHOLE, quotes
from assistant.answering.notices import notice
from assistant.answering.quotable import Draft
from assistant.answering.stages import Stage
from assistant.answering.state import TurnState
from assistant.question.scope import subject_of
from assistant.retrieval.answerability import Answerability, answerability, read_first
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.injections import addressed
from assistant.retrieval.rulings import QUOTED, rulings_about
from assistant.retrieval.tuning import Tuning
from ingestion.index.search import Embedder, PassageReader
from ingestion.index.snapshot import IndexSnapshot


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
        turn.route, turn.case_law = "case_law", case_law
        self._turn, self._case_law = turn, case_law
        self._embedder, self._reader, self._tuning = embedder, reader, tuning

    def say(self, limit: int) -> Iterator[Event]:
        """The decisions, then that they are not the rule."""
        turn, language = self._turn, self._turn.language
        asked = subject_of(turn.standalone)
        self._search(asked, limit)
        yield turn.found
        with turn.stages.within(Stage.READING):
            readings = read_first(asked, turn.evidence, self._reader)
            found = answerability(asked, turn.evidence, self._tuning, readings)
        kept = self._case_law.manifest.documents
        if found is Answerability.NO:
            turn.unanswered.append(turn.standalone)
            turn.notice = notice("no_ruling", language, kept)
            return
        for item in turn.evidence[:QUOTED]:
            for draft in self._quoted(asked, item):
                yield turn.judge(draft)
        is_doubtful = found is Answerability.DOUBTFUL
        doubt = notice("perhaps_no_ruling", language) if is_doubtful else ""
        turn.notice = paragraphs(doubt, notice("not_the_rule", language, kept))

    def _search(self, asked: str, limit: int) -> None:
        turn = self._turn
        turn.stages.enter(Stage.CANDIDATES)
        turn.evidence = rulings_about(
            turn.standalone,
            asked,
            self._case_law,
            self._embedder,
            self._tuning,
            turn.scope.as_of,
            limit,
        )
        turn.evidence_seconds = turn.elapsed
        turn.stages.enter(Stage.COMPOSING)

    def _quoted(self, asked: str, item: Evidence) -> Iterator[Draft]:
        """A paragraph whole where it is short, else what of it is nearest to the question."""
        passage, day = item.passage, self._turn.scope.as_of
        if len(passage.text) <= WHOLE and not addressed(passage.text):
            end = len(passage.text)
            yield Draft(passage.text, (item,), 0, end, spoken_by=passage.locator)
            return
        for draft in quotes(asked, [item], day, self._embedder):
            yield replace(draft, spoken_by=passage.locator)
