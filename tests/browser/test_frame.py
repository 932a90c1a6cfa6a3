"""Between the three roles on a phone, by keyboard, in both languages; nothing is wider than it."""

import os
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.identity import UserRole
from assistant.web.serving import pages_beside
from assistant.web.site import COOKIE, Members, Site
from tests.browser.test_accounts_journey import focus
from tests.browser.visit import barriers, settled
from tests.support.accounts_home import Clock, Hall
from tests.support.fakes_page import FakeService
from tests.support.page_app import app_of
from tests.support.page_server import serving
from tests.support.review_home import house

SHOTS = os.environ.get("SHOTS", "")
"""A folder for pictures of the pages, for whoever wants to look at them."""

PATHS = (
    *("dossiers", "account", "referent/", "referent/queue", "referent/figures"),
    *("admin/", "admin/sources", "admin/comptes", "admin/comptes/{user}", "admin/entretien"),
)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Hall:
    return Hall(house(tmp_path_factory.mktemp("frame")).home, Clock(time.time()))


@pytest.fixture(scope="module")
def address(hall: Hall) -> Iterator[str]:
    reviews, service, access = house(hall.home), FakeService(), Members(hall.accounts)
    beside = pages_beside(hall.home, reviews.review, reviews.journal, access, hall.accounts)
    with serving(app_of(Site(lambda reader: service, access, beside, hall.accounts))) as address:
        yield address


@pytest.fixture(scope="module")
def token(hall: Hall) -> str:
    return hall.settle("ana", UserRole)


@pytest.fixture
def phone(browser: Browser, address: str, token: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="fr-FR")
    context.add_cookies([{"name": COOKIE, "value": token, "url": address}])
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_fits_a_phone_and_keeps_nobody_out(
    phone: Page, address: str, hall: Hall, language: str
) -> None:
    user = hall.accounts.register.get("ana").user
    for path in PATHS:
        phone.goto(f"{address}{path.format(user=user)}?lang={language}")
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert (path, phone.evaluate(wider)) == (path, 0)
        assert (path, barriers(phone)) == (path, [])
        if SHOTS:
            name = path.strip("/").replace("/", "-").format(user="one")
            phone.screenshot(path=f"{SHOTS}/{name}-{language}.png", full_page=True)


def test_the_keyboard_leads_from_role_to_role_and_the_language_goes_along(
    phone: Page, address: str
) -> None:
    phone.goto(f"{address}dossiers")
    phone.keyboard.press("Tab")
    expect(phone.locator(".frame .skip")).to_be_in_viewport()
    for link, heading in (("Administration", "Index"), ("Contrôle", "Réponses enregistrées")):
        focus(phone, link)
        phone.keyboard.press("Enter")
        expect(phone.locator("h1")).to_have_text(heading)
    focus(phone, "English")
    phone.keyboard.press("Enter")
    expect(phone.locator("h1")).to_have_text("Recorded answers")
    focus(phone, "Questions")
    phone.keyboard.press("Enter")
    expect(phone.locator("#ask")).to_have_text("Ask")
    settled(phone)
    focus(phone, "☰ Menu")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("link", name="Administration")).to_be_visible()
