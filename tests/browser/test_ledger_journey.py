"""Invoices from their import to their export, as a buyer sees them, on a service and on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.web.local_service import LocalBuyerService
from tests.browser.visit import ask, barriers, opened
from tests.support.fakes import WordEmbedder
from tests.support.ledger_rows import assistant_of
from tests.support.page_server import served

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"
TITLES = "Numéro facture;SIREN fournisseur;Fournisseur;Date facture;Date réception;Date de paiement"
TITLES += ";Montant HT;Montant TVA;Total à régler;Statut;Date statut\n"
PHONE = {"width": 390, "height": 844}


def _line(number: int) -> str:
    """An invoice of one of three suppliers; some are paid, one of them does not add up."""
    supplier = ("732829320;Brelan SARL", "552100554;Sève SAS", f';"{HOSTILE}"')[number % 3]
    month, net = number % 8 + 1, 100 * number
    paid = f"2026-{month + 1:02}-20" if number % 4 else ""
    gross = net * 1.2 + (36 if number == 7 else 0)
    status = "Mise en paiement" if paid else ("Suspendue", "Mandatée")[number % 8 // 4]
    day = f"2026-{month:02}-05"
    amounts = ";".join(f"{each:.2f}".replace(".", ",") for each in (net, net * 0.2, gross))
    return f"F-{number:03};{supplier};{day};{day};{paid};{amounts};{status};{paid or day}\n"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("ledger") / "home"
    with served(LocalBuyerService(home, assistant_of(home), WordEmbedder)) as address:
        yield address


@pytest.fixture(scope="module")
def invoices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sent") / "chorus.csv"
    path.write_text(TITLES + "".join(map(_line, range(1, 61))), encoding="utf-8")
    return path


def imported(page: Page, address: str, path: Path) -> None:
    """Import from the page, with a column that the program does not know."""
    page.goto(f"{address}factures")
    page.get_by_role("link", name="Importer des fichiers").click()
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Lire les fichiers").click()
    expect(page.locator("#report")).to_have_text("Aperçu : rien n'est encore enregistré")
    column = page.get_by_label("Total à régler")
    expect(column).to_have_value("")
    column.select_option("gross")
    assert barriers(page) == []
    page.get_by_role("button", name="Relire avec ces colonnes").click()
    expect(page.get_by_text("BR-CO-15")).to_be_visible()
    expect(column).to_have_value("gross")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#report")).to_have_text("Enregistré")


def looked_at(page: Page) -> None:
    """The overview, the list filtered, and one invoice with its sources."""
    page.get_by_role("link", name="Vue d'ensemble").click()
    expect(page.locator("svg[role=img]").first).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("link", name="Liste", exact=True).click()
    page.get_by_label("Fournisseur").fill("Brelan")
    page.locator(".filters select[name=operateur]").first.select_option(label="non payées")
    page.get_by_role("button", name="Filtrer").click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(5)
    expect(page.get_by_label("Fournisseur")).to_have_value("Brelan")
    assert barriers(page) == []
    rows.first.get_by_role("link").click()
    expect(page.get_by_text("chorus.csv, ligne 25, colonne Total à régler")).to_be_visible()


def asked_and_corrected(page: Page) -> None:
    """A question, its plan corrected, and the rows of one of its figures."""
    page.get_by_label("Une question sur ces lignes").fill(
        "Montant TTC des factures par fournisseur"
    )
    page.get_by_role("button", name="Calculer").click()
    expect(page.locator(".understood")).to_contain_text("par fournisseur")
    page.get_by_text("Corriger ce calcul").click()
    assert barriers(page) == []
    page.get_by_label("Regroupé par").select_option("issued")
    page.get_by_label("Pas de temps").select_option("quarter")
    page.get_by_role("button", name="Recalculer avec ce plan").click()
    expect(page.locator(".understood")).to_contain_text("par trimestre (date d'émission)")
    page.get_by_role("link", name="2026-T1").click()
    expect(page.get_by_role("heading", name="D'où vient ce chiffre")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(23)


def late_and_explained(page: Page) -> None:
    """The late ones with their law, then an anomaly that is none."""
    page.get_by_role("link", name="Délais et retards").click()
    expect(page.get_by_text("art. R2192\u201110").first).to_be_visible()
    expect(page.locator(".chart svg")).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("link", name="Anomalies").click()
    row = page.locator("tr", has_text="Facture F-007")
    row.get_by_text("Expliquer").last.click()
    row.get_by_label("Raison").fill("Arrondi convenu avec le fournisseur")
    assert barriers(page) == []
    row.get_by_role("button", name="Enregistrer l'explication").click()
    expect(page.locator("tr", has_text="Facture F-007")).to_contain_text("Arrondi convenu")


def test_from_import_to_export(page: Page, address: str, invoices: Path) -> None:
    imported(page, address, invoices)
    looked_at(page)
    asked_and_corrected(page)
    late_and_explained(page)
    page.get_by_role("link", name="Liste", exact=True).click()
    for suffix in ("csv", "xlsx"):
        with page.expect_download() as sent:
            page.get_by_role("link", name=f"Exporter ({suffix.upper()})").click()
        assert sent.value.suggested_filename == f"factures-liste-1.{suffix}"

    opened(page, address)
    expect(page.get_by_role("link", name="Factures", exact=True)).to_be_visible()
    ask(page, "Montant TTC des factures non payées par fournisseur")
    expect(page.locator("#t0.finished .sentence").first).to_contain_text("non payées")
    expect(page.locator("#t0 .sheet-link img")).to_have_js_property("complete", True)
    expect(page.locator("#t0-p1")).to_contain_text("chorus.csv, ligne")
    assert barriers(page) == []
    page.locator("#t0-p1 .open-document").click()
    expect(page.locator("dialog").get_by_text("Numéro (BT-1)")).to_be_visible()
    page.keyboard.press("Escape")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_are_read_on_a_phone(page: Page, address: str, scheme: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for path in ("factures", "factures/retards", "factures/import"):
        page.goto(f"{address}{path}")
        assert barriers(page) == []
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], path
    page.goto(f"{address}factures")
    sizes = page.evaluate(
        "[...document.querySelectorAll('.chart svg text')]"
        ".map(each => each.getBoundingClientRect().height)"
    )
    assert sizes
    assert min(sizes) >= 10
