"""A page visited in a browser, and its barriers."""

import re
from collections.abc import Callable
from typing import Any

from axe_playwright_python.sync_playwright import Axe
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
    """Wait for what the server does after the page has shown it, a minute and a half at most."""
    for _ in range(900):
        if holds():
            return
        page.wait_for_timeout(100)
    assert holds()


GRAVE = {"serious", "critical"}


# Colours that are still fading, after a press or a change of scheme, are not those that are read.
AT_REST = """() => document.getAnimations().every((each) =>
    each.playState !== "running" || each.effect.getComputedTiming().endTime === Infinity)"""


def examined(page: Page) -> dict[str, list[dict[str, Any]]]:
    """The rules of axe-core by how each ends for a page, "passes" or "violations"."""
    page.wait_for_function(AT_REST)
    found: dict[str, list[dict[str, Any]]] = Axe().run(page).response
    return found


def barriers(page: Page) -> list[str]:
    """The serious and critical findings, each with its rule and the first element concerned."""
    found = examined(page)["violations"]
    return [
        f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}"
        for each in found
        if each["impact"] in GRAVE
    ]
