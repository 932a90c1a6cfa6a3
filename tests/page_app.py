"""The application over a desk or a site, built so that nothing is left open."""

import asyncio
from collections.abc import Sequence

from fastapi import FastAPI

from assistant.page.access import SingleUser
from assistant.page.app import create_app
from assistant.page.desk import Desk
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
