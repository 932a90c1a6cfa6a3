"""The gate: nobody reaches an address of an area that is not theirs, whoever serves it."""

import re
from collections.abc import Collection
from urllib.parse import quote, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.accounts.areas import area_of, entrance
from assistant.identity import Identity
from assistant.page.access import FORBIDDEN, UNKNOWN, Access, is_foreign, token_of
from assistant.page.account_view import closed_html
from assistant.page.limits import USER
from assistant.page.problem import language_of_reader, navigates, problem
from assistant.page.routes import french_page
from assistant.page.words import words

MISDIRECTED = 400

_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


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
            identity = await run_in_threadpool(self._access.identify, request)
        if identity:
            scope[USER] = identity.user
        if area.admits(identity) and not is_foreign(request):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refusal(request, identity)(scope, receive, send)


def refusal(request: HTTPConnection, identity: Identity | None) -> Response:
    """What someone gets who may not come in: the way in, or the reason why not."""
    if is_foreign(request):
        said = words(language_of_reader(request))
        return problem(request, FORBIDDEN, said["problem_foreign"])
    is_page = navigates(request)
    if identity is None:
        if is_page:
            return RedirectResponse(login_link(request), 303)
        return problem(request, UNKNOWN)
    if is_page and request.url.path == "/":
        return RedirectResponse(entrance(identity), 303)
    if is_page:
        return french_page(closed_html(identity), "Page réservée", FORBIDDEN)
    return problem(request, FORBIDDEN)


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
            said = words(language_of_reader(request))
            await problem(request, MISDIRECTED, said["problem_host"])(scope, receive, send)


def _host_of(request: HTTPConnection) -> str:
    try:
        return urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:  # a host that is none: brackets that do not close
        return ""


def local(address: str) -> str:
    """An address of this site as it was given; "" for anything that leads elsewhere. Pure."""
    return address if _LOCAL.fullmatch(address) else ""
