"""One language model shared: by turns in a fair queue, by processes that it is lent to."""

import socket
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from socket import SocketIO
from socketserver import StreamRequestHandler, ThreadingMixIn, UnixStreamServer
from threading import Condition, Lock, Thread
from typing import Protocol

from assistant.errors import ModelStopped
from assistant.llm.exchange import (
    EndReply,
    NextRequest,
    PieceReply,
    ProblemReply,
    ReadyReply,
    Reply,
    Request,
    StoppedReply,
    StreamRequest,
    reply_of,
    request_of,
    serve_model,
    to_line,
)
from assistant.llm.keeper import ProcessStanding
from assistant.llm.language_model import LanguageModel, Prompt
from ingestion.errors import ModelUnavailable

# Fair queue: one at a time, each person in turn, with a visible place.

GLANCE = 0.2
"""Seconds between two looks at one's place."""


@dataclass(frozen=True, slots=True, eq=False)
class _Ticket:
    """A place in the queue."""

    person: str


class FairQueue:
    """Lets one turn through to the model; the others see how many are ahead of them.

    Who waits with one question goes before the second question of anybody else.
    """

    def __init__(self) -> None:
        self._tickets: list[_Ticket] = []
        self._moved = Condition()

    def enter(self, person: str = "") -> Generator[int, None, object]:
        """Yield how many are ahead while there are any, then return the ticket to give to `leave`.

        Without a name, each who enters is somebody else. Closing the generator while waiting, or
        an interruption, gives the place up.
        """
        ticket = _Ticket(person)
        with self._moved:
            self._tickets.insert(self._place(person), ticket)
        try:
            while ahead := self._ahead(ticket):
                yield ahead
        except BaseException:
            self.leave(ticket)
            raise
        return ticket

    @property
    def waiting(self) -> int:
        """How many are not let through yet."""
        with self._moved:
            return max(len(self._tickets) - 1, 0)

    def leave(self, ticket: object) -> None:
        """Let the next one through."""
        with self._moved:
            self._tickets = [each for each in self._tickets if each is not ticket]
            self._moved.notify_all()

    def _place(self, person: str) -> int:
        """Where a new ticket goes: before the first, not yet let through, of a later round."""
        rounds = Counter[str]()
        own = 1 + sum(each.person == person for each in self._tickets if person)
        for place, each in enumerate(self._tickets):
            rounds[each.person] += 1
            if place and each.person and rounds[each.person] > own:
                return place
        return len(self._tickets)

    def _ahead(self, ticket: _Ticket) -> int:
        with self._moved:
            if self._tickets[0] is not ticket:
                self._moved.wait(GLANCE)
            return self._tickets.index(ticket)


# Lent at a socket of this machine to all the processes that serve it.
#
# The weights are in memory once, whatever the number of those processes, and one turn reads at a
# time. Each reading is a connection, so that one that ends, however it does, gives the model back.

GONE = "Le processus qui tient le modèle de langue ne répond plus."


class LendableModel(LanguageModel, Protocol):
    """A language model that may be gone, and that several threads may ask."""

    @property
    def standing(self) -> ProcessStanding:
        """Whether it is there, told at once."""

    @property
    def restarts(self) -> int:
        """How often it was started again."""


class _Lender(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path, load: Callable[[], LendableModel]) -> None:
        self._load = load
        self._loading = Lock()
        self._model: LendableModel | None = None
        super().__init__(str(path), _Reading)

    def model(self) -> LendableModel:
        """The model, loaded for the first who asks; raises ModelUnavailable, then and again."""
        with self._loading:
            self._model = self._model or self._load()
            return self._model


class _Reading(StreamRequestHandler):
    server: _Lender

    def handle(self) -> None:
        with suppress(ConnectionError):  # who asked is gone
            try:
                model = self.server.model()
            except ModelUnavailable as refusal:
                self._reply(ProblemReply(str(refusal)))
                return
            self._reply(ReadyReply(model.standing.name, model.restarts))
            serve_model(model, map(request_of, self.rfile), self._reply)

    def _reply(self, said: Reply) -> None:
        self.wfile.write(to_line(said))


def lend_model(load: Callable[[], LendableModel], path: Path) -> Callable[[], None]:
    """Lend a model at a socket until what is returned is called; whoever reaches it may read."""
    lender = _Lender(path, load)
    Thread(target=lender.serve_forever, name="lender", daemon=True).start()

    def end() -> None:
        lender.shutdown()
        lender.server_close()

    return end


class BorrowedModel:
    """The language model that another process of this machine lends.

    Its streams raise ModelStopped when it stops under them or nobody lends it any more, and
    ModelUnavailable when it has too often.
    """

    engine = None

    def __init__(self, name: str, path: Path) -> None:
        """Wait until it is loaded; raises ModelUnavailable, or ModelStopped when nobody lends."""
        self.name = name
        self._path = path
        with self._reached():
            pass

    @property
    def standing(self) -> ProcessStanding:
        """Whether the process that holds it is there."""
        try:
            with self._reached() as (_, ready):
                return ProcessStanding[ready.standing]
        except (ModelStopped, ModelUnavailable):
            return ProcessStanding.RESTING

    @property
    def restarts(self) -> int:
        """How often the process that holds it was started again."""
        with suppress(ModelStopped, ModelUnavailable), self._reached() as (_, ready):
            return ready.restarts
        return 0

    def stream(
        self, prompt: Prompt, max_tokens: int, schema: str = ""
    ) -> Generator[str | None, None, None]:
        """The reply, piece by piece."""
        with self._reached() as (line, _):
            reply = _asked(line, StreamRequest(prompt, max_tokens, schema))
            while isinstance(reply, PieceReply):
                yield reply.piece
                reply = _asked(line, NextRequest())
        assert isinstance(reply, EndReply), reply

    @contextmanager
    def _reached(self) -> Iterator[tuple[SocketIO, ReadyReply]]:
        with socket.socket(socket.AF_UNIX) as opened:
            try:
                opened.connect(str(self._path))
            except OSError as error:
                raise ModelStopped(GONE) from error
            with opened.makefile("rwb", buffering=0) as line:
                ready = _heard(line)
                assert isinstance(ready, ReadyReply), ready
                yield line, ready


def _asked(line: SocketIO, request: Request) -> Reply:
    try:
        line.write(to_line(request))
    except OSError as error:
        raise ModelStopped(GONE) from error
    return _heard(line)


def _heard(line: SocketIO) -> Reply:
    try:
        reply = reply_of(line.readline())
    except (OSError, ValueError) as error:  # an end in the middle of a line, or before it
        raise ModelStopped(GONE) from error
    match reply:
        case ProblemReply(problem):
            raise ModelUnavailable(problem)
        case StoppedReply(problem):
            raise ModelStopped(problem)
    return reply
