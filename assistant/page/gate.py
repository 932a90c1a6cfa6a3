"""The gate: nobody reaches an address of an area that is not theirs, whoever serves it."""

import re
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.accounts.areas import area_of, entrance
from assistant.identity import Identity
from assistant.page.access import FORBIDDEN, UNKNOWN, Access, is_foreign
from assistant.page.account_view import closed_html
from assistant.page.limits import USER
from assistant.page.routes import french_page

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
        detail = "Cette demande vient d'un autre site : elle a été refusée."
        return JSONResponse({"detail": detail}, FORBIDDEN)
    is_page = navigates(request)
    if identity is None:
        if is_page:
            return RedirectResponse(login_link(request), 303)
        detail = "Votre session est terminée. Rechargez la page pour vous connecter."
        return JSONResponse({"detail": detail}, UNKNOWN)
    if is_page and request.url.path == "/":
        return RedirectResponse(entrance(identity), 303)
    if is_page:
        return french_page(closed_html(identity), "Page réservée", FORBIDDEN)
    return JSONResponse({"detail": "Votre compte n'ouvre pas cette page."}, FORBIDDEN)


def navigates(request: HTTPConnection) -> bool:
    """Whether a browser asks for a page to show, rather than a script for something."""
    mode = request.headers.get("sec-fetch-mode")
    return mode == "navigate" if mode else "text/html" in request.headers.get("accept", "")


def login_link(request: HTTPConnection) -> str:
    """The way in, and from there back to the page that was asked for."""
    if request.scope.get("method") != "GET" or request.url.path == "/":
        return "/login"
    query = f"?{request.url.query}" if request.url.query else ""
    return "/login?" + urlencode({"next": f"{quote(request.url.path)}{query}"})


def local(address: str) -> str:
    """An address of this site as it was given; "" for anything that leads elsewhere. Pure."""
    return address if _LOCAL.fullmatch(address) else ""
