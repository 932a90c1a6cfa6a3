"""Logging in and out, choosing a password, closing one's sessions: forms without script."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.accounts.areas import area_of, entrance
from assistant.accounts.entering import Refusal
from assistant.accounts.parts import Accounts
from assistant.errors import WrongAccount
from assistant.identity import Identity
from assistant.page.access import Reader, forget, keep, token_of
from assistant.page.account_view import (
    REFUSED,
    account_html,
    invitation_html,
    login_html,
    over_html,
)
from assistant.page.gate import local
from assistant.page.markup import Html
from assistant.page.routes import french_page, from_here

SEEN, WRONG, UNKNOWN, OVER, TOO_MANY = 200, 400, 401, 404, 429
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
    def login_page(next: str = "") -> HTMLResponse:  # noqa: A002 - the name in the address
        return french_page(login_html("", local(next), provider=provider), "Connexion")

    @router.post("/login")
    def log_in(
        request: Request,
        login: Text,
        password: Text,
        next: Text = "",  # noqa: A002
    ) -> Response:
        entered = entering.enter(login, password, address_of(request), browser_of(request))
        if isinstance(entered, Refusal):
            return refused(entered, login_html(login[:64], local(next), problem(entered), provider))
        return inside(request, accounts, entered, local(next))

    @router.get("/invitation/{token}")
    def invitation(token: str) -> HTMLResponse:
        guest = accounts.register.guest(token)
        if guest is None:
            return french_page(over_html(), "Lien", OVER)
        return french_page(invitation_html(token, guest.login), "Mot de passe")

    @router.post("/invitation/{token}")
    def choose(request: Request, token: str, password: Text, again: Text) -> Response:
        guest = accounts.register.guest(token)
        if guest is None:
            return french_page(over_html(), "Lien", OVER)
        try:
            require_same(password, again)
            entered = entering.choose(token, password, browser_of(request))
        except WrongAccount as reason:
            content = invitation_html(token, guest.login, str(reason))
            return french_page(content, "Mot de passe", WRONG)
        if isinstance(entered, Refusal):
            return french_page(over_html(), "Lien", OVER)
        return inside(request, accounts, entered)


def add_account(router: APIRouter, accounts: Accounts, reader: Reader) -> None:
    """What everybody does with their own account."""

    def shown(
        request: Request, identity: Identity, reason: str = "", done: str = "", status: int = SEEN
    ) -> HTMLResponse:
        sessions = accounts.sessions.of(identity.user, token_of(request))
        login = accounts.register.of(identity.user).login
        content = account_html(identity, login, sessions, reason, done)
        return french_page(content, "Mon compte", status)

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
        if isinstance(entered, Refusal):
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


def refused(refusal: Refusal, content: Html) -> HTMLResponse:
    """The form again, and when to come back where there were too many tries."""
    response = french_page(content, "Connexion", TOO_MANY if refusal.wait else UNKNOWN)
    if refusal.wait:
        response.headers["Retry-After"] = str(refusal.wait)
    return response


def problem(refusal: Refusal) -> str:
    """What is said of a refusal."""
    return BUSY.format(wait=refusal.wait) if refusal.wait else REFUSED


def require_same(password: str, again: str) -> None:
    """Raise WrongAccount when a password was not typed twice in the same way."""
    if password != again:
        raise WrongAccount(UNLIKE)


def browser_of(request: Request) -> str:
    """What a browser says that it is."""
    return request.headers.get("user-agent", "")


def address_of(request: Request) -> str:
    """The address that a request comes from, "" when it is not known."""
    return request.client.host if request.client else ""
