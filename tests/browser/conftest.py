"""A page in a browser for each test; anything it should not do fails the test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.visit import opened
from tests.support.fakes_page import FakeService
from tests.support.page_server import CHROMIUM, chromium, served


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    absent = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt install chromium)")
    for item in items:
        if item.path.parent.name == "browser":
            for mark in (pytest.mark.slow, absent):
                item.add_marker(mark)


@pytest.fixture(scope="module")
def service() -> FakeService:
    return FakeService(pace=0.15)


@pytest.fixture(scope="module")
def address(service: FakeService) -> Iterator[str]:
    with served(service) as address:
        yield address


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def seen() -> list[str]:
    """Every request to another machine, every error of a script, every refusal of the policy."""
    return []


LEFT = "AbortError: signal is aborted without reason"
"""What Gradio's script says now and then, thrown or on the console, as it stops listening because
its page is left: it may be quicker than the browser."""


@pytest.fixture
def page(browser: Browser, address: str, seen: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
    page = context.new_page()

    def heard(line: str) -> None:
        if not line.startswith(LEFT):
            seen.append(line)

    page.on(
        "request",
        lambda sent: None if sent.url.startswith((address, "data:")) else seen.append(sent.url),
    )
    page.on("pageerror", lambda error: heard(f"{error.name}: {error.message}"))
    page.on("console", lambda line: heard(line.text) if line.type == "error" else None)
    page.on("dialog", lambda dialog: seen.append(dialog.message))
    opened(page, address)
    yield page
    context.close()
    assert seen == []
