"""The pipeline: one turn from a question to a recorded answer, as a stream of events."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from datetime import date

from assistant.answering.answer import Ending, Event, Exchange, Finished, TurnResult, paragraphs
from assistant.answering.beginning import Beginning
from assistant.answering.case_law import CaseLawAnswering
from assistant.answering.composer import Answering
from assistant.answering.computation import Accounting
from assistant.answering.model_turns import ModelTurns
from assistant.answering.notices import read_elsewhere
from assistant.answering.record import ASKED, SEARCHED, Purpose, journal_body
from assistant.answering.reviewing import say_review
from assistant.answering.stages import Stage
from assistant.answering.state import TurnState
from assistant.calculators.calculation import Buyer
from assistant.calculators.constants import Rates, no_rates
from assistant.journal.journal import Journal
from assistant.ledger.service import LedgerService
from assistant.llm.language_model import LanguageModel
from assistant.question.conversation import (
    asked_before,
    in_one_text,
    leans_by_words,
    side_by_side,
)
from assistant.question.day import DaySource
from assistant.question.language import Language, readable
from assistant.question.scope import CASE_LAW, ScopeRefusal, refusal_for, subject_of
from assistant.question.subquestions import points_of, subjects
from assistant.retrieval.conversation import ConversationEmbedder, goes_on
from assistant.retrieval.evidence import Evidence, Subquestion, parts_of, together
from assistant.retrieval.retriever import Retriever
from assistant.retrieval.rulings import (
    ApplyingRulings,
    first_applied,
    has_ruling,
    numbers_named,
)
from assistant.retrieval.snapshots import SnapshotHolder
from assistant.retrieval.tuning import Tuning, default_tuning
from assistant.tenders.conformity.rules import rule_book
from ingestion.documents.document import Kind
from ingestion.errors import DamagedSnapshot, EmbedderMismatch
from ingestion.index.search import Embedder, PassageReader
from ingestion.index.shipped_vectors import questions_of_dossiers
from ingestion.index.snapshot import IndexSnapshot
from ingestion.tenders.compartments import RECORDS
from ingestion.tenders.dossiers import Dossiers

POINT_LIMIT = 6
"""Passages looked at for a point of a question; shown are those that a rule rests on."""

TurnWatch = Callable[[TurnResult, Ending], None]
"""Hears of each question that somebody asked, once it is recorded: its result, how it ended."""


def unwatched(result: TurnResult, ending: Ending) -> None:
    """Where nobody counts the turns."""


class Assistant:
    """Answers questions from the published snapshot, one reader of the model at a time."""

    def __init__(
        self,
        holder: SnapshotHolder,
        embedder: Embedder,
        model: LanguageModel,
        journal: Journal,
        evidence_limit: int,
        writes: bool = False,
        rates: Callable[[], Rates] = no_rates,
        clock: Callable[[], date] = date.today,
        buyer: Buyer = Buyer.LOCAL,
        tuning: Tuning | None = None,
        reader: PassageReader | None = None,
        watch: TurnWatch = unwatched,
    ) -> None:
        """All parts are given; nothing is loaded here. Without `tuning`, the default embedder's.

        Without a reader, what was found is judged by how it was found alone.
        """
        self.journal = journal
        self.embedder = embedder
        self.model = model
        self.tuning = tuning or default_tuning()
        self.ledger = LedgerService(holder.home, journal, holder.current, buyer)
        self._holder = holder
        self._evidence_limit = evidence_limit
        self._writes = writes
        self._rates = rates
        self._clock = clock
        self._beginning = Beginning(holder, clock)
        self._model_turns = ModelTurns(model)
        self._reader = reader
        self._watch = watch

    @property
    def generation(self) -> IndexSnapshot:
        """The snapshot that a question asked now would be answered from."""
        return self._holder.current()

    @property
    def case_law(self) -> IndexSnapshot | None:
        """What courts decided, None where it is not installed; raises EmbedderMismatch."""
        return self._holder.case_law()

    def follow_publications(self) -> None:
        """Open each index beside as it is about to be published, from now on."""
        self._holder.follow()

    def dossiers(self, teams: frozenset[str] | None) -> Dossiers:
        """The dossiers that the members of these teams may ask about."""
        return self._holder.dossiers(teams)

    def dossier(self, dossier_id: str, teams: frozenset[str] | None) -> IndexSnapshot:
        """The snapshot that a question about a dossier asked now would be answered from."""
        return self._holder.dossier(dossier_id, teams)

    @property
    def model_name(self) -> str:
        """The language model's file and digest, or host."""
        return self.model.name

    @property
    def waiting(self) -> int:
        """How many turns wait for the model."""
        return self._model_turns.waiting

    @property
    def engine_host(self) -> str:
        """The server that questions are sent to, "" when they stay on this machine."""
        return self.model.engine.host if self.model.engine else ""

    def ask(
        self,
        question: str,
        *,
        as_of: date | None = None,
        history: Sequence[Exchange] = (),
        language: Language = Language.FRENCH,
        dossier: str | None = None,
        teams: frozenset[str] | None = None,
        user: str = "",
        purpose: Purpose = ASKED,
        withheld: frozenset[str] = frozenset(),
    ) -> Generator[Event, None, None]:
        """One turn, event by event; its record is on disk before `Finished` is given out.

        Without `as_of`, the law is that of the day that the question names, or that the previous
        one named when this one depends on it; else that of today. In a dossier it is that of the
        day on which the notice is sent, where this is known. `teams` are those of the reader, None
        where there is one reader only; `user` is the pseudonym under which the journal keeps them.
        What carries one of `withheld`, references and identifiers of passages, is left aside as
        though it were not indexed. Stopping it, by closing the generator, and failing both leave a
        record too.

        Raises UnknownDossier when the dossier is not one of theirs.
        """
        asked = [readable(question)]
        if history and leans_by_words(asked[0]):
            asked.append(history[-1].question)
        turn = self._beginning.begin(asked, as_of, dossier, teams, user)
        turn.language = language
        turn.scope = replace(turn.scope, withheld=withheld)
        ending = Ending.INTERRUPTED
        try:
            yield from self._run(turn, history)
            ending = Ending.FINISHED
        finally:
            result = self._record(turn, ending, teams, purpose)
            if purpose is ASKED:
                self._watch(result, ending)
        yield Finished(result)

    def search(
        self,
        question: str,
        *,
        as_of: date | None = None,
        dossier: str | None = None,
        teams: frozenset[str] | None = None,
        user: str = "",
        purpose: Purpose = SEARCHED,
    ) -> TurnResult:
        """The passages that a question would be answered from, put on record as a search.

        Day, dossier and reader are those of `ask`; so is what it raises.
        """
        turn = self._beginning.begin([readable(question)], as_of, dossier, teams, user)
        ending = Ending.INTERRUPTED
        try:
            self._search(turn)
            ending = Ending.FINISHED
        finally:
            result = self._record(turn, ending, teams, purpose)
        return result

    def _run(self, turn: TurnState, history: Sequence[Exchange]) -> Generator[Event, None, None]:
        refusal = refusal_for(turn.question, of_dossier=turn.dossier is not None)
        if (case_law := self._case_law_asked(turn.question, refusal)) is not None:
            yield from self._understand(turn, history)
            embedder = self._embedder_of(turn, subject_of)
            answering = CaseLawAnswering(turn, case_law, embedder, self._reader, self.tuning)
            yield from answering.say(self._evidence_limit)
        elif refusal is not None:
            yield from self._refuse(turn, refusal)
        elif (told := self._reckoned(turn, history) or self._reviewed(turn)) is not None:
            yield from told
        else:
            yield from self._understand(turn, history)
            yield from self._find(turn)
            yield from self._answer(turn)

    def _understand(
        self, turn: TurnState, history: Sequence[Exchange]
    ) -> Generator[Event, None, None]:
        """Put the question into French, and together with what it goes on from."""
        yield from self._model_turns.translate(turn)
        turn.stages.enter(Stage.CANDIDATES)
        if before := self._gone_on_from(turn, history):
            own, turn.standalone = turn.standalone, in_one_text(before, turn.standalone)
            if turn.standalone == side_by_side(before, own):
                turn.own = {side_by_side(before, each): each for each in (own, *subjects(own))}

    def _gone_on_from(self, turn: TurnState, history: Sequence[Exchange]) -> str:
        """What was asked before, where the question goes on from it; "" where it stands alone.

        One that is asked again, or with a case more, as its buttons do, goes on from what it did.
        What stands alone is known of questions in French: in English it is told by words.
        """
        if not history:
            return ""
        previous, question = history[-1].question, turn.question
        if question.startswith(previous) or previous.endswith(question):
            return asked_before(previous, question)
        if turn.language is Language.ENGLISH:
            return previous if leans_by_words(question) else ""
        rules = self._holder.current().questions
        of_dossiers = questions_of_dossiers(self.embedder.name, self.embedder.dimension)
        known = rules, of_dossiers
        is_next = goes_on(turn.standalone, previous, self.embedder, known, self.tuning)
        return previous if is_next else ""

    def _embedder_of(self, turn: TurnState, searched: Callable[[str], str]) -> Embedder:
        """The embedder for this turn; `searched` makes of a question the text that is searched."""
        own = turn.own | {searched(text): own for text, own in turn.own.items()}
        return ConversationEmbedder(self.embedder, own)

    def _refuse(self, turn: TurnState, refusal: ScopeRefusal) -> Iterator[Event]:
        """Say why nothing is answered, and show the nearest passages."""
        turn.route = "out_of_scope"
        turn.notice = refusal.notices[turn.language]
        yield from self._find(turn)

    def _reckoned(self, turn: TurnState, history: Sequence[Exchange]) -> Iterator[Event] | None:
        """What the ledger answers, None where it is not asked."""
        if turn.dossier is not None:
            return None
        today = turn.day.as_of if turn.day.source is DaySource.GIVEN else self._clock()
        before = [each.question for each in history]
        reckoned = self.ledger.reckon(turn.question, today, before)
        if reckoned is None:
            return None
        turn.stages.enter(Stage.COMPOSING)
        return Accounting(turn, today).say(reckoned)

    def _reviewed(self, turn: TurnState) -> Iterator[Event] | None:
        """What the review of the dossier found, None where it is not asked for."""
        if turn.described is None or (request := rule_book().request(turn.question)) is None:
            return None
        turn.stages.enter(Stage.COMPOSING)
        return say_review(turn, request, turn.described, self._clock())

    def _case_law_asked(self, question: str, refusal: ScopeRefusal | None) -> IndexSnapshot | None:
        """What courts decided, where it is installed and asked for by words or by its number."""
        is_named = bool(numbers_named(question))
        if not (refusal and refusal.name == CASE_LAW) and not (refusal is None and is_named):
            return None
        if refusal is not None:
            return self._holder.case_law()
        case_law = self._case_law_beside()  # any number may be that of a decision
        return case_law if case_law and has_ruling(case_law, question) else None

    def _case_law_beside(self) -> IndexSnapshot | None:
        """The same where an answer of law stands without: to who asks for it, it is said."""
        try:
            return self._holder.case_law()
        except (EmbedderMismatch, DamagedSnapshot):
            return None

    def _find(self, turn: TurnState) -> Iterator[Event]:
        """Search, and show what was found before anything is said of it."""
        self._search(turn)
        turn.stages.enter(Stage.COMPOSING)
        yield turn.found

    def _search(self, turn: TurnState) -> None:
        turn.stages.enter(Stage.CANDIDATES)
        asked = (turn.standalone,) if turn.dossier else _subjects(turn)
        points = _points(turn) if asked == (turn.standalone,) and turn.dossier is None else ()
        embedder = self._embedder_of(turn, lambda question: _words(question, turn))
        retriever = Retriever(turn.generation, embedder, self.tuning, turn.dossier)

        def found(question: str, limit: int) -> Sequence[Evidence]:
            return retriever.retrieve(_words(question, turn), turn.scope, limit)

        turn.parts = parts_of(asked, found, self._evidence_limit)
        if points:
            apart = tuple(Subquestion(each, tuple(found(each, POINT_LIMIT))) for each in points)
            turn.parts = (replace(turn.parts[0], points=apart),)
        if turn.dossier is None and turn.day.source is not DaySource.TODAY:
            turn.parts = tuple(
                replace(part, untold=retriever.is_untold(_words(part.question, turn), turn.scope))
                for part in turn.parts
            )
        turn.evidence = together(turn.parts)
        turn.route = "dossier" if turn.scope.dossier and turn.route == "rule" else turn.route
        turn.evidence_seconds = turn.elapsed

    def _answer(self, turn: TurnState) -> Generator[Event, None, None]:
        embedder = ConversationEmbedder(self.embedder, turn.own)
        answering = Answering(turn, embedder, self._reader, self._rates, self.tuning)
        yield from answering.say()
        writes = self._writes and answering.quoted and not turn.unread
        if writes:
            yield from self._model_turns.write(turn, answering.quoted)
        yield from answering.close()
        turn.applying = self._applying(turn)
        turn.notice = paragraphs(turn.unread, turn.notice)
        if turn.engine:
            told = read_elsewhere(turn.language, turn.engine, with_quotes=bool(writes))
            turn.notice = paragraphs(turn.notice, told)

    def _applying(self, turn: TurnState) -> ApplyingRulings | None:
        """The decisions that apply the first article cited that any of them does."""
        case_law = self._case_law_beside() if turn.citations else None
        rules = (each.passage for each in turn.cited if each.passage.kind is Kind.RULES)
        cited = (article for each in rules for article in each.references)
        return first_applied(case_law, cited, turn.scope.as_of) if case_law else None

    def _record(
        self, turn: TurnState, ending: Ending, teams: frozenset[str] | None, purpose: Purpose
    ) -> TurnResult:
        turn.stages.enter(Stage.JOURNAL)
        result = turn.result(self.model.name)
        body = journal_body(result) | {
            "ended": ending.value,
            "archive": self._archived(turn, teams),
        }
        body = {key: body[key] for key in body if key not in purpose.lacks} | dict(purpose.told)
        home = self.dossiers(teams).home(result.dossier) if result.dossier else None
        apart = home and home / RECORDS
        record_id = self.journal.append(purpose.kind, body, apart, user=turn.user)
        seconds = replace(result.seconds, stages=turn.stages.end())
        return replace(result, record_id=record_id, seconds=seconds)

    def _archived(self, turn: TurnState, teams: frozenset[str] | None) -> dict[str, str]:
        """Keep every document shown, as it is now; the sha256 of each by its identifier."""
        kept = {}
        for passage in {item.passage.document_id: item.passage for item in turn.evidence}.values():
            document = turn.document(passage)
            kept[document.id] = self._holder.archive(passage.dossier, teams).keep(document)
        return kept


def _subjects(turn: TurnState) -> tuple[str, ...]:
    """The subjects of the question, each with what was asked before where it goes on from that."""
    asked = subjects(turn.own_words)
    together = tuple(text for text, own in turn.own.items() if own in asked)
    return together or asked


def _points(turn: TurnState) -> tuple[str, ...]:
    """The points of the question, each after the first with that: "et dans quel délai" says little.

    What goes on from a question that was asked before is not looked at by points.
    """
    if turn.own:
        return ()
    first, *others = points_of(turn.standalone) or ("",)
    turn.own |= {side_by_side(first, each): each for each in others}
    return (first, *(side_by_side(first, each) for each in others)) if others else ()


def _words(question: str, turn: TurnState) -> str:
    """What a question is searched by: in English its own words too, which the glossary knows.

    Of 36 English questions of our own, 0.69 have an expected article among the first three instead
    of 0.61.
    """
    is_rewritten = turn.language is Language.ENGLISH and question == turn.standalone
    return f"{question} {turn.question}" if is_rewritten else question
