"""Limits: how much one request may bring, and how often one person may ask.

One person's many requests end with an answer to come back later, not with everybody waiting.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.page.problem import language_of_reader, problem
from assistant.page.words import words

USER = "sourcier.user"
"""Where the gate writes in a request's scope who sends it."""

MOST_BYTES = 12_000_000
"""Bytes of a request: a whole conversation fits, which a browser sends with each question."""

COUNTED_BY_THEMSELVES = re.compile(
    r"/dossiers/[^/]+/pieces|/(?:factures|achats)/import|/admin/sources"
)
"""Addresses to which files are sent, and which stop reading at bounds of their own."""

MOST_PEOPLE = 10_000

TOO_LARGE, TOO_MANY = 413, 429


@dataclass(frozen=True, slots=True)
class Pace:
    """How many requests at once, and how many a second after these."""

    most: int
    refill: int


READS, ACTS = Pace(600, 30), Pace(60, 4)
"""The page alone loads a hundred files; a question or a form is an act."""


class Buckets:
    """What is left to each person, refilled with time."""

    def __init__(self, pace: Pace, clock: Callable[[], float] = time.monotonic) -> None:
        self._pace = pace
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = Lock()

    def take(self, person: str) -> float:
        """Take one; the seconds to wait before there is one again, 0 when there was."""
        now = self._clock()
        with self._lock:
            left, since = self._left.pop(person, (self._pace.most, now))
            left = min(self._pace.most, left + (now - since) * self._pace.refill)
            self._left[person] = (max(left - 1, 0) if left >= 1 else left, now)
            while len(self._left) > MOST_PEOPLE:
                del self._left[next(iter(self._left))]
        return 0 if left >= 1 else (1 - left) / self._pace.refill


class Limits:
    """ASGI middleware behind the gate, which says who asks; those not known are their address."""

    def __init__(self, app: ASGIApp, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._reads, self._acts = Buckets(READS, clock), Buckets(ACTS, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or say what is too much."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        buckets = self._reads if scope["method"] in ("GET", "HEAD") else self._acts
        if wait := buckets.take(_person(scope)):
            await _too_often(scope, wait)(scope, receive, send)
        elif COUNTED_BY_THEMSELVES.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
        else:
            await _Measured(self._app)(scope, receive, send)


class _Measured:
    """One request whose body is counted while it is read, whatever its length is said to be."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._left = MOST_BYTES
        self._answered = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        said = Headers(scope=scope).get("content-length", "0")
        if not said.isdecimal() or int(said) > MOST_BYTES:
            await _too_large(scope)(scope, receive, send)
            return

        async def counted() -> Message:
            message = await receive()
            self._left -= len(message.get("body", b""))
            return message if self._left >= 0 else {"type": "http.disconnect"}

        async def judged(message: Message) -> None:
            if self._left >= 0:
                await send(message)
            elif not self._answered:
                self._answered = True
                await _too_large(scope)(scope, receive, send)

        try:
            await self._app(scope, counted, judged)
        except ClientDisconnect:
            if self._left >= 0:
                raise
            await judged({"type": "http.response.start"})


def _person(scope: Scope) -> str:
    client = scope.get("client")
    return str(scope.get(USER) or (client[0] if client else ""))


def _too_often(scope: Scope, wait: float) -> Response:
    request, seconds = HTTPConnection(scope), int(wait) + 1
    said = words(language_of_reader(request))
    answer = problem(request, TOO_MANY, said["problem_too_often"].format(seconds=seconds))
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _too_large(scope: Scope) -> Response:
    request = HTTPConnection(scope)
    said = words(language_of_reader(request))
    told = said["problem_too_large"].format(size=MOST_BYTES // 1_000_000)
    answer = problem(request, TOO_LARGE, told)
    answer.headers["Connection"] = "close"
    return answer
