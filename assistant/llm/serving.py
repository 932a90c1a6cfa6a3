"""A language model at the service of another process: requests in, a reply for each."""

import os
import signal
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import BinaryIO

from assistant.errors import ModelStopped
from assistant.llm.exchange import (
    CloseRequest,
    CountReply,
    CountRequest,
    EndReply,
    NextRequest,
    PieceReply,
    ProblemReply,
    Reply,
    Request,
    StoppedReply,
    StreamRequest,
    request_of,
    to_line,
)
from assistant.llm.language_model import LanguageModel
from ingestion.errors import ModelUnavailable

Steps = Generator[str | None, None, None]


def serve_model(
    model: LanguageModel, requests: Iterable[Request], reply: Callable[[Reply], None]
) -> None:
    """Answer the requests until there are no more; what is running then is given up."""
    running: Steps = _nothing()
    try:
        for request in requests:
            match request:
                case CountRequest(text):
                    reply(_told(partial(_count, model, text)))
                    continue
                case StreamRequest(prompt, max_tokens, schema):
                    running.close()
                    running = model.stream(prompt, max_tokens, schema)
                case CloseRequest():
                    running.close()
                case NextRequest():
                    pass
            reply(_told(partial(_step, running)))
    finally:
        running.close()


def _count(model: LanguageModel, text: str) -> Reply:
    return CountReply(model.count_tokens(text))


def _step(running: Steps) -> Reply:
    try:
        return PieceReply(next(running))
    except StopIteration:
        return EndReply()


def _told(asked: Callable[[], Reply]) -> Reply:
    """A reply, or why there is none."""
    try:
        return asked()
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
