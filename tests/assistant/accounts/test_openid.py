"""Logging in by a real identity provider that runs beside the tests, and by one that lies."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient

from assistant.accounts.admission import Granted
from assistant.accounts.login import MOST, WINDOW
from assistant.accounts.openid import Errand, Provider
from assistant.errors import LoginDeclined, ProviderFailure
from assistant.identity import UserRole
from assistant.settings import OpenId
from assistant.web.openid import LASTING, Errands
from assistant.web.site import Members, Site
from tests.support.accounts_home import Clock, Hall
from tests.support.fakes_page import FakeService
from tests.support.page_app import app_of
from tests.support.paths import ROOT

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
MODULES = CACHE / "sourcier" / "oidc-provider"
NODE = shutil.which("node")
ADDRESS = "http://127.0.0.1:7860"
BACK = f"{ADDRESS}/login/openid/return"
SECRET = "a secret of the tests"
PAGE = {"Accept": "text/html"}
PEOPLE = {
    "ana": {
        "name": "Ana Silva",
        "email": "ana@mairie.test",
        "realm": {"roles": ["agents", "sourcier-achat"]},
        "groups": ["voirie"],
    },
    "bea": {"name": "Béa", "email": "bea@mairie.test", "realm": {"roles": ["agents"]}},
}
OPENID = OpenId("https://auth.test", "sourcier", name="ProConnect")
BUYERS = (("sourcier-achat", UserRole.BUYER), ("sourcier-controle", UserRole.REFERENT))


@dataclass
class Town:
    """The provider, the people it knows, and the application that trusts it."""

    openid: OpenId
    people: Path
    hall: Hall
    client: TestClient

    def leave(self) -> str:
        """The address of the provider to which a new login sends the browser."""
        reply = self.client.get("/login/openid?next=/dossiers")
        assert reply.status_code == 303
        return str(reply.headers["location"])

    def enter(self, person: str) -> Any:
        """A whole login: there, through the provider's own forms, and back."""
        self.client.cookies.clear()
        return self.client.get(signed_in(self.leave(), person))


def signed_in(address: str, person: str) -> str:
    """The address to which the provider sends the browser of who has logged in and agreed."""
    with httpx2.Client(timeout=60) as browser:
        while not address.startswith(BACK):
            reply = browser.get(address)
            if not reply.is_redirect:
                form = re.search(r'action="([^"]+)"', reply.text)
                prompt = re.search(r'name="prompt" value="([^"]+)"', reply.text)
                assert form, reply.text
                assert prompt, reply.text
                sent = {"prompt": prompt[1], "login": person, "password": "any"}
                reply = browser.post(urljoin(address, form[1]), data=sent)
            address = urljoin(address, reply.headers["location"])
        return address


def client_of(hall: Hall, provider: Provider) -> TestClient:
    """The pages of who trusts a provider, asked for as by a browser."""
    service, access = FakeService(), Members(hall.accounts)
    site = Site(lambda reader: service, access, {}, hall.accounts, provider, ADDRESS)
    return TestClient(app_of(site), ADDRESS, headers=PAGE, follow_redirects=False)


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    if NODE is None or not (MODULES / "node_modules" / "oidc-provider").is_dir():
        pytest.skip(f"needs node, and oidc-provider in {MODULES} (npm install --prefix)")
    people = tmp_path_factory.mktemp("people") / "people.json"
    people.write_text(json.dumps(PEOPLE))
    script = ROOT / "tests" / "openid" / "provider.mjs"
    with subprocess.Popen(
        [NODE, str(script), str(MODULES), str(people), BACK],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as running:
        assert running.stdout is not None
        yield running.stdout.readline().strip(), people
        running.kill()


@pytest.fixture(scope="module", params=["sourcier", "signed"])
def town(
    request: pytest.FixtureRequest,
    issuer: tuple[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Town]:
    """With what the provider adds as JSON, and signed as ProConnect does."""
    openid = OpenId(
        issuer[0],
        request.param,
        name="ProConnect",
        scope="openid profile email sourcier",
        roles_claim="realm.roles",
        teams_claim="groups",
        roles=BUYERS,
    )
    hall = Hall(tmp_path_factory.mktemp("openid") / "home")
    with client_of(hall, Provider(openid, SECRET)) as client:
        yield Town(openid, issuer[1], hall, client)


@pytest.mark.slow
def test_who_comes_from_the_provider_has_the_roles_and_teams_of_its_claims(town: Town) -> None:
    assert "Se connecter avec ProConnect" in town.client.get("/login").text
    reply = town.enter("ana")
    assert (reply.status_code, reply.headers["location"]) == (303, "/dossiers")
    page = town.client.get("/account").text
    assert "Ana Silva" in page
    assert "ana@mairie.test" in page
    account = town.hall.accounts.register.get("ana@mairie.test")
    assert account.roles == frozenset({UserRole.BUYER})
    assert account.teams == frozenset({"voirie"})
    assert town.enter("ana").status_code == 303
    assert [each.user for each in town.hall.accounts.register.all()].count(account.user) == 1


@pytest.mark.slow
def test_roles_that_the_provider_changes_are_changed_here(town: Town) -> None:
    town.enter("ana")
    changed = PEOPLE | {"ana": PEOPLE["ana"] | {"realm": {"roles": ["sourcier-controle"]}}}
    town.people.write_text(json.dumps(changed))
    try:
        assert town.enter("ana").headers["location"] == "/referent"
        assert town.client.get("/dossiers").status_code == 403
    finally:
        town.people.write_text(json.dumps(PEOPLE))


@pytest.mark.slow
def test_who_has_no_role_there_sees_nothing_here(town: Town) -> None:
    reply = town.enter("bea")
    assert reply.headers["location"] == "/account"
    assert town.client.get("/dossiers").status_code == 403


@pytest.mark.slow
def test_an_account_closed_here_stays_closed(town: Town) -> None:
    town.enter("ana")
    register = town.hall.accounts.register
    register.set_disabled("ana@mairie.test", "tests", disabled=True)
    try:
        assert town.client.get("/account").status_code == 303
        refused = town.enter("ana")
        assert (refused.status_code, "Connexion refusée" in refused.text) == (401, True)
    finally:
        register.set_disabled("ana@mairie.test", "tests", disabled=False)


@pytest.mark.slow
def test_a_return_holds_once_and_in_the_browser_that_left(town: Town) -> None:
    town.client.cookies.clear()
    address = signed_in(town.leave(), "ana")
    errand = town.client.cookies["sourcier-errand"]
    town.client.cookies.clear()
    assert town.client.get(address).status_code == 400  # another browser
    town.leave()
    assert town.client.get(address).status_code == 400  # the state of another errand
    town.client.cookies.clear()
    town.client.cookies.set("sourcier-errand", errand)
    assert town.client.get(address).status_code == 303
    assert town.client.get(address).status_code == 400


@pytest.mark.slow
def test_who_cancels_at_the_provider_is_told_so(town: Town) -> None:
    town.client.cookies.clear()
    address = town.leave()
    with httpx2.Client(timeout=60) as browser:
        reply = browser.get(address)
        form = browser.get(urljoin(address, reply.headers["location"]))
        cancel = re.search(r'href="([^"]+/abort)"', form.text)
        assert cancel, form.text
        address = urljoin(address, cancel[1])
        while not address.startswith(BACK):
            address = urljoin(address, browser.get(address).headers["location"])
    reply = town.client.get(address)
    assert (reply.status_code, "abandonnée ou refusée" in reply.text) == (401, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "wrong", ["nonce", "verifier", "code", "iss", "client", "secret", "issuer"]
)
def test_what_is_not_proven_lets_nobody_in(town: Town, wrong: str) -> None:
    errand, provider = Errand(), Provider(town.openid, SECRET)
    address = signed_in(provider.address(errand, BACK), "ana")
    arrived = {name: each for name, (each,) in parse_qs(urlsplit(address).query).items()}
    if wrong in ("nonce", "verifier"):
        errand = replace(errand, **{wrong: "x" * 50})
    elif wrong in ("code", "iss"):
        arrived[wrong] = "http://127.0.0.1:1/"
    elif wrong == "secret":
        provider = Provider(town.openid, "another")
    elif wrong == "client":
        other = {"sourcier": "signed", "signed": "sourcier"}[town.openid.client]
        provider = Provider(replace(town.openid, client=other), SECRET)
    else:
        provider = Provider(replace(town.openid, issuer=f"{town.openid.issuer}/"), SECRET)
    with pytest.raises(ProviderFailure):
        provider.vouched(errand, BACK, arrived)


@pytest.mark.slow
def test_what_is_proven_lets_in(town: Town) -> None:
    errand, provider = Errand(), Provider(town.openid, SECRET)
    address = signed_in(provider.address(errand, BACK), "ana")
    arrived = {name: each for name, (each,) in parse_qs(urlsplit(address).query).items()}
    assert provider.vouched(errand, BACK, arrived).login == "ana@mairie.test"
    with pytest.raises(ProviderFailure):
        provider.vouched(errand, BACK, arrived)  # a code holds once


def test_a_provider_that_does_not_answer_is_said_on_the_page(tmp_path: Path) -> None:
    openid = OpenId("http://127.0.0.1:1", "sourcier", name="ProConnect")
    client = client_of(Hall(tmp_path / "home"), Provider(openid, SECRET))
    reply = client.get("/login/openid")
    assert (reply.status_code, "ProConnect ne répond pas" in reply.text) == (503, True)
    assert client.get("/login/openid/return?" + urlencode({"state": "x"})).status_code == 400


class Lying(Provider):
    """A provider whose word is never proven."""

    def address(self, errand: Errand, back: str) -> str:
        return f"{back}?{urlencode({'state': errand.state})}"

    def vouched(self, errand: Errand, back: str, arrived: Mapping[str, str]) -> Granted:
        raise ProviderFailure("La réponse n'est pas valable.")


@pytest.fixture
def lied_to(tmp_path: Path) -> tuple[Hall, TestClient]:
    hall = Hall(tmp_path / "home")
    return hall, client_of(hall, Lying(OPENID, SECRET))


def test_who_began_no_login_here_leaves_nothing_in_the_journal(
    lied_to: tuple[Hall, TestClient],
) -> None:
    hall, client = lied_to
    for state in ("", "x", "y"):
        assert client.get(f"/login/openid/return?state={state}").status_code == 400
    client.get("/login/openid")
    assert client.get("/login/openid/return?state=x").status_code == 400  # of no errand of theirs
    assert hall.acts("session") == []


def test_logins_that_begin_and_are_not_proven_are_on_record_until_their_address_waits(
    lied_to: tuple[Hall, TestClient],
) -> None:
    hall, client = lied_to

    def tried() -> int:
        there = client.get("/login/openid").headers["location"]
        return int(client.get(there).status_code)

    assert [tried() for _ in range(MOST)] == [503] * MOST
    reply = client.get(client.get("/login/openid").headers["location"])
    assert (reply.status_code, reply.headers["retry-after"]) == (429, str(WINDOW + 1))
    assert hall.acts("session") == [("refused", "")] * MOST
    hall.clock.now += WINDOW + 1
    assert tried() == 503


class Declining(Provider):
    """A provider at which everybody gives up."""

    def address(self, errand: Errand, back: str) -> str:
        return f"{back}?{urlencode({'state': errand.state, 'error': 'access_denied'})}"


def test_who_gives_up_at_the_provider_is_told_so_and_nothing_failed(tmp_path: Path) -> None:
    hall = Hall(tmp_path / "home")
    client = client_of(hall, Declining(OPENID, SECRET))
    for _ in range(MOST + 1):  # as many people as like behind one address
        reply = client.get(client.get("/login/openid").headers["location"])
        assert reply.status_code == 401
    assert "La connexion par ProConnect a été abandonnée ou refusée." in reply.text
    assert hall.acts("session") == []
    there = client.get("/login/openid").headers["location"]
    english = client.get(f"{there}&lang=en").text
    assert "The login by ProConnect was given up or refused." in english


def test_another_error_of_the_provider_is_a_failure_that_names_it() -> None:
    with pytest.raises(ProviderFailure, match="une erreur : invalid_scope") as raised:
        Provider(OPENID, SECRET).vouched(Errand(), BACK, {"error": "invalid_scope"})
    assert not isinstance(raised.value, LoginDeclined)


def test_an_errand_is_over_after_ten_minutes() -> None:
    clock = Clock()
    errands = Errands(clock)
    token, errand = errands.begin("/x")
    clock.now += LASTING + 1
    assert errands.take(token, errand.state) is None
    token, errand = errands.begin("/x")
    assert errands.take(token, errand.state) == (errand, "/x")


def test_a_state_of_any_letters_is_another_state() -> None:
    errands = Errands(Clock())
    token, _ = errands.begin("/x")
    assert errands.take(token, "é\ud800") is None
