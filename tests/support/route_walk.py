"""Every route of an application, those of mounted applications and included routers too."""

from collections.abc import Iterator, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, WebSocketRoute


def routes_of(app: Starlette) -> set[tuple[str, str]]:
    """Method and path of each, with its parameters in braces; a socket's method is "SOCKET"."""
    return set(_walk(app.routes, ""))


def _walk(
    routes: Sequence[BaseRoute], before: str, include: Any = None
) -> Iterator[tuple[str, str]]:
    for route in routes:
        if isinstance(route, Mount):
            inner = getattr(route.app, "routes", None)
            if inner is None:  # files of a folder, say: every address below it
                yield "*", f"{before}{route.path}/"
            else:
                yield from _walk(inner, f"{before}{route.path}")
        elif included := getattr(route, "original_router", None):
            context = getattr(route, "include_context")  # noqa: B009 - FastAPI keeps it private
            context = include.combine(context) if include else context
            yield from _walk(included.routes, before, context)
        else:
            path = before + (include.path_for(route) if include else getattr(route, "path", "?"))
            sockets = isinstance(route, WebSocketRoute)
            methods = {"SOCKET"} if sockets else getattr(route, "methods", None) or {"*"}
            yield from ((method, path) for method in methods)
