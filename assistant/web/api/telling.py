"""Telling: the events of a turn as an answer at once or frame by frame, and what its words cite."""

import logging
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from time import monotonic
from typing import Any, Protocol
from urllib.parse import urljoin

from assistant.answering.answer import Citation, Event, Finished, TurnResult, Wrote, marked
from assistant.errors import AssistantError
from assistant.question.language import Language, detect_language
from assistant.reports.markup import load_words
from assistant.retrieval.evidence import Evidence
from assistant.web.buyer.evidence_panel import document_link
from assistant.web.stopping import Stopped
from ingestion.chunking.passages import Passage
from ingestion.errors import IngestionError

PageOf = Callable[[Citation, Passage], int | None]
"""The page (1-based) on which the cited words begin, None where there are no pages."""

APART = "\n\n"
"""What stands between two paragraphs of an answer."""


@dataclass(frozen=True, slots=True)
class SpokenText:
    """The text of an answer as it was sent, and where each of its sentences begins in it."""

    text: str = ""
    starts: tuple[int, ...] = ()

    def paragraph(self, text: str) -> str:
        """What is sent of a paragraph: what stands before it, and it."""
        return f"{APART}{text}" if self.text and text else text

    def then(self, text: str, *, is_sentence: bool = False) -> "SpokenText":
        """The text with a paragraph more."""
        sent = self.text + self.paragraph(text)
        starts = (*self.starts, len(sent) - len(text)) if is_sentence else self.starts
        return SpokenText(sent, starts)


def whole_text(result: TurnResult) -> SpokenText:
    """The text of an answer that is sent at once: as it is recorded. Pure."""
    answer = result.answer
    spoken = SpokenText().then(answer.preface) if answer.preface else SpokenText()
    for sentence in answer.sentences:
        spoken = spoken.then(marked(sentence), is_sentence=True)
    return spoken.then(answer.notice) if answer.notice else spoken


def annotations(
    spoken: SpokenText,
    sentences: Sequence[Wrote],
    evidence: Sequence[Evidence],
    page_of: PageOf,
    address: str,
    language: str,
) -> list[dict[str, Any]]:
    """One for each citation of each sentence, in their order.

    `address` is that of this site, `language` the one its pages open in. Indexes are characters of
    the answer's text, half-open, `start` and `end` those of the document.
    """
    passages = {each.passage.id: each.passage for each in evidence}
    made = []
    for start, each in zip(spoken.starts, sentences, strict=True):
        for cited in each.citations:
            passage = passages[cited.passage_id]
            span = {"start_index": start, "end_index": start + len(marked(each.sentence))}
            spans = [(cited.start - passage.start, cited.end - passage.start)]
            link = urljoin(address, document_link(passage, spans, language))
            made.append(
                {
                    "type": "url_citation",
                    **span,
                    "url": link,
                    "title": f"{cited.locator} – {cited.title}",
                    **citation_fields(cited, passage, page_of(cited, passage)),
                }
            )
    return made


def citation_fields(cited: Citation, passage: Passage, page: int | None) -> dict[str, Any]:
    """What is told of a citation besides, under names that OpenAI's annotations do not have."""
    return {
        "n": cited.n,
        "quote": cited.quote,
        "locator": cited.locator,
        "page": page,
        "document": cited.document,
        "dossier": passage.dossier,
        "passage_id": cited.passage_id,
        "start": cited.start,
        "end": cited.end,
        "sha256": cited.sha256,
        "valid_from": cited.valid_from and cited.valid_from.isoformat(),
        "valid_to": cited.valid_to and cited.valid_to.isoformat(),
        "hidden": cited.hidden,
    }


URL_FIELDS = ("start_index", "end_index", "url", "title")


def for_completion(annotation: Mapping[str, Any]) -> dict[str, Any]:
    """An annotation as chat completions have it: its link in an object of its own. Pure."""
    link = {name: annotation[name] for name in URL_FIELDS}
    rest = {name: told for name, told in annotation.items() if name not in URL_FIELDS}
    return {**rest, "url_citation": link}


def for_response(annotation: Mapping[str, Any]) -> dict[str, Any]:
    """An annotation as responses have it: a piece of a dossier is a file. Pure."""
    if annotation["dossier"] is None:
        return dict(annotation)
    file = {"file_id": annotation["document"], "filename": annotation["title"]}
    return {**annotation, "type": "file_citation", **file, "index": annotation["end_index"]}


logger = logging.getLogger(__name__)

SILENCE = 5.0
"""Seconds after which a stream says that the turn goes on, so that no proxy takes it for dead."""

STILL_HERE = ": en cours\n\n"

Annotated = Sequence[Mapping[str, Any]]


class AnswerShape(Protocol):
    """An interface of OpenAI's in which an answer is told."""

    def whole(self, result: TurnResult, spoken: SpokenText, annotated: Annotated) -> dict[str, Any]:
        """A finished turn, at once."""

    def opening(self) -> Iterator[str]:
        """The first frames, before any text."""

    def piece(self, text: str) -> str:
        """Some text more."""

    def closing(
        self, result: TurnResult, spoken: SpokenText, annotated: Annotated
    ) -> Iterator[str]:
        """The last frames."""

    def failed(self, told: str) -> str:
        """The last frame of a turn that cannot go on."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells one turn.

    `address` is that of this site, `page_of` finds the pages of citations, and `keep` is given the
    text of the answer and the turn.
    """

    shape: AnswerShape
    page_of: PageOf
    address: str
    keep: Callable[[str, TurnResult], None]

    def whole(self, events: Iterator[Event]) -> dict[str, Any]:
        """The answer, at once."""
        heard = _Heard()
        for event in events:
            heard.hear(event)
        spoken = whole_text(heard.finished)
        self.keep(spoken.text, heard.finished)
        return self.shape.whole(heard.finished, spoken, self._annotated(heard, spoken))

    def frames(self, events: Iterator[Event]) -> Generator[str, None, None]:
        """The frames of a stream; what cannot be answered is raised before the first."""
        first = next(events)
        yield from self.shape.opening()
        try:
            yield from self._told(chain([first], events))
        except Stopped:
            return
        except (AssistantError, IngestionError) as failure:
            yield self.shape.failed(str(failure))
        except Exception:
            logger.exception("A turn failed")
            yield self.shape.failed(internal_failure())

    def _told(self, events: Iterator[Event]) -> Iterator[str]:
        """The sentences as they come, then what the program says itself, and what carries them.

        What is to be read before the sentences is known once they have been judged together: in a
        stream it comes after them.
        """
        heard, spoken, since = _Heard(), SpokenText(), monotonic()
        for event in events:
            heard.hear(event)
            if isinstance(event, Wrote):
                yield self.shape.piece(spoken.paragraph(marked(event.sentence)))
                spoken, since = spoken.then(marked(event.sentence), is_sentence=True), monotonic()
            elif monotonic() - since > SILENCE:
                yield STILL_HERE
                since = monotonic()
        answer = heard.finished.answer
        for told in filter(None, [answer.preface, answer.notice]):
            yield self.shape.piece(spoken.paragraph(told))
            spoken = spoken.then(told)
        self.keep(spoken.text, heard.finished)
        yield from self.shape.closing(heard.finished, spoken, self._annotated(heard, spoken))

    def _annotated(self, heard: "_Heard", spoken: SpokenText) -> Annotated:
        language = detect_language(heard.finished.question).value
        evidence = heard.finished.evidence
        return annotations(spoken, heard.sentences, evidence, self.page_of, self.address, language)


@dataclass(slots=True)
class _Heard:
    """What a turn has told so far."""

    sentences: list[Wrote] = field(default_factory=list)
    result: TurnResult | None = None

    def hear(self, event: Event) -> None:
        """Take in an event."""
        match event:
            case Wrote():
                self.sentences.append(event)
            case Finished(result):
                self.result = result

    @property
    def finished(self) -> TurnResult:
        """The turn, which has ended."""
        assert self.result is not None
        return self.result


def internal_failure() -> str:
    """What is said of a failure that nobody foresaw."""
    time = datetime.now().strftime("%H:%M")
    return load_words(Language.FRENCH)["error_internal"].format(time=time)
