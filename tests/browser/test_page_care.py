"""What the page does when things are hostile, broken, awaited, or used without a mouse."""

import threading
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.web.service import Thumb
from tests.browser.visit import ask, eventually
from tests.support.fakes_page import FakeService


def test_hostile_text_stays_text(page: Page) -> None:
    ask(page, "<script>alert(0)</script> ${alert(1)} {{value}}")
    expect(page.locator(".turn.finished")).to_be_visible()
    shown = page.locator(".turn")
    for tag in ("script", "img", "iframe", "b"):
        expect(shown.locator(tag)).to_have_count(0)
    expect(page.locator(".turn h2")).to_contain_text("<script>alert(0)</script> ${alert(1)}")
    expect(page.locator(".turn a[href^='javascript'], .turn a[href^='http']")).to_have_count(0)
    page.locator(".open-document").first.click()
    expect(page.locator("dialog .framed")).to_contain_text("onerror=alert(2)")


def test_a_script_put_into_the_page_does_not_run(page: Page, seen: list[str]) -> None:
    page.evaluate(
        """() => { const put = document.createElement('script'); put.textContent = 'window.ran = 1';
        document.body.append(put);
        const image = new Image(); image.src = 'http://example.test/x.png';
        return new Promise((done) => { image.onerror = done; }); }"""
    )
    assert page.evaluate("window.ran") is None
    refusals = [line for line in seen if "Content Security Policy" in line]
    assert len(refusals) >= 2
    seen.clear()


def test_failures_say_what_to_do_and_keep_the_evidence(page: Page) -> None:
    ask(page, "Une question sur l’index")
    expect(page.locator(".problem")).to_contain_text("sourcier index rollback")
    ask(page, "Une panne")
    expect(page.locator("#t1 .problem")).to_contain_text("Posez de nouveau la question")
    expect(page.locator("#t1 .passage")).to_have_count(5)
    ask(page, "   ")
    expect(page.locator("#status .alert")).to_contain_text("Écrivez une question")


def test_the_place_in_the_queue_is_shown(page: Page, service: FakeService) -> None:
    ask(page, "Il faut attendre")
    expect(page.locator(".progress")).to_contain_text("2 questions passent avant la vôtre")
    service.moves_up.set()
    expect(page.locator(".turn.finished")).to_be_visible()


def test_an_abstention_is_calm_and_says_where_to_look(page: Page) -> None:
    ask(page, "Quelle météo ?")
    expect(page.locator(".turn.finished .notice")).to_contain_text("Où chercher ailleurs")
    expect(page.locator(".problem")).to_have_count(0)


def test_the_whole_journey_by_keyboard(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller à la question")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type("Puis-je acheter ?")
    page.keyboard.press("Enter")
    expect(page.locator(".turn.finished")).to_be_visible()
    page.locator("#new").focus()
    page.keyboard.press("Shift+Tab")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('mark')"):
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#t0-p1")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Fermer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_removed_sentences_unfold_and_opinions_are_kept(page: Page, service: FakeService) -> None:
    ask(page)
    expect(page.locator(".turn.finished")).to_be_visible()
    page.get_by_text("1 phrase écartée").click()
    expect(page.locator(".removed li")).to_contain_text("ne figure pas dans le passage cité")
    page.get_by_role("button", name="À revoir").click()
    page.get_by_label("Un mot pour le référent").fill("le CCAP a changé")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator(".rate .outcome")).to_have_text("Avis enregistré, merci.")
    record = page.locator(".rate").get_attribute("data-record")
    told = [(record, "down", ""), (record, "down", "le CCAP a changé")]
    eventually(page, lambda: service.opinions[-2:] == told)


def test_a_comment_never_overtakes_the_vote_it_is_of(
    page: Page, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived, released = threading.Event(), threading.Event()
    rate = service.rate

    def held(record_id: str, thumb: Thumb, comment: str) -> None:
        if not comment:
            arrived.set()
            assert released.wait(60)
        rate(record_id, thumb, comment)

    monkeypatch.setattr(service, "rate", held)
    ask(page)
    page.get_by_role("button", name="À revoir").click()
    page.get_by_label("Un mot pour le référent").fill("le CCAP a changé")
    assert arrived.wait(60)
    page.get_by_role("button", name="Envoyer").click()
    page.evaluate("fetch('/health').then((reply) => reply.text())")
    released.set()
    told = ["", "le CCAP a changé"]
    eventually(page, lambda: [comment for _, _, comment in service.opinions[-2:]] == told)


def test_an_answer_that_was_erased_is_said_to_take_no_opinion(page: Page, seen: list[str]) -> None:
    ask(page)
    expect(page.locator(".turn.finished")).to_be_visible()
    page.locator(".rate").evaluate("form => form.dataset.record = 'erased'")
    page.get_by_role("button", name="À revoir").click()
    expect(page.locator(".rate .outcome")).to_contain_text("ne peut plus recevoir d'avis")
    seen.clear()  # the browser writes the refusal in its console


def test_copy_and_exports_carry_the_sources(page: Page, tmp_path: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page)
    expect(page.locator(".turn.finished")).to_be_visible()
    page.get_by_role("button", name="Copier avec les sources").click()
    expect(page.locator(".copy")).to_have_text("Copié")
    assert "[1] Petits achats" in page.evaluate("navigator.clipboard.readText()")
    for button, start in (("Markdown", b"# Conversation"), ("Word", b"PK")):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Exporter ({button})").click()
        download.value.save_as(tmp_path / button)
        assert (tmp_path / button).read_bytes().startswith(start)


@pytest.fixture
def phone(page: Page) -> Page:
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def test_a_phone_shows_everything_without_sideways_scrolling(phone: Page) -> None:
    ask(phone)
    expect(phone.locator(".turn.finished")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.locator("#t0-p4 .back").click()
    expect(phone.locator("#t0-answer")).to_be_focused()
    phone.set_viewport_size({"width": 320, "height": 700})
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_passage_comes_over_the_answer_on_a_phone_and_leaves_to_its_sentence(
    phone: Page,
) -> None:
    ask(phone)
    expect(phone.locator(".turn.finished")).to_be_visible()
    mark = phone.locator("#t0 .mark").last
    mark.scroll_into_view_if_needed()
    before = phone.evaluate("scrollY")
    mark.press("Enter")
    sheet = phone.get_by_role("dialog", name="Passage 4")
    expect(sheet.locator("mark")).to_contain_text("pénalité égale à 1/500")
    sheet.locator(".open-document").click()
    expect(phone.locator("dialog[open]")).to_have_count(2)
    phone.keyboard.press("Escape")
    expect(sheet.locator(".open-document")).to_be_focused()
    phone.keyboard.press("Escape")
    expect(phone.locator("dialog[open]")).to_have_count(0)
    expect(mark).to_be_focused()
    expect(mark).to_be_in_viewport()
    assert abs(phone.evaluate("scrollY") - before) < 400


def test_the_other_pages_are_in_a_drawer_on_a_phone(phone: Page) -> None:
    menu, way = phone.get_by_role("button", name="Menu"), phone.get_by_role("link", name="Factures")
    expect(way).to_be_hidden()
    menu.press("Enter")
    expect(way).to_be_visible()
    expect(phone.get_by_role("link", name="Règles")).to_be_focused()
    phone.keyboard.press("Escape")
    expect(way).to_be_hidden()
    expect(menu).to_be_focused()
    menu.click()
    phone.locator("#question").focus()
    expect(way).to_be_hidden()
    expect(menu).to_have_attribute("aria-expanded", "false")


def test_a_new_question_comes_to_the_top_of_a_phone(phone: Page) -> None:
    for turn in ("#t0", "#t1"):
        ask(phone)
        expect(phone.locator(f"{turn}.finished")).to_be_visible()
    assert -4 <= phone.evaluate("document.querySelector('#t1').getBoundingClientRect().top") <= 60
