"""The shapes in which OpenAI's clients expect a turn: chat completions, and responses."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from time import time
from typing import Any
from uuid import uuid4

from assistant.answering.answer import TurnResult
from assistant.answering.record import contract
from assistant.web.api.telling import SpokenText, for_completion, for_response
from assistant.web.problems import error_fields

END = "data: [DONE]\n\n"


def usage(question: str, text: str) -> dict[str, int]:
    """What was used, in words: nothing is counted in tokens of a model. Pure."""
    asked, told = len(question.split()), len(text.split())
    return {"prompt_tokens": asked, "completion_tokens": told, "total_tokens": asked + told}


def frame(fields: Mapping[str, Any], event: str = "") -> str:
    """An event of a stream. Pure."""
    named = f"event: {event}\n" if event else ""
    return f"{named}data: {json.dumps(fields, ensure_ascii=False)}\n\n"


@dataclass(frozen=True, slots=True)
class Completion:
    """What the chunks of one completion have in common.

    `has_usage` when a stream ends with what was used.
    """

    model: str
    has_usage: bool = False
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid4().hex}")
    created: int = field(default_factory=lambda: int(time()))

    def whole(
        self, result: TurnResult, spoken: SpokenText, annotated: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        """The completion of a finished turn, with its whole record."""
        message = {
            "role": "assistant",
            "content": spoken.text,
            "refusal": None,
            "annotations": [*map(for_completion, annotated)],
        }
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return {
            **self._head("chat.completion"),
            "choices": [choice],
            "usage": usage(result.question, spoken.text),
            "sourcier": contract(result),
        }

    def opening(self) -> Iterator[str]:
        """The first chunk, before any text."""
        yield frame(self._chunk({"role": "assistant", "content": ""}))

    def piece(self, text: str) -> str:
        """Some text more."""
        return frame(self._chunk({"content": text}))

    def closing(
        self, result: TurnResult, spoken: SpokenText, annotated: Sequence[Mapping[str, Any]]
    ) -> Iterator[str]:
        """The last chunks: what carries the text, the whole record, what was used if asked."""
        delta = {"annotations": [*map(for_completion, annotated)]}
        yield frame({**self._chunk(delta, "stop"), "sourcier": contract(result)})
        if self.has_usage:
            used = usage(result.question, spoken.text)
            yield frame({**self._head("chat.completion.chunk"), "choices": [], "usage": used})
        yield END

    def failed(self, told: str) -> str:
        """The last chunk of a turn that cannot go on."""
        return frame({"error": error_fields(told, HTTPStatus.SERVICE_UNAVAILABLE)})

    def _chunk(self, delta: Mapping[str, Any], reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
        return {**self._head("chat.completion.chunk"), "choices": [choice]}

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}


# Responses: a turn as OpenAI's newer interface has it, whole or as a stream of typed events.


PLACE = {"output_index": 0, "content_index": 0}
"""Where every text stands: there is one item with one part."""


@dataclass(frozen=True, slots=True)
class ProgramResponse:
    """What the events of one response have in common; they are numbered from 0."""

    model: str
    id: str = field(default_factory=lambda: f"resp_{uuid4().hex}")
    item: str = field(default_factory=lambda: f"msg_{uuid4().hex}")
    created: int = field(default_factory=lambda: int(time()))
    _numbers: Iterator[int] = field(default_factory=count)

    def whole(
        self, result: TurnResult, spoken: SpokenText, annotated: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any]:
        """The response of a finished turn, with its whole record."""
        used = usage(result.question, spoken.text)
        return {
            **self._head("completed"),
            "output": [self._message(spoken.text, annotated)],
            "completed_at": int(time()),
            "usage": {
                "input_tokens": used["prompt_tokens"],
                "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
                "output_tokens": used["completion_tokens"],
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": used["total_tokens"],
            },
            "sourcier": contract(result),
        }

    def opening(self) -> Iterator[str]:
        """The first events, before any text."""
        begun = self._head("in_progress")
        empty = {"id": self.item, "type": "message", "role": "assistant", "content": []}
        yield self._event("response.created", response=begun)
        yield self._event("response.in_progress", response=begun)
        yield self._event(
            "response.output_item.added",
            output_index=0,
            item={**empty, "status": "in_progress"},
        )
        yield self._of_text("response.content_part.added", part=_part("", ()))

    def piece(self, text: str) -> str:
        """Some text more."""
        return self._of_text("response.output_text.delta", delta=text, logprobs=[])

    def closing(
        self, result: TurnResult, spoken: SpokenText, annotated: Sequence[Mapping[str, Any]]
    ) -> Iterator[str]:
        """The last events: what carries the text, then everything once more as a whole."""
        told = [*map(for_response, annotated)]
        for number, each in enumerate(told):
            yield self._of_text(
                "response.output_text.annotation.added", annotation_index=number, annotation=each
            )
        yield self._of_text("response.output_text.done", text=spoken.text, logprobs=[])
        yield self._of_text("response.content_part.done", part=_part(spoken.text, told))
        message = self._message(spoken.text, annotated)
        yield self._event("response.output_item.done", output_index=0, item=message)
        whole = self.whole(result, spoken, annotated)
        yield self._event("response.completed", response=whole)

    def failed(self, told: str) -> str:
        """The last event of a turn that cannot go on."""
        error = {"code": "server_error", "message": told}
        return self._event("response.failed", response={**self._head("failed"), "error": error})

    def _head(self, status: str) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "response",
            "created_at": self.created,
            "status": status,
            "model": self.model,
            "output": [],
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "metadata": {},
            "parallel_tool_calls": False,
            "previous_response_id": None,
            "store": False,
            "temperature": None,
            "tool_choice": "none",
            "tools": [],
            "top_p": None,
            "usage": None,
        }

    def _message(self, text: str, annotated: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        return {
            "id": self.item,
            "type": "message",
            "role": "assistant",
            "status": "completed",
            "content": [_part(text, [*map(for_response, annotated)])],
        }

    def _of_text(self, kind: str, **fields: object) -> str:
        return self._event(kind, item_id=self.item, **PLACE, **fields)

    def _event(self, kind: str, **fields: object) -> str:
        return frame({"type": kind, "sequence_number": next(self._numbers), **fields}, kind)


def _part(text: str, annotated: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": [*annotated], "logprobs": []}
