"""The buyer's pages, light and dark, hold nothing that axe-core calls serious or critical."""

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import ask, barriers, opened

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_conversation(page: Page, address: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    opened(page, address)
    assert barriers(page) == []
    page.get_by_label("Je réponds à un marché").check()
    expect(page.locator(".firm")).to_be_visible()
    assert barriers(page) == []
    ask(page)
    expect(page.locator(".turn.finished")).to_be_visible()
    assert barriers(page) == []
    page.locator(".open-document").first.click()
    expect(page.locator("dialog .framed")).to_be_visible()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    page.locator("#new").click()
    expect(page.locator(".shelf")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".chips").click()
    page.locator(".menu").click()
    expect(page.locator(".shelf")).to_be_visible()
    assert barriers(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    "path", ["dossiers", "dossiers/montelyre-2026", "law/R2122-8", "changes", "law/R9999-9"]
)
def test_the_pages_beside_it(
    page: Page, address: str, path: str, scheme: Literal["light", "dark"], seen: list[str]
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{address}{path}")
    assert barriers(page) == []
    seen[:] = [line for line in seen if "404" not in line]  # the unknown article is one


def test_what_keeps_people_out_is_found(page: Page) -> None:
    page.evaluate("document.querySelector('#question textarea, #question').removeAttribute('id')")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"data:,\"><input>')")
    assert {found.partition(":")[0] for found in barriers(page)} >= {"image-alt", "label"}
