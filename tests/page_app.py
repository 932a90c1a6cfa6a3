"""The application over a desk, built so that nothing is left open."""

import asyncio
from collections.abc import Sequence

from fastapi import FastAPI

from assistant.administration.office import Office
from assistant.page.app import create_app
from assistant.page.desk import Desk


def app_over(desk: Desk, hosts: Sequence[str] = (), office: Office | None = None) -> FastAPI:
    """Gradio opens and forgets an event loop unless one is running while its page is built."""

    async def built() -> FastAPI:
        return create_app(desk, hosts, office)

    return asyncio.run(built())
