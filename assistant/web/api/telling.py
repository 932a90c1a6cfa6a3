"""Telling: the events of a turn as an answer that is sent at once, or frame by frame."""

import logging
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from time import monotonic
from typing import Any, Protocol

from assistant.answering.answer import Event, Finished, TurnResult, Wrote, marked
from assistant.errors import AssistantError
from assistant.question.language import Language, detect_language
from assistant.reports.markup import load_words
from assistant.web.api.annotations import (
    PageOf,
    SpokenSentence,
    SpokenText,
    annotations,
    whole_text,
)
from assistant.web.buyer.chat import Stopped
from ingestion.errors import IngestionError

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

    sentences: list[SpokenSentence] = field(default_factory=list)
    result: TurnResult | None = None

    def hear(self, event: Event) -> None:
        """Take in an event."""
        match event:
            case Wrote(sentence, citations):
                self.sentences.append(SpokenSentence(sentence, citations))
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
