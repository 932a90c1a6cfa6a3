"""What the service and the model's process say to each other, one JSON line at a time. Pure.

Each request has one reply. What a model writes comes step by step, each on request, so that it
does nothing that nobody waits for, and what is closed between two steps stops at once.
JSON and not pickle: what a process says that has loaded foreign weights must not be executable.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from assistant.llm.language_model import Prompt


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """Begin a reply; the one that was running, if any, is given up."""

    prompt: Prompt
    max_tokens: int
    schema: str


@dataclass(frozen=True, slots=True)
class NextRequest:
    """Take one more step of what is running."""


@dataclass(frozen=True, slots=True)
class CloseRequest:
    """Give up what is running."""


@dataclass(frozen=True, slots=True)
class CountRequest:
    """Count the tokens of a text; what is running goes on."""

    text: str


@dataclass(frozen=True, slots=True)
class ReadyReply:
    """The weights are loaded; said once, unasked.

    A process that lends its model adds how the one that holds it is, and how often it was started
    again.
    """

    context_tokens: int
    standing: str = ""
    restarts: int = 0


@dataclass(frozen=True, slots=True)
class PieceReply:
    """What a step wrote, None while the prompt is being read."""

    piece: str | None


@dataclass(frozen=True, slots=True)
class EndReply:
    """What was running is over."""


@dataclass(frozen=True, slots=True)
class CountReply:
    """How many tokens a text has."""

    tokens: int


@dataclass(frozen=True, slots=True)
class ProblemReply:
    """Why the weights are refused or cannot read this, in French; the process goes on or ends."""

    problem: str


@dataclass(frozen=True, slots=True)
class StoppedReply:
    """The model that was lent stopped under this, as told in French; another reading may do."""

    problem: str


@dataclass(frozen=True, slots=True)
class DisagreementReply:
    """On this processor the engine calculates wrongly: reading one text in two ways differs."""

    found: str


Request = StreamRequest | NextRequest | CloseRequest | CountRequest
Reply = (
    ReadyReply
    | PieceReply
    | EndReply
    | CountReply
    | ProblemReply
    | StoppedReply
    | DisagreementReply
)

_REQUESTS: dict[str, type[Request]] = {
    kind.__name__: kind for kind in (StreamRequest, NextRequest, CloseRequest, CountRequest)
}
_REPLIES: dict[str, type[Reply]] = {
    kind.__name__: kind
    for kind in (
        *(ReadyReply, PieceReply, EndReply, CountReply),
        *(ProblemReply, StoppedReply, DisagreementReply),
    )
}

Message = TypeVar("Message")


def to_line(message: Request | Reply) -> bytes:
    """The message as a line, its end included."""
    return json.dumps({"is": type(message).__name__, **asdict(message)}).encode() + b"\n"


def request_of(line: bytes) -> Request:
    """The request that `to_line` wrote; raises ValueError for anything else."""
    return _message(line, _REQUESTS)


def reply_of(line: bytes) -> Reply:
    """The reply that `to_line` wrote; raises ValueError for anything else."""
    return _message(line, _REPLIES)


def _message(line: bytes, kinds: Mapping[str, type[Message]]) -> Message:
    try:
        found = json.loads(line)
        kind = kinds[found.pop("is")]
        if "prompt" in found:
            found["prompt"] = _prompt(found["prompt"])
        return kind(**found)
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"not a message: {error!r}") from error


def _prompt(found: Mapping[str, Any]) -> Prompt:
    return Prompt(found["system"], tuple(found["parts"]), found["opening"])
