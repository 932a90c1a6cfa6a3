"""What the service and the model's process say to each other, and how a process answers.

One JSON line at a time: each request has one reply. What a model writes comes step by step, each on
request, so that it does nothing that nobody waits for, and what is closed between two steps stops
at once. JSON and not pickle: what a process says that has loaded foreign weights must not be
executable.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from queue import SimpleQueue
from threading import Thread
from typing import Any, BinaryIO, TypeVar, get_args

from assistant.errors import ModelStopped
from assistant.llm.language_model import LanguageModel, Prompt
from ingestion.errors import ModelUnavailable


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
class ReadyReply:
    """The weights are loaded; said once, unasked.

    A process that lends its model adds how the one that holds it is, and how often it was started
    again.
    """

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


Request = StreamRequest | NextRequest | CloseRequest
Reply = ReadyReply | PieceReply | EndReply | ProblemReply | StoppedReply | DisagreementReply

_REQUESTS: dict[str, type[Request]] = {kind.__name__: kind for kind in get_args(Request)}
_REPLIES: dict[str, type[Reply]] = {kind.__name__: kind for kind in get_args(Reply)}

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
    return Prompt(found["system"], tuple(found["parts"]))


# A language model at the service of another process: requests in, a reply for each.

Steps = Generator[str | None, None, None]


def serve_model(
    model: LanguageModel, requests: Iterable[Request], reply: Callable[[Reply], None]
) -> None:
    """Answer the requests until there are no more; what is running then is given up."""
    running: Steps = _nothing()
    try:
        for request in requests:
            match request:
                case StreamRequest(prompt, max_tokens, schema):
                    running.close()
                    running = model.stream(prompt, max_tokens, schema)
                case CloseRequest():
                    running.close()
                case NextRequest():
                    pass
            reply(_step(running))
    finally:
        running.close()


def _step(running: Steps) -> Reply:
    """What one more step writes, or why it writes nothing."""
    try:
        return PieceReply(next(running))
    except StopIteration:
        return EndReply()
    except ModelUnavailable as refusal:
        return ProblemReply(str(refusal))
    except ModelStopped as stopped:
        return StoppedReply(str(stopped))


def _nothing() -> Steps:
    yield from ()


def opened() -> tuple[Iterator[Request], Callable[[Reply], None]]:
    """The requests on standard input, and what replies on standard output.

    What native code prints goes to standard error, and an interruption by the keyboard is for who
    asks. When that one is gone, this process ends at once, whatever it is doing.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    replies = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    lines: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_listen, args=(sys.stdin.buffer, lines), daemon=True).start()

    def reply(said: Reply) -> None:
        replies.write(to_line(said))

    return _requests(lines), reply


def _listen(requests: BinaryIO, lines: "SimpleQueue[bytes]") -> None:
    for line in requests:
        lines.put(line)
    os._exit(0)


def _requests(lines: "SimpleQueue[bytes]") -> Iterator[Request]:
    while True:
        yield request_of(lines.get())
