"""Logging in and out by a password, and what everybody does with their account."""

import re
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.accounts.areas import area_of, entrance
from assistant.accounts.login import LOCKED, LONGEST, MOST_FAILURES, SHORTEST, LoginRefusal
from assistant.accounts.openid import Provider
from assistant.accounts.service import Accounts
from assistant.errors import WrongAccount
from assistant.identity import Identity, UserRole
from assistant.question.language import Language
from assistant.reports.markup import load_words
from assistant.reports.page_language import in_page_language
from assistant.web.frame import current_frame, language_of_reader
from assistant.web.responses import page
from assistant.web.site import (
    ReaderIdentity,
    address_of,
    browser_of,
    forget,
    from_here,
    keep,
    site_of,
    token_of,
)

# The pages: what they are given, and what is said on them.

LENGTHS = {"least": SHORTEST, "most": LONGEST}

BROWSERS = {"Firefox/": "Firefox", "Edg": "Edge", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "Mac OS": "macOS",
    "Linux": "Linux",
}
"""Signs in what a browser says of itself, the telling ones first."""

REFUSED = (
    "Connexion refusée : nom ou mot de passe inconnu, ou compte fermé ou bloqué. "
    f"Après {MOST_FAILURES} échecs, un compte est bloqué {LOCKED // 60} minutes. "
    "Votre administrateur peut le débloquer ou vous envoyer un nouveau lien."
)
LINK_OVER = (
    "Ce lien ne vaut plus : il a déjà servi, ou il est trop ancien. Demandez-en un autre à votre "
    "administrateur."
)
UNLIKE = "Les deux mots de passe ne sont pas les mêmes."
NOT_CURRENT = "Le mot de passe actuel n'est pas celui-là : rien n'a été changé."
BUSY = "Trop d'essais pour le moment. Attendez {wait} secondes, puis recommencez."

SESSIONS_OVER = {"seen": "login_over_seen", "sent": "login_over_sent"}
"""What is said of a session that is over, by what was lost with it."""


def login_page(
    provider: Provider | None,
    onward: str = "",
    login: str = "",
    problem: str = "",
    *,
    over: str = "",
    language: Language = Language.FRENCH,
    status: int = HTTPStatus.OK,
) -> HTMLResponse:
    """The form to log in, which names the page to show then and who else may vouch.

    `over` is the session that has just ended, told in the language of the reader.
    """
    return _page(
        "login.html",
        status,
        onward=onward,
        login=login,
        problem=problem,
        provider=provider.name if provider else "",
        over=load_words(language)[SESSIONS_OVER[over]] if over in SESSIONS_OVER else "",
        over_lang=language,
    )


def invitation_page(
    token: str, login: str, problem: str = "", status: int = HTTPStatus.OK
) -> HTMLResponse:
    """The form to choose a password, by a link that is used once."""
    return _page("invitation.html", status, token=token, login=login, problem=problem)


def invitation_over() -> HTMLResponse:
    """Instead of that form, when the link is over."""
    return _page("invitation.html", HTTPStatus.NOT_FOUND, token="", problem=LINK_OVER)


def account_page(
    request: Request, identity: Identity, problem: str = "", status: int = HTTPStatus.OK
) -> HTMLResponse:
    """What someone may do here, their open sessions, and how to change their password, if any."""
    accounts = accounts_of(request)
    account = accounts.register.of(identity.user)
    teams = "toutes" if identity.teams is None else ", ".join(sorted(identity.teams)) or "aucune"
    facts = {
        "Compte": account.login,
        "Rôles": told(identity),
        "Équipes": teams,
        "Nom dans le journal": identity.user,
    }
    return _page(
        "account.html",
        status,
        identity=identity,
        account=account,
        sessions=accounts.sessions.of(identity.user, token_of(request)),
        problem=problem,
        facts=facts,
        at=at,
        browser_name=browser_name,
    )


def closed_page(identity: Identity) -> HTMLResponse:
    """Instead of a page that is for another role."""
    return _page("closed.html", HTTPStatus.FORBIDDEN, roles=told(identity))


def _page(template: str, status: int, **values: object) -> HTMLResponse:
    return page(template, current_frame().language, status, lengths=LENGTHS, **values)


def told(identity: Identity) -> str:
    """The roles of someone in words."""
    held = (role.label for role in UserRole if role in identity.roles)
    return ", ".join(map(in_page_language, held))


def browser_name(claimed: str) -> str:
    """What a browser is called, by what it says of itself: many claim to be others as well."""
    name = next((told for sign, told in BROWSERS.items() if sign in claimed), "navigateur inconnu")
    system = next((told for sign, told in SYSTEMS.items() if sign in claimed), "")
    return f"{name}, {system}" if system else name


def at(seconds: float) -> str:
    """A time of this machine's clock."""
    moment = datetime.fromtimestamp(seconds)
    return f"{moment:%d/%m/%Y} {in_page_language('à')} {moment:%H:%M}"


# Logging in and out, choosing a password, closing one's sessions: forms without script.

account_routes = APIRouter(dependencies=[Depends(from_here)])
"""For a site with accounts."""

Text = Annotated[str, Form(max_length=2000)]

_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


@account_routes.get("/login")
def log_in_page(request: Request, next: str = "", over: str = "") -> HTMLResponse:  # noqa: A002
    """The way in."""
    language = language_of_reader(request)
    return login_page(site_of(request).provider, local(next), over=over, language=language)


@account_routes.post("/login")
def log_in(
    request: Request,
    login: Text,
    password: Text,
    next: Text = "",  # noqa: A002
) -> Response:
    """By a name and a password."""
    entering = accounts_of(request).entering
    entered = entering.enter(login, password, address_of(request), browser_of(request))
    if isinstance(entered, LoginRefusal):
        return refused(request, entered, local(next), login[:64])
    return inside(request, entered, local(next))


@account_routes.get("/invitation/{token}")
def invitation(request: Request, token: str) -> HTMLResponse:
    """By a link, as long as it holds."""
    guest = accounts_of(request).register.guest(token)
    return invitation_page(token, guest.login) if guest else invitation_over()


@account_routes.post("/invitation/{token}")
def choose_password(request: Request, token: str, password: Text, again: Text) -> Response:
    """Use the link up."""
    accounts = accounts_of(request)
    guest = accounts.register.guest(token)
    if guest is None:
        return invitation_over()
    try:
        require_same(password, again)
        entered = accounts.entering.choose(token, password, browser_of(request))
    except WrongAccount as reason:
        return invitation_page(token, guest.login, str(reason), HTTPStatus.BAD_REQUEST)
    return invitation_over() if isinstance(entered, LoginRefusal) else inside(request, entered)


@account_routes.get("/account")
def account(request: Request, identity: ReaderIdentity) -> HTMLResponse:
    """One's own account."""
    return account_page(request, identity)


@account_routes.post("/account/password")
def change_password(
    request: Request, identity: ReaderIdentity, current: Text, password: Text, again: Text
) -> Response:
    """For who knows the present one."""
    entering = accounts_of(request).entering
    try:
        require_same(password, again)
        entered = entering.change(identity.user, current, password, browser_of(request))
    except WrongAccount as reason:
        return account_page(request, identity, str(reason), HTTPStatus.BAD_REQUEST)
    if isinstance(entered, LoginRefusal):
        said = describe(entered) if entered.wait else NOT_CURRENT
        return account_page(request, identity, said, HTTPStatus.BAD_REQUEST)
    response = RedirectResponse("/account", HTTPStatus.SEE_OTHER)
    keep(response, request, entered)
    return response


@account_routes.post("/account/sessions")
def close_sessions(request: Request, identity: ReaderIdentity, session: Text = "") -> Response:
    """One of one's own, or all."""
    accounts_of(request).sessions.revoke(identity.user, session)
    return RedirectResponse("/account", HTTPStatus.SEE_OTHER)


@account_routes.post("/account/logout")
def log_out(request: Request, identity: ReaderIdentity) -> Response:
    """Close the session in use."""
    accounts_of(request).sessions.close(token_of(request))
    response = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    forget(response, request)
    return response


def accounts_of(request: Request) -> Accounts:
    """Those of a site that has some."""
    accounts = site_of(request).accounts
    assert accounts is not None, "without accounts these routes are not there"
    return accounts


def inside(request: Request, token: str, onward: str = "") -> Response:
    """The first page of a new session: the one that was asked for, where it is theirs."""
    identity = accounts_of(request).sessions.identity(token)
    if identity is None:
        return RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    is_theirs = onward and area_of(onward.partition("?")[0]).admits(identity)
    response = RedirectResponse(onward if is_theirs else entrance(identity), HTTPStatus.SEE_OTHER)
    keep(response, request, token)
    return response


def refused(
    request: Request, refusal: LoginRefusal, onward: str = "", login: str = ""
) -> HTMLResponse:
    """The form again, and when to come back where there were too many tries."""
    status = HTTPStatus.TOO_MANY_REQUESTS if refusal.wait else HTTPStatus.UNAUTHORIZED
    said = describe(refusal)
    response = login_page(site_of(request).provider, onward, login, said, status=status)
    if refusal.wait:
        response.headers["Retry-After"] = str(refusal.wait)
    return response


def describe(refusal: LoginRefusal) -> str:
    """What is said of a refusal."""
    return BUSY.format(wait=refusal.wait) if refusal.wait else REFUSED


def require_same(password: str, again: str) -> None:
    """Raise WrongAccount when a password was not typed twice in the same way."""
    if password != again:
        raise WrongAccount(UNLIKE)


def local(address: str) -> str:
    """An address of this site as it was given; "" for anything that leads elsewhere. Pure."""
    return address if _LOCAL.fullmatch(address) else ""
