"""A dossier from its creation to its removal, over a real index of the fictional pieces."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.web.local_service import LocalBuyerService
from ingestion.library.corpus import CORPUS
from tests.browser.visit import ask, barriers, opened, settled
from tests.support.page_server import served
from tests.support.small_index import answering_embedder, assistant_over, build_small_index

PIECES = ("RC.pdf", "CCAP.pdf", "CCTP.pdf", "AE.docx")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page over the small index, which has a dossier of its own."""
    home = tmp_path_factory.mktemp("journey") / "home"
    build_small_index(home, tmp_path_factory.mktemp("texts"), answering_embedder())
    with served(LocalBuyerService(home, assistant_over(home), answering_embedder)) as address:
        yield address


@pytest.fixture
def parcel(tmp_path: Path) -> Path:
    """The fictional dossier as a ZIP, with a supplier's text and what is refused."""
    path = tmp_path / "dce.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in PIECES:
            archive.write(CORPUS / "dossier" / name, name)
        archive.writestr("notes.md", "# Notes\n\nLes massifs sont arrosés chaque semaine.\n")
        archive.writestr("macro.exe", b"MZ")
    return path


def created(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}dossiers")
    page.get_by_text("Nouveau dossier").click()
    page.get_by_label("Identifiant").fill(name)
    page.get_by_label("Objet").last.fill("Entretien des parcs")
    page.get_by_role("button", name="Créer le dossier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    settled(page)


def followed_and_exported(page: Page) -> None:
    """The fiche of the dossier: a citation opens its page in its piece, and both files come."""
    page.get_by_role("heading", name="Fiche de synthèse").click()
    penalties = page.locator("#fiche tr", has_text="Pénalités de retard")
    expect(penalties.locator(".state")).to_have_text("à vérifier")
    with page.expect_popup() as opened:
        penalties.get_by_role("link", name="CCAP, art. 14.1, p. 10").click()
    cited = opened.value
    expect(cited.get_by_role("heading", level=1)).to_contain_text("CCAP")
    expect(cited.locator("img").first).to_have_js_property("naturalWidth", 1240)
    cited.close()
    for suffix in ("docx", "csv"):
        with page.expect_download() as sent:
            page.get_by_role("link", name=f"Exporter en {suffix.upper()}").click()
        assert sent.value.suggested_filename == f"fiche-parcs-2026.{suffix}"
    page.get_by_role("heading", name="Fiche de synthèse").click()
    expect(page.locator("#fiche table")).to_be_hidden()


def test_from_creation_to_removal(page: Page, address: str, parcel: Path) -> None:
    created(page, address, "parcs-2026")
    page.locator("input[type=file]").set_input_files(parcel)
    page.get_by_role("button", name="Ajouter").click()
    expect(page.locator(".sending li")).to_contain_text("dce.zip")
    expect(page.locator("#report")).to_have_text("Fichiers reçus (6)")
    expect(page.locator("#report")).to_be_focused()
    expect(page.locator(".report .refused")).to_contain_text("macro.exe")

    notes = page.locator(".pieces tr", has_text="notes.md")
    expect(notes.locator(".doubt")).to_contain_text("À confirmer")
    notes.locator("select").select_option("annexe")
    notes.get_by_role("button", name="Confirmer").click()
    expect(notes.locator("select")).to_have_value("annexe")
    expect(page.locator(".doubt")).to_have_count(0)
    expect(page.get_by_role("heading", name="Relecture de conformité")).to_be_visible()
    followed_and_exported(page)

    page.get_by_role("link", name="Poser une question sur ce dossier").click()
    expect(page.locator("#dossier-field input")).to_have_value(
        "Dossier parcs-2026, Entretien des parcs"
    )
    ask(page, "Quelles sont les pénalités de retard ?")
    expect(page.locator("#t0.finished .scope .as-of")).to_contain_text("le dossier parcs-2026")
    first = page.locator("#t0-p1")
    expect(first).to_contain_text("CCAP, art.")
    first.locator(".open-document").click()
    expect(page.locator("dialog img").first).to_have_js_property("naturalWidth", 1240)
    page.keyboard.press("Escape")

    page.goto(f"{address}dossiers/parcs-2026")
    page.get_by_text("Supprimer ce dossier").first.click()
    page.get_by_label("Retapez l'identifiant").fill("parcs-2026")
    page.get_by_role("button", name="Supprimer ce dossier").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dossiers de marché")
    expect(page.get_by_text("parcs-2026")).to_have_count(0)
    page.goto(address)
    expect(page.locator("#ask")).to_have_text("Demander")
    expect(page.locator(".turn")).to_have_count(0)


def test_too_much_is_said_before_it_is_sent(page: Page, address: str, tmp_path: Path) -> None:
    created(page, address, "trop-2026")
    page.evaluate("document.querySelector('form.upload').dataset.mostBytes = '3'")
    (tmp_path / "CCAP.md").write_text("# CCAP\n")
    page.locator("input[type=file]").set_input_files(tmp_path / "CCAP.md")
    page.get_by_role("button", name="Ajouter").click()
    expect(page.locator(".outcome")).to_contain_text("Envoi refusé")
    expect(page.locator("#report")).to_have_count(0)


def test_files_dropped_on_the_page_are_sent(page: Page, address: str) -> None:
    created(page, address, "depot-2026")
    page.evaluate(
        """() => { const data = new DataTransfer();
        data.items.add(new File(['# RC\\n\\nLes offres.\\n'], 'RC.md'));
        const told = {dataTransfer: data, bubbles: true, cancelable: true};
        document.querySelector('.drop').dispatchEvent(new DragEvent('drop', told)); }"""
    )
    expect(page.locator(".pieces .file")).to_have_text("RC.md")


def test_a_phone_shows_a_dossier_without_sideways_scrolling(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("dossiers", "dossiers/ecole-2026"):
        page.goto(f"{address}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


DROPPED = """([name, text]) => {
  const brought = new DataTransfer();
  brought.items.add(new File([text], name));
  return brought;
}"""


def test_files_dropped_on_the_page_become_a_dossier_that_is_asked_about(
    page: Page, address: str
) -> None:
    opened(page, address)
    settled(page)
    piece = ["CCAP.md", "# Article 1 – Pénalités\n\nLa pénalité est de 150 euros par jour."]
    brought = page.evaluate_handle(DROPPED, piece)
    page.dispatch_event("#question", "drop", {"dataTransfer": brought})
    dialog = page.get_by_role("dialog", name="Créer un dossier avec ces pièces")
    expect(dialog.locator("li")).to_contain_text("CCAP.md")
    assert barriers(page) == []
    dialog.get_by_role("button", name="Créer le dossier").press("Enter")
    expect(page.locator("#dossier-start #fiche")).to_contain_text("150 euros par jour")
    expect(page.locator("#dossier-start #review")).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("button", name="Quelles sont les pénalités de retard ?").click()
    expect(page.locator(".turn.finished")).to_contain_text("d’après le dossier")
    expect(page.locator(".turn.finished .reply")).to_contain_text("150 euros")
