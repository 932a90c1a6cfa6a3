"""The pages of invoices and purchases, over a real ledger, without a browser."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from html import unescape
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from openpyxl import load_workbook  # type: ignore[import-untyped]
from starlette.requests import HTTPConnection

from assistant.calculators.calculation import Buyer
from assistant.identity import ALONE, Identity, UserRole
from assistant.web.buyer import dossier_forms
from assistant.web.site import Site
from ingestion.ledger.rows import FileKind
from tests.conftest import Engine
from tests.support.fakes_page import FakeService
from tests.support.page_app import app_of, app_over
from tests.support.page_texts import parsed

HOSTILE = "<img src=x onerror=alert(1)>'); DROP TABLE invoice; --"
FORMULA = "=HYPERLINK(A1)"
TITLES = "Numéro facture;SIREN fournisseur;Fournisseur;Date facture;Date réception;Date de paiement"
TITLES += ";Montant HT;Montant TVA;Montant TTC;Statut\n"
LINES = (
    "A-1;732829320;Brelan SARL;03/02/2026;04/02/2026;;1000,00;200,00;1200,00;Suspendue\n"
    "A-2;732829320;Brelan SARL;03/03/2026;04/03/2026;20/03/2026;500,00;100,00;600,00;Mandatée\n"
    f'B-1;;"{HOSTILE}";03/03/2026;04/03/2026;;10,00;2,00;12,00;\n'
    f"B-2;;{FORMULA};04/03/2026;04/03/2026;;10,00;2,00;13,00;\n"
)
INVOICES = (TITLES + LINES).encode()
CONTRACTS = (
    "id;acheteur.id;acheteur.nom;objet;codeCPV;procedure;montant;dateNotification;titulaire_id_1\n"
    "M-1;21350238800019;Ville;Papier;30197630;Procédure adaptée;35000;2026-01-05;73282932000074\n"
    "M-2;21350238800019;Ville;Stylos;30192000;Procédure adaptée;9000;2026-02-05;73282932000074\n"
).encode()
DAY = date(2026, 6, 1)
BY_SUPPLIER = {"question": "Montant TTC des factures par fournisseur"}


class Member:
    """Somebody with an account sends every request."""

    def identify(self, request: HTTPConnection) -> Identity:
        return Identity("u-1", "Ana Dupuis", frozenset(UserRole), None)


@pytest.fixture(scope="module")
def service(engine: Engine) -> FakeService:
    return FakeService(prepared=engine)


@pytest.fixture(scope="module")
def client(service: FakeService) -> Iterator[TestClient]:
    """Pages of a ledger that has four invoices and two contracts."""
    with TestClient(app_over(service)) as client:
        for root, name, content in (
            ("factures", "factures.csv", INVOICES),
            ("achats", "decp.csv", CONTRACTS),
        ):
            preview = sent(client, service, root, (name, content))
            decided(client, service, preview, act="store")
        yield client


def sent(
    client: TestClient, service: FakeService, root: str, *files: tuple[str, bytes]
) -> Response:
    """The preview of files, once they are read."""
    page = client.post(f"/{root}/import", files=[("files", file) for file in files])
    return once_read(client, service, page)


def decided(client: TestClient, service: FakeService, page: Response, **form: str) -> Response:
    return once_read(client, service, client.post(page.url.path, data=form))


def once_read(client: TestClient, service: FakeService, page: Response) -> Response:
    _, root, _, token = page.url.path.split("/")
    kind = {"factures": FileKind.INVOICES, "achats": FileKind.PURCHASES}[root]
    batch = service.ledger.batches.get(token, kind, ALONE.user)
    assert batch
    batch.wait(60)
    return client.get(page.url.path)


def words_of(page: Response) -> str:
    """The words of a page, those of one element apart from those of the next."""
    told = unescape(re.sub(r"<[^>]*>", " ", page.text))
    return " ".join(told.replace("\u00a0", " ").replace("\u202f", " ").split())


def links(page: Response, below: str) -> list[str]:
    """The addresses of a page that begin so, each once."""
    found = (str(a.get("href")) for tag, a in parsed(page.text).found if tag == "a")
    return list(dict.fromkeys(each for each in found if each.startswith(below)))


def test_before_the_first_import_the_page_leads_to_it(engine: Engine) -> None:
    with TestClient(app_over(FakeService(prepared=engine))) as client:
        page = client.get("/factures")
        assert "Aucune facture n'est encore importée ici" in words_of(page)
        assert "/factures/import" in links(page, "/factures/import")
        assert client.get("/factures/import").status_code == 200


def test_a_preview_shows_columns_and_rows_and_stores_nothing(
    client: TestClient, service: FakeService
) -> None:
    more = TITLES + "C-1;;Zoé;03/03/2026;;;10,00;2,00;12,00;\n;;sans numéro;03/03/2026;;;;;;\n"
    page = sent(client, service, "factures", ("suite.csv", more.encode()), ("note.txt", b"bonjour"))
    told = words_of(page)
    assert "Aperçu : rien n'est encore enregistré À enregistrer : 1 facture." in told
    assert "note.txt refusé" in told
    assert "Colonnes comprises (10), à corriger au besoin" in told
    assert "C-1" not in words_of(client.get("/factures/liste"))
    options = [a for tag, a in parsed(page.text).found if tag == "option" and "selected" in a]
    assert {"number", "gross", "paid"} <= {str(a["value"]) for a in options}
    columns = {"titre": "Montant TTC", "colonne": "payable", "avant": "gross"}
    page = decided(client, service, page, act="store", **columns)
    assert "rien n'est encore enregistré" in words_of(page)
    page = client.post(page.url.path, data={"act": "drop"})
    assert page.url.path == "/factures/import"
    assert "C-1" not in words_of(client.get("/factures/liste"))


def test_an_archive_is_opened_and_what_is_known_said(
    client: TestClient, service: FakeService
) -> None:
    parcel = io.BytesIO()
    with zipfile.ZipFile(parcel, "w") as archive:
        archive.writestr("encore.csv", INVOICES)
        archive.writestr("virus.exe", b"MZ")
    told = words_of(sent(client, service, "factures", ("lot.zip", parcel.getvalue())))
    assert "lot.zip/encore.csv déjà connu" in told
    assert "lot.zip/virus.exe refusé" in told


def test_an_unknown_batch_is_said_to_be_gone(client: TestClient) -> None:
    assert client.get("/factures/import/absent").status_code == 404
    assert client.post("/factures/import/absent", data={"act": "store"}).status_code == 404
    assert client.post("/factures/import/absent", data={"act": "rm"}).status_code == 422


def test_more_than_is_taken_at_once_is_refused_in_french(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossier_forms, "MOST_FILES", 1)
    files = [("files", ("a.csv", INVOICES)), ("files", ("b.csv", INVOICES))]
    page = client.post("/factures/import", files=files)
    assert (page.status_code, "Envoi refusé" in words_of(page)) == (413, True)


@pytest.mark.parametrize(
    "path",
    [
        *("factures", "factures/liste", "factures/anomalies", "factures/calcul"),
        *("achats", "achats/liste", "achats/titulaires", "achats/mutualisation", "achats/calcul"),
    ],
)
def test_every_view_is_a_page_that_works_without_script(client: TestClient, path: str) -> None:
    page = client.get(f"/{path}")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    found = parsed(page.text).found
    assert [a for tag, a in found if tag == "script" and not a.get("src")] == []
    assert any(tag == "table" for tag, _ in found) or "Rien." in words_of(page)
    current = [a["href"] for tag, a in found if tag == "a" and a.get("aria-current") == "page"]
    assert current[-1] == f"/{path}"


@pytest.mark.parametrize("path", ["factures/retards", "achats/seuils"])
def test_what_the_law_decides_says_that_there_is_none(client: TestClient, path: str) -> None:
    page = client.get(f"/{path}")
    assert (page.status_code, "aucun index n'est publié" in words_of(page)) == (409, True)


@pytest.mark.parametrize(
    ("conditions", "numbers"),
    [
        ([("supplier", "is", "brelan")], {"A-1", "A-2"}),
        ([("paid", "unknown", "")], {"A-1", "B-1", "B-2"}),
        ([("status", "is", "06")], {"A-1"}),
        ([("gross", "at_least", "600"), ("gross", "at_most", "1 000,00")], {"A-2"}),
        ([("supplier", "is", HOSTILE)], {"B-1"}),
        ([("supplier", "is", "x' OR '1'='1")], set()),
        ([("number", "is", "A-1'; DROP TABLE invoice; --")], set()),
    ],
)
def test_a_list_is_filtered_by_its_address(
    client: TestClient, conditions: list[tuple[str, str, str]], numbers: set[str]
) -> None:
    fields = [
        pair
        for each in conditions
        for pair in zip(("champ", "operateur", "valeur"), each, strict=True)
    ]
    page = client.get(f"/factures/liste?{urlencode(fields)}")
    assert page.status_code == 200
    assert set(re.findall(r"\b[AB]-\d\b", words_of(page).partition("Source")[2])) == numbers


def test_a_period_filters_a_list_and_stays_in_its_form(client: TestClient) -> None:
    page = client.get("/factures/liste?du=2026-03-01&au=2026-03-31")
    assert "A-2" in words_of(page)
    assert "A-1 " not in words_of(page)
    fields = {a.get("name"): a.get("value") for tag, a in parsed(page.text).found if tag == "input"}
    assert (fields["du"], fields["au"]) == ("2026-03-01", "2026-03-31")


@pytest.mark.parametrize(
    "query",
    [
        "champ=net)%20OR%201=1&operateur=known&valeur=",
        "champ=gross&operateur=more&valeur=beaucoup",
        "mesure=drop",
        "jour=demain",
        "acheteur=personne",
        "champ=gross",
    ],
)
def test_an_address_that_says_nothing_sound_is_refused_in_french(
    client: TestClient, query: str
) -> None:
    page = client.get(f"/factures/liste?{query}")
    assert page.status_code == 409
    assert [a for tag, a in parsed(page.text).found if a.get("role") == "alert"]


def test_a_number_of_a_page_that_is_too_long_is_none(client: TestClient) -> None:
    reply = client.get(f"/factures/liste/tableau/0?page={'9' * 4301}")
    assert "Brelan SARL" in words_of(reply)


def test_who_buys_is_the_one_of_the_settings_where_an_address_names_none(
    client: TestClient, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.ledger, "buyer", Buyer.HOSPITAL)
    for address, buyer in (
        ("/factures/retards", Buyer.HOSPITAL),
        ("/factures/retards?acheteur=etat", Buyer.STATE),
    ):
        options = [a for tag, a in parsed(client.get(address).text).found if tag == "option"]
        assert [a["value"] for a in options if "selected" in a] == [buyer]


def test_a_question_is_answered_with_its_plan_its_chart_and_its_rows(client: TestClient) -> None:
    page = client.get("/factures/calcul", params=BY_SUPPLIER)
    told = words_of(page)
    assert "Compris ainsi : somme du montant TTC des factures, par fournisseur." in told
    assert "1 825 €" in told
    assert any(tag == "svg" for tag, _ in parsed(page.text).found)
    first = links(page, "/factures/calcul/tableau/0/lignes/")[0]
    rows = words_of(client.get(first))
    assert "A-1" in rows
    assert "A-2" in rows
    assert "B-1" not in rows
    assert "factures.csv, ligne 2, colonne Numéro facture" in rows


def test_a_plan_is_corrected_by_its_form(client: TestClient) -> None:
    page = client.get("/factures/calcul", params=BY_SUPPLIER)
    names = [a.get("name") for tag, a in parsed(page.text).found if tag in {"select", "input"}]
    assert {"mesure", "de", "champ", "operateur", "valeur", "du", "groupe", "limite"} <= {*names}
    corrected = {
        "mesure": "count",
        "champ": "supplier",
        "operateur": "is",
        "valeur": "Brelan SARL (732829320)",
    }
    told = words_of(client.get("/factures/calcul", params=corrected))
    assert "nombre de factures, du fournisseur Brelan SARL." in told
    assert "2 (nombre de factures" in told


def test_a_bound_and_what_is_left_out_stay_in_the_form(client: TestClient) -> None:
    asked = {
        "mesure": "sum",
        "de": "gross",
        "groupe": "supplier",
        "champ": "status",
        "operateur": "is_not",
        "valeur": "rejetée",
        "borne": "more",
        "seuil": "10.5",
    }
    page = client.get("/factures/calcul", params=asked)
    assert "hors statut « rejetée »" in words_of(page)
    assert "de résultat supérieur à 10,50" in words_of(page)
    chosen = {
        a.get("value") for tag, a in parsed(page.text).found if tag == "option" and "selected" in a
    }
    assert {"is_not", "more"} <= chosen
    values = {a.get("name"): a.get("value") for tag, a in parsed(page.text).found if tag == "input"}
    assert values["seuil"] == "10.5"


def test_a_question_that_is_not_understood_says_which_words(client: TestClient) -> None:
    asked = {"question": "Factures de '; UPDATE users; --"}
    told = words_of(client.get("/factures/calcul", params=asked))
    assert "je ne sais pas quoi faire de « update », « users »" in told
    assert "Combien de factures" in told
    assert client.get("/factures/calcul/tableau/0.csv", params=asked).status_code == 409
    assert words_of(client.get("/factures/liste")).count("A-1") == 1


def test_a_piece_says_where_each_value_was_read(client: TestClient) -> None:
    listed = client.get("/factures/liste?champ=number&operateur=is&valeur=A-1")
    [address] = links(listed, "/factures/piece/")
    told = words_of(client.get(address))
    assert "Montant TTC (BT-112) 1 200 factures.csv, ligne 2, colonne Montant TTC" in told
    assert "Statut suspendue" in told
    assert client.get("/factures/piece/absente").status_code == 404
    contract = links(client.get("/achats/liste"), "/achats/piece/")[0]
    assert "Code CPV 30197630 decp.csv, ligne 2, colonne codeCPV" in words_of(client.get(contract))


def test_an_anomaly_is_explained_once_with_a_reason(
    client: TestClient, service: FakeService
) -> None:
    page = client.get("/factures/anomalies")
    row = re.search(r"(\w{12})\s*élevée.*?Facture B-2", parsed(page.text).text, re.DOTALL)
    assert row
    form = {"anomalie": row[1], "raison": "arrondi convenu <b>"}
    page = client.post("/factures/anomalies/expliquer", data=form)
    assert (page.status_code, page.url.path) == (200, "/factures/anomalies")
    assert re.search(r"arrondi convenu <b> \(\d\d/\d\d/\d{4}\)", words_of(page))
    assert client.post("/factures/anomalies/expliquer", data=form).status_code == 409


def test_an_explanation_holds_a_pseudonym_and_no_name() -> None:
    service = FakeService()
    with TestClient(app_over(service)) as client:
        preview = sent(client, service, "factures", ("factures.csv", INVOICES))
        decided(client, service, preview, act="store")
    with TestClient(app_of(Site(lambda reader: service, Member()))) as client:
        page = client.get("/factures/anomalies")
        row = re.search(r"(\w{12})\s*élevée.*?Facture B-2", parsed(page.text).text, re.DOTALL)
        assert row
        form = {"anomalie": row[1], "raison": "arrondi convenu"}
        told = words_of(client.post("/factures/anomalies/expliquer", data=form))
        again = words_of(client.post("/factures/anomalies/expliquer", data=form))
    assert re.search(r"arrondi convenu \(u-1, \d\d/\d\d/\d{4}\)", told)
    assert "Déjà expliquée : « arrondi convenu » (u-1, " in again
    assert "Dupuis" not in (told + again).replace("Mon compte (Ana Dupuis)", ""), "but in the frame"


def test_exports_hold_no_formula(client: TestClient) -> None:
    address = "/factures/liste/tableau/0"
    reply = client.get(f"{address}.csv")
    assert reply.headers["content-disposition"] == 'attachment; filename="factures-liste-1.csv"'
    assert reply.headers["cache-control"] == "no-store"
    assert "'=HYPERLINK" in reply.text
    assert not re.search(r"(?:^|;)\"?=", reply.text, re.MULTILINE)
    sheet = load_workbook(io.BytesIO(client.get(f"{address}.xlsx").content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)
    assert client.get(f"{address}.exe").status_code == 422
    assert client.get("/factures/liste/tableau/7.csv").status_code == 404


def test_what_invoices_say_is_never_markup(client: TestClient) -> None:
    for path in ("liste", "calcul?question=Montant+TTC+des+factures+par+fournisseur", "anomalies"):
        page = client.get(f"/factures/{path}")
        assert not [a for tag, a in parsed(page.text).found if tag == "img" or "onerror" in a]
    assert HOSTILE in parsed(client.get("/factures/liste").text).text.replace("\u00a0", " ")


def test_a_drawing_stands_alone_in_its_own_colours(client: TestClient) -> None:
    reply = client.get("/factures/calcul/graphique.svg", params=BY_SUPPLIER)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "image/svg+xml")
    assert "--accent: #24508f" in reply.text
    asked = {"question": "Combien de factures ?"}
    assert client.get("/factures/calcul/graphique.svg", params=asked).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        *("factures/x", "achats/x", "factures/liste/tableau/5", "factures/liste/tableau/-1"),
        *("factures/liste/tableau/-1.csv", "factures/apercu/tableau/0/lignes/-2"),
        *("factures/apercu/tableau/-1/lignes/0", "factures/apercu/tableau/0/lignes/999"),
        f"factures/apercu/tableau/0/lignes/{10**30}",
    ],
)
def test_what_does_not_exist_says_so(client: TestClient, path: str) -> None:
    assert client.get(f"/{path}").status_code == 404
