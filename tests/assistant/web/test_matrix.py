"""The matrix: every route and every handler, for everyone who may knock. What is not in it fails.

A new route needs a line in tests/data/routes.txt, under those who may use it.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.accounts.areas import AREAS, area_of
from assistant.accounts.openid import Provider
from assistant.accounts.sessions import IDLE
from assistant.identity import Identity, UserRole
from assistant.journal.journal import Journal
from assistant.operations.monitoring import Monitoring
from assistant.publishing.service import AdministrationService
from assistant.settings import OpenId
from assistant.tools.tool import ToolService
from assistant.web.serving import pages_beside
from assistant.web.site import COOKIE, Members, Site
from tests.support.accounts_home import Hall
from tests.support.fakes_page import FakeService
from tests.support.page_app import app_of, without_gate
from tests.support.question_lists import Asked, read_lists
from tests.support.review_home import house
from tests.support.route_walk import routes_of

FIRST_PAGES = {
    "/referent": UserRole.REFERENT,
    "/admin": UserRole.ADMINISTRATOR,
    "/v1": UserRole.BUYER,
}

HANDLERS = {
    *("ask", "ask_again", "stop", "load", "switch", "new", "reopen", "forget", "choose"),
    "take_side",
    *("export_markdown", "export_docx", "export_answer", "open_dossier"),
}
"""The handlers of the Gradio page, each for buyers."""

Route = tuple[str, str]


def _routes(lines: Sequence[Asked]) -> set[Route]:
    return {(method, path) for method, path in (line.split() for line, _ in lines)}


ANYONE, WHO_IS_KNOWN, BUYER, REFERENT, ADMINISTRATOR, ONWARD, GRADIO = map(
    _routes, read_lists("routes.txt")
)

ROWS: dict[Route, UserRole | None] = {
    **dict.fromkeys(BUYER | GRADIO, UserRole.BUYER),
    **dict.fromkeys(REFERENT, UserRole.REFERENT),
    **dict.fromkeys(ADMINISTRATOR, UserRole.ADMINISTRATOR),
    **dict.fromkeys(WHO_IS_KNOWN),
    **{row: FIRST_PAGES[row[1]] for row in ONWARD},
}
"""Whom each route asks for that is not for anyone; None is everybody who is known."""

GATE_ONLY = GRADIO | ONWARD
"""Routes of which not every one asks by itself who is there."""

KNOCKING = ("anonymous", "buyer", "referent", "administrator", "disabled", "expired")
ROLES = {
    "buyer": UserRole.BUYER,
    "referent": UserRole.REFERENT,
    "administrator": UserRole.ADMINISTRATOR,
}
UNKNOWN, FORBIDDEN = 401, 403


@dataclass
class Place:
    """The application over accounts, who has been given a service, and the sessions of everyone."""

    hall: Hall
    app: FastAPI
    client: TestClient
    has_gate: bool
    given: list[Identity] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)

    def user(self, who: str) -> str:
        """The pseudonym of someone."""
        return self.hall.accounts.register.get(who).user

    def knock(self, who: str, method: str, path: str, body: object = None, **headers: str) -> Any:
        """What someone gets who is not looking at a page."""
        if who in self.tokens:
            headers["Cookie"] = f"{COOKIE}={self.tokens[who]}"
        self.client.cookies.clear()
        return self.client.request(method, path, json=body, headers=headers)


def _idle_administration(home: Path, journal: Journal) -> AdministrationService:
    """What an administrator is let in to start ends at once."""
    return AdministrationService(home, journal, ("true",))


@pytest.fixture(scope="module", params=["whole", "behind the gate"])
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """The whole application, and the same without its gate: each handler has to ask by itself."""
    reviews = house(tmp_path_factory.mktemp("matrix"))
    hall = Hall(reviews.home)
    access, service = Members(hall.accounts), FakeService()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("assistant.web.serving.load_administration", _idle_administration)
        beside = pages_beside(reviews.home, reviews.review, reviews.journal, access, hall.accounts)
    given: list[Identity] = []

    def services(reader: Identity) -> FakeService:
        given.append(reader)
        return service

    def no_tools(reader: Identity) -> ToolService:
        raise AssertionError(f"{reader} called no tool")

    provider = Provider(OpenId("http://127.0.0.1:1", "sourcier"), "a secret")
    monitoring = Monitoring(tuple, bytes, ("127.0.0.1",))
    site = Site(
        services, access, beside, hall.accounts, provider, tools=no_tools, monitoring=monitoring
    )
    app = app_of(site)
    app = app if request.param == "whole" else without_gate(app)
    client = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
    place = Place(hall, app, client, request.param == "whole", given)
    hall.settle("chef", [UserRole.ADMINISTRATOR])
    place.tokens["expired"] = hall.settle("expired", UserRole)
    hall.clock.now += IDLE + 1
    place.tokens["disabled"] = hall.settle("disabled", UserRole)
    with hall.accounts.sessions._store.writing() as writing:
        # Only the account is closed, as between two looks at a session.
        writing.run("UPDATE {schema}.accounts SET disabled = 1 WHERE login = 'disabled'")
    for who, role in ROLES.items():
        place.tokens[who] = hall.settle(who, [role])
    with client:
        yield place


def expected(who: str, role: UserRole | None) -> int | None:
    """The status of a refusal, None for who is let in."""
    if who not in ROLES:
        return UNKNOWN
    return None if role in (None, ROLES[who]) else FORBIDDEN


def filled(path: str) -> str:
    """An address of a route."""
    parts = (part.split("}")[-1] if "}" in part else part for part in path.split("{"))
    return "x".join(parts)


def test_the_matrix_has_every_route_and_no_other(place: Place) -> None:
    known = set(ROWS) | ANYONE
    found = routes_of(place.app)
    assert sorted(found - known) == [], "routes that the matrix does not know"
    assert sorted(known - found) == [], "lines of the matrix without a route"


def test_the_table_that_the_program_enforces_says_the_same() -> None:
    for (_, path), role in ROWS.items():
        area = area_of(filled(path))
        assert (area.role, area.is_open) == (role, False), path
    for _, path in ANYONE:
        assert area_of(filled(path)).is_open, path
    assert {area.role for area in AREAS} == {None, *UserRole}


@pytest.mark.parametrize("who", KNOCKING)
def test_every_route_refuses_whom_the_matrix_does_not_name(place: Place, who: str) -> None:
    place.given.clear()
    wrong = {}
    for (method, path), role in ROWS.items():
        refusal = expected(who, role)
        if refusal is None or ((method, path) in GATE_ONLY and not place.has_gate):
            continue
        status = place.knock(who, method, filled(path)).status_code
        if status != refusal:
            wrong[method, path] = status
    assert wrong == {}
    assert place.given == []


@pytest.mark.parametrize("who", ROLES)
def test_every_route_lets_in_whom_the_matrix_names(place: Place, who: str) -> None:
    ending = {("POST", "/account/logout"), ("POST", "/account/sessions")}
    wrong = {}
    for method, path in sorted(set(ROWS) - GATE_ONLY - ending):
        if expected(who, ROWS[method, path]) is None:
            status = place.knock(who, method, filled(path)).status_code
            if status in (UNKNOWN, FORBIDDEN):
                wrong[method, path] = status
    assert wrong == {}


@pytest.mark.parametrize("who", ROLES)
def test_no_route_takes_what_another_site_sends(place: Place, who: str) -> None:
    # Without the gate some read what they are sent first, which here is nothing.
    refusals = (FORBIDDEN,) if place.has_gate else (FORBIDDEN, 400, 422)
    wrong = {}
    for method, path in sorted(set(ROWS) | ANYONE):
        role = ROWS.get((method, path))
        if method in ("GET", "HEAD") or (method, path) in GATE_ONLY or expected(who, role):
            continue
        site = {"Sec-Fetch-Site": "cross-site"}
        status = place.knock(who, method, filled(path), **site).status_code
        if status not in refusals:
            wrong[method, path] = status
    assert wrong == {}


@pytest.mark.parametrize("who", KNOCKING)
def test_what_is_for_anyone_is(place: Place, who: str) -> None:
    for method, path in sorted(ANYONE):
        status = place.knock(who, method, filled(path)).status_code
        assert status not in (UNKNOWN, FORBIDDEN), path


def handlers_of(place: Place) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = place.knock("buyer", "GET", "/config").json()["dependencies"]
    return found


def outcome(place: Place, who: str, handler: dict[str, Any]) -> bool:
    """Whether a handler ran to its end for someone who names its number."""
    session = f"{who}-{handler['id']}"
    sent = ["Puis-je acheter ?", "", None, ""] if len(handler["inputs"]) == 4 else ["", "", ""]
    body = {"fn_index": handler["id"], "session_hash": session}
    body["data"] = sent[: len(handler["inputs"])]
    if handler["queue"] is False:
        return bool(
            place.knock(who, "POST", f"/gradio_api/run/{handler['api_name']}", body).is_success
        )
    if not place.knock(who, "POST", "/gradio_api/queue/join", body).is_success:
        return False
    told = place.knock(who, "GET", f"/gradio_api/queue/data?session_hash={session}").text
    lines = [json.loads(line[6:]) for line in told.splitlines() if line.startswith("data: ")]
    (completed,) = [line for line in lines if line["msg"] == "process_completed"]
    return bool(completed["success"])


def test_the_matrix_has_every_handler(place: Place) -> None:
    names = {re.sub(r"_[0-9]+$", "", str(each["api_name"])) for each in handlers_of(place)}
    assert names == HANDLERS


# Gradio's own statistics use options that this pandas announces it will drop.
@pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword)")
@pytest.mark.parametrize("who", KNOCKING)
def test_every_handler_runs_for_buyers_only(place: Place, who: str) -> None:
    place.given.clear()
    ran = {each["id"]: outcome(place, who, each) for each in handlers_of(place)}
    assert set(ran.values()) == {who == "buyer"}
    assert (
        {each.user for each in place.given} == {place.user("buyer")}
        if who == "buyer"
        else not place.given
    )


@pytest.mark.parametrize("who", [each for each in KNOCKING if each != "buyer"])
def test_no_handler_runs_by_its_name(place: Place, who: str) -> None:
    place.given.clear()
    for handler in handlers_of(place):
        body = {"data": ["", "", None, ""][: len(handler["inputs"])], "fn_index": handler["id"]}
        for way in ("call", "call/v2", "run", "api"):
            for name in (handler["api_name"], "predict"):
                place.knock(who, "POST", f"/gradio_api/{way}/{name}", body)
    assert place.given == []
