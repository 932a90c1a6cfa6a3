"""The administrator's pages of accounts: what they do, what they show once, whom they keep."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.accounts.admission import Granted
from assistant.accounts.service import AccountAdministration
from assistant.identity import UserRole
from assistant.publishing.service import AdministrationService
from assistant.web.admin.app import admin_app
from assistant.web.site import COOKIE, Members, requiring
from ingestion.tenders.dossiers import Dossier, Dossiers
from tests.support.accounts_home import PASSWORD, Hall
from tests.support.page_texts import words_of

SHOWN_ONCE = re.compile(r'readonly value="([^"]+)"')


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return Hall(tmp_path / "home")


@pytest.fixture
def client(hall: Hall) -> Iterator[TestClient]:
    """The pages, asked by the only administrator."""
    accounts = AccountAdministration(hall.home, hall.accounts, "https://ville.fr", hall.clock)
    administration = AdministrationService(hall.home, hall.journal, ("false",))
    reader = requiring(Members(hall.accounts), UserRole.ADMINISTRATOR)
    app = FastAPI()
    app.mount("/admin", admin_app(administration, reader, accounts))
    cookie = {COOKIE: hall.settle("chef", [UserRole.ADMINISTRATOR])}
    with TestClient(app, cookies=cookie) as client:
        yield client


def address_of(hall: Hall, login: str) -> str:
    return f"/admin/comptes/{hall.accounts.register.get(login).user}"


def test_an_account_is_created_by_a_link_that_is_shown_once(client: TestClient, hall: Hall) -> None:
    form = {"login": "ana", "name": "Ana Silva", "roles": ["acheteur"], "teams": "voirie ; ecoles"}
    page = client.post("/admin/comptes", data=form).text
    (link,) = SHOWN_ONCE.findall(page)
    assert link.startswith("https://ville.fr/invitation/")
    assert "Ana Silva ana acheteur ecoles, voirie invité" in words_of(page)
    assert link not in client.get("/admin/comptes").text
    assert link not in client.get(address_of(hall, "ana")).text
    token = link.rpartition("/")[2]
    assert isinstance(hall.accounts.entering.choose(token, PASSWORD, "tests"), str)
    again = client.post("/admin/comptes", data=form)
    assert (again.status_code, "existe déjà" in words_of(again.text)) == (409, True)
    assert ("created", hall.accounts.register.get("chef").user) in hall.acts("account")


def test_a_team_may_have_a_name_of_several_words(client: TestClient, hall: Hall) -> None:
    hall.settle("ana")
    here = address_of(hall, "ana")
    page = client.post(f"{here}/equipes", data={"teams": " Pôle  achats ; voirie;"})
    assert hall.accounts.register.get("ana").teams == frozenset({"Pôle achats", "voirie"})
    assert 'value="Pôle achats ; voirie"' in page.text


def test_the_page_says_that_a_provider_does_not_tell_who_left(
    client: TestClient, hall: Hall
) -> None:
    someone = Granted("https://auth.test 42", "bea", "Béa", frozenset({UserRole.BUYER}), None)
    hall.accounts.admission.admit(someone, "")
    page = client.get(address_of(hall, "bea")).text
    assert "fermez alors ce compte" in words_of(page)
    assert 'max="90"' in page


def test_rights_and_access_change_at_once(client: TestClient, hall: Hall) -> None:
    session = hall.settle("ana")
    here = address_of(hall, "ana")
    client.post(f"{here}/sessions")
    assert hall.accounts.sessions.identity(session) is None
    client.post(f"{here}/roles", data={"roles": ["referent", "acheteur"]})
    client.post(f"{here}/equipes", data={"teams": "*"})
    ana = hall.accounts.register.get("ana")
    assert (ana.roles, ana.teams) == (frozenset({UserRole.REFERENT, UserRole.BUYER}), None)
    assert hall.enter("ana")
    page = client.post(f"{here}/fermer").text
    assert ("fermé" in words_of(page), hall.enter("ana")) == (True, None)
    client.post(f"{here}/rouvrir")
    for _ in range(5):
        hall.enter("ana", "faux", address="192.0.2.7")
    assert "bloqué" in words_of(client.get(here).text)
    client.post(f"{here}/debloquer")
    assert hall.enter("ana")
    (link,) = SHOWN_ONCE.findall(client.post(f"{here}/invitation").text)
    assert hall.enter("ana") is None
    assert hall.accounts.register.guest(link.rpartition("/")[2]) == hall.accounts.register.get(
        "ana"
    )


def test_the_last_administrator_stays(client: TestClient, hall: Hall) -> None:
    here = address_of(hall, "chef")
    hall.accounts.register.create("adjoint", "", {UserRole.ADMINISTRATOR}, frozenset(), by="x")
    for act, data in (("roles", {"roles": ["acheteur"]}), ("fermer", {}), ("roles", {})):
        reply = client.post(f"{here}/{act}", data=data)
        assert reply.status_code == 409, "one who never came in is no administrator yet"
    reply = client.post(f"{here}/invitation")
    assert (reply.status_code, "Mon compte" in words_of(reply.text)) == (409, True)
    assert client.get(here).status_code == 200
    hall.settle("second", [UserRole.ADMINISTRATOR])
    client.post(f"{here}/roles", data={"roles": ["acheteur"]})
    assert hall.accounts.register.get("chef").roles == {UserRole.BUYER}
    assert client.get(here).status_code == 401, "their sessions with the old role are closed"


def test_a_token_is_shown_once_and_ends_when_revoked(client: TestClient, hall: Hall) -> None:
    hall.settle("ana", teams=["voirie"])
    dossiers = Dossiers(hall.home)
    dossiers.create(Dossier("parcs-2026", team="voirie"))
    dossiers.create(Dossier("autre-2026", team="ecoles"))
    here = address_of(hall, "ana")
    form = {"name": "Suivi", "roles": ["acheteur"], "scope": "some", "days": "30"}
    refused = client.post(f"{here}/jetons", data=form | {"dossiers": "autre-2026"})
    assert (refused.status_code, SHOWN_ONCE.findall(refused.text)) == (409, [])
    page = client.post(f"{here}/jetons", data=form | {"dossiers": "parcs-2026"}).text
    (token,) = SHOWN_ONCE.findall(page)
    held = hall.accounts.tokens.identity(token)
    assert held is not None
    assert held.dossiers == frozenset({"parcs-2026"})
    listed = client.get(here).text
    assert "Suivi" in words_of(listed)
    assert token not in listed
    (known,) = hall.accounts.tokens.all("ana")
    client.post(f"{here}/jetons/revoquer", data={"token": known.id})
    assert hall.accounts.tokens.identity(token) is None


def test_a_machine_of_one_user_says_how_to_have_accounts(hall: Hall) -> None:
    administration = AdministrationService(hall.home, hall.journal, ("false",))
    reader = requiring(Members(hall.accounts))
    cookie = {COOKIE: hall.settle("chef")}
    with TestClient(admin_app(administration, reader), cookies=cookie) as client:
        assert 'access = "accounts"' in words_of(client.get("/comptes").text)
        assert client.post("/comptes", data={"login": "ana"}).status_code == 409
        assert client.get("/comptes/u-1").status_code == 404
