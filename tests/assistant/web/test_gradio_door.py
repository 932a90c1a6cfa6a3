"""Of Gradio only what the page uses answers, and to know the name of a queue is not to hear it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from assistant.identity import Identity, UserRole
from assistant.web.app import OPEN, GradioDoor
from assistant.web.site import COOKIE, Members, Site
from tests.assistant.web.test_matrix import filled
from tests.support.accounts_home import Hall
from tests.support.fakes_page import FakeService
from tests.support.page_app import app_of
from tests.support.route_walk import routes_of

QUESTION = "Puis-je acheter pour le secret de la voirie ?"
SECRET = "secret de la voirie"
HASH = "abcdefghijk"

OURS = {("POST", "/login"), ("POST", "/gradio_api/upload")}
"""Addresses at which a route of our own stands before Gradio's."""


@dataclass
class Visit:
    """A reader's browser; `token` is that of their session."""

    client: TestClient
    token: str

    def send(self, method: str, path: str, **sent: Any) -> Any:
        self.client.cookies.clear()
        cookie = {"Cookie": f"{COOKIE}={self.token}"}
        return self.client.request(method, path, headers=cookie, **sent)

    def ask(self, question: str, session: str) -> Any:
        """Put a question into a queue."""
        handlers = self.send("GET", "/config").json()["dependencies"]
        (asking,) = [each["id"] for each in handlers if each["api_name"] == "ask"]
        body = {"fn_index": asking, "session_hash": session, "data": [question, "", None, ""]}
        return self.send("POST", "/gradio_api/queue/join", json=body)

    def hear(self, session: str) -> str:
        """All that a queue gives."""
        return str(self.send("GET", f"/gradio_api/queue/data?session_hash={session}").text)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Hall:
    return Hall(tmp_path_factory.mktemp("door") / "home")


@pytest.fixture(scope="module")
def app(hall: Hall) -> FastAPI:
    services: dict[str, FakeService] = {}

    def service_of(reader: Identity) -> FakeService:
        service = services.setdefault(reader.user, FakeService())
        service.reader = reader
        return service

    return app_of(Site(service_of, Members(hall.accounts), accounts=hall.accounts))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def ana(hall: Hall, client: TestClient) -> Visit:
    return Visit(client, hall.settle("ana", [UserRole.BUYER], ["voirie"]))


@pytest.fixture(scope="module")
def bea(hall: Hall, client: TestClient) -> Visit:
    return Visit(client, hall.settle("bea", [UserRole.BUYER], ["parcs"]))


@pytest.fixture
def name(numbers: Iterator[int]) -> str:
    """A queue that no other test has opened: one that is open and empty is heard for ever."""
    return f"{HASH}{next(numbers)}"


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return count()


def told(text: str, event: str, name: str) -> str:
    """A request with the event and the queue that it names."""
    return text.replace("{event}", event).replace("{name}", name)


def gradio_routes(app: FastAPI) -> set[tuple[str, str]]:
    (page,) = [each.app for each in app.routes if isinstance(each, Mount) and not each.path]
    assert isinstance(page, FastAPI)
    return routes_of(page)


def test_every_open_route_is_one_of_the_installed_gradio(app: FastAPI) -> None:
    assert set(OPEN) <= gradio_routes(app)


def test_no_other_route_of_the_installed_gradio_answers(app: FastAPI, ana: Visit) -> None:
    closed = gradio_routes(app) - set(OPEN) - OURS
    assert len(closed) > 40
    for method, path in sorted(closed):
        refused = ana.send(method, filled(path))
        assert refused.status_code == 404, path
        assert method == "HEAD" or "à cette adresse" in refused.json()["detail"], path


def test_a_reader_hears_the_answer_to_their_question(ana: Visit, name: str) -> None:
    assert ana.ask(QUESTION, name).is_success
    assert SECRET in ana.hear(name)


def test_who_knows_the_name_of_a_queue_does_not_hear_it(ana: Visit, bea: Visit, name: str) -> None:
    assert ana.ask(QUESTION, name).is_success
    assert SECRET not in bea.hear(name)
    assert SECRET in ana.hear(name)


def test_who_asks_under_the_name_of_anothers_queue_asks_in_their_own(
    ana: Visit, bea: Visit, name: str
) -> None:
    assert ana.ask(QUESTION, name).is_success
    assert bea.ask("Puis-je acheter des arbres ?", name).is_success
    heard = bea.hear(name)
    assert "des arbres" in heard
    assert SECRET not in heard
    assert "des arbres" not in ana.hear(name)


def test_another_session_of_the_same_reader_has_queues_of_its_own(
    hall: Hall, ana: Visit, name: str
) -> None:
    elsewhere = Visit(ana.client, hall.enter("ana") or "")
    assert ana.ask(QUESTION, name).is_success
    assert SECRET not in elsewhere.hear(name)
    assert SECRET in ana.hear(name)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "cancel", {"session_hash": "{name}", "fn_index": 0, "event_id": "{event}"}),
        ("POST", "reset", {"event_id": "{event}"}),
        ("POST", "stream/{event}", {"session_hash": "{name}", "data": []}),
        ("POST", "stream/{event}/close", None),
        ("GET", "call/ask/{event}", None),
        ("GET", "call/v2/ask/{event}", None),
        ("POST", "call/ask", {"session_hash": "{name}", "data": []}),
        ("POST", "api/ask", {"session_hash": "{name}", "data": []}),
        ("POST", "component_server", {"session_hash": "{name}", "component_id": 1, "fn_name": "x"}),
        ("GET", "deep_link?session_hash={name}", None),
        ("GET", "file=/etc/hostname", None),
        ("GET", "file/etc/hostname", None),
        ("GET", "stream/{name}/1/1/playlist.m3u8", None),
        ("GET", "queue/status", None),
        ("GET", "dev/reload", None),
        ("GET", "upload_progress?upload_id=1", None),
        ("GET", "proxy=https://example.test/", None),
    ],
)
def test_nothing_reaches_an_event_of_another_reader(
    ana: Visit, bea: Visit, method: str, path: str, body: dict[str, Any] | None, name: str
) -> None:
    event = ana.ask(QUESTION, name).json()["event_id"]
    sent = json.loads(told(json.dumps(body), event, name))
    address = "/gradio_api/" + told(path, event, name)
    assert bea.send(method, address, json=sent).status_code == 404
    assert SECRET in ana.hear(name)


class Listener:
    """An application that only keeps the name of the queue that it was given."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        named = (
            json.loads(body)["session_hash"]
            if body
            else request.query_params.get("session_hash", request.url.path.rpartition("/")[2])
        )
        self.heard.append(named)
        await Response(request.headers.get("content-length"))(scope, receive, send)


def test_every_way_to_name_a_queue_leads_a_session_to_the_same_and_no_other_there() -> None:
    """A heartbeat, say, ends the events of its queue when it ends."""
    listener = Listener()
    client = TestClient(GradioDoor(listener))
    for token in ("one", "one", "other"):
        cookie = {"Cookie": f"{COOKIE}={token}"}
        body = {"session_hash": HASH, "data": ["œuvre"]}
        client.get(f"/gradio_api/heartbeat/{HASH}", headers=cookie)
        client.get(f"/gradio_api/queue/data?session_hash={HASH}", headers=cookie)
        for path in ("queue/join", "run/stop"):
            client.post(f"/gradio_api/{path}", json=body, headers=cookie)
    first, again, other = (set(listener.heard[start : start + 4]) for start in (0, 4, 8))
    assert len(first) == 1
    assert first == again
    assert len(other) == 1
    assert not first & (other | {HASH})


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"{}", b'{"session_hash": null}', b'{"session_hash": 3}', b"[" * 100_000],
)
@pytest.mark.parametrize("path", ["queue/join", "run/stop"])
def test_what_names_no_queue_is_refused(ana: Visit, path: str, body: bytes) -> None:
    refused = ana.send("POST", f"/gradio_api/{path}", content=body)
    assert refused.status_code == 400
    assert "n’a pas compris" in refused.json()["detail"]


def test_of_two_names_in_one_request_both_are_the_senders_own(
    ana: Visit, bea: Visit, name: str
) -> None:
    assert ana.ask(QUESTION, name).is_success
    twice = f"/gradio_api/queue/data?session_hash=x&session_hash={name}"
    assert SECRET not in bea.send("GET", twice).text
    assert SECRET in ana.hear(name)
