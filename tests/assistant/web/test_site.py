"""The site: one frame, two languages, a proxy before it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from starlette.requests import HTTPConnection, Request
from starlette.websockets import WebSocketDisconnect

from assistant.accounts.login import MOST
from assistant.errors import WrongSettings
from assistant.identity import ALONE, Identity, UserRole
from assistant.question.language import Language
from assistant.reports.page_language import (
    LONGEST,
    in_english,
    in_page_language,
    load_english,
    speaking,
)
from assistant.settings import load_settings
from assistant.web.buyer.chat import service_of_event
from assistant.web.local_service import LocalBuyerService
from assistant.web.serving import pages_beside
from assistant.web.site import COOKIE, Members, Site, is_foreign
from ingestion.errors import UnreachableStore
from ingestion.ledger.rows import FileKind
from tests.support.accounts_home import PASSWORD, Hall
from tests.support.board_house import IN_A_DOSSIER, board_house
from tests.support.board_house import QUESTIONS as ASKED
from tests.support.english_pages import french_left
from tests.support.fakes import WordEmbedder
from tests.support.fakes_page import FakeService
from tests.support.ledger_rows import assistant_of
from tests.support.page_app import ByHeader, app_of, app_over, without_gate
from tests.support.page_texts import parsed

BUYER = Identity("u-1", "Ana", frozenset({UserRole.BUYER}), frozenset({"voirie"}))
OTHER = Identity("u-2", "Bea", frozenset({UserRole.BUYER}), frozenset({"ecoles"}))
KNOWN = {each.user: each for each in (BUYER, OTHER)}
AWAY = "Le serveur PostgreSQL ne répond pas. Rien de plus."


def test_each_reader_has_a_service_of_their_own() -> None:
    services = {user: FakeService() for user in KNOWN}
    site = Site(lambda identity: services[identity.user], ByHeader(KNOWN.get))
    opinion = {"record_id": "essai-1", "thumb": "up"}
    with TestClient(without_gate(app_of(site))) as client:
        assert client.post("/rate", json=opinion, headers={"X-User": OTHER.user}).is_success
    assert [len(services[each.user].opinions) for each in (BUYER, OTHER)] == [0, 1]


def test_who_cannot_be_known_while_the_store_is_away_is_told_why() -> None:
    def away(user: str) -> Identity | None:
        raise UnreachableStore(AWAY)

    site = Site(lambda identity: FakeService(), ByHeader(away))
    body = {"messages": [{"role": "user", "content": "Quel est le délai de paiement ?"}]}
    with TestClient(app_of(site)) as client:
        asked = client.post("/v1/chat/completions", json=body)
        page = client.get("/dossiers", headers={"accept": "text/html"})
        script = client.get("/dossiers")
        with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/"):
            pass
    assert [each.status_code for each in (asked, page, script)] == [503] * 3
    assert asked.json()["error"]["message"] == AWAY
    assert script.json() == {"detail": AWAY}
    assert page.headers["content-type"].startswith("text/html")
    assert AWAY in page.text
    assert closed.value.code == 1013


def test_the_handler_of_who_lost_their_role_behind_the_gate_does_not_run() -> None:
    site = Site(lambda identity: FakeService(), ByHeader(KNOWN.get))
    nobody = gr.Request(Request({"type": "http", "headers": []}))
    with pytest.raises(gr.Error, match="session est terminée"):
        service_of_event(site)(nobody)


PROXY, STRANGER, NETWORK = "10.7.0.5", "203.0.113.9", "10.8.0.0/24"
THE_RIGHT, THE_WRONG = PASSWORD, "un autre mot de passe"
LogIn = Callable[..., Response]


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Hall:
    hall = Hall(tmp_path_factory.mktemp("proxy") / "home")
    hall.settle("ana")
    return hall


@pytest.fixture(scope="module")
def app(hall: Hall) -> FastAPI:
    site = Site(lambda reader: FakeService(), Members(hall.accounts), accounts=hall.accounts)
    return app_of(site, proxies=[PROXY, NETWORK])


@pytest.fixture
def log_in(app: FastAPI, hall: Hall) -> Iterator[LogIn]:
    """Log in by way of a machine, which says for whom."""

    def sent(by: str, forwarded: str, password: str = THE_RIGHT, proto: str = "https") -> Response:
        client = TestClient(app, follow_redirects=False, client=(by, 40000))
        said = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": proto}
        form = {"login": "ana" if password == THE_RIGHT else "nobody", "password": password}
        return client.post("/login", data=form, headers=said)

    yield sent
    hall.clock.now += 3600  # who failed too often may try again


def test_the_failures_of_one_lock_out_nobody_else(log_in: LogIn) -> None:
    for _ in range(MOST + 1):
        refused = log_in(PROXY, "192.0.2.66", THE_WRONG)
    assert refused.status_code == 429
    assert log_in(PROXY, "192.0.2.7").status_code == 303


def test_a_network_of_proxies_is_believed_too(log_in: LogIn) -> None:
    for _ in range(MOST + 1):
        refused = log_in("10.8.0.200", "192.0.2.67", THE_WRONG)
    assert refused.status_code == 429
    assert log_in("10.8.0.201", "192.0.2.7").status_code == 303


def test_who_writes_other_addresses_before_their_own_is_still_counted(log_in: LogIn) -> None:
    """The last address that no proxy of ours has is the one that the first of ours saw."""
    for number in range(MOST + 1):
        refused = log_in(PROXY, f"198.51.100.{number}, 192.0.2.68, 10.8.0.3", THE_WRONG)
    assert refused.status_code == 429


def test_who_is_no_proxy_is_believed_nothing(log_in: LogIn) -> None:
    for number in range(MOST + 1):
        refused = log_in(STRANGER, f"198.51.100.{number}", THE_WRONG)
    assert refused.status_code == 429
    entered = log_in("203.0.113.10", "192.0.2.7")
    assert "secure" not in entered.headers["set-cookie"].lower()
    assert "strict-transport-security" not in entered.headers


@pytest.mark.parametrize("by", [PROXY, "10.8.0.9"])
def test_the_cookie_is_secure_where_the_proxy_came_by_https(log_in: LogIn, by: str) -> None:
    entered = log_in(by, "192.0.2.7")
    assert entered.headers["set-cookie"].startswith(f"__Host-{COOKIE}=")
    assert "; Secure" in entered.headers["set-cookie"]
    assert entered.headers["strict-transport-security"] == "max-age=31536000"
    plain = log_in(by, "192.0.2.7", proto="http")
    assert "; Secure" not in plain.headers["set-cookie"]
    assert "strict-transport-security" not in plain.headers


def test_the_proxies_of_the_settings_are_read(tmp_path: Path) -> None:
    assert load_settings(tmp_path).trusted_proxies == ("127.0.0.1", "::1")
    (tmp_path / "settings.toml").write_text('trusted_proxies = ["10.0.0.5", "fd00::/8"]')
    assert load_settings(tmp_path).trusted_proxies == ("10.0.0.5", "fd00::/8")
    (tmp_path / "settings.toml").write_text("trusted_proxies = []")
    assert load_settings(tmp_path).trusted_proxies == ()


@pytest.mark.parametrize(
    "told",
    ['"10.0.0.5"', "[5]", '["*"]', '["proxy.mairie.fr"]', '["10.0.0.5/8"]', '["10.0.0.5", 1]'],
)
def test_what_is_no_address_and_no_network_is_refused(tmp_path: Path, told: str) -> None:
    (tmp_path / "settings.toml").write_text(f"trusted_proxies = {told}")
    with pytest.raises(WrongSettings, match="trusted_proxies"):
        load_settings(tmp_path)


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
        "Montant médian des factures par fournisseur",
        "Délai médian de paiement des factures de 2026 par rapport à celles de 2025",
        "Délai moyen entre le dépôt et le mandatement en 2026",
        "Combien de fournisseurs en 2026 ?",
        "Total des avoirs",
        "Avoirs sans facture d'origine",
        "Total des factures de 2019",
    ),
    "achats": (
        "Montant des marchés notifiés en 2026 par acheteur",
        "Marchés de plus de 24 mois",
        "Combien de titulaires ?",
        "Marchés à plusieurs titulaires",
        "Marchés de papier",
        "Durée médiane des marchés",
    ),
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
def service(tmp_path_factory: pytest.TempPathFactory) -> LocalBuyerService:
    """Under the law of real sheets."""
    home = tmp_path_factory.mktemp("english") / "home"
    return LocalBuyerService(home, assistant_of(home), WordEmbedder)


@pytest.fixture(scope="module")
def client(service: LocalBuyerService) -> Iterator[TestClient]:
    """Pages whose reader has chosen English."""
    with TestClient(app_over(service)) as client:
        client.cookies.set("sourcier-language", "en")
        yield client


def sent(client: TestClient, service: LocalBuyerService, root: str, content: str) -> str:
    """The address of what was found in a file, once it is read."""
    page = client.post(f"/{root}/import", files=[("files", ("lu.csv", content.encode()))])
    address = page.url.path
    kind = {"factures": FileKind.INVOICES, "achats": FileKind.PURCHASES}[root]
    batch = service.ledger.batches.get(address.rpartition("/")[2], kind, ALONE.user)
    assert batch
    batch.wait(60)
    return address


def stored(client: TestClient, service: LocalBuyerService, root: str, content: str) -> None:
    address = sent(client, service, root, content)
    assert french_left(client.get(address).text, DATA) == set()
    client.post(address, data={"act": "store"})
    assert "Stored" in client.get(address).text


def test_invoices_and_purchases_are_in_english(
    client: TestClient, service: LocalBuyerService
) -> None:
    assert [french_left(client.get(f"/{root}").text) for root in VIEWS] == [set(), set()]
    stored(client, service, "factures", INVOICES)
    stored(client, service, "achats", CONTRACTS)
    paths = [f"/{root}{view}" for root, views in VIEWS.items() for view in views]
    paths += [
        f"/{root}/calcul?{urlencode({'question': question})}"
        for root, questions in QUESTIONS.items()
        for question in questions
    ]
    paths += ["/factures/apercu/tableau/3", "/factures/apercu/tableau/3/lignes/0", *REFUSED]
    paths += [
        sent(client, service, "factures", WRONG),
        pieces(client, "factures"),
        pieces(client, "achats"),
    ]
    left = {path: french_left(client.get(path).text, DATA) for path in paths}
    assert {path: texts for path, texts in left.items() if texts} == {}


@pytest.fixture(scope="module")
def referent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The référent's pages over answers that were read, in English."""
    made = board_house(tmp_path_factory.mktemp("referent"))
    hall, service = Hall(made.house.home), FakeService()
    access = Members(hall.accounts)
    beside = pages_beside(
        made.house.home, made.house.review, made.house.journal, access, hall.accounts
    )
    cookies = {COOKIE: hall.settle("ana", UserRole), "sourcier-language": "en"}
    site = Site(lambda reader: service, access, beside, hall.accounts)
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


def test_a_text_longer_than_ours_is_no_list_of_ours() -> None:
    known = load_english()
    word = next(each for each in known if each.isalpha() and known[each] != each)
    with speaking(Language.ENGLISH):
        few, many = (", ".join([word] * number) for number in (3, LONGEST))
        assert in_page_language(few) != few
        assert in_page_language(many) == many


@pytest.mark.parametrize("view", ["a" + "." * 1500, ", ".join(["a"] * 500)])
def test_a_view_that_is_none_is_told_in_english_whatever_it_is_called(
    client: TestClient, view: str
) -> None:
    page = client.get(f"/factures/{quote(view)}", params={"lang": "en"})
    assert page.status_code == 404
    assert "This page does not exist." in page.text


@pytest.mark.parametrize(
    ("origin", "is_elsewhere"),
    [("https://here.fr", False), ("https://there.fr", True), ("https://[", True)],
)
def test_a_site_is_known_by_where_it_comes_from(origin: str, is_elsewhere: bool) -> None:
    headers = [(b"host", b"here.fr"), (b"origin", origin.encode())]
    scope = {"type": "http", "method": "POST", "headers": headers}
    assert is_foreign(HTTPConnection(scope)) is is_elsewhere


def pieces(client: TestClient, root: str) -> str:
    """The address of one invoice or contract."""
    links = parsed(client.get(f"/{root}/liste").text).found
    return next(str(a["href"]) for _, a in links if "/piece/" in str(a.get("href")))
