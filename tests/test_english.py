"""Every page in English says nothing in French but what people wrote and what texts say."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from assistant.accounts.identity import ALONE, UserRole
from assistant.reports.page_language import in_english
from assistant.web.serving import LocalBuyerService, pages_beside
from assistant.web.site import COOKIE, Members, Site
from ingestion.ledger.rows import FileKind
from tests.accounts_home import Hall
from tests.board_house import IN_A_DOSSIER, board_house
from tests.board_house import QUESTIONS as ASKED
from tests.english_pages import french_left
from tests.fakes import WordEmbedder
from tests.fakes_page import FakeDesk
from tests.ledger_rows import assistant_of
from tests.page_app import app_of, app_over
from tests.page_tags import parsed

TITLES = (
    "Numéro facture;Type;SIREN fournisseur;Fournisseur;Date facture;Date réception;"
    "Date de paiement;Échéance;Montant HT;Montant TVA;Montant TTC;Statut;Engagement\n"
)
INVOICES = TITLES + (
    "A-1;380;732829320;Brelan SARL;03/02/2026;04/02/2026;;01/01/2026;1000,00;200,00;1200,00;"
    "Suspendue;E1\n"
    "A-2;380;732829320;Brelan SARL;03/03/2026;04/03/2026;20/05/2026;;500,00;100,00;600,00;"
    "Mandatée;\n"
    "A-3;380;732829320;Brelan SARL;03/03/2026;04/03/2026;20/03/2026;;500,00;100,00;605,00;"
    "Mandatée;E2\n"
    'A-4;381;732829321;"Brelan; Fils, Cie";03/03/2026;04/03/2026;;;50,00;10,00;60,00;Rejetée;E2\n'
    "B-2;380;;Compas;04/03/2026;;;;10,00;2,00;13,00;Déposée;E3\n"
)
CONTRACTS = (
    "id;acheteur.id;acheteur.nom;objet;codeCPV;procedure;montant;dateNotification;titulaire_id_1\n"
    "M-1;21350238800019;Ville;Papier;30197630;Adaptée;35000;2026-01-05;73282932000074\n"
    "M-2;21350238800019;Ville;Papier;30192000;Adaptée;9000;2026-02-05;73282932000074\n"
    "M-2;21350238800019;Ville;Papier;30192000;Adaptée;9000;2026-02-05;73282932000074\n"
    "M-3;21440109300015;Port;Papier;30192000;;29000;2031-02-05;55210055400013\n"
)
WRONG = TITLES + (
    "A-1;380;732829320;Brelan SARL;03/02/2026;04/02/2026;;;1001,00;200,00;1201,00;Suspendue;E1\n"
    ";380;;Compas;03/03/2026;;;;;;;;\n"
    "D-1;380;12;Compas;03/03/2026;99/99/2026;;x;10,00;2,00;13,00;Bizarre;\n"
)
QUESTIONS = {
    "factures": (
        "Montant TTC des factures par fournisseur",
        "Combien de factures reçues en 2026 ne sont pas payées ?",
        "Montant TTC des factures par mois en 2026",
        "Les 5 premiers fournisseurs en 2026 par rapport à 2025",
        "Quel est le délai moyen de paiement depuis le 1er janvier 2026 ?",
        "Factures suspendues de Brelan de plus de 500 €",
        "Part des factures en retard",
        "Quelle est la couleur des factures ?",
    ),
    "achats": ("Montant des marchés notifiés en 2026 par acheteur", "Marchés de plus de 24 mois"),
}
VIEWS = {
    "factures": ("", "/liste", "/retards", "/anomalies", "/calcul", "/import"),
    "achats": ("", "/liste", "/titulaires", "/mutualisation", "/seuils", "/calcul", "/import"),
}
REFUSED = (
    *("/factures/nothing", "/factures?jour=hier", "/factures?acheteur=moi", "/factures/piece/none"),
    *("/factures/retards?acheteur=entite", "/factures/calcul?mesure=sum", "/achats/import/none"),
)
REFERENT = (
    *("/", "/?state=read&order=oldest&support=verbatim", "/queue", "/disagreements", "/touched"),
    *("/figures", "/figures?since=2020-01-01&until=2020-01-31", "/gold", "/gold/new"),
)
ADMINISTRATOR = ("/", "/historique", "/sources", "/comptes", "/entretien", "/candidat/textes")
DATA = frozenset(f"{TITLES};{CONTRACTS}".replace("\n", ";").split(";"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> LocalBuyerService:
    """Under the law of real sheets."""
    home = tmp_path_factory.mktemp("english") / "home"
    return LocalBuyerService(home, assistant_of(home), WordEmbedder)


@pytest.fixture(scope="module")
def client(desk: LocalBuyerService) -> Iterator[TestClient]:
    """Pages whose reader has chosen English."""
    with TestClient(app_over(desk)) as client:
        client.cookies.set("sourcier-language", "en")
        yield client


def sent(client: TestClient, desk: LocalBuyerService, root: str, content: str) -> str:
    """The address of what was found in a file, once it is read."""
    page = client.post(f"/{root}/import", files=[("files", ("lu.csv", content.encode()))])
    address = page.url.path
    kind = {"factures": FileKind.INVOICES, "achats": FileKind.PURCHASES}[root]
    batch = desk.ledger.batches.get(address.rpartition("/")[2], kind, ALONE.user)
    assert batch
    batch.wait(60)
    return address


def stored(client: TestClient, desk: LocalBuyerService, root: str, content: str) -> None:
    address = sent(client, desk, root, content)
    assert french_left(client.get(address).text, DATA) == set()
    client.post(address, data={"act": "store"})
    assert "Stored" in client.get(address).text


def test_invoices_and_purchases_are_in_english(client: TestClient, desk: LocalBuyerService) -> None:
    assert [french_left(client.get(f"/{root}").text) for root in VIEWS] == [set(), set()]
    stored(client, desk, "factures", INVOICES)
    stored(client, desk, "achats", CONTRACTS)
    paths = [f"/{root}{view}" for root, views in VIEWS.items() for view in views]
    paths += [
        f"/{root}/calcul?{urlencode({'question': question})}"
        for root, questions in QUESTIONS.items()
        for question in questions
    ]
    paths += ["/factures/apercu/tableau/3", "/factures/apercu/tableau/3/lignes/0", *REFUSED]
    paths += [
        sent(client, desk, "factures", WRONG),
        pieces(client, "factures"),
        pieces(client, "achats"),
    ]
    left = {path: french_left(client.get(path).text, DATA) for path in paths}
    assert {path: texts for path, texts in left.items() if texts} == {}


@pytest.fixture(scope="module")
def referent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The référent's pages over answers that were read, in English."""
    made = board_house(tmp_path_factory.mktemp("referent"))
    hall, desk = Hall(made.house.home), FakeDesk()
    access = Members(hall.accounts)
    beside = pages_beside(
        made.house.home, made.house.room, made.house.journal, access, hall.accounts
    )
    cookies = {COOKIE: hall.settle("ana", UserRole), "sourcier-language": "en"}
    site = Site(lambda reader: desk, access, beside, hall.accounts)
    with TestClient(app_of(site), cookies=cookies) as client:
        yield client


def test_the_referent_reads_in_english(referent: TestClient) -> None:
    asked = frozenset((*ASKED, *IN_A_DOSSIER, "Code de la commande publique"))
    links = parsed(referent.get("/referent/").text).found
    answers = {str(a["href"]) for _, a in links if "/answers/" in str(a.get("href"))}
    paths = [*(f"/referent{path}" for path in REFERENT), max(answers)]
    left = {path: french_left(referent.get(path).text, asked) for path in paths}
    assert {path: texts for path, texts in left.items() if texts} == {}


def test_administrators_read_in_english(referent: TestClient) -> None:
    pages = {path: referent.get(f"/admin{path}") for path in ADMINISTRATOR}
    pages["/account"] = referent.get("/account")
    pages["refused"] = referent.post("/admin/gate")
    pages["no role"] = referent.post("/admin/comptes", data={"login": "zoe", "name": "Zoé"})
    left = {path: french_left(page.text) for path, page in pages.items()}
    assert {path: texts for path, texts in left.items() if texts} == {}


def test_what_people_wrote_stays_in_a_sentence_and_half_a_sentence_is_none() -> None:
    for french, english in (
        (
            "Somme du montant TTC des factures du fournisseur Travaux, Avoir & Cie, non payées.",
            "Sum of the amount incl. VAT of invoices of supplier Travaux, Avoir & Cie, not paid.",
        ),
        ("hors statut « suspendue » ou « perdue »", "without status “suspended” or “perdue”"),
        ("Facture Avoir : une raison que personne ne connaît.", None),
        ("nombre de factures, perdues", None),
        ("1\u202f200\u00a0€", "1\u202f200\u00a0€"),
    ):
        assert (french, in_english(french)) == (french, english)


def pieces(client: TestClient, root: str) -> str:
    """The address of one invoice or contract."""
    links = parsed(client.get(f"/{root}/liste").text).found
    return next(str(a["href"]) for _, a in links if "/piece/" in str(a.get("href")))
