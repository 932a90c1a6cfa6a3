"""What a visitor does on the page."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

QUESTION = "Puis-je acheter pour 35 000 € HT sans mise en concurrence ?"


def opened(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("#ask")).to_have_text(re.compile("Demander|Ask"))
    expect(page.locator("#as-of-field input[type=date]")).to_have_value("")


def settled(page: Page) -> None:
    """Wait until the scripts of a page that a press has led to have run: they come after it."""
    page.wait_for_load_state()


def ask(page: Page, question: str = QUESTION) -> None:
    page.locator("#question").fill(question)
    page.locator("#question").press("Enter")


def eventually(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for what the server does after the page has shown it, ten seconds at most."""
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(100)
    assert holds()
