"""Where applications are served, and the front of several workers. Door of uvicorn.

Behind the front each browser and each program stays with one worker.

Gradio keeps a page and what waits for it in the memory of one process: a request for them that came
to another would find nothing. So a browser is told by a cookie which worker is its own, and a
program is known by its token. What is to be known of anybody for good is in the store, so that a
browser whose worker is gone is given another, and its session goes on. Door of httpcore2, which
reaches the workers at their sockets and nobody else.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any, cast
from zlib import crc32

import httpcore2
import uvicorn
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

# Where applications are served: at an address, or at a socket of this machine.

ANYONE = ("*",)
"""Proxies to believe, where nobody else reaches an application."""

_OPTIONS: dict[str, Any] = {
    "log_level": "warning",
    "log_config": None,  # what is said goes where the logs of this program go
    "server_header": False,
    "proxy_headers": False,  # the application does it, for the proxies of the settings alone
}

PATIENCE = 5
"""Seconds that a worker leaves to the answers under way once it is told to end."""


def behind_proxies(app: ASGIApp, proxies: Sequence[str]) -> ASGIApp:
    """The application, told by these proxies for whom they ask, and whether that came over https.

    They are addresses and networks; nobody else is believed.
    """
    told: Any = ProxyHeadersMiddleware(cast("Any", app), trusted_hosts=list(proxies))
    return cast("ASGIApp", told)


def listen(app: ASGIApp, host: str, port: int, patience: int | None = None) -> None:
    """Serve an application until interrupted, then for so many seconds those whom it answers."""
    uvicorn.run(app, host=host, port=port, timeout_graceful_shutdown=patience, **_OPTIONS)


def listen_at(app: ASGIApp, place: Path) -> None:
    """Serve an application at a socket until interrupted; whoever may reach it may ask."""
    uvicorn.run(
        app, uds=str(place), timeout_graceful_shutdown=PATIENCE, date_header=False, **_OPTIONS
    )


COOKIE = "sourcier-worker"
"""Name of the cookie that holds the number of a browser's worker, which is no secret."""

_OF_ONE_CONNECTION = frozenset(
    (
        *(b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"upgrade"),
        *(b"transfer-encoding", b"expect", b"forwarded", b"x-forwarded-for", b"x-forwarded-proto"),
    )
)
"""Headers that say something of one connection, or that the front says itself."""

_TIMES = {"connect": 5.0, "read": None, "write": None, "pool": None}
"""Seconds: an answer takes what it takes, and its reader may leave."""

_FAILED = (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException)

_GONE = "Sourcier redémarre. Recommencez dans quelques secondes."
_BROKEN = "Le processus qui répondait s'est arrêté. Recommencez : un autre répondra."

logger = logging.getLogger(__name__)


class Front:
    """ASGI application that passes each request on to a worker, and its answer back as it comes."""

    def __init__(self, places: Sequence[Path]) -> None:
        """`places` are the sockets of the workers, which may come and go."""
        self._workers = [
            httpcore2.AsyncConnectionPool(uds=str(place), max_connections=None) for place in places
        ]
        self._newcomers = count()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, for as long as who asks is there."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            body = _Body(receive, is_empty=not _has_body(scope))
            passing = asyncio.create_task(self._pass(scope, body, send))
            leaving = asyncio.create_task(body.left())
            await asyncio.wait({passing, leaving}, return_when=asyncio.FIRST_COMPLETED)
            leaving.cancel()
            if leaving.done() and not passing.done():
                passing.cancel()
            with suppress(asyncio.CancelledError, ClientDisconnect):
                await passing

    async def _live(self, receive: Receive, send: Send) -> None:
        """Begin and end with the server."""
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for worker in self._workers:
            await worker.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _pass(self, scope: Scope, body: "_Body", send: Send) -> None:
        """Ask the worker of who asks, and the next one where it is not there."""
        first, is_known = self._place_of(HTTPConnection(scope))
        for place in (*range(first, len(self._workers)), *range(first)):
            answer = _Answer(send, "" if is_known and place == first else _cookie(scope, place))
            try:
                await self._ask(self._workers[place], scope, body, answer)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue  # nothing was sent yet
            except _FAILED as failure:
                logger.warning("Worker %d: %s", place, type(failure).__name__)
                if answer.has_begun:
                    return  # the server closes what is not whole
                if body.has_begun or scope["method"] not in ("GET", "HEAD"):
                    await PlainTextResponse(_BROKEN, HTTPStatus.BAD_GATEWAY)(
                        scope, body.receive, send
                    )
                    return
            else:
                return
        gone = PlainTextResponse(_GONE, HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "5"})
        await gone(scope, body.receive, send)

    def _place_of(self, request: HTTPConnection) -> tuple[int, bool]:
        """The worker of who asks, and whether they will be known again without a cookie of ours."""
        told = request.cookies.get(COOKIE, "")
        if told in map(str, range(len(self._workers))):
            return int(told), True
        if token := request.headers.get("authorization"):
            return crc32(token.encode(errors="replace")) % len(self._workers), True
        return next(self._newcomers) % len(self._workers), False

    async def _ask(
        self,
        worker: httpcore2.AsyncConnectionPool,
        scope: Scope,
        body: "_Body",
        answer: "_Answer",
    ) -> None:
        query = scope["query_string"]
        target = scope["raw_path"] + (b"?" + query if query else b"")
        async with worker.stream(
            scope["method"],
            httpcore2.URL(scheme=b"http", host=b"worker", target=target),
            headers=_headers(scope),
            content=body.pieces() if _has_body(scope) else None,
            extensions={"timeout": _TIMES},
        ) as reply:
            await answer.begin(reply.status, reply.headers)
            async for piece in reply.aiter_stream():
                await answer.go_on(piece)
            await answer.end()


class _Body:
    """What a request brings, as it is read; then the moment at which who asks leaves."""

    def __init__(self, receive: Receive, *, is_empty: bool) -> None:
        self.receive = receive
        self.has_begun = False
        self._is_read = asyncio.Event()
        if is_empty:
            self._is_read.set()

    async def pieces(self) -> AsyncIterator[bytes]:
        """The bytes, as they come; raises ClientDisconnect."""
        more = self.has_begun = True
        while more:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            more = message.get("more_body", False)
            if piece := message.get("body", b""):
                yield piece
        self._is_read.set()

    async def left(self) -> None:
        """Wait until who asks is gone; what they still send is not read before it is asked for."""
        await self._is_read.wait()
        while (await self.receive())["type"] != "http.disconnect":
            pass


class _Answer:
    """What goes back, with the cookie of the worker that gave it, if it is to be told."""

    def __init__(self, send: Send, cookie: str) -> None:
        self._send = send
        self._cookie = cookie
        self.has_begun = False

    async def begin(self, status: int, headers: Sequence[tuple[bytes, bytes]]) -> None:
        kept = [(name, value) for name, value in headers if name.lower() not in _OF_ONE_CONNECTION]
        if self._cookie:
            kept.append((b"set-cookie", self._cookie.encode()))
        self.has_begun = True
        await self._send({"type": "http.response.start", "status": status, "headers": kept})

    async def go_on(self, piece: bytes) -> None:
        await self._send({"type": "http.response.body", "body": piece, "more_body": True})

    async def end(self) -> None:
        await self._send({"type": "http.response.body", "body": b""})


def _headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Those of a request, and from whom and how it came to the front. Pure."""
    kept = [(name, value) for name, value in scope["headers"] if name not in _OF_ONE_CONNECTION]
    if "transfer-encoding" in Headers(scope=scope):
        kept.append((b"transfer-encoding", b"chunked"))
    client = scope["client"][0] if scope.get("client") else ""
    kept.append((b"x-forwarded-for", client.encode()))
    kept.append((b"x-forwarded-proto", scope["scheme"].encode()))
    return kept


def _has_body(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


def _cookie(scope: Scope, place: int) -> str:
    secure = "; Secure" if scope["scheme"] == "https" else ""
    return f"{COOKIE}={place}; Path=/; HttpOnly; SameSite=Lax{secure}"
