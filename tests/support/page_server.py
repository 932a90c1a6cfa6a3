"""The page served on a free port from a thread, and a browser that can reach nothing else."""

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, expect, sync_playwright
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.web.service import BuyerService
from tests.support.page_app import app_over

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


SCRIPT_DELAY = 0.25  # seconds

# A machine that builds and serves at once takes longer than the five seconds of Playwright.
PATIENCE = 90_000  # milliseconds


def with_late_scripts(app: ASGIApp) -> ASGIApp:
    """An application whose own scripts come after its pages, as they do on a busy machine.

    A test that presses a key before the page listens fails here each time, not once in a while.
    """

    async def late(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path.startswith("/page/") and path.endswith(".js"):
            await asyncio.sleep(SCRIPT_DELAY)
        await app(scope, receive, send)

    return late


def served(service: BuyerService) -> AbstractContextManager[str]:
    """The address of the page over a service."""
    return serving(app_over(service))


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(app: FastAPI, port: int = 0) -> Iterator[str]:
    """The address of an application, on a free port where none is given."""
    port = port or free_port()
    server = uvicorn.Server(uvicorn.Config(with_late_scripts(app), port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.should_exit = server.force_exit = True
        thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the Debian package, on whose pages is waited for what is expected."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
