"""The web application: Gradio behind its door, FastAPI around it, other pages beside it."""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from enum import Enum, auto
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import gradio as gr
from fastapi import FastAPI, HTTPException
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.routing import Mount, compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.identity import Identity, UserRole
from assistant.settings import LOOPBACK
from assistant.tools.server import ToolsByHttp
from assistant.tools.tool import ToolService
from assistant.web.api.routes import api_app
from assistant.web.authentication import account_routes
from assistant.web.buyer.chat import service_of_event
from assistant.web.buyer.page import page_blocks
from assistant.web.buyer.routes import dossier_routes, law_routes
from assistant.web.front import ANYONE, behind_proxies, listen, listen_at
from assistant.web.ledger.routes import ledger_routes
from assistant.web.openid import Errands, openid_routes
from assistant.web.problems import bare_app, problem, with_problems
from assistant.web.protection import USER, Gate, KnownHosts, RequestLimits, Shield
from assistant.web.routes import monitoring_routes, page_routes
from assistant.web.site import Access, Site, from_here, requiring, token_of

# The door of Gradio: the few of its routes that the page uses, and each reader's own queue there.
#
# Gradio gives what waits in a queue to whoever names it. The name that a browser gives is therefore
# changed here, before Gradio hears it, into one that only the session of that browser leads to.

SESSION = "session_hash"
"""What Gradio calls the name of a queue, in addresses and in bodies."""


class Named(Enum):
    """Where a request names a queue."""

    NOWHERE = auto()
    IN_PATH = auto()
    IN_QUERY = auto()
    IN_BODY = auto()


OPEN: Mapping[tuple[str, str], Named] = {
    ("GET", "/"): Named.NOWHERE,
    ("HEAD", "/"): Named.NOWHERE,
    ("GET", "/assets/{path:path}"): Named.NOWHERE,
    ("GET", "/static/{path:path}"): Named.NOWHERE,
    ("GET", "/config"): Named.NOWHERE,
    ("GET", "/theme.css"): Named.NOWHERE,
    ("GET", "/favicon.ico"): Named.NOWHERE,
    ("GET", "/manifest.json"): Named.NOWHERE,
    ("GET", "/robots.txt"): Named.NOWHERE,
    ("GET", "/gradio_api/app_id"): Named.NOWHERE,
    ("GET", "/gradio_api/heartbeat/{session_hash}"): Named.IN_PATH,
    ("GET", "/gradio_api/queue/data"): Named.IN_QUERY,
    ("POST", "/gradio_api/queue/join"): Named.IN_BODY,
    ("POST", "/gradio_api/run/{api_name}"): Named.IN_BODY,
}
"""Every route of Gradio's that answers, by method and path; no other does, whatever it is called.

Those that name an event instead of a queue (cancel, stream, call) stay closed: an event is told to
nobody but the page that began it, and the page stops what it began by a handler of its own.
"""

_PATTERNS = [(method, compile_path(path)[0], named) for (method, path), named in OPEN.items()]


class GradioDoor:
    """ASGI middleware of the application that Gradio makes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._key = secrets.token_bytes(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through under the queue of its own session, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        match place_of(scope["method"], scope["path"]):
            case None:
                await problem(HTTPConnection(scope), HTTPStatus.NOT_FOUND)(scope, receive, send)
            case Named.NOWHERE:
                await self._app(scope, receive, send)
            case Named.IN_PATH:
                before, _, name = scope["path"].rpartition("/")
                path = f"{before}/{self._own(scope, name)}"
                await self._app({**scope, "path": path, "raw_path": path.encode()}, receive, send)
            case Named.IN_QUERY:
                await self._app({**scope, "query_string": self._query(scope)}, receive, send)
            case Named.IN_BODY:
                await self._with_body(scope, receive, send)

    def _own(self, scope: Scope, name: str) -> str:
        """The queue that a session means by a name: another session means another by the same."""
        session = "\0".join((str(scope.get(USER, "")), token_of(HTTPConnection(scope)), name))
        return hmac.new(self._key, session.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def _query(self, scope: Scope) -> bytes:
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        own = [(key, self._own(scope, told) if key == SESSION else told) for key, told in pairs]
        return urlencode(own).encode()

    async def _with_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = json.loads(await Request(scope, receive).body())
            name = body[SESSION]
        except (ValueError, LookupError, TypeError, RecursionError):
            name = None
        if not isinstance(name, str):
            await problem(HTTPConnection(scope), HTTPStatus.BAD_REQUEST)(scope, receive, send)
            return
        # Written anew: what two readers of the same text would read differently is not passed on.
        sent = json.dumps(body | {SESSION: self._own(scope, name)}).encode()
        own = {**scope, "headers": list(scope["headers"])}
        MutableHeaders(scope=own)["content-length"] = str(len(sent))
        await self._app(own, _after(sent, receive), send)


def place_of(method: str, path: str) -> Named | None:
    """Where a request names a queue; None for one that no open route answers. Pure."""
    asked = "GET" if method == "HEAD" and path != "/" else method
    return next(
        (named for way, pattern, named in _PATTERNS if way == asked and pattern.match(path)), None
    )


def _after(body: bytes, receive: Receive) -> Receive:
    """What is received once a body has been read: it, then whatever else comes."""
    waiting = [body]

    async def received() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return received


# Programs of a reader: the address where they find the tools, and who may use them there.

TOOLS = "/mcp"
"""The address of the tools, as clients of the Model Context Protocol expect it."""

_READER = "sourcier.reader"
"""Where the scope of a request says whose program sends it."""


class ToolsAddress:
    """ASGI application of that address; it asks by itself who sends each request."""

    methods = ("GET", "POST", "DELETE")
    """Those of the protocol; nothing is told unasked, and no session is there to be ended."""

    def __init__(self, access: Access, services: Callable[[Identity], ToolService]) -> None:
        self._reader = requiring(access, UserRole.BUYER)
        self._tools = ToolsByHttp(lambda scope, step: services((scope or {})[_READER]))

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        """Be ready for requests as long as the application runs."""
        async with self._tools.open():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a buyer's program; an HTTPException for anyone else's."""
        request = Request(scope)
        from_here(request)
        reader = await run_in_threadpool(self._reader, request)
        if request.method != "POST":
            raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
        await self._tools({**scope, _READER: reader}, receive, send)


SYSTEM_FONTS = [gr.themes.Font(name) for name in ("Segoe UI", "Helvetica Neue", "sans-serif")]
HEAD = (
    b'<link rel="stylesheet" href="/page/style.css"><script defer src="/page/script.js"></script>'
)


def create_app(site: Site, hosts: Sequence[str] = (), proxies: Sequence[str] = ()) -> FastAPI:
    """The application for a site; nothing in it calls out of the machine.

    `proxies` are the addresses and networks that are believed when they say for whom they ask, and
    whether that one came over https. When `hosts` are given, a request for another host name is
    refused: a web site that points its own name to this machine could otherwise read the page
    through the reader's browser.
    """
    tools = ToolsAddress(site.access, site.tools) if site.tools else None
    app = with_problems(bare_app("Sourcier", lifespan=tools.lifespan if tools else None))
    app.state.site, app.state.errands = site, Errands()
    if tools:
        app.add_route(TOOLS, tools, list(tools.methods))  # type: ignore[arg-type]
    _add_routes(app, site)
    _mount_gradio(app, site)
    app.add_middleware(RequestLimits)
    app.add_middleware(Gate, access=site.access)
    if hosts:
        app.add_middleware(KnownHosts, hosts=hosts)
    app.add_middleware(Shield, rewrite=own_head)
    app.add_middleware(behind_proxies, proxies=proxies)
    return app


def _add_routes(app: FastAPI, site: Site) -> None:
    app.include_router(page_routes)
    if site.monitoring:
        app.include_router(monitoring_routes)
    for routes in (law_routes, dossier_routes, ledger_routes):
        app.include_router(routes)
    if site.accounts:
        app.include_router(account_routes)
        if site.provider:
            app.include_router(openid_routes)
    stood_beside: dict[str, ASGIApp] = {"/v1": api_app(site), **site.beside}
    for path, beside in stood_beside.items():
        app.add_route(path, into_folder)
        app.mount(path, beside)


def _mount_gradio(app: FastAPI, site: Site) -> None:
    gr.mount_gradio_app(
        app,
        page_blocks(service_of_event(site)),
        path="/",
        server_name="127.0.0.1",
        auth_dependency=site.user_of,
        theme=gr.themes.Base(font=SYSTEM_FONTS, font_mono=SYSTEM_FONTS),
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size="1mb",
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
    )
    (gradio,) = [each.app for each in app.routes if isinstance(each, Mount) and not each.path]
    assert isinstance(gradio, FastAPI)
    gradio.add_middleware(GradioDoor)


def into_folder(request: Request) -> RedirectResponse:
    """From the path where an application stands to its first page, in the language asked for."""
    return RedirectResponse(request.url.replace(path=f"{request.url.path}/", netloc="", scheme=""))


def own_head(page: bytes) -> bytes:
    """Gradio's page in French, without what it tells social networks, with our style. Pure."""
    if b"<gradio-app" not in page:
        return page
    page = re.sub(rb'<meta\s+(?:property="og|name="twitter):[^>]*>', b"", page)
    page = re.sub(rb'<html\s+lang="en"', b'<html lang="fr"', page, count=1)
    return page.replace(b"</head>", HEAD + b"</head>", 1)


def serve(
    site: Site, host: str = "127.0.0.1", port: int = 7860, proxies: Sequence[str] = ()
) -> None:
    """Serve the page until interrupted; `proxies` are those of `create_app`."""
    listen(create_app(site, hosts_of(site, host), proxies), host, port)


def serve_at(site: Site, host: str, place: Path) -> None:
    """Serve the page at a socket, behind a front that serves it at `host`, until interrupted."""
    listen_at(create_app(site, hosts_of(site, host), ANYONE), place)


def hosts_of(site: Site, host: str) -> Sequence[str]:
    """The host names by which the page may be asked for, none when by any."""
    named = urlsplit(site.address).hostname
    return (*LOOPBACK, named) if named else LOOPBACK if host in LOOPBACK else ()
