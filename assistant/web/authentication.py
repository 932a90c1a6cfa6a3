"""Authentication: nobody reaches an area that is not theirs; logging in and out."""

import re
import time
from collections.abc import Callable, Collection
from secrets import compare_digest
from threading import Lock
from typing import Annotated
from urllib.parse import quote, urlencode, urlsplit

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.accounts.identity import Identity, area_of, entrance
from assistant.accounts.login import LoginRefusal
from assistant.accounts.openid import Errand, Provider
from assistant.accounts.service import Accounts
from assistant.accounts.sessions import fresh_token, hash_token
from assistant.errors import ProviderFailure, WrongAccount
from assistant.reports.markup import load_words
from assistant.web.account_pages import (
    REFUSED,
    SEEN,
    WRONG,
    account_page,
    closed_page,
    invitation_over,
    invitation_page,
    login_page,
)
from assistant.web.frame import framed, language_of_reader
from assistant.web.protection import USER
from assistant.web.routes import from_here, navigates
from assistant.web.routes import problem as routes_problem
from assistant.web.site import (
    FORBIDDEN,
    Access,
    Reader,
    address_of,
    forget,
    is_foreign,
    is_https,
    keep,
    token_of,
)
from assistant.web.site import UNKNOWN as SITE_UNKNOWN

# The gate: nobody reaches an address of an area that is not theirs, whoever serves it.

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
            scope[USER] = f"{identity.user} {identity.token}".rstrip()
        with framed(request, identity):
            if area.admits(identity) and not is_foreign(request):
                await self._app(scope, receive, send)
            elif scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            else:
                await refusal(request, identity)(scope, receive, send)


def refusal(request: HTTPConnection, identity: Identity | None) -> Response:
    """What someone gets who may not come in: the way in, or the reason why not."""
    if is_foreign(request):
        said = load_words(language_of_reader(request))
        return routes_problem(request, FORBIDDEN, said["problem_foreign"])
    is_page = navigates(request)
    if identity is None:
        if is_page:
            return RedirectResponse(login_link(request), 303)
        return routes_problem(request, SITE_UNKNOWN)
    if is_page and request.url.path == "/":
        return RedirectResponse(entrance(identity), 303)
    if is_page:
        return closed_page(identity)
    return routes_problem(request, FORBIDDEN)


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
            said = load_words(language_of_reader(request))
            await routes_problem(request, MISDIRECTED, said["problem_host"])(scope, receive, send)


def _host_of(request: HTTPConnection) -> str:
    try:
        return urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:  # a host that is none: brackets that do not close
        return ""


def local(address: str) -> str:
    """An address of this site as it was given; "" for anything that leads elsewhere. Pure."""
    return address if _LOCAL.fullmatch(address) else ""


# Logging in and out, choosing a password, closing one's sessions: forms without script.

UNKNOWN, TOO_MANY = 401, 429
UNLIKE = "Les deux mots de passe ne sont pas les mêmes."
NOT_CURRENT = "Le mot de passe actuel n'est pas celui-là : rien n'a été changé."
BUSY = "Trop d'essais pour le moment. Attendez {wait} secondes, puis recommencez."

Text = Annotated[str, Form(max_length=2000)]


def account_routes(accounts: Accounts, reader: Reader, provider: str = "") -> APIRouter:
    """The pages of `accounts`; `reader` lets everybody in who is known.

    `provider` is the name of who else may vouch for people, if any.
    """
    router = APIRouter(dependencies=[Depends(from_here)])
    add_entrances(router, accounts, provider)
    add_account(router, accounts, reader)
    return router


def add_entrances(router: APIRouter, accounts: Accounts, provider: str) -> None:
    """What is open to those who are not known yet."""
    entering = accounts.entering

    @router.get("/login")
    def log_in_page(request: Request, next: str = "", over: str = "") -> HTMLResponse:  # noqa: A002
        language = language_of_reader(request)
        return login_page(local(next), provider=provider, over=over, language=language)

    @router.post("/login")
    def log_in(
        request: Request,
        login: Text,
        password: Text,
        next: Text = "",  # noqa: A002
    ) -> Response:
        entered = entering.enter(login, password, address_of(request), browser_of(request))
        if isinstance(entered, LoginRefusal):
            return refused(entered, local(next), login[:64], provider)
        return inside(request, accounts, entered, local(next))

    @router.get("/invitation/{token}")
    def invitation(token: str) -> HTMLResponse:
        guest = accounts.register.guest(token)
        if guest is None:
            return invitation_over()
        return invitation_page(token, guest.login)

    @router.post("/invitation/{token}")
    def choose(request: Request, token: str, password: Text, again: Text) -> Response:
        guest = accounts.register.guest(token)
        if guest is None:
            return invitation_over()
        try:
            require_same(password, again)
            entered = entering.choose(token, password, browser_of(request))
        except WrongAccount as reason:
            return invitation_page(token, guest.login, str(reason), WRONG)
        if isinstance(entered, LoginRefusal):
            return invitation_over()
        return inside(request, accounts, entered)


def add_account(router: APIRouter, accounts: Accounts, reader: Reader) -> None:
    """What everybody does with their own account."""

    def shown(
        request: Request, identity: Identity, reason: str = "", status: int = SEEN
    ) -> HTMLResponse:
        sessions = accounts.sessions.of(identity.user, token_of(request))
        login = accounts.register.of(identity.user).login
        return account_page(identity, login, sessions, reason, status)

    @router.get("/account")
    def account(request: Request, identity: Annotated[Identity, Depends(reader)]) -> HTMLResponse:
        return shown(request, identity)

    @router.post("/account/password")
    def change(
        request: Request,
        identity: Annotated[Identity, Depends(reader)],
        current: Text,
        password: Text,
        again: Text,
    ) -> Response:
        try:
            require_same(password, again)
            entered = accounts.entering.change(
                identity.user, current, password, browser_of(request)
            )
        except WrongAccount as reason:
            return shown(request, identity, str(reason), status=WRONG)
        if isinstance(entered, LoginRefusal):
            said = problem(entered) if entered.wait else NOT_CURRENT
            return shown(request, identity, said, status=WRONG)
        response = RedirectResponse("/account", 303)
        keep(response, request, entered)
        return response

    @router.post("/account/sessions")
    def close_sessions(
        request: Request, identity: Annotated[Identity, Depends(reader)], session: Text = ""
    ) -> Response:
        accounts.sessions.revoke(identity.user, session)
        return RedirectResponse("/account", 303)

    @router.post("/account/logout")
    def log_out(request: Request, identity: Annotated[Identity, Depends(reader)]) -> Response:
        accounts.sessions.close(token_of(request))
        response = RedirectResponse("/login", 303)
        forget(response, request)
        return response


def inside(request: Request, accounts: Accounts, token: str, onward: str = "") -> Response:
    """The first page of a new session: the one that was asked for, where it is theirs."""
    identity = accounts.sessions.identity(token)
    if identity is None:
        return RedirectResponse("/login", 303)
    is_theirs = onward and area_of(onward.partition("?")[0]).admits(identity)
    response = RedirectResponse(onward if is_theirs else entrance(identity), 303)
    keep(response, request, token)
    return response


def refused(refusal: LoginRefusal, onward: str, login: str, provider: str) -> HTMLResponse:
    """The form again, and when to come back where there were too many tries."""
    status = TOO_MANY if refusal.wait else UNKNOWN
    response = login_page(onward, login, problem(refusal), provider=provider, status=status)
    if refusal.wait:
        response.headers["Retry-After"] = str(refusal.wait)
    return response


def problem(refusal: LoginRefusal) -> str:
    """What is said of a refusal."""
    return BUSY.format(wait=refusal.wait) if refusal.wait else REFUSED


def require_same(password: str, again: str) -> None:
    """Raise WrongAccount when a password was not typed twice in the same way."""
    if password != again:
        raise WrongAccount(UNLIKE)


def browser_of(request: Request) -> str:
    """What a browser says that it is."""
    return request.headers.get("user-agent", "")


# Logging in by an identity provider: there and back, each errand once and in one browser.

PATH = "/login/openid"
COOKIE = "sourcier-errand"

LASTING, MOST = 600, 1000
"""Seconds that an errand may take, and how many are kept; the oldest are forgotten."""

STRANGE = (
    "Cette connexion n'a pas commencé dans ce navigateur, ou il y a trop longtemps. Recommencez."
)
UNAVAILABLE, OPENID_WRONG = 503, 400


class Errands:
    """The logins that have begun, by what the browser keeps of them: each is taken up once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun: dict[str, tuple[float, Errand, str]] = {}
        self._lock = Lock()

    def begin(self, onward: str) -> tuple[str, Errand]:
        """A new one, after which `onward` is shown, and what the browser keeps of it."""
        token, errand = fresh_token(), Errand()
        with self._lock:
            self._begun[hash_token(token)] = (self._clock(), errand, onward)
            while len(self._begun) > MOST:
                del self._begun[next(iter(self._begun))]
        return token, errand

    def take(self, token: str, state: str) -> tuple[Errand, str] | None:
        """The errand of a browser and its page, None when it is not the one that comes back."""
        with self._lock:
            began, errand, onward = self._begun.pop(hash_token(token), (0.0, None, ""))
        if errand is None or self._clock() - began > LASTING:
            return None
        return (errand, onward) if compare_digest(errand.state, state) else None


def openid_routes(accounts: Accounts, provider: Provider, address: str) -> APIRouter:
    """There and back; `address` is that of the site, "" for the one by which a request came."""
    router, errands = APIRouter(), Errands()

    def back(request: Request) -> str:
        return f"{address or str(request.base_url)}".rstrip("/") + f"{PATH}/return"

    def again(reason: str, status: int) -> Response:
        return login_page("", problem=reason, provider=provider.name, status=status)

    def turned_away(refusal: LoginRefusal) -> Response:
        return refused(refusal, "", "", provider.name)

    @router.get(PATH)
    def leave(request: Request, next: str = "") -> Response:  # noqa: A002 - the name in the address
        token, errand = errands.begin(local(next))
        try:
            response = RedirectResponse(provider.address(errand, back(request)), 303)
        except ProviderFailure as failure:
            return again(str(failure), UNAVAILABLE)
        response.set_cookie(
            COOKIE,
            token,
            max_age=LASTING,
            path=PATH,
            secure=is_https(request),
            httponly=True,
            samesite="lax",
        )
        return response

    @router.get(f"{PATH}/return")
    def come_back(request: Request, state: str = "") -> Response:
        # No login began here, or not by this browser: whoever likes can send that, and as often as
        # they like, so that it is no refusal which the journal would keep.
        taken = errands.take(request.cookies.get(COOKIE, ""), state)
        if taken is None:
            return again(STRANGE, OPENID_WRONG)
        visitor, (errand, onward) = address_of(request), taken
        if wait := accounts.admission.wait(visitor):
            return turned_away(LoginRefusal(wait))
        try:
            someone = provider.vouched(errand, back(request), request.query_params)
        except ProviderFailure as failure:
            accounts.admission.refuse(visitor)
            return again(str(failure), UNAVAILABLE)
        entered = accounts.admission.admit(someone, browser_of(request))
        if isinstance(entered, LoginRefusal):
            return turned_away(entered)
        response = inside(request, accounts, entered, onward)
        response.delete_cookie(COOKIE, path=PATH)
        return response

    return router
