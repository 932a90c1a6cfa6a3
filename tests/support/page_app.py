"""The application over a service or a site, built so that nothing is left open."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count

from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.routing import Mount

from assistant.identity import Identity, UserRole
from assistant.publishing.service import AdministrationService
from assistant.web.admin.app import admin_app
from assistant.web.app import create_app
from assistant.web.protection import Gate, RequestLimits
from assistant.web.service import BuyerService
from assistant.web.site import SingleUser, Site, requiring


class ByHeader:
    """Believes what a request says of itself; `who` tells who has that name."""

    def __init__(self, who: Callable[[str], Identity | None]) -> None:
        self._who = who

    def identify(self, request: HTTPConnection) -> Identity | None:
        return self._who(request.headers.get("x-user", ""))


def app_over(
    service: BuyerService,
    hosts: Sequence[str] = (),
    administration: AdministrationService | None = None,
) -> FastAPI:
    """The page of the one user of a machine, who always finds these services."""
    return app_of(site_over(service, administration), hosts)


def site_over(service: BuyerService, administration: AdministrationService | None = None) -> Site:
    """A site of one user and one service."""
    access = SingleUser()
    admin = (
        {"/admin": admin_app(administration, requiring(access, UserRole.ADMINISTRATOR))}
        if administration
        else {}
    )
    return Site(lambda reader: service, access, admin)


def app_of(site: Site, hosts: Sequence[str] = (), proxies: Sequence[str] = ()) -> FastAPI:
    """The application of a site, to which tests come faster than people.

    Gradio opens and forgets an event loop unless one is running while its page is built.
    """

    async def built() -> FastAPI:
        return create_app(site, hosts, proxies)

    return unhurried(asyncio.run(built()))


def unhurried(app: FastAPI) -> FastAPI:
    """The same, each request coming a second after the one before by the clock of its limits."""
    limits: object = RequestLimits
    for each in app.user_middleware:
        if each.cls is limits:
            each.kwargs["clock"] = partial(next, count())
    return app


def without_gate(app: FastAPI) -> FastAPI:
    """The same before nobody is kept from it: what its own routes and handlers let through."""
    gate: object = Gate
    app.user_middleware = [each for each in app.user_middleware if each.cls is not gate]
    (page,) = [route.app for route in app.routes if isinstance(route, Mount) and not route.path]
    page.auth_dependency = None  # type: ignore[attr-defined]
    return app
