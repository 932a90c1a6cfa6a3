"""What a visitor does on the page."""

from datetime import date

from playwright.sync_api import Page, expect

QUESTION = "Puis-je acheter pour 35 000 € HT sans mise en concurrence ?"


def opened(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("#as-of-field input")).to_have_value(date.today().isoformat())


def ask(page: Page, question: str = QUESTION) -> None:
    page.locator("#question").fill(question)
    page.locator("#question").press("Enter")
