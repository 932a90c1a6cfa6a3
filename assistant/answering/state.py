"""State: what a turn collects while it runs; a stopped one is recorded as far as it went."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.answering.answer import (
    Answer,
    Choice,
    Citation,
    Dropped,
    Found,
    LineRole,
    Prominence,
    Removed,
    Seconds,
    Sentence,
    TurnResult,
    Wrote,
    cite,
    conclude,
    paragraphs,
)
from assistant.answering.first_line import PLAINLY, PreparedAnswer
from assistant.answering.quotable import Draft
from assistant.answering.stages import Stage, StageClock
from assistant.calculators.calculation import CalculationLine
from assistant.citations.checker import Support, check_sentence
from assistant.citations.comparison import (
    FigureComparison,
    comparable_figures,
    describe_comparisons,
)
from assistant.llm.language_model import EngineUse, LanguageModel
from assistant.question.day import Day
from assistant.question.language import Language
from assistant.retrieval.evidence import Evidence, Scope, Subquestion
from assistant.retrieval.rulings import ApplyingRulings
from assistant.retrieval.standing import evidence_of
from assistant.tenders.general_clauses import AppliedText
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Document
from ingestion.index.question_bank import Elsewhere
from ingestion.index.snapshot import IndexSnapshot
from ingestion.tenders.dossiers import Dossier


@dataclass(slots=True)
class TurnState:
    """A turn that has begun; `standalone` and everything after it grow until it ends."""

    question: str
    day: Day
    scope: Scope
    language: Language
    generation: IndexSnapshot  # the rules
    standalone: str
    user: str = ""  # the pseudonym of who asks

    # Where the question goes on from one before: what the reader asks now, in French, by the text
    # of both.
    own: dict[str, str] = field(default_factory=dict)
    stages: StageClock = field(default_factory=StageClock)

    # The dossier that is asked about, if any: its pieces, what it is said to be, the CCAG that its
    # pieces make applicable, and whether these have changed since they were indexed.
    dossier: IndexSnapshot | None = None
    described: Dossier | None = None
    applied: tuple[AppliedText, ...] = ()
    to_index: bool = False
    proposed: tuple[Dossier, ...] = ()  # those it may be about, and is not asked of

    # The ledger, where it answers: its rows as a document, and the fields of the plan.
    sheet: Document | None = None
    figure: tuple[tuple[str, str], ...] = ()

    # What courts decided, where it is asked, and decisions that apply a cited article.
    case_law: IndexSnapshot | None = None
    applying: ApplyingRulings | None = None

    # The language model: why it could not be used, after which it is left alone; the one asked
    # last and its server's part; and whether every figure of `standalone` is the reader's.
    unread: str = ""
    read_by: str = ""
    engine: EngineUse | None = None
    has_own_figures: bool = True

    # What is found, and the subjects of the question that nothing was found about, or whose law of
    # the day is not kept here.
    route: str = "rule"
    parts: tuple[Subquestion, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    evidence_seconds: float = 0.0
    unanswered: list[str] = field(default_factory=list)
    open_points: tuple[str, ...] | None = None  # those of several that no rule answers, where told
    untold: list[str] = field(default_factory=list)
    elsewhere: Elsewhere | None = None  # where to look for what nothing here answers

    # What is said: the warning comes before the preface, and the notice, whose cases are the
    # choices, after the sentences.
    warning: str = ""
    preface: str = ""
    sentences: list[Sentence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)
    notice: str = ""
    choices: tuple[Choice, ...] = ()
    first_sentence_seconds: float | None = None

    @property
    def elapsed(self) -> float:
        """Seconds since the question was received."""
        return round(self.stages.elapsed, 3)

    @property
    def own_words(self) -> str:
        """What the reader asks now, in French, without what was asked before."""
        return self.own.get(self.standalone, self.standalone)

    @property
    def cited(self) -> list[Evidence]:
        """The evidence that the sentences cite, in its order."""
        numbers = {citation.n for citation in self.citations}
        return [item for item in self.evidence if item.number in numbers]

    @property
    def found(self) -> Found:
        """The evidence as it is shown."""
        return Found(self.standalone, self.evidence, self.day.as_of, self.day.source)

    @property
    def _next(self) -> Prominence:
        """Where a sentence that answers in a line stands: the first of them leads."""
        return Prominence.BODY if self.sentences else Prominence.LEAD

    def document(self, passage: Passage) -> Document:
        """The document that a passage of the evidence stands in."""
        if self.sheet and self.sheet.id == passage.document_id:
            return self.sheet
        return self._holding(passage).store.document(passage.document_id)

    def _holding(self, passage: Passage) -> IndexSnapshot:
        if passage.ruling and self.case_law:
            return self.case_law
        return self.dossier if passage.dossier and self.dossier else self.generation

    def quotes(self, text: str) -> bool:
        """Whether a sentence of the answer holds this text."""
        return any(text in sentence.text for sentence in self.sentences)

    def show(self, passages: Sequence[Passage]) -> Iterator[Found]:
        """Add to the evidence what it lacks of these passages."""
        ids = {item.passage.id for item in self.evidence}
        lacking = {passage.id: passage for passage in passages if passage.id not in ids}
        first = len(self.evidence) + 1
        self.evidence += tuple(
            evidence_of(self._holding(passage), passage, number)
            for number, passage in enumerate(lacking.values(), first)
        )
        if lacking:
            yield self.found

    def shown(self, passage: Passage) -> Evidence:
        """A passage that is among the evidence, as it is shown."""
        return next(item for item in self.evidence if item.passage.id == passage.id)

    def judge(self, draft: Draft) -> Wrote | Dropped:
        """Check a draft; only what stands becomes part of the answer."""
        with self.stages.within(Stage.CHECKS):
            verdict = check_sentence(draft.text, [item.passage.text for item in draft.evidence])
        if verdict.support is None:
            removed = Removed(draft.text, verdict.reason)
            self.removed.append(removed)
            return Dropped(removed)
        numbers = tuple(sorted(item.number for item in draft.evidence))
        sentence = Sentence(
            draft.text,
            numbers,
            verdict.support,
            draft.place,
            draft.spoken_by,
            draft.role,
            draft.label,
        )
        return self._wrote(sentence, _citations(draft))

    def judge_new(self, drafts: Iterable[Draft]) -> Iterator[Wrote | Dropped]:
        """Judge the sentences that are not said yet."""
        for draft in drafts:
            if not self.quotes(draft.text):
                yield self.judge(draft)

    def compare(
        self, question: str, draft: Draft, is_of_the_same: Callable[[FigureComparison], bool]
    ) -> Iterator[Wrote]:
        """Say on which side of a quoted limit the own figures of this part of the question fall.

        Nothing is said where some figure of the quote was read with doubt, where the model that
        translated the question changed one, or where one of several is not likely to be of what its
        limit is of: half a comparison misleads.
        """
        if draft.doubts or not self.has_own_figures:
            return
        found = comparable_figures(question, draft.text)
        known = {sentence.text for sentence in self.sentences}
        if not found or draft.text not in known or not all(map(is_of_the_same, found)):
            return
        text = describe_comparisons(found, question, draft.text, self.language)
        if text not in known:
            numbers = tuple(item.number for item in draft.evidence)
            place = Prominence.ASIDE if draft.place is Prominence.ASIDE else Prominence.BODY
            sentence = Sentence(text, numbers, Support.COMPUTED, place)
            yield self._wrote(sentence, _citations(draft))

    def asked(self, model: LanguageModel) -> None:
        """Keep which model was asked, and what its server had to do with it."""
        before, use = self.engine, model.engine
        if before and use:
            use = replace(
                use,
                version=use.version or before.version,
                sent=use.sent or before.sent,
                problem=use.problem or before.problem,
            )
        self.read_by, self.engine = model.name, use

    def answer_prepared(self, found: PreparedAnswer, quoted: Sequence[Draft]) -> Wrote:
        """Say a prepared answer, on what is quoted of its passage, else on the whole of it.

        Where it is not sure to answer it is told as what its article says.
        """
        items = (found.evidence, *found.besides)
        said = [cited for draft in quoted for cited in _citations(draft)]
        quoted_of = {each.n for each in said}
        whole = (
            cite(item, 0, len(item.passage.text)) for item in items if item.number not in quoted_of
        )
        citations = (*said, *whole)
        place = self._next if found.is_sure else Prominence.BODY
        label = "" if found.is_sure else PLAINLY[self.language]
        numbers = tuple(sorted(item.number for item in items))
        return self._wrote(
            Sentence(found.text, numbers, Support.PREPARED, place, label=label), citations
        )

    def calculate(self, line: CalculationLine, *, may_lead: bool = True) -> Wrote:
        """Say a line of a calculation, whose grounds are among the evidence."""
        cited = [(self.shown(each.passage), each) for each in line.grounds]
        citations = tuple(cite(item, each.start, each.end) for item, each in cited)
        numbers = tuple(sorted({item.number for item, _ in cited}))
        place = self._next if may_lead else Prominence.BODY
        return self._wrote(Sentence(line.text, numbers, Support.COMPUTED, place), citations)

    def derogate(self, text: str, found: Sequence[Evidence]) -> Wrote:
        """Say that a clause derogates from what was quoted, on the whole of both."""
        citations = tuple(cite(item, 0, len(item.passage.text)) for item in found)
        numbers = tuple(sorted({item.number for item in found}))
        return self._wrote(Sentence(text, numbers, Support.COMPUTED), citations)

    def date_text(self, number: int, text: str, label: str) -> Wrote:
        """Say since when a cited text is as it is, or until when, on what is cited of it."""
        citations = tuple(each for each in self.citations if each.n == number)
        sentence = Sentence(text, (number,), Support.COMPUTED, role=LineRole.VERSION, label=label)
        return self._wrote(sentence, citations)

    def account(self, text: str, rows: Sequence[Evidence]) -> Wrote:
        """Say what was computed of rows of the ledger, which are among the evidence."""
        citations = tuple(cite(item, 0, len(item.passage.text)) for item in rows)
        numbers = tuple(item.number for item in rows)
        return self._wrote(Sentence(text, numbers, Support.COMPUTED, self._next), citations)

    def result(self, model: str) -> TurnResult:
        """The turn as far as it has come, before it is recorded; `model` if none was asked."""
        return TurnResult(
            record_id="",
            question=self.question,
            standalone=self.standalone,
            as_of=self.day.as_of,
            day_source=self.day.source,
            answer=self._answer(),
            evidence=self.evidence,
            route=self.route,
            model=self.read_by or model,
            generation=self.generation.manifest.name,
            dossier=self.scope.dossier,
            dossier_generation=self.dossier.manifest.name if self.dossier else None,
            seconds=Seconds(self.evidence_seconds, self.first_sentence_seconds, self.elapsed),
            proposed=self.proposed,
            engine=self.engine,
            case_law=self.applying,
            embedder=self.generation.manifest.embedder,
            figure=self.figure,
        )

    def _answer(self) -> Answer:
        preface = paragraphs(self.warning, self.preface)
        return conclude(
            self.sentences,
            self.citations,
            self.removed,
            self.notice,
            preface=preface,
            choices=self.choices,
            is_partial=bool(preface or self.unanswered),
        )

    def _wrote(self, sentence: Sentence, citations: tuple[Citation, ...]) -> Wrote:
        self.sentences.append(sentence)
        self.citations.extend(citations)
        if self.first_sentence_seconds is None:
            self.first_sentence_seconds = self.elapsed
        return Wrote(sentence, citations)


def _citations(draft: Draft) -> tuple[Citation, ...]:
    return (cite(draft.evidence[0], draft.start, draft.end),)
