"""Programs of a reader: the address where they find the tools, and who may use them there."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from assistant.accounts.identity import Identity, UserRole
from assistant.tools.server import ToolsByHttp
from assistant.tools.tool import Desk
from assistant.web.routes import from_here
from assistant.web.site import Access, requiring

TOOLS = "/mcp"
"""The address of the tools, as clients of the Model Context Protocol expect it."""

_READER = "sourcier.reader"
"""Where the scope of a request says whose program sends it."""

_NOT_ALLOWED = 405


class ToolsAddress:
    """ASGI application of that address; it asks by itself who sends each request."""

    methods = ("GET", "POST", "DELETE")
    """Those of the protocol; nothing is told unasked, and no session is there to be ended."""

    def __init__(self, access: Access, desks: Callable[[Identity], Desk]) -> None:
        self._reader = requiring(access, UserRole.BUYER)
        self._tools = ToolsByHttp(lambda scope, step: desks((scope or {})[_READER]))

    @asynccontextmanager
    async def lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        """Be ready for requests as long as the application runs."""
        async with self._tools.open():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a buyer's program; an HTTPException for anyone else's."""
        request = Request(scope)
        from_here(request)
        reader = await run_in_threadpool(self._reader, request)
        if request.method != "POST":
            raise HTTPException(_NOT_ALLOWED, headers={"Allow": "POST"})
        await self._tools({**scope, _READER: reader}, receive, send)
