"""The administrator from a text that is added to a backup, over a real small index."""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.identity import UserRole
from assistant.journal.journal import journal_of
from assistant.publishing.service import AdministrationService
from assistant.web.admin.app import admin_app
from assistant.web.local_service import LocalBuyerService
from assistant.web.site import SingleUser, requiring
from tests.assistant.publishing.test_gate import BROKEN, NEW
from tests.browser.visit import barriers
from tests.support.administered import administered, with_text
from tests.support.page_app import app_of, site_over
from tests.support.page_server import serving
from tests.support.small_index import (
    ARTICLES,
    Article,
    answering_embedder,
    assistant_over,
    write_code,
)

SHOTS = os.environ.get("SHOTS", "")
"""A folder for pictures of the pages, for whoever wants to look at them."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("admin")
    return administered(folder / "home", folder)


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """The page over the small index, whose builds take half a second a question."""
    journal = journal_of(home)
    command = (sys.executable, "-m", "tests.support.command_line", "--data", str(home))
    administration = AdministrationService(home, journal, ("env", "PAUSE=0.2", *command))
    service = LocalBuyerService(home, assistant_over(home, journal), answering_embedder)
    reader = requiring(SingleUser(), UserRole.ADMINISTRATOR)
    site = replace(site_over(service), beside={"/admin": admin_app(administration, reader)})
    with serving(app_of(site)) as address:
        yield address


def looked_at(page: Page, name: str) -> None:
    """No serious finding of axe; a picture for whoever wants to see."""
    assert barriers(page) == []
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/admin-{name}.png", full_page=True)


def sent(page: Page, address: str, texts: Path, articles: list[Article]) -> None:
    page.goto(f"{address}admin/sources")
    page.locator("input[type=file]").set_input_files(write_code(texts, articles))
    page.get_by_role("button", name="Ajouter").click()
    expect(page.locator("#report")).to_have_text("Fichiers reçus (1)")


def built(page: Page, address: str) -> None:
    page.goto(f"{address}admin/")
    page.get_by_role("button", name="Construire un index candidat").click()
    expect(page.get_by_text("Construction en cours")).to_be_visible()
    expect(page.get_by_role("heading", name="Candidat")).to_be_visible()


def test_from_a_text_to_a_backup(page: Page, address: str, tmp_path: Path) -> None:
    sent(page, address, tmp_path, [*ARTICLES, NEW])
    expect(page.locator("#sources tr", has_text="code.jsonl")).to_contain_text("pas encore")
    looked_at(page, "textes")

    page.goto(f"{address}admin/")
    page.get_by_role("button", name="Construire un index candidat").click()
    asked = page.locator(".steps li", has_text="Questions de contrôle")
    expect(asked.locator("progress")).to_be_visible()
    looked_at(page, "construction")
    expect(page.get_by_role("heading", name="Candidat")).to_be_visible()
    expect(page.locator("#candidate .passed")).to_contain_text("au moins aussi bien")
    looked_at(page, "candidat")
    page.get_by_role("link", name="Voir chaque texte qui change").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce qui a changé")
    looked_at(page, "differences")
    page.get_by_role("link", name="Index").click()
    first = page.locator("#served dd").first.text_content()
    page.get_by_role("button", name="Mettre en service").click()
    expect(page.get_by_role("heading", name="Candidat")).to_have_count(0)
    expect(page.locator("#served dd").first).not_to_have_text(first or "")

    sent(page, address, tmp_path, with_text("R2192-10", BROKEN))
    built(page, address)
    expect(page.locator("#candidate .alert")).to_contain_text("refusé par le contrôle")
    looked_at(page, "refus")
    page.get_by_role("button", name="Mettre en service malgré tout").click()
    expect(page.get_by_label("Raison (gardée au journal)")).to_be_focused()  # it is required
    page.get_by_label("Raison (gardée au journal)").fill("Texte attendu demain")
    page.get_by_role("button", name="Mettre en service malgré tout").click()
    expect(page.get_by_role("heading", name="Candidat")).to_have_count(0)
    page.get_by_text("Revenir à l'index précédent").first.click()
    page.get_by_role("button", name="Revenir à l'index précédent").click()
    expect(page.locator("#served dd").first).not_to_have_text(first or "")

    page.get_by_role("link", name="Entretien").click()
    page.get_by_role("button", name="Sauvegarder maintenant").click()
    with page.expect_download() as saved:
        page.locator("#backups a").first.click()
    assert saved.value.suggested_filename.startswith("sourcier-")
    looked_at(page, "entretien")


def test_a_build_is_stopped_and_goes_on_without_the_page(
    page: Page, address: str, tmp_path: Path
) -> None:
    sent(page, address, tmp_path, [*ARTICLES, NEW, ("R1-1", ("Titre",), "Autre.", None, None)])
    page.goto(f"{address}admin/")
    page.get_by_role("button", name="Construire un index candidat").click()
    expect(page.get_by_text("Construction en cours")).to_be_visible()
    page.goto("about:blank")
    page.goto(f"{address}admin/")
    page.get_by_role("button", name="Arrêter la construction").click()
    expect(page.get_by_text("Construction annulée, ")).to_be_visible()
    looked_at(page, "annulee")


def test_the_keyboard_alone_builds(page: Page, address: str) -> None:
    page.goto(f"{address}admin/")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Construire un index candidat":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("Construction en cours")).to_be_visible()
    expect(page.get_by_role("heading", name="Candidat")).to_be_visible()


def test_a_phone_shows_everything_without_sideways_scrolling(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("", "sources", "entretien"):
        page.goto(f"{address}admin/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/admin-phone-{path or 'index'}.png", full_page=True)
