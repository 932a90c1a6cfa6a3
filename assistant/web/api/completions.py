"""Chat completions: a turn as OpenAI's clients expect it, whole or as it comes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import time
from typing import Any
from uuid import uuid4

from assistant.answering.answer import TurnResult
from assistant.answering.record import contract
from assistant.web.api.annotations import SpokenText, for_completion
from assistant.web.refusals import UNABLE, error_fields

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
        return frame({"error": error_fields(told, UNABLE)})

    def _chunk(self, delta: Mapping[str, Any], reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
        return {**self._head("chat.completion.chunk"), "choices": [choice]}

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}
