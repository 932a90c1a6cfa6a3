"""The application over a desk or a site, built so that nothing is left open."""

import asyncio
from collections.abc import Sequence

from fastapi import FastAPI
from starlette.routing import Mount

from assistant.page.access import SingleUser
from assistant.page.app import create_app
from assistant.page.desk import Desk
from assistant.page.gate import Gate
from assistant.page.site import Site


def app_over(desk: Desk, hosts: Sequence[str] = ()) -> FastAPI:
    """The page of the one user of a machine, who always finds this desk."""
    return app_of(site_over(desk), hosts)


def site_over(desk: Desk) -> Site:
    """A site of one user and one desk."""
    return Site(lambda reader: desk, SingleUser())


def app_of(site: Site, hosts: Sequence[str] = ()) -> FastAPI:
    """Gradio opens and forgets an event loop unless one is running while its page is built."""

    async def built() -> FastAPI:
        return create_app(site, hosts)

    return asyncio.run(built())


def without_gate(app: FastAPI) -> FastAPI:
    """The same before nobody is kept from it: what its own routes and handlers let through."""
    gate: object = Gate
    app.user_middleware = [each for each in app.user_middleware if each.cls is not gate]
    (page,) = [route.app for route in app.routes if isinstance(route, Mount) and not route.path]
    page.auth_dependency = None  # type: ignore[attr-defined]
    return app
