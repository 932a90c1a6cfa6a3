"""A buyer comes in, asks, and goes out, by keyboard alone; what is not theirs stays closed."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.identity import Identity, UserRole
from assistant.web.site import Members, Site
from tests.browser.visit import barriers, settled
from tests.support.accounts_home import PASSWORD, Clock, Hall
from tests.support.fakes_page import FakeService
from tests.support.page_app import app_of
from tests.support.page_server import serving


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Hall:
    return Hall(tmp_path_factory.mktemp("hall") / "home", Clock(time.time()))


@pytest.fixture(scope="module")
def address(hall: Hall) -> Iterator[str]:
    service = FakeService(pace=0.05)

    def services(reader: Identity) -> FakeService:
        service.reader = reader
        return service

    site = Site(services, Members(hall.accounts), accounts=hall.accounts)
    with serving(app_of(site)) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1100, "height": 800}, locale="fr-FR")
    yield context.new_page()
    context.close()


def focus(page: Page, name: str) -> None:
    """Go to what has this name with the tab key alone."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()"
        )
        if focused.startswith(name):
            return
    raise AssertionError(f"the tab key does not lead to {name}")


def log_in(page: Page, address: str, login: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", name="Se connecter")).to_be_visible()
    focus(page, "Nom du compte")
    page.keyboard.type(login)
    focus(page, "Mot de passe")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#ask")).to_have_text("Demander")
    settled(page)


def test_the_whole_journey_by_keyboard(page: Page, address: str, hall: Hall) -> None:
    hall.settle("ana", [UserRole.BUYER], ["voirie"])
    log_in(page, address, "ana")
    focus(page, "☰ Menu")  # at this width, the other pages are behind it
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Mon compte (Ana)")).to_be_visible()
    focus(page, "Votre question")
    page.keyboard.type("Puis-je acheter ?")
    page.keyboard.press("Enter")
    expect(page.locator(".turn.finished")).to_be_visible()
    page.goto(f"{address}admin")
    expect(page.get_by_role("heading")).to_have_text("Cette page n'est pas ouverte à votre compte")
    focus(page, "Mon compte")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sessions ouvertes")).to_be_visible()
    focus(page, "Se déconnecter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Se connecter")).to_be_visible()
    page.goto(address)
    expect(page.get_by_role("heading", name="Se connecter")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0


def test_who_is_closed_out_while_asking_is_told_to_log_in(
    page: Page, address: str, hall: Hall
) -> None:
    hall.settle("bea")
    log_in(page, address, "bea")
    hall.accounts.sessions.revoke(hall.accounts.register.get("bea").user)
    page.locator("#question").fill("Puis-je acheter ?")
    page.locator("#question").press("Enter")
    expect(page.locator("#trouble")).to_contain_text("Votre session est terminée.")
    expect(page.locator("#trouble a")).to_have_text("Se connecter")
    expect(page.locator("#question")).to_have_value("Puis-je acheter ?")
    page.reload()
    expect(page.get_by_role("heading", name="Se connecter")).to_be_visible()


def test_nothing_keeps_anyone_out_of_the_pages_of_the_accounts(
    page: Page, address: str, hall: Hall
) -> None:
    hall.settle("chloe")
    invitation = hall.accounts.register.create("dora", "", {UserRole.BUYER}, frozenset(), by="x")
    for path in ("login", f"invitation/{invitation}", "invitation/none"):
        page.goto(f"{address}{path}")
        assert barriers(page) == []
    log_in(page, address, "chloe")
    for path in ("account", "admin"):
        page.goto(f"{address}{path}")
        assert barriers(page) == []
