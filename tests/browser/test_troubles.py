"""A full queue, a session that is over, a lost connection, a disk that is full: what is read then.

Each is provoked, and said in sentences of the page, in its layout, with the way on.
"""

import json
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from copy import copy
from pathlib import Path
from threading import Event

import httpx2
import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from assistant.answering.answer import Event as TurnEvent
from assistant.identity import Identity
from assistant.law.impact import IndexChanges
from assistant.question.day import Day
from assistant.web.site import COOKIE, Members, Site
from ingestion.errors import UnknownSnapshot
from tests.browser.visit import ask, opened, settled
from tests.support.accounts_home import PASSWORD, Clock, Hall
from tests.support.fakes_page import FakeService
from tests.support.page_app import app_of, app_over
from tests.support.page_server import chromium, free_port, serving

HELD = "Une question qui reste là"
RELEASED = Event()
"""Set when it is answered."""
QUESTION = "Puis-je acheter ?"
MOST = 200
"""Questions that are sent to fill the queue; it holds fewer."""


class TroubledService(FakeService):
    """Answers one question only when it is told to, and knows one index only."""

    def turn(
        self, question: str, day: Day, dossier: str | None = None
    ) -> Generator[TurnEvent, None, None]:
        if question == HELD:
            RELEASED.wait(120)
        yield from super().turn(question, day, dossier)

    def changes(self, old: str | None, new: str | None) -> IndexChanges:
        raise UnknownSnapshot("Aucune génération d’index plus ancienne.")


@pytest.fixture(scope="module")
def service() -> TroubledService:
    return TroubledService()


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Hall:
    return Hall(tmp_path_factory.mktemp("hall") / "home", Clock(time.time()))


@pytest.fixture(scope="module")
def apps(service: TroubledService, hall: Hall) -> Iterator[FastAPI]:
    """Applications of the one user of a machine, made before the browser has a loop running."""
    return iter([app_over(service) for _ in range(6)])


@pytest.fixture(scope="module")
def members(hall: Hall) -> Iterator[str]:
    """The address of the page for those who have an account."""
    service = TroubledService()

    def services(reader: Identity) -> FakeService:
        own = copy(service)
        own.reader = reader
        return own

    site = Site(services, Members(hall.accounts), accounts=hall.accounts)
    with serving(app_of(site)) as address:
        yield address


@pytest.fixture(scope="module")
def browser(apps: Iterator[FastAPI], members: str) -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on which what is refused may be told on the console."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
    yield context.new_page()
    context.close()


def filled(page: Page, address: str, hall: Hall) -> None:
    """Send the question that waits, for one person after another, until the server takes no more.

    One person alone is kept from it: so many questions at once, and no more.
    """
    with page.expect_request(lambda sent: HELD in (sent.post_data or "")) as joined:
        ask(page, HELD)
    body = json.loads(joined.value.post_data or "")
    for number in range(MOST):
        token = hall.settle(f"p{number}")
        answer = httpx2.post(
            f"{address}gradio_api/queue/join",
            json=body | {"session_hash": f"autre{number}"},
            headers={"origin": address.rstrip("/"), "cookie": f"{COOKIE}={token}"},
        )
        if answer.is_error:
            assert answer.status_code == 503
            return
    pytest.fail("the queue takes every question")


def test_a_full_queue_says_so_and_keeps_the_question(
    browser: Browser, page: Page, members: str, hall: Hall, tmp_path: Path
) -> None:
    hall.settle("eve")
    hall.settle("lou")
    later = browser.new_context(locale="fr-FR").new_page()
    log_in(later, members, "lou")
    expect(later.locator("#ask")).to_have_text("Demander")
    log_in(page, members, "eve")
    filled(page, members, hall)
    ask(later, QUESTION)
    trouble = later.locator("#trouble")
    expect(trouble).to_contain_text("File pleine")
    expect(trouble).to_contain_text("Trop de questions attendent en ce moment")
    expect(later.locator("#question")).to_have_value(QUESTION)
    later.screenshot(path=tmp_path / "full-queue.png")
    RELEASED.set()
    expect(page.locator(".turn.finished")).to_be_visible()
    later.locator("#question").press("Enter")
    expect(later.locator(".turn.finished")).to_be_visible()
    later.context.close()


def log_in(page: Page, address: str, login: str, then: str = "/") -> None:
    page.goto(f"{address}login?next={then}")
    page.get_by_label("Nom du compte").fill(login)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Se connecter")).to_have_count(0)
    settled(page)


def test_files_sent_after_the_session_is_over_lead_to_the_login_and_back(
    page: Page, members: str, hall: Hall, tmp_path: Path
) -> None:
    hall.settle("ana", teams=None)
    log_in(page, members, "ana", "/dossiers/montelyre-2026")
    expect(page.get_by_role("heading", level=1)).to_contain_text("2026-04")
    hall.accounts.sessions.revoke(hall.accounts.register.get("ana").user)
    piece = tmp_path / "notes.md"
    piece.write_text("# Notes\n\nLes massifs sont arrosés.\n", encoding="utf-8")
    page.locator("form.upload input[type=file]").set_input_files(piece)
    page.get_by_role("button", name="Ajouter").click()
    outcome = page.locator("form.upload .outcome")
    expect(outcome).to_contain_text("Votre session est terminée : rien n'a été envoyé.")
    expect(page.locator("form.upload .sending li")).to_have_count(0)
    page.screenshot(path=tmp_path / "upload-session-over.png")
    outcome.get_by_role("link", name="Se connecter").click()
    expect(page.get_by_role("heading", name="Se connecter")).to_be_visible()
    page.screenshot(path=tmp_path / "login-session-over.png")
    page.get_by_label("Nom du compte").fill("ana")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("2026-04")


def test_a_refused_upload_says_why(
    page: Page,
    apps: Iterator[FastAPI],
    service: TroubledService,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(service.filing, "add", full)
    piece = tmp_path / "notes.md"
    piece.write_text("# Notes\n\nLes massifs sont arrosés.\n", encoding="utf-8")
    with serving(next(apps)) as address:
        page.goto(f"{address}dossiers/montelyre-2026")
        page.locator("form.upload input[type=file]").set_input_files(piece)
        page.get_by_role("button", name="Ajouter").click()
        expect(page.locator("form.upload .outcome")).to_contain_text("le disque est plein")
        expect(page.get_by_role("button", name="Ajouter")).to_be_enabled()


def test_a_lost_connection_is_told_and_the_page_comes_back(
    page: Page, apps: Iterator[FastAPI], tmp_path: Path
) -> None:
    port = free_port()
    with ExitStack() as up:
        address = up.enter_context(serving(next(apps), port))
        opened(page, address)
        page.locator("#question").fill(QUESTION)
        up.close()
        page.locator("#question").press("Enter")
        expect(page.locator("#trouble")).to_contain_text("Connexion perdue")
        page.screenshot(path=tmp_path / "lost.png")
    with serving(next(apps), port):
        expect(page.locator("#trouble")).to_be_empty()
        expect(page.locator("#question")).to_have_value(QUESTION)
        page.locator("#question").press("Enter")
        expect(page.locator(".turn.finished")).to_be_visible()


@pytest.mark.parametrize(
    ("lang", "told", "back"),
    [("fr", "Il n’y a qu’un index", "Revenir"), ("en", "There is only one index", "Back")],
)
def test_changes_without_an_older_index_is_a_page(
    page: Page, apps: Iterator[FastAPI], lang: str, told: str, back: str, tmp_path: Path
) -> None:
    with serving(next(apps)) as address:
        page.goto(f"{address}changes?lang={lang}")
        expect(page.locator("html")).to_have_attribute("lang", lang)
        expect(page.locator("main [role=alert]")).to_contain_text(told)
        page.screenshot(path=tmp_path / f"changes-{lang}.png")
        page.get_by_role("link", name=back).click()
        expect(page.locator("#ask")).to_be_visible()
