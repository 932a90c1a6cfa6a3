"""Answer: sentences with their citations, what was left out, and the events of a turn. Values.

The sentence is the unit of trust: it carries its own support, and an answer is only its sentences.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from assistant.answering.stages import StageTime
from assistant.citations.checker import Support
from assistant.llm.language_model import EngineUse
from assistant.question.day import DaySource
from assistant.retrieval.evidence import Evidence
from assistant.retrieval.rulings import ApplyingRulings
from ingestion.tenders.dossiers import Dossier


class Ending(StrEnum):
    """Whether a turn came to its end, or was stopped or failed."""

    FINISHED = "finished"
    INTERRUPTED = "interrupted"


class Outcome(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    ABSTAINED = "abstained"


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a document that carries a sentence: `document.text[start:end] == quote`.

    `n` is the number of the evidence it points into; two citations may share it. `sha256` is that
    of the document's whole text; offsets are characters in it, half-open. `hidden` when some of the
    quote is on no page for a reader to see, and nothing is drawn over it that may be its picture.
    `recognised` when some of it was read from a picture, and `doubts` are its figures that were
    read with little confidence.
    """

    n: int
    document: str
    title: str
    locator: str
    quote: str
    passage_id: str
    start: int
    end: int
    sha256: str
    valid_from: date | None = None
    valid_to: date | None = None
    hidden: bool = False
    recognised: bool = False
    doubts: tuple[str, ...] = ()


class Prominence(StrEnum):
    """Where a sentence stands: the line that answers, what carries it, what may complete it."""

    LEAD = "lead"
    BODY = "body"
    ASIDE = "aside"


class LineRole(StrEnum):
    """What a short line after the quotes tells: what to respect, an exception, days of a text."""

    CONDITION = "condition"
    EXCEPTION = "exception"
    VERSION = "version"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that may be shown, without its `[n]` marks, and what supports it.

    `spoken_by` is what is to be told before it: who says it (a decision and its paragraph), the
    lead of the list of which it is an item, or the headings that limit its article.
    A line after the quotes has a `role`. `label` is told before such a line, and before what an
    article says in words of ours.
    """

    text: str
    citations: tuple[int, ...]
    support: Support
    place: Prominence = Prominence.BODY
    spoken_by: str = ""
    role: LineRole | None = None
    label: str = ""

    @property
    def told(self) -> str:
        """The sentence after what is to be told before it."""
        if self.spoken_by:
            return f"{self.spoken_by} : « {self.text} »"
        return f"{self.label} : {self.text}" if self.label else self.text


@dataclass(frozen=True, slots=True)
class Removed:
    """A sentence that was drafted and not shown, with the reason in French."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A case that the answer turns on: its name, and the question that says it is so."""

    label: str
    question: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is shown for a question.

    `notice` is said by the program itself, not by a source: why it abstained, what was searched,
    where to look instead. It is empty for a plain answer. `preface` is too, and comes first: that
    the question rests on something which the law does not say. `choices` are the cases of the
    question that the notice asks back, if any.
    """

    outcome: Outcome
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    removed: tuple[Removed, ...] = ()
    notice: str = ""
    preface: str = ""
    choices: tuple[Choice, ...] = ()

    @property
    def lead(self) -> Sentence | None:
        """The line that answers, which is the first sentence; None where only quotes do."""
        return next((each for each in self.sentences[:1] if each.place is Prominence.LEAD), None)

    @property
    def markdown(self) -> str:
        """The answer as Markdown, each sentence or list followed by its `[n]` marks."""
        shown = [marked(sentence) for sentence in self.sentences]
        return paragraphs(self.preface, *shown, self.notice)


def paragraphs(*texts: str) -> str:
    """The texts that say something, a blank line between them. Pure."""
    return "\n\n".join(filter(None, texts))


def marked(sentence: Sentence) -> str:
    """The sentence followed by its marks: "… [1] [3]". Pure."""
    return " ".join([sentence.told, *(f"[{n}]" for n in sentence.citations)])


def cite(evidence: Evidence, start: int, end: int) -> Citation:
    """The citation of characters `start` to `end` of a passage (half-open, counted in it)."""
    passage = evidence.passage
    first, last = passage.start + start, passage.start + end
    return Citation(
        n=evidence.number,
        document=passage.document_id,
        title=passage.title,
        locator=passage.locator,
        quote=passage.text[start:end],
        passage_id=passage.id,
        start=first,
        end=last,
        sha256=evidence.document_sha256,
        valid_from=passage.valid_from,
        valid_to=passage.valid_to,
        hidden=passage.hides(first, last),
        recognised=passage.is_recognised(first, last),
        doubts=passage.doubts(first, last),
    )


def conclude(
    sentences: Sequence[Sentence],
    citations: Sequence[Citation],
    removed: Sequence[Removed],
    notice: str = "",
    *,
    preface: str = "",
    choices: Sequence[Choice] = (),
    is_partial: bool = False,
) -> Answer:
    """The answer made of what stands, its citations in the order of the evidence. Pure.

    Nothing standing is an abstention.
    """
    outcome = Outcome.PARTIAL if is_partial else Outcome.ANSWERED
    if not sentences:
        outcome = Outcome.ABSTAINED
    unique = tuple(sorted(dict.fromkeys(citations), key=lambda each: each.n))
    return Answer(
        outcome, tuple(sentences), unique, tuple(removed), notice, preface, tuple(choices)
    )


# One turn: from a question to a recorded answer, as a stream of events.


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier question of the conversation, as it was made standalone, and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Seconds:
    """Time since the question was received; None for what did not happen.

    `stages` are known once the turn is on record.
    """

    evidence: float
    first_token: float | None
    total: float
    stages: tuple[StageTime, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class TurnResult:
    """A finished turn as it stands in the journal; `generation` is that of the rules.

    `proposed` are the dossiers that the question seems to be about and was not asked of. `engine`
    is what the server of the language model had to do with it, None where it has no part.
    `case_law` are the decisions that apply a cited article, where any does. `embedder` is the model
    of the vectors that it was searched by, "" in results of before. `figure` are the fields of the
    plan that a figure of the ledger was computed by; the journal does not hold them.
    """

    record_id: str
    question: str
    standalone: str
    as_of: date
    day_source: DaySource
    answer: Answer
    evidence: tuple[Evidence, ...]
    route: str
    model: str
    generation: str
    seconds: Seconds
    dossier: str | None = None
    dossier_generation: str | None = None
    proposed: tuple[Dossier, ...] = ()
    engine: EngineUse | None = None
    case_law: ApplyingRulings | None = None
    embedder: str = ""
    figure: tuple[tuple[str, str], ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class QueueWaiting:
    """Another question is being read; `ahead` of them come before this one."""

    ahead: int


@dataclass(frozen=True, slots=True)
class Found:
    """The evidence is known, and the day whose law it was searched in.

    Given before anything is read, and again when a text that contradicts a cited one joins it.
    """

    standalone: str
    evidence: tuple[Evidence, ...]
    as_of: date
    day_source: DaySource


@dataclass(frozen=True, slots=True)
class ModelReading:
    """The model is reading; repeated while it lasts, so that the turn can be stopped."""


@dataclass(frozen=True, slots=True)
class Wrote:
    """A sentence that has passed its checks, with its citations."""

    sentence: Sentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A drafted sentence that failed its checks."""

    removed: Removed


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is final and its record is on disk."""

    result: TurnResult


Event = QueueWaiting | Found | ModelReading | Wrote | Dropped | Finished
