"""The application over a desk, built so that nothing is left open."""

import asyncio
from collections.abc import Sequence

from fastapi import FastAPI

from assistant.page.app import create_app
from assistant.page.desk import Desk


def app_over(desk: Desk, hosts: Sequence[str] = ()) -> FastAPI:
    """Gradio opens and forgets an event loop unless one is running while its page is built."""

    async def built() -> FastAPI:
        return create_app(desk, hosts)

    return asyncio.run(built())
