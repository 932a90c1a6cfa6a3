"""Access: who a request comes from, and whether they may ask for what it asks."""

from collections.abc import Callable
from typing import Protocol

from fastapi import HTTPException
from starlette.requests import HTTPConnection, Request

from assistant.identity import ALONE, Identity, Role

UNKNOWN, FORBIDDEN = 401, 403

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


def requiring(access: Access, role: Role) -> Reader:
    """The dependency of the routes of a role: 401 for nobody, 403 for those without it."""

    def reader(request: Request) -> Identity:
        identity = access.identify(request)
        if identity is None:
            raise HTTPException(UNKNOWN)
        if role not in identity.roles:
            raise HTTPException(FORBIDDEN)
        return identity

    return reader
