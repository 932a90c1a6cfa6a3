"""The pages of the accounts, over real ones, without a browser."""

from dataclasses import dataclass
from itertools import count

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.accounts.admission import Granted
from assistant.accounts.login import LOCKED, MOST, MOST_FAILURES
from assistant.identity import UserRole
from assistant.web.authentication import local
from assistant.web.site import COOKIE, Members, Site
from tests.support.accounts_home import PASSWORD, Hall
from tests.support.fakes_page import FakeService
from tests.support.page_app import app_of
from tests.support.page_texts import parsed

PAGE = {"Accept": "text/html"}
NEW = f"{PASSWORD} neuf"


@dataclass
class Visit:
    hall: Hall
    app: FastAPI
    client: TestClient

    def another(self) -> TestClient:
        """A second browser, of someone else or elsewhere."""
        return TestClient(self.app, headers=PAGE, follow_redirects=False)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Hall, FastAPI]:
    hall = Hall(tmp_path_factory.mktemp("accounts") / "home")
    access = Members(hall.accounts)
    service = FakeService()
    return hall, app_of(Site(lambda reader: service, access, accounts=hall.accounts))


@pytest.fixture
def visit(built: tuple[Hall, FastAPI]) -> Visit:
    hall, app = built
    hall.clock.now += 24 * 3600  # nothing that another test did is remembered
    return Visit(hall, app, TestClient(app, headers=PAGE, follow_redirects=False))


NUMBERS = count()


@pytest.fixture
def login(visit: Visit) -> str:
    """A buyer's account, of this test alone."""
    name = f"ana-{next(NUMBERS)}"
    visit.hall.settle(name)
    return name


def log_in(
    client: TestClient, login: str, password: str = PASSWORD, **more: str
) -> tuple[int, str]:
    reply = client.post("/login", data={"login": login, "password": password, **more})
    return reply.status_code, reply.headers.get("location", parsed(reply.text).text)


def test_a_page_leads_to_the_login_and_back_to_itself(visit: Visit, login: str) -> None:
    reply = visit.client.get("/law/R2122-8?as_of=2026-01-01")
    assert reply.status_code == 303
    assert reply.headers["location"] == "/login?next=%2Flaw%2FR2122-8%3Fas_of%3D2026-01-01"
    form = visit.client.get(reply.headers["location"])
    (onward,) = [a["value"] for _, a in parsed(form.text).found if a.get("name") == "next"]
    assert onward == "/law/R2122-8?as_of=2026-01-01"
    assert log_in(visit.client, login, next=str(onward)) == (303, onward)
    assert visit.client.get(str(onward)).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "//evil.test",
        "https://evil.test",
        "/\\evil.test",
        "\\evil.test",
        "/\t/evil.test",
        "/\n/evil.test",
        " /law",
        "javascript:alert(1)",
        "law",
        "",
    ],
)
def test_the_login_leads_nowhere_else(visit: Visit, login: str, address: str) -> None:
    assert local(address) == ""
    assert log_in(visit.client, login, next=address) == (303, "/")


@pytest.mark.parametrize(
    ("language", "seen", "sent"),
    [
        ("fr", "Votre session est terminée.", "ce que vous venez d’envoyer n’a pas été pris"),
        ("en", "Your session is over.", "what you have just sent was not taken"),
    ],
)
def test_the_login_says_that_a_session_is_over_and_what_was_lost(
    visit: Visit, login: str, language: str, seen: str, sent: str
) -> None:
    log_in(visit.client, login)
    visit.hall.clock.now += 13 * 3600  # longer than any session is kept
    visit.client.cookies["sourcier-language"] = language
    for reply, told in (
        (visit.client.get("/dossiers"), seen),
        (visit.client.post("/dossiers", data={"id": "voirie"}), sent),
    ):
        form = visit.client.get(reply.headers["location"])
        assert f'<p class="done" role="status" lang="{language}">' in form.text
        assert told in parsed(form.text).text
    for address in ("/login", "/login?over=<b>"):
        assert 'role="status"' not in visit.client.get(address).text


def test_a_script_is_told_that_the_session_is_over(visit: Visit) -> None:
    script = {"Accept": "*/*", "Sec-Fetch-Mode": "cors"}
    reply = visit.client.get("/document/x?start=0&end=1", headers=script)
    assert reply.status_code == 401
    assert "Rechargez la page" in reply.json()["detail"]


def test_five_failures_lock_and_a_refusal_says_the_same_whatever_the_reason(
    visit: Visit, login: str
) -> None:
    told = {log_in(visit.client, login, "un mot faux, faux") for _ in range(MOST_FAILURES)}
    told.add(log_in(visit.client, login))
    told.add(log_in(visit.client, "nobody"))
    ((status, text),) = told
    assert status == 401
    assert "Après 5 échecs, un compte est bloqué 15 minutes" in text
    visit.hall.clock.now += LOCKED + 1
    assert log_in(visit.client, login) == (303, "/")


def test_too_many_failures_of_an_address_are_told_when_to_come_back(visit: Visit) -> None:
    for n in range(MOST):
        log_in(visit.client, f"nobody-{n}")
    reply = visit.client.post("/login", data={"login": "x", "password": "y"})
    assert reply.status_code == 429
    assert 0 < int(reply.headers["retry-after"]) <= 901
    assert "Attendez" in reply.text


def test_the_cookie_is_kept_from_scripts_and_other_sites(visit: Visit, login: str) -> None:
    reply = visit.client.post("/login", data={"login": login, "password": PASSWORD})
    cookie = reply.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie
    secure = TestClient(visit.app, base_url="https://testserver", follow_redirects=False)
    reply = secure.post("/login", data={"login": login, "password": PASSWORD})
    assert reply.headers["set-cookie"].startswith(f"__Host-{COOKIE}=")
    assert "Secure" in reply.headers["set-cookie"]
    assert secure.get("/account").status_code == 200


def test_an_invitation_is_a_page_that_opens_once(visit: Visit) -> None:
    register = visit.hall.accounts.register
    token = register.create("bea", "Béa", {UserRole.BUYER}, frozenset(), by="tests")
    address = f"/invitation/{token}"
    assert visit.client.get(address).status_code == 200
    unlike = visit.client.post(address, data={"password": PASSWORD, "again": NEW})
    assert (unlike.status_code, "ne sont pas les mêmes" in unlike.text) == (400, True)
    short = visit.client.post(address, data={"password": "court", "again": "court"})
    assert (short.status_code, "12 caractères" in short.text) == (400, True)
    chosen = visit.client.post(address, data={"password": PASSWORD, "again": PASSWORD})
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/")
    assert visit.client.get("/account").status_code == 200
    assert visit.another().get(address).status_code == 404
    again = visit.another().post(address, data={"password": NEW, "again": NEW})
    assert (again.status_code, "ne vaut plus" in again.text) == (404, True)


def test_an_invitation_that_was_mistyped_is_there_in_the_other_language(visit: Visit) -> None:
    register = visit.hall.accounts.register
    token = register.create("carl", "Carl", {UserRole.BUYER}, frozenset(), by="tests")
    address = f"/invitation/{token}"
    unlike = visit.client.post(address, data={"password": PASSWORD, "again": NEW})
    assert f"{address}?lang=en" in [a.get("href") for _, a in parsed(unlike.text).found]
    english = visit.client.get(f"{address}?lang=en")
    assert (english.status_code, "Save and enter" in english.text) == (200, True)


def test_logging_out_ends_the_session_here_and_in_the_browser(visit: Visit, login: str) -> None:
    log_in(visit.client, login)
    stolen = visit.client.cookies[COOKIE]
    reply = visit.client.post("/account/logout")
    assert (reply.status_code, reply.headers["location"]) == (303, "/login")
    assert reply.headers["clear-site-data"] == '"cache", "storage"'
    assert visit.client.get("/account").headers["location"].startswith("/login")
    thief = visit.another()
    thief.cookies.set(COOKIE, stolen)
    assert thief.get("/account").status_code == 303


def test_ones_sessions_are_seen_and_closed(visit: Visit, login: str) -> None:
    other = visit.another()
    for client in (visit.client, other):
        log_in(client, login)
    page = parsed(visit.client.get("/account").text)
    fields = [a for tag, a in page.found if tag == "input" and a.get("name") == "session"]
    assert len(fields) == 2  # that which the invitation opened, and that of the other browser
    assert "Cette session" in page.text
    for each in fields:
        visit.client.post("/account/sessions", data={"session": str(each["value"])})
    assert other.get("/account").status_code == 303
    assert visit.client.get("/account").status_code == 200
    visit.client.post("/account/sessions")
    assert visit.client.get("/account").status_code == 303


def test_a_password_is_changed_by_who_knows_it(visit: Visit, login: str) -> None:
    other = visit.another()
    for client in (visit.client, other):
        log_in(client, login)
    form = {"current": "pas celui-là, non", "password": NEW, "again": NEW}
    wrong = visit.client.post("/account/password", data=form)
    assert (wrong.status_code, "rien n'a été changé" in parsed(wrong.text).text) == (400, True)
    form["current"] = PASSWORD
    assert visit.client.post("/account/password", data=form).status_code == 303
    assert visit.client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    assert log_in(visit.another(), login)[0] == 401
    assert log_in(visit.another(), login, NEW)[0] == 303


def test_who_was_locked_by_somebody_else_is_told_to_wait_not_that_the_password_is_wrong(
    visit: Visit, login: str
) -> None:
    log_in(visit.client, login)
    for _ in range(MOST_FAILURES):
        log_in(visit.another(), login, "un mot faux, faux")
    form = {"current": PASSWORD, "password": NEW, "again": NEW}
    refused = visit.client.post("/account/password", data=form)
    said = parsed(refused.text).text
    assert (refused.status_code, f"Attendez {LOCKED + 1} secondes" in said) == (400, True)
    assert "n'est pas celui-là" not in said
    english = visit.client.post("/account/password?lang=en", data=form)
    assert f"Wait {LOCKED + 1} seconds" in parsed(english.text).text
    visit.hall.clock.now += LOCKED + 1
    assert visit.client.post("/account/password", data=form).status_code == 303


def test_who_has_no_password_is_not_asked_for_it(visit: Visit, login: str) -> None:
    accounts, address = visit.hall.accounts, 'action="/account/password"'
    someone = Granted("https://auth.test 42", "bea", "Béa", frozenset({UserRole.BUYER}), None)
    visit.client.cookies.set(COOKIE, str(accounts.admission.admit(someone, "tests")))
    page = visit.client.get("/account")
    assert (page.status_code, address in page.text) == (200, False)
    other = visit.another()
    log_in(other, login)
    assert address in other.get("/account").text


def test_another_site_is_known_by_its_origin_too(visit: Visit, login: str) -> None:
    log_in(visit.client, login)
    origin = {"Origin": "https://evil.test"}
    assert visit.client.post("/account/logout", headers=origin).status_code == 403
    assert visit.client.get("/account").status_code == 200


def test_a_role_opens_its_own_pages_and_is_told_so_elsewhere(visit: Visit) -> None:
    visit.hall.settle("chloe", [UserRole.REFERENT])
    assert log_in(visit.client, "chloe", next="/admin") == (303, "/referent")
    assert visit.client.get("/").headers["location"] == "/referent"
    closed = visit.client.get("/law/R2122-8")
    assert closed.status_code == 403
    assert "référent IA" in parsed(closed.text).text
    assert visit.client.get("/admin").status_code == 403


def test_health_tells_a_stranger_only_that_it_answers(visit: Visit, login: str) -> None:
    assert visit.client.get("/health").json() == {"status": "ok"}
    log_in(visit.client, login)
    assert visit.client.get("/health").json()["passages"] == 1412
