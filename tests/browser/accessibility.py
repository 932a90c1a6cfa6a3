"""What axe-core finds on a page that keeps people out. Door of axe-playwright-python."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

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
