"""The assistant: one turn from a question to a recorded answer, as a stream of events."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from time import monotonic

from assistant.answerability import answerable
from assistant.answers import Answer, Citation, Removed, Sentence, cite, conclude
from assistant.checking import Support, check
from assistant.comparing import compare
from assistant.evidence import Evidence
from assistant.holder import Holder
from assistant.journal import Journal
from assistant.language import Language
from assistant.language_model import LanguageModel
from assistant.notices import not_found, remarks
from assistant.reading import Draft, quotes
from assistant.record import journal_body
from assistant.retrieval import Retriever, Scope
from assistant.scope import names_piece, refusal_for
from assistant.standalone import in_french, is_dependent, standalone
from assistant.turn import (
    Dropped,
    Event,
    Exchange,
    Finished,
    Found,
    Reading,
    Result,
    Seconds,
    Waiting,
    Wrote,
)
from assistant.turnstile import Turnstile
from assistant.writing import carried, written
from ingestion.embedding import Embedder
from ingestion.generation import Generation


@dataclass(slots=True)
class _Turn:
    """What a turn gathers while it runs: a stopped one is recorded as far as it went."""

    question: str
    scope: Scope
    language: Language
    generation: Generation
    standalone: str
    began: float = field(default_factory=monotonic)
    evidence: tuple[Evidence, ...] = ()
    evidence_seconds: float = 0.0
    first_sentence_seconds: float | None = None
    sentences: list[Sentence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)
    notice: str = ""
    route: str = "rule"

    @property
    def elapsed(self) -> float:
        return round(monotonic() - self.began, 3)


class Assistant:
    """Answers questions from the published generation, one reader of the model at a time."""

    def __init__(
        self,
        holder: Holder,
        embedder: Embedder,
        model: LanguageModel,
        journal: Journal,
        evidence_limit: int,
        writes: bool = False,
    ) -> None:
        """All parts are given; nothing is loaded here."""
        self.journal = journal
        self._holder = holder
        self._embedder = embedder
        self._model = model
        self._evidence_limit = evidence_limit
        self._writes = writes
        self._turnstile = Turnstile()

    @property
    def generation(self) -> Generation:
        """The generation that a question asked now would be answered from."""
        return self._holder.current()

    @property
    def model_name(self) -> str:
        """The language model's file and digest."""
        return self._model.name

    def ask(
        self,
        question: str,
        *,
        as_of: date,
        history: Sequence[Exchange] = (),
        language: Language = Language.FRENCH,
        dossier: str | None = None,
    ) -> Generator[Event, None, None]:
        """One turn, event by event; its record is on disk before `Finished` is given out.

        A question about a piece ("article 12.3 du CCAP") is asked of the only dossier there is.
        Stopping it, by closing the generator, and failing both leave a record too.
        """
        generation = self._holder.current()
        dossiers = generation.manifest.dossiers
        if dossier is None and len(dossiers) == 1 and names_piece(question):
            dossier = dossiers[0]
        turn = _Turn(question, Scope(as_of, dossier), language, generation, question)
        ended = "interrupted"
        try:
            yield from self._run(turn, history)
            ended = "finished"
        finally:
            result = self._record(turn, ended)
        yield Finished(result)

    def _run(self, turn: _Turn, history: Sequence[Exchange]) -> Generator[Event, None, None]:
        refusal = refusal_for(turn.question)
        if refusal is not None:
            turn.route = "out_of_scope"
            turn.notice = refusal.notices[turn.language]
        if refusal is None:
            yield from self._prepare(turn, history)
        self._search(turn)
        yield Found(turn.standalone, turn.evidence)
        if refusal is None:
            yield from self._answer(turn)

    def _search(self, turn: _Turn) -> None:
        retriever = Retriever(turn.generation, self._embedder)
        turn.evidence = retriever.retrieve(turn.standalone, turn.scope, self._evidence_limit)
        turn.route = "dossier" if turn.scope.dossier and turn.route == "rule" else turn.route
        turn.evidence_seconds = turn.elapsed

    def _answer(self, turn: _Turn) -> Generator[Event, None, None]:
        manifest = turn.generation.manifest
        readable = [item for item in turn.evidence if turn.scope.reads(item.passage)]
        if not answerable(turn.standalone, readable):
            turn.notice = not_found(turn.language, manifest.passages, manifest.state_date)
            return
        found = quotes(turn.standalone, readable, turn.scope.as_of, self._embedder)
        for draft in found:
            yield self._judge(turn, draft)
            yield from self._compare(turn, draft)
        if self._writes and found:
            yield from self._write(turn, found)
        if not turn.sentences:
            turn.notice = not_found(turn.language, manifest.passages, manifest.state_date)
            return
        cited = {citation.n for citation in turn.citations}
        sources = [item for item in turn.evidence if item.number in cited]
        turn.notice = remarks(turn.language, sources, turn.scope.as_of)

    def _judge(self, turn: _Turn, draft: Draft) -> Wrote | Dropped:
        """Check a draft; only what stands becomes part of the answer."""
        verdict = check(draft.text, [item.passage.text for item in draft.evidence])
        if verdict.support is None:
            removed = Removed(draft.text, verdict.reason)
            turn.removed.append(removed)
            return Dropped(removed)
        numbers = tuple(item.number for item in draft.evidence)
        sentence = Sentence(draft.text, numbers, verdict.support)
        citations = (cite(draft.evidence[0], draft.start, draft.end),)
        turn.sentences.append(sentence)
        turn.citations.extend(citations)
        if turn.first_sentence_seconds is None:
            turn.first_sentence_seconds = turn.elapsed
        return Wrote(sentence, citations)

    def _write(self, turn: _Turn, quoted: Sequence[Draft]) -> Generator[Event, None, None]:
        """Let the model say it in its own words; each sentence cites the quote that carries it."""
        ticket = yield from self._enter()
        try:
            for text in written(turn.standalone, quoted, self._model):
                if text is None:
                    yield Reading()
                elif not any(text in sentence.text for sentence in turn.sentences):
                    yield self._judge(turn, carried(text, quoted))
        finally:
            self._turnstile.leave(ticket)

    def _compare(self, turn: _Turn, draft: Draft) -> Generator[Event, None, None]:
        """Say on which side of a quoted limit the question's own figures fall."""
        text = compare(turn.standalone, draft.text, turn.language)
        known = {sentence.text for sentence in turn.sentences}
        if text is not None and text not in known and draft.text in known:
            numbers = tuple(item.number for item in draft.evidence)
            sentence = Sentence(text, numbers, Support.COMPUTED)
            turn.sentences.append(sentence)
            yield Wrote(sentence, (cite(draft.evidence[0], draft.start, draft.end),))

    def _prepare(self, turn: _Turn, history: Sequence[Exchange]) -> Generator[Event, None, None]:
        """Make the question one that can be searched by itself, in the language of the texts."""
        if history and is_dependent(turn.question):
            previous = history[-1].question
            yield from self._rewrite(turn, standalone(turn.question, previous, self._model))
        if turn.language is Language.ENGLISH:
            yield from self._rewrite(turn, in_french(turn.standalone, self._model))

    def _rewrite(
        self, turn: _Turn, rewriting: Generator[None, None, str]
    ) -> Generator[Event, None, None]:
        ticket = yield from self._enter()
        try:
            while True:
                next(rewriting)
                yield Reading()
        except StopIteration as rewritten:
            turn.standalone = rewritten.value
        finally:
            self._turnstile.leave(ticket)

    def _enter(self) -> Generator[Event, None, object]:
        """Wait for this turn's place at the model, and return the ticket to leave with."""
        entering = self._turnstile.enter()
        while True:
            try:
                yield Waiting(next(entering))
            except StopIteration as entered:
                ticket: object = entered.value
                return ticket

    def _record(self, turn: _Turn, ended: str) -> Result:
        answer: Answer = conclude(turn.sentences, turn.citations, turn.removed, turn.notice)
        result = Result(
            record_id="",
            question=turn.question,
            standalone=turn.standalone,
            as_of=turn.scope.as_of,
            answer=answer,
            evidence=turn.evidence,
            route=turn.route,
            model=self._model.name,
            generation=turn.generation.manifest.name,
            seconds=Seconds(turn.evidence_seconds, turn.first_sentence_seconds, turn.elapsed),
        )
        record_id = self.journal.append("answer", journal_body(result) | {"ended": ended})
        return replace(result, record_id=record_id)
