"""Logging in by an identity provider: there and back, each errand once and in one browser."""

import time
from collections.abc import Callable
from secrets import compare_digest
from threading import Lock

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from assistant.accounts.entering import Refusal
from assistant.accounts.openid import Errand, Provider
from assistant.accounts.parts import Accounts
from assistant.accounts.tokens import digest, fresh_token
from assistant.errors import ProviderFailure
from assistant.page.access import is_https
from assistant.page.account_routes import address_of, browser_of, inside, problem, refused
from assistant.page.account_view import login_html
from assistant.page.gate import local
from assistant.page.routes import french_page

PATH = "/login/openid"
COOKIE = "sourcier-errand"

LASTING, MOST = 600, 1000
"""Seconds that an errand may take, and how many are kept; the oldest are forgotten."""

STRANGE = (
    "Cette connexion n'a pas commencé dans ce navigateur, ou il y a trop longtemps. Recommencez."
)
UNAVAILABLE, WRONG = 503, 400


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
            self._begun[digest(token)] = (self._clock(), errand, onward)
            while len(self._begun) > MOST:
                del self._begun[next(iter(self._begun))]
        return token, errand

    def take(self, token: str, state: str) -> tuple[Errand, str] | None:
        """The errand of a browser and its page, None when it is not the one that comes back."""
        with self._lock:
            began, errand, onward = self._begun.pop(digest(token), (0.0, None, ""))
        if errand is None or self._clock() - began > LASTING:
            return None
        return (errand, onward) if compare_digest(errand.state, state) else None


def openid_routes(accounts: Accounts, provider: Provider, address: str) -> APIRouter:
    """There and back; `address` is that of the site, "" for the one by which a request came."""
    router, errands = APIRouter(), Errands()

    def back(request: Request) -> str:
        return f"{address or str(request.base_url)}".rstrip("/") + f"{PATH}/return"

    def again(reason: str, status: int) -> Response:
        return french_page(login_html("", "", reason, provider.name), "Connexion", status)

    def turned_away(refusal: Refusal) -> Response:
        return refused(refusal, login_html("", "", problem(refusal), provider.name))

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
            return again(STRANGE, WRONG)
        visitor, (errand, onward) = address_of(request), taken
        if wait := accounts.admission.wait(visitor):
            return turned_away(Refusal(wait))
        try:
            someone = provider.vouched(errand, back(request), request.query_params)
        except ProviderFailure as failure:
            accounts.admission.refuse(visitor)
            return again(str(failure), UNAVAILABLE)
        entered = accounts.admission.admit(someone, browser_of(request))
        if isinstance(entered, Refusal):
            return turned_away(entered)
        response = inside(request, accounts, entered, onward)
        response.delete_cookie(COOKIE, path=PATH)
        return response

    return router
