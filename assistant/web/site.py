"""The site: who a request comes from, and whose service answers it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Any, Protocol
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException
from fastapi.responses import Response
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp

from assistant.accounts.areas import area_of
from assistant.accounts.openid import Provider
from assistant.accounts.service import Accounts
from assistant.identity import ALONE, Identity, UserRole
from assistant.operations.monitoring import Monitoring
from assistant.tools.tool import ToolService
from assistant.web.service import BuyerService

# Access: who a request comes from, and whether they may ask for what it asks.


COOKIE = "sourcier-session"
"""Name of the cookie that holds the token of a session; over https a browser guards its origin."""

Reader = Callable[[Request], Identity]
"""A dependency of a route: the identity that may use it; the request ends there for any other."""


class Access(Protocol):
    """Knows people by what their browser or their program sends."""

    def identify(self, request: HTTPConnection) -> Identity | None:
        """Who sends a request, as their account stands now; None when nobody is known."""


class SingleUser:
    """Everyone who reaches this machine's loopback address is its one user."""

    def identify(self, request: HTTPConnection) -> Identity | None:
        """The user of the machine."""
        return ALONE


class Members:
    """Those with an open session, and programs that hold a token where these may come in."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def identify(self, request: HTTPConnection) -> Identity | None:
        """Whose program holds the token, or whose session the cookie belongs to."""
        held = bearer_of(request)
        if held and area_of(request.scope["path"]).is_for_programs:
            return self._accounts.tokens.identity(held, address_of(request))
        token = token_of(request)
        return self._accounts.sessions.identity(token) if token else None


def requiring(access: Access, role: UserRole | None = None) -> Reader:
    """The dependency of the routes of a role: 401 for nobody, 403 for those without it.

    Without a role, of the routes for everybody who is known.
    """

    def reader(request: Request) -> Identity:
        identity = access.identify(request)
        if identity is None:
            raise HTTPException(HTTPStatus.UNAUTHORIZED)
        if role is not None and role not in identity.roles:
            raise HTTPException(HTTPStatus.FORBIDDEN)
        return identity

    return reader


def token_of(request: HTTPConnection) -> str:
    """The token of a session that a request brings, "" when it brings none."""
    return request.cookies.get(cookie_name(request), "")


def bearer_of(request: HTTPConnection) -> str:
    """The token that a program shows, "" when it shows none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def address_of(request: HTTPConnection) -> str:
    """The address that a request comes from, "" when it is not known."""
    return request.client.host if request.client else ""


def browser_of(request: HTTPConnection) -> str:
    """What a browser says that it is."""
    return request.headers.get("user-agent", "")


def keep(response: Response, request: Request, token: str) -> None:
    """Have the browser bring the token of a session from now on, until it is closed."""
    response.set_cookie(
        cookie_name(request), token, secure=is_https(request), httponly=True, samesite="lax"
    )


def forget(response: Response, request: Request) -> None:
    """Have the browser forget the token, and what the pages kept in it."""
    name, secure = cookie_name(request), is_https(request)
    response.delete_cookie(name, secure=secure, httponly=True, samesite="lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def cookie_name(request: HTTPConnection) -> str:
    """The name of the cookie, by the way in which the request came."""
    return f"__Host-{COOKIE}" if is_https(request) else COOKIE


def is_https(request: HTTPConnection) -> bool:
    """Whether a request came encrypted, perhaps through a proxy that says so."""
    return request.url.scheme in ("https", "wss")


def is_foreign(request: HTTPConnection) -> bool:
    """Whether another site made a browser send this, to act or to look in the reader's name.

    Told by the browser itself; one that does not tell names at least the site it comes from.
    Another site may lead here by a link; Gradio would let those of this machine read its page.
    """
    if site := request.headers.get("sec-fetch-site"):
        return site != "same-origin" and not _is_opened(request, site)
    origin = request.headers.get("origin")
    if origin is None:
        return False
    try:
        return urlsplit(origin).netloc != request.headers.get("host")
    except ValueError:  # brackets that do not close
        return True


def _is_opened(request: HTTPConnection, site: str) -> bool:
    """Whether a browser asks for a page to show it alone, as when its reader follows a link."""
    if request.scope.get("method") not in ("GET", "HEAD"):
        return False
    asked = [request.headers.get(f"sec-fetch-{name}") for name in ("mode", "dest")]
    return site == "none" or asked == ["navigate", "document"]


def from_here(request: Request) -> None:
    """Refuse what another site makes a browser send, which would act in the reader's name."""
    if is_foreign(request):
        raise HTTPException(HTTPStatus.FORBIDDEN)


Beside = Mapping[str, ASGIApp]
"""Applications by the path where they are mounted."""


@dataclass(frozen=True, slots=True)
class Site:
    """What the pages stand on.

    `services` gives each reader their own, `access` says who sends a request. `beside` are the
    applications of the other roles by the path where they are mounted: "/referent", "/admin".
    `accounts` are what people log in to, None where the machine has one user; `provider` vouches
    for them as well, if any. `address` is the one that people elsewhere type, "" when none do.
    `tools` gives the service from which a reader's programs are answered, None where they are not.
    `monitoring` is what those who watch over the service are told, None where nobody does.
    """

    services: Callable[[Identity], BuyerService]
    access: Access
    beside: Beside = field(default_factory=dict)
    accounts: Accounts | None = None
    provider: Provider | None = None
    address: str = ""
    tools: Callable[[Identity], ToolService] | None = None
    monitoring: Monitoring | None = None

    def service_of(self, request: Request) -> BuyerService:
        """The service of the buyer who sends a request; an HTTPException for anyone else."""
        return self.services(requiring(self.access, UserRole.BUYER)(request))

    def user_of(self, request: Request) -> str | None:
        """The pseudonym of the buyer who sends a request, as Gradio wants to be told."""
        identity = self.access.identify(request)
        return identity.user if identity and UserRole.BUYER in identity.roles else None


def site_of(request: Request) -> Site:
    """The site that the application of a request was made for."""
    site: Site = request.app.state.site
    return site


def service_of_buyer(request: Request) -> BuyerService:
    """The service of the buyer who sends a request."""
    return site_of(request).service_of(request)


def known_buyer(request: Request) -> Identity:
    """The buyer who sends a request."""
    return requiring(site_of(request).access, UserRole.BUYER)(request)


def known_reader(request: Request) -> Identity:
    """Who sends a request, whatever their roles."""
    return requiring(site_of(request).access)(request)


ServiceOfBuyer = Annotated[BuyerService, Depends(service_of_buyer)]
BuyerIdentity = Annotated[Identity, Depends(known_buyer)]
ReaderIdentity = Annotated[Identity, Depends(known_reader)]
"""What routes ask for by their parameters; the request ends there for anyone else."""


# An application of one role, mounted in the site: `app.state` holds its `reader` and its `service`.


def known_of_role(request: Request) -> Identity:
    """Who sends a request; it ends here for anyone who is not of the application's role."""
    reader: Reader = request.app.state.reader
    return reader(request)


def own_service(request: Request) -> Any:  # noqa: ANN401 - each application has its own
    """What the application of a request stands on."""
    return request.app.state.service


Who = Annotated[Identity, Depends(known_of_role)]
"""What every handler of such an application takes: none answers before it knows whom."""
