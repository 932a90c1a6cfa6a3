"""What axe-core finds on a page that keeps people out. Door of axe-playwright-python."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = {"serious", "critical"}


def barriers(page: Page) -> list[str]:
    """The serious and critical findings, each with its rule and the first element concerned."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}"
        for each in found
        if each["impact"] in GRAVE
    ]
