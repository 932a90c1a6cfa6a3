"""A turn that a program asks of its owner's service: few at once, ended when it hangs up."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from threading import Event as Signal
from threading import Lock
from typing import TypeVar

from fastapi import Request

from assistant.answering.answer import Event, TurnResult
from assistant.web.api.requests import ApiRefusal, ProgramQuestion, exchanges
from assistant.web.service import BuyerService

Worked = TypeVar("Worked")

MOST_AT_ONCE = 8
"""Requests of one program that are worked on at the same time; it may serve several people."""

MOST_THREADS = 32
"""Threads that programs keep busy, apart from those of the pages."""


class Places:
    """What is being worked on for each program."""

    def __init__(self) -> None:
        self._taken = Counter[str]()
        self._lock = Lock()

    @contextmanager
    def taken(self, person: str) -> Iterator[None]:
        """Take one for as long; raises ApiRefusal when the program has as many as it may."""
        with self._lock:
            if self._taken[person] >= MOST_AT_ONCE:
                raise ApiRefusal(
                    f"Ce programme attend déjà {MOST_AT_ONCE} réponses. Recommencez quand l'une "
                    "sera venue.",
                    HTTPStatus.TOO_MANY_REQUESTS,
                )
            self._taken[person] += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken[person] -= 1
                if not self._taken[person]:
                    del self._taken[person]


# What was asked before: OpenAI's clients send the words of a conversation back, and nothing of what
# was made of them.

REMEMBERED = 2000


class Recollection:
    """How the latest questions were made standalone, and of which dossier they were asked."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[str, str | None]] = OrderedDict()
        self._lock = Lock()

    def keep(self, person: str, text: str, result: TurnResult) -> None:
        """Keep what was made of a question that was answered by this text."""
        with self._lock:
            key = _key(person, result.question, text)
            self._known[key] = (result.standalone, result.dossier)
            self._known.move_to_end(key)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)

    def of(self, person: str, question: str, answer: str) -> tuple[str, str | None] | None:
        """What was made of a question, None when that is not known any more."""
        with self._lock:
            return self._known.get(_key(person, question, answer))


def _key(person: str, question: str, answer: str) -> str:
    words = (" ".join(each.split()) for each in (person, question, answer))
    return sha256("\0".join(words).encode(errors="replace")).hexdigest()


def person_of(service: BuyerService) -> str:
    """Who is counted: a program of someone, or they themselves."""
    return f"{service.reader.user} {service.reader.token}".rstrip()


def turn_of(
    service: BuyerService, asked: ProgramQuestion, known: Recollection, places: Places
) -> Generator[Event, None, None]:
    """The events of a turn, which holds its place until it has ended."""
    person = person_of(service)
    history = exchanges(asked, partial(known.of, person))
    with places.taken(person):
        yield from service.ask(
            asked.question, as_of=asked.as_of, history=history, dossier=asked.dossier
        )


# Hanging up: a turn is worked out in a thread, which is told when nobody waits for it any more.


class Threads:
    """The threads in which turns are worked out."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(MOST_THREADS, "program")

    async def run(self, request: Request, stop: Signal, work: Callable[[], Worked]) -> Worked:
        """What is worked out; `stop` is set if the program hangs up in the meantime."""
        watching = asyncio.create_task(_watch(request, stop))
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        except asyncio.CancelledError:
            stop.set()
            raise
        finally:
            watching.cancel()

    async def stream(
        self, first: str, frames: Generator[str, None, None], stop: Signal
    ) -> AsyncIterator[str]:
        """Each frame as it comes; `stop` is set at the end, which may be that nobody listens."""
        loop = asyncio.get_running_loop()
        try:
            yield first
            while (frame := await loop.run_in_executor(self._pool, next, frames, None)) is not None:
                yield frame
        finally:
            stop.set()


async def _watch(request: Request, stop: Signal) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    stop.set()
