"""Where applications are served: at an address, or at a socket of this machine. Door of uvicorn."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

ANYONE = ("*",)
"""Proxies to believe, where nobody else reaches an application."""

_OPTIONS: dict[str, Any] = {
    "log_level": "warning",
    "log_config": None,  # what is said goes where the logs of this program go
    "server_header": False,
    "proxy_headers": False,  # the application does it, for the proxies of the settings alone
}

PATIENCE = 5
"""Seconds that a worker leaves to the answers under way once it is told to end."""


def behind_proxies(app: ASGIApp, proxies: Sequence[str]) -> ASGIApp:
    """The application, told by these proxies for whom they ask, and whether that came over https.

    They are addresses and networks; nobody else is believed.
    """
    told: Any = ProxyHeadersMiddleware(cast("Any", app), trusted_hosts=list(proxies))
    return cast("ASGIApp", told)


def listen(app: ASGIApp, host: str, port: int, patience: int | None = None) -> None:
    """Serve an application until interrupted, then for so many seconds those whom it answers."""
    uvicorn.run(app, host=host, port=port, timeout_graceful_shutdown=patience, **_OPTIONS)


def listen_at(app: ASGIApp, place: Path) -> None:
    """Serve an application at a socket until interrupted; whoever may reach it may ask."""
    uvicorn.run(
        app, uds=str(place), timeout_graceful_shutdown=PATIENCE, date_header=False, **_OPTIONS
    )
