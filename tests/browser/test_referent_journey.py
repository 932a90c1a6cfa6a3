"""The référent's day: an answer that a buyer complained of is opened, judged, asked again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from assistant.identity import ALONE, UserRole
from assistant.review.readings import ReviewVerdict
from assistant.tenders.service import DossierService
from assistant.web.local_service import LocalBuyerService
from assistant.web.reviewer.app import referent_app
from assistant.web.site import SingleUser, Site, requiring
from ingestion.library.corpus import CORPUS
from ingestion.tenders.dossiers import Dossier, Dossiers
from ingestion.tenders.intake import Parcel
from tests.browser.visit import ask, barriers, settled
from tests.support.page_app import app_of
from tests.support.page_server import serving
from tests.support.review_home import House, house
from tests.support.small_index import answering_embedder, build_small_index

PAYMENT = "Quel délai de paiement pour une commune ?"
PENALTY = "Quelles sont les pénalités de retard ?"
DOSSIER = "parcs-2026"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house with a dossier whose piece is a PDF."""
    home = tmp_path_factory.mktemp("review") / "home"
    build_small_index(home, tmp_path_factory.mktemp("texts"), answering_embedder())
    known = house(home)
    Dossiers(home).create(Dossier(DOSSIER))
    with (CORPUS / "dossier" / "CCAP.pdf").open("rb") as file:
        filing = DossierService(home, known.journal, answering_embedder)
        filing.add(DOSSIER, [Parcel("CCAP.pdf", file)])
    return known


@pytest.fixture(scope="module")
def address(known: House) -> Iterator[str]:
    """The pages of the buyer and of the référent, for the one user of a machine."""
    service = LocalBuyerService(known.home, known.assistant, answering_embedder, ALONE)
    access = SingleUser()
    beside = {"/referent": referent_app(known.review, requiring(access, UserRole.REFERENT))}
    with serving(app_of(Site(lambda reader: service, access, beside))) as address:
        yield address


def complained(page: Page) -> None:
    """A buyer asks, and is not content."""
    ask(page, PAYMENT)
    expect(page.locator(".turn.finished")).to_be_visible()
    page.get_by_role("button", name="À revoir").click()
    page.get_by_label("Un mot pour le référent").fill("et les hôpitaux ?")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.locator(".rate .outcome")).to_have_text("Avis enregistré, merci.")


def found_in_the_list(page: Page, address: str) -> None:
    page.goto(f"{address}referent/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Réponses enregistrées")
    page.get_by_label("Avis").select_option("down")
    page.get_by_role("button", name="Filtrer").click()
    assert "thumb=down" in page.url
    page.get_by_role("table").get_by_role("link", name=PAYMENT).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(PAYMENT.replace(" ?", "\u00a0?"))


def test_from_a_complaint_to_the_evaluation_set(page: Page, address: str, known: House) -> None:
    complained(page)
    found_in_the_list(page, address)
    expect(page.locator(".facts")).to_contain_text("et les hôpitaux ?")
    expect(page.locator(".passage.cited mark")).to_have_text(
        "Le délai de paiement des communes est fixé à trente jours."
    )
    expect(page.locator(".seal.altered")).to_have_count(0)
    answer = page.url

    page.get_by_role("link", name="Ouvrir le document tel qu'il était").first.click()
    expect(page.locator(".framed mark").first).to_be_visible()
    page.get_by_role("link", name="Retour à la réponse").click()
    expect(page).to_have_url(answer)

    citation = page.get_by_role("group", name="Citation 1")
    citation.get_by_label("soutient en partie").check()
    whole = page.get_by_role("group", name="Votre verdict")
    whole.get_by_label("incomplet").check()
    whole.get_by_label("Commentaire sur la réponse").fill("les établissements de santé manquent")
    page.get_by_role("button", name="Enregistrer mes marques").click()
    expect(page.get_by_role("status")).to_contain_text("Vos marques sont enregistrées.")
    expect(whole.get_by_label("incomplet")).to_be_checked()
    expect(citation.get_by_label("soutient en partie")).to_be_checked()

    page.get_by_role("button", name="Reposer au même droit").click()
    expect(page.get_by_role("status")).to_contain_text("La réponse est la même")
    page.get_by_role("link", name="Retour à la réponse").click()

    page.get_by_role("link", name="Ajouter cette question au jeu d'évaluation").click()
    expect(page.get_by_label("Articles attendus")).to_have_value("")
    page.get_by_label("Articles attendus").fill("R2192-10")
    page.get_by_label("Faits attendus").fill("trente jours")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("table")).to_contain_text(PAYMENT)
    assert [each.facts for each in known.review.gold] == [("trente jours",)]

    page.get_by_role("link", name="Réponses", exact=True).click()
    with page.expect_download() as sent:
        page.get_by_role("link", name="réponses", exact=True).click()
    assert "incomplet" in Path(sent.value.path()).read_text(encoding="utf-8-sig")


def test_the_page_of_a_pdf_is_drawn_as_it_was(page: Page, address: str, known: House) -> None:
    record_id = known.ask(PENALTY, DOSSIER).record_id
    page.goto(f"{address}referent/answers/{record_id}")
    page.get_by_text("Page 10 en image").first.click()
    expect(page.locator("figure img").first).to_have_js_property("naturalWidth", 1240)
    page.get_by_role("link", name="Ouvrir le document tel qu'il était").first.click()
    expect(page.locator("figure img")).to_have_js_property("naturalWidth", 1240)
    expect(page.get_by_text("Fichier d'origine archivé, identique")).to_be_visible()


def test_an_answer_is_judged_by_keyboard_alone(page: Page, address: str, known: House) -> None:
    record_id = known.ask(PAYMENT).record_id
    page.goto(f"{address}referent/?words=paiement")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    until(page, lambda: page.evaluate("document.activeElement.href?.includes('/answers/')"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(PAYMENT.replace(" ?", "\u00a0?"))
    until(page, lambda: page.evaluate("document.activeElement.name") == "answer-1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("relu au clavier")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Vos marques sont enregistrées.")
    sheet = known.review.item(ALONE, record_id).sheet_of("local")
    assert [mark.comment for mark in sheet.values()] == ["relu au clavier"]


def test_the_queue_is_read_by_single_keys(page: Page, address: str, known: House) -> None:
    ids = [known.ask(f"{PAYMENT} {n}").record_id for n in range(2)]
    for record_id in ids:
        told = {"record_id": record_id, "thumb": "down", "comment": ""}
        known.journal.append("opinion", told)
    first, second = (f"{address}referent/answers/{record_id}" for record_id in ids)
    page.goto(first)
    citation = page.get_by_role("group", name="Citation 1")
    citation.get_by_label("sans avis").focus()
    page.keyboard.press("3")
    expect(citation.get_by_label("ne soutient pas")).to_be_checked()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("2")
    whole = page.get_by_role("group", name="Votre verdict")
    expect(whole.get_by_label("incomplet")).to_be_checked()
    page.get_by_role("button", name="Enregistrer mes marques").click()
    expect(page.get_by_role("status")).to_contain_text("Suivante")
    settled(page)
    page.keyboard.press("n")
    expect(page).to_have_url(second)
    settled(page)
    page.get_by_label("Commentaire sur la réponse").fill("n 1")  # typed, and no shortcut
    expect(page).to_have_url(second)
    page.get_by_label("Commentaire sur la réponse").fill("")
    page.get_by_label("Touches").uncheck()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("1")
    expect(whole.get_by_label("sans avis")).to_be_checked()
    page.get_by_label("Touches").check()
    [reading] = known.review.item(ALONE, ids[0]).readings.values()
    assert {mark.verdict for mark in reading.frozen.values()} == {
        ReviewVerdict.UNRELATED,
        ReviewVerdict.INCOMPLETE,
    }


def until(page: Page, holds: object) -> None:
    """Press Tab until something holds of what has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if holds():  # type: ignore[operator]
            return
    raise AssertionError("the keyboard does not get there")


SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_nothing_keeps_anyone_out(
    page: Page, address: str, known: House, scheme: Literal["light", "dark"]
) -> None:
    page.emulate_media(color_scheme=scheme)
    record_id = known.ask(PENALTY, DOSSIER).record_id
    replay = known.review.replay(ALONE, record_id, known.review.clock()).record_id
    for path in (
        "",
        "?outcome=answered&support=verbatim",
        f"answers/{record_id}",
        f"answers/{record_id}/evidence/1",
        f"answers/{record_id}/replays/{replay}",
        "queue",
        "disagreements",
        "gold",
        "gold/new",
    ):
        page.goto(f"{address}referent/{path}")
        assert barriers(page) == [], path
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
