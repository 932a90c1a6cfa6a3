"""Logging in by an identity provider: there and back, each errand once and in one browser."""

import time
from collections.abc import Callable
from http import HTTPStatus
from secrets import compare_digest
from threading import Lock

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from assistant.accounts.login import LoginRefusal
from assistant.accounts.openid import Errand, Provider
from assistant.accounts.sessions import fresh_token, hash_token
from assistant.errors import LoginDeclined, ProviderFailure
from assistant.web.authentication import accounts_of, inside, local, login_page, refused
from assistant.web.site import address_of, browser_of, is_https, site_of

openid_routes = APIRouter()
"""For a site with a provider, whose application keeps its `Errands`."""

PATH = "/login/openid"
COOKIE = "sourcier-errand"

LASTING, MOST = 600, 1000
"""Seconds that an errand may take, and how many are kept; the oldest are forgotten."""

STRANGE = (
    "Cette connexion n'a pas commencé dans ce navigateur, ou il y a trop longtemps. Recommencez."
)


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
        is_own = compare_digest(errand.state.encode(), state.encode(errors="replace"))
        return (errand, onward) if is_own else None


def errands_of(request: Request) -> Errands:
    """Those of the application of a request."""
    errands: Errands = request.app.state.errands
    return errands


def provider_of(request: Request) -> Provider:
    """That of a site that has one."""
    provider = site_of(request).provider
    assert provider is not None, "without a provider these routes are not there"
    return provider


def address_back(request: Request) -> str:
    """Where the provider sends the browser back to."""
    return f"{site_of(request).address or str(request.base_url)}".rstrip("/") + f"{PATH}/return"


@openid_routes.get(PATH)
def leave(request: Request, next: str = "") -> Response:  # noqa: A002 - the name in the address
    """Send a browser to the provider."""
    provider, (token, errand) = provider_of(request), errands_of(request).begin(local(next))
    try:
        response = RedirectResponse(
            provider.address(errand, address_back(request)), HTTPStatus.SEE_OTHER
        )
    except ProviderFailure as failure:
        return login_page(provider, problem=str(failure), status=HTTPStatus.SERVICE_UNAVAILABLE)
    https = is_https(request)
    response.set_cookie(
        COOKIE, token, max_age=LASTING, path=PATH, secure=https, httponly=True, samesite="lax"
    )
    return response


@openid_routes.get(f"{PATH}/return")
def come_back(request: Request, state: str = "") -> Response:
    """Let in whom the provider vouches for."""
    # No login began here, or not by this browser: whoever likes can send that, and as often as
    # they like, so that it is no refusal which the journal would keep.
    provider, admission = provider_of(request), accounts_of(request).admission
    taken = errands_of(request).take(request.cookies.get(COOKIE, ""), state)
    if taken is None:
        return login_page(provider, problem=STRANGE, status=HTTPStatus.BAD_REQUEST)
    visitor, (errand, onward) = address_of(request), taken
    if wait := admission.wait(visitor):
        return refused(request, LoginRefusal(wait))
    try:
        someone = provider.vouched(errand, address_back(request), request.query_params)
    except LoginDeclined as refusal:
        return login_page(provider, problem=str(refusal), status=HTTPStatus.UNAUTHORIZED)
    except ProviderFailure as failure:
        admission.refuse(visitor)
        return login_page(provider, problem=str(failure), status=HTTPStatus.SERVICE_UNAVAILABLE)
    entered = admission.admit(someone, browser_of(request))
    if isinstance(entered, LoginRefusal):
        return refused(request, entered)
    response = inside(request, entered, onward)
    response.delete_cookie(COOKIE, path=PATH)
    return response
