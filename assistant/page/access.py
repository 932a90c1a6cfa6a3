"""Access: who a request comes from, and whether they may ask for what it asks."""

from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

from fastapi import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from assistant.accounts.sessions import Sessions
from assistant.identity import ALONE, Identity, Role

UNKNOWN, FORBIDDEN = 401, 403

COOKIE = "sourcier-session"
"""Name of the cookie that holds the token of a session; over https a browser guards its origin."""

Reader = Callable[[Request], Identity]
"""A dependency of a route: the identity that may use it; the request ends there for any other."""


class Access(Protocol):
    """Knows people by what their browser sends."""

    def identify(self, request: HTTPConnection) -> Identity | None:
        """Who sends a request, as their account stands now; None when nobody is known."""


class SingleUser:
    """Everyone who reaches this machine's loopback address is its one user."""

    def identify(self, request: HTTPConnection) -> Identity | None:
        """The user of the machine."""
        return ALONE


class Members:
    """Those with an open session."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def identify(self, request: HTTPConnection) -> Identity | None:
        """Whose session the cookie belongs to."""
        token = token_of(request)
        return self._sessions.identity(token) if token else None


def requiring(access: Access, role: Role | None = None) -> Reader:
    """The dependency of the routes of a role: 401 for nobody, 403 for those without it.

    Without a role, of the routes for everybody who is known.
    """

    def reader(request: Request) -> Identity:
        identity = access.identify(request)
        if identity is None:
            raise HTTPException(UNKNOWN)
        if role is not None and role not in identity.roles:
            raise HTTPException(FORBIDDEN)
        return identity

    return reader


def token_of(request: HTTPConnection) -> str:
    """The token of a session that a request brings, "" when it brings none."""
    return request.cookies.get(cookie_name(request), "")


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
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")


def _is_opened(request: HTTPConnection, site: str) -> bool:
    """Whether a browser asks for a page to show it alone, as when its reader follows a link."""
    if request.scope.get("method") not in ("GET", "HEAD"):
        return False
    asked = [request.headers.get(f"sec-fetch-{name}") for name in ("mode", "dest")]
    return site == "none" or asked == ["navigate", "document"]
