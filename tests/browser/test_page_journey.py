from datetime import date

from playwright.sync_api import Page, Route, expect

from tests.browser.visit import QUESTION, ask, eventually, opened
from tests.support.fakes_page import FakeService


def test_the_notice_comes_before_the_first_question_and_is_read_aloud(page: Page) -> None:
    tree = page.locator("body").aria_snapshot()
    for part in ("intelligence artificielle", "responsable", "à jour au 15 novembre 2026"):
        assert part in tree
    assert tree.index("Avant de commencer") < tree.index("Votre question")


def test_evidence_is_shown_before_the_first_sentence(page: Page) -> None:
    page.evaluate(
        """() => { window.order = []; new MutationObserver(() => { const order = window.order;
        if (!order.length && document.querySelector('.passage')) order.push('passages',
            document.querySelectorAll('.sentence').length);
        }).observe(document.body, {childList: true, subtree: true}); }"""
    )
    ask(page)
    expect(page.locator(".turn.finished .sentence")).to_have_count(4)
    assert page.evaluate("window.order") == ["passages", 0]
    expect(page.locator("#announcer")).to_have_text("Réponse terminée, 4 phrases.")
    expect(page.locator("#start")).to_be_hidden()


def test_a_mark_leads_to_its_passage(page: Page) -> None:
    ask(page)
    expect(page.locator(".turn.finished")).to_be_visible()
    page.get_by_role("link", name="Passage 4").first.click()
    expect(page.locator("#t0-p4")).to_be_focused()
    expect(page.locator("#t0-p4")).to_be_in_viewport()
    expect(page.locator("#t0-p4 mark")).to_contain_text("pénalité égale à 1/500")


def test_documents_open_at_the_passage_and_close_by_keyboard(page: Page) -> None:
    ask(page)
    expect(page.locator(".turn.finished")).to_be_visible()
    page.locator("#t0-p1 .open-document").click()
    expect(page.locator("dialog .framed mark")).to_contain_text("60\u00a0000\u00a0€ HT")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.locator("#t0-p4 .open-document").click()
    picture = page.locator("dialog img")
    expect(picture).to_have_js_property("naturalWidth", 1240)
    page.keyboard.press("Escape")
    expect(page.locator("#t0-p4 .open-document")).to_be_focused()


def test_stop_is_immediate_and_keeps_what_was_found(page: Page, service: FakeService) -> None:
    closed = service.closed
    ask(page, "Réponds lentement")
    expect(page.locator(".passage")).to_have_count(5)
    page.keyboard.press("Escape")
    expect(page.locator(".turn.stopped")).to_be_visible()
    expect(page.locator(".turn.stopped .tag")).to_have_text("Réponse arrêtée")
    expect(page.locator("#announcer")).to_contain_text("avant la première phrase")
    expect(page.get_by_role("button", name="Demander")).to_be_visible()
    expect(page.locator(".passage")).to_have_count(5)
    eventually(page, lambda: service.closed == closed + 1)


def test_the_conversation_survives_a_reload_and_feeds_the_next_question(
    page: Page, service: FakeService, address: str
) -> None:
    ask(page)
    expect(page.locator(".turn.finished")).to_be_visible()
    opened(page, address)
    expect(page.locator(".turn.finished .sentence")).to_have_count(4)
    ask(page, "Et pour les travaux ?")
    expect(page.locator("#t1.finished")).to_be_visible()
    question, as_of, history = service.asked[-1]
    assert (question, as_of) == ("Et pour les travaux ?", None)
    assert [exchange.question for exchange in history] == [QUESTION]
    page.get_by_role("button", name="Nouvelle conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator(".welcome")).to_be_visible()


def test_the_date_of_the_law_is_the_one_chosen(page: Page, service: FakeService) -> None:
    page.get_by_role(
        "button", name="droit d’aujourd’hui"
    ).click()  # its fields do not always stand open
    page.locator("#as-of-field input").fill("2025-06-30")
    page.locator(".example").first.click()
    expect(page.locator(".turn.finished .as-of")).to_contain_text("Droit au 30 juin 2025")
    assert service.asked[-1][1] == date(2025, 6, 30)


def test_the_date_of_the_law_is_chosen_and_cleared_by_keyboard(
    page: Page, service: FakeService
) -> None:
    page.get_by_role("button", name="droit d’aujourd’hui").press("Enter")
    field = page.get_by_label("Droit au")
    field.focus()
    page.keyboard.type("06062025")
    expect(field).to_have_value("2025-06-06")
    ask(page)
    expect(page.locator("#t0.finished .as-of")).to_contain_text("Droit au 6 juin 2025")
    field.focus()
    for _ in range(3):
        page.keyboard.press("Backspace")
        page.keyboard.press("Tab")
    expect(field).to_have_value("")
    ask(page, "Quel était le seuil en 2019 ?")
    expect(page.locator("#t1.finished .as-of")).to_contain_text("31 décembre 2019, jour nommé")
    assert [asked[1] for asked in service.asked[-2:]] == [date(2025, 6, 6), None]


def test_english_is_one_press_away_and_remembered(page: Page, address: str) -> None:
    ask(page)
    expect(page.locator(".turn.finished")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.locator(".support").first).to_have_text("checked")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert "public procurement" in page.title()
    opened(page, address)
    expect(page.get_by_role("button", name="Ask")).to_be_visible()
    page.get_by_role("button", name="law of today").click()
    expect(page.get_by_label("Law as of")).to_be_visible()


def test_conversations_set_aside_are_found_opened_again_and_forgotten(
    page: Page, address: str
) -> None:
    for question in ("Faut-il allotir ?", "Quand payer une facture reçue ?"):
        ask(page, question)
        expect(page.locator("#t0.finished")).to_be_visible()
        page.get_by_role("button", name="Nouvelle conversation").click()
        expect(page.locator(".shelf .open").first).to_have_text(question)
    opened(page, address)
    page.get_by_label("Chercher une conversation").fill("RECUE payer")
    expect(page.locator(".shelf li:visible")).to_have_count(1)
    page.get_by_role("button", name="Quand payer une facture reçue ?", exact=True).press("Enter")
    expect(page.locator("#t0 h2")).to_contain_text("Quand payer une facture reçue ?")
    expect(page.locator(".here")).to_contain_text("Quand payer")
    expect(page.locator(".shelf li")).to_have_count(1)
    page.get_by_role("button", name="Oublier la conversation « Faut-il allotir ? »").click()
    expect(page.locator(".shelf")).to_have_count(0)
    opened(page, address)
    expect(page.locator("#t0 .sentence")).to_have_count(4)
    expect(page.locator(".shelf")).to_have_count(0)


def test_what_was_chosen_and_voted_survives_a_reload(page: Page, service: FakeService) -> None:
    ask(page)
    expect(page.locator(".turn.finished")).to_be_visible()
    page.get_by_role("button", name="Utile").click()
    expect(page.locator(".rate .outcome")).to_have_text("Avis enregistré, merci.")
    page.locator(".chips").click()
    page.locator("#as-of-field input").fill("2025-06-30")
    page.locator("#dossier-field input").click()
    page.get_by_role("option", name="Dossier 2026-04").click()
    told = "Dossier 2026-04 (démonstration) · droit au 30 juin 2025 · modifier"
    expect(page.locator(".chips")).to_have_text(told)
    page.reload()
    expect(page.locator(".chips")).to_have_text(told)
    expect(page.get_by_role("button", name="Utile")).to_have_attribute("aria-pressed", "true")
    ask(page, "Et les pénalités ?")
    expect(page.locator("#t1.finished")).to_be_visible()
    assert (service.asked[-1][1], service.asked_of[-1]) == (date(2025, 6, 30), "montelyre-2026")


def test_a_question_typed_before_the_page_is_ready_is_not_put_to_something_else(
    page: Page, address: str, service: FakeService
) -> None:
    held: list[Route] = []

    def first_waits(route: Route) -> None:
        if held:
            route.continue_()
        held.append(route)

    before = len(service.asked)
    page.route("**/gradio_api/queue/join*", first_waits)
    with page.expect_request("**/gradio_api/queue/join*"):
        page.goto(f"{address}?dossier=montelyre-2026")
    eventually(page, lambda: bool(held))
    page.locator("#question-field textarea").focus()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    held[0].continue_()
    expect(page.locator("#chips")).to_contain_text("2026-04")
    assert len(service.asked) == before
    ask(page)
    expect(page.locator(".turn.finished")).to_be_visible()
    assert service.asked_of[before:] == ["montelyre-2026"]
