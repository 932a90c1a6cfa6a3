"""Protection: who may come in, how much a request may bring and how often, what browsers load."""

import base64
import hashlib
import re
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from threading import Lock
from urllib.parse import quote, urlencode, urlsplit

from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from assistant.accounts.areas import area_of, entrance
from assistant.errors import AssistantError
from assistant.identity import Identity
from assistant.web.authentication import closed_page
from assistant.web.frame import framed
from assistant.web.problems import named_problem, navigates, problem
from assistant.web.site import Access, is_foreign, token_of
from ingestion.errors import IngestionError

# The gate: nobody reaches an address of an area that is not theirs, whoever serves it.

USER = "sourcier.user"
"""Where the gate writes in a request's scope who sends it."""


class Gate:
    """ASGI middleware: the table of the areas, before any page or any route of Gradio's.

    The handlers behind it ask again. What changes something is refused when another site sent it.
    """

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request, area = HTTPConnection(scope), area_of(scope["path"])
        identity = None
        if not area.is_open:
            try:
                identity = await run_in_threadpool(self._access.identify, request)
            except (AssistantError, IngestionError) as failure:
                await _unable(request, failure)(scope, receive, send)
                return
        if identity:
            scope[USER] = f"{identity.user} {identity.token}".rstrip()
        with framed(request, identity):
            if area.admits(identity) and not is_foreign(request):
                await self._app(scope, receive, send)
            elif scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            else:
                await refusal(request, identity)(scope, receive, send)


def _unable(request: HTTPConnection, failure: Exception) -> ASGIApp:
    """What answers when it cannot be asked who somebody is: the reason, as pages tell theirs."""
    if request.scope["type"] == "websocket":
        return WebSocketClose(code=1013, reason="")
    with framed(request, None):
        return problem(request, HTTPStatus.SERVICE_UNAVAILABLE, str(failure))


def refusal(request: HTTPConnection, identity: Identity | None) -> Response:
    """What someone gets who may not come in: the way in, or the reason why not."""
    if is_foreign(request):
        return named_problem(request, HTTPStatus.FORBIDDEN, "problem_foreign")
    is_page = navigates(request)
    if identity is None:
        if is_page:
            return RedirectResponse(login_link(request), HTTPStatus.SEE_OTHER)
        return problem(request, HTTPStatus.UNAUTHORIZED)
    if is_page and request.url.path == "/":
        return RedirectResponse(entrance(identity), HTTPStatus.SEE_OTHER)
    if is_page:
        return closed_page(identity)
    return problem(request, HTTPStatus.FORBIDDEN)


def login_link(request: HTTPConnection) -> str:
    """The way in, and from there back to the page that was asked for.

    It says which session is over: one that was only looking, or one that was sending something.
    """
    query: dict[str, str] = {}
    is_sent = request.scope.get("method") not in ("GET", "HEAD")
    if token_of(request) or is_sent:
        query["over"] = "sent" if is_sent else "seen"
    if not is_sent and request.url.path != "/":
        asked = f"?{request.url.query}" if request.url.query else ""
        query["next"] = f"{quote(request.url.path)}{asked}"
    return f"/login?{urlencode(query)}" if query else "/login"


class KnownHosts:
    """ASGI middleware: refuses a request for another host name than those given."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through that names this machine as its readers do."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        if _host_of(request) in self._hosts:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            answer = named_problem(request, HTTPStatus.BAD_REQUEST, "problem_host")
            await answer(scope, receive, send)


def _host_of(request: HTTPConnection) -> str:
    try:
        return urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:  # a host that is none: brackets that do not close
        return ""


# Limits: how much one request may bring, and how often one person may ask.
#
# One person's many requests end with an answer to come back later, not with everybody waiting.

MOST_BYTES = 12_000_000
"""Bytes of a request: a whole conversation fits, which a browser sends with each question."""

COUNTED_BY_THEMSELVES = re.compile(
    r"/dossiers/[^/]+/pieces|/(?:factures|achats)/import|/admin/sources"
)
"""Addresses to which files are sent, and which stop reading at bounds of their own."""

MOST_PEOPLE = 10_000


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


class RequestLimits:
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
    answer = named_problem(
        request, HTTPStatus.TOO_MANY_REQUESTS, "problem_too_often", seconds=seconds
    )
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _too_large(scope: Scope) -> Response:
    request, size = HTTPConnection(scope), MOST_BYTES // 1_000_000
    answer = named_problem(
        request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "problem_too_large", size=size
    )
    answer.headers["Connection"] = "close"
    return answer


# Headers that keep the browser from loading or running anything but the page itself.

INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)

HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(self), geolocation=(), payment=(), usb=()",
}


ENCRYPTED = "max-age=31536000"
"""For a year a browser that was here over https comes in no other way."""


def policy(inline_scripts: Iterable[bytes] | None = None) -> str:
    """The content security policy of a response; with `inline_scripts`, of Gradio's page.

    Gradio compiles its HTML template in the browser (hence `unsafe-eval`). Its own inline scripts
    are allowed by their hash, so a script that a document or an answer would smuggle into the page
    does not run. It styles elements in place, and so do our charts (hence `unsafe-inline` for
    styles). Our own pages run the scripts of this site and nothing else.
    """
    hashes = (base64.b64encode(hashlib.sha256(s).digest()).decode() for s in inline_scripts or ())
    allowed = " ".join(f"'sha256-{each}'" for each in hashes)
    evaluated = "" if inline_scripts is None else "'unsafe-eval' "
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' {evaluated}{allowed}".strip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'self'",
            "form-action 'self'",
        ]
    )


class Shield:
    """ASGI middleware: puts the headers on every response, and the language on Gradio's page.

    `rewrite` changes the HTML pages that are not ours before they are hashed.
    """

    def __init__(self, app: ASGIApp, rewrite: Callable[[bytes], bytes]) -> None:
        self._app = app
        self._rewrite = rewrite

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, the headers put on; an HTML page is held until it is complete."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        held: list[Message] = []

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if scope.get("scheme") == "https":
                    headers["Strict-Transport-Security"] = ENCRYPTED
                headers["Content-Security-Policy"] = policy()
                if headers.get("content-type", "").startswith("text/html"):
                    held.append(message)
                    return
            if not held:
                await send(message)
                return
            held.append(message)
            if not message.get("more_body"):
                for each in self._complete(held):
                    await send(each)

        await self._app(scope, receive, guarded)

    def _complete(self, held: list[Message]) -> tuple[Message, Message]:
        start, *bodies = held
        body = self._rewrite(b"".join(each.get("body", b"") for each in bodies))
        headers = MutableHeaders(scope=start)
        scripts = INLINE_SCRIPT.findall(body) if b"<gradio-app" in body else None
        headers["Content-Security-Policy"] = policy(scripts)
        headers["Content-Length"] = str(len(body))
        headers.setdefault("Cache-Control", "no-store")
        return start, {"type": "http.response.body", "body": body}
