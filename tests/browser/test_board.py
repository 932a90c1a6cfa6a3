"""The figures and the answers touched by a change of law, as a référent goes through them."""

import io
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.browser.visit import barriers
from tests.support.board_house import BoardHouse, board_application, board_house
from tests.support.page_server import serving

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> BoardHouse:
    return board_house(tmp_path_factory.mktemp("board"))


@pytest.fixture(scope="module")
def root(made: BoardHouse) -> Iterator[str]:
    with serving(board_application(made)) as address:
        yield f"{address}referent"


@pytest.fixture
def referent(browser: Browser, seen: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    page = context.new_page()
    page.on("console", lambda line: seen.append(line.text) if line.type == "error" else None)
    yield page
    context.close()
    assert seen == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("path", ["figures", "touched"])
def test_nothing_keeps_people_out(
    referent: Page, root: str, path: str, scheme: Literal["light", "dark"]
) -> None:
    referent.emulate_media(color_scheme=scheme)
    referent.goto(f"{root}/{path}")
    assert barriers(referent) == []


def test_a_period_is_chosen_by_keyboard_and_stays_in_the_address(referent: Page, root: str) -> None:
    referent.goto(f"{root}/figures")
    expect(referent.locator(".tiles")).to_contain_text("6 questions")
    referent.get_by_label("Du", exact=True).fill("2020-01-01")
    referent.get_by_label("Au", exact=True).fill("2020-01-31")
    referent.get_by_label("Au", exact=True).press("Enter")
    expect(referent.get_by_text("Aucune question sur ces jours.")).to_be_visible()
    assert "since=2020-01-01" in referent.url
    referent.get_by_role("link", name="7 jours").press("Enter")
    expect(referent.locator(".tiles")).to_contain_text("6 questions")


def test_the_report_is_taken_away(referent: Page, root: str) -> None:
    referent.goto(f"{root}/figures")
    with referent.expect_download() as download:
        referent.get_by_role("link", name="Rapport PDF").click()
    assert download.value.suggested_filename.endswith(".pdf")
    pdf = PdfReader(io.BytesIO(download.value.path().read_bytes()))
    assert "6 questions" in pdf.pages[0].extract_text()


def test_an_unanswered_question_leads_to_its_answer(referent: Page, root: str) -> None:
    referent.goto(f"{root}/figures")
    referent.locator(".gaps a").first.click()
    expect(referent.get_by_role("heading", level=1)).to_contain_text("décennale")


def test_a_touched_answer_is_read_and_put_aside(referent: Page, root: str) -> None:
    referent.goto(f"{root}/touched")
    expect(referent.locator("del")).to_contain_text("trente")
    expect(referent.locator("ins")).to_contain_text("vingt")
    referent.get_by_role("button", name="J'ai regardé cette réponse").press("Enter")
    expect(referent.get_by_role("heading", name="Regardées (1)")).to_be_visible()
    expect(referent.get_by_role("button")).to_have_count(0)


def test_a_phone_shows_the_figures_without_sideways_scrolling(browser: Browser, root: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    for path in ("figures", "touched"):
        page.goto(f"{root}/{path}")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, path
    page.close()
