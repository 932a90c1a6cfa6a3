"""Whose desk a request is served from: every route and every handler asks who is there."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection, Request

from assistant.identity import Identity, Role
from assistant.page.site import Site
from tests.fakes_page import FakeDesk
from tests.page_app import app_of, without_gate

BUYER = Identity("u-1", "Ana", frozenset({Role.BUYER}), frozenset({"voirie"}))
OTHER = Identity("u-2", "Bea", frozenset({Role.BUYER}), frozenset({"ecoles"}))
REFERENT = Identity("u-3", "Chloé", frozenset({Role.REFERENT}), frozenset())
KNOWN = {each.user: each for each in (BUYER, OTHER, REFERENT)}


class ByHeader:
    """Believes what a request says of itself."""

    def identify(self, request: HTTPConnection) -> Identity | None:
        return KNOWN.get(request.headers.get("x-user", ""))


@dataclass
class Place:
    desks: dict[str, FakeDesk]
    client: TestClient


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    beside = FastAPI()
    beside.get("/greeting")(lambda: "beside")
    desks = {user: FakeDesk() for user in KNOWN}
    site = Site(lambda identity: desks[identity.user], ByHeader(), {"/referent": beside})
    with TestClient(without_gate(app_of(site))) as client:
        yield Place(desks, client)


def headers(identity: Identity | None) -> dict[str, str]:
    return {"X-User": identity.user} if identity else {}


OPINION = {"record_id": "essai-1", "thumb": "up"}


@pytest.mark.parametrize(("identity", "status"), [(None, 401), (REFERENT, 403), (BUYER, 204)])
def test_a_route_is_for_buyers_only(place: Place, identity: Identity | None, status: int) -> None:
    reply = place.client.post("/rate", json=OPINION, headers=headers(identity))
    assert reply.status_code == status


def test_each_reader_has_a_desk_of_their_own(place: Place) -> None:
    opinions = [len(place.desks[each.user].opinions) for each in (BUYER, OTHER)]
    place.client.post("/rate", json=OPINION, headers=headers(OTHER))
    assert len(place.desks[OTHER.user].opinions) == opinions[1] + 1
    assert len(place.desks[BUYER.user].opinions) == opinions[0]


def outcome(place: Place, fn_index: int, data: list[object], who: Identity | None) -> bool:
    """Run a handler of the page by its number, as anyone may; whether it succeeded."""
    session = f"s{fn_index}{who.user if who else ''}"
    body = {"data": data, "fn_index": fn_index, "session_hash": session}
    joined = place.client.post("/gradio_api/queue/join", json=body, headers=headers(who))
    assert joined.status_code == 200
    with place.client.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as stream:
        lines = [json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: ")]
    (completed,) = [line for line in lines if line["msg"] == "process_completed"]
    return bool(completed["success"])


# Gradio's own statistics use options that this pandas announces it will drop.
@pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword)")
@pytest.mark.parametrize(("who", "runs"), [(None, False), (REFERENT, False), (BUYER, True)])
def test_every_handler_runs_for_buyers_only(place: Place, who: Identity | None, runs: bool) -> None:
    handlers = place.client.get("/config").json()["dependencies"]
    asking = [each for each in handlers if len(each["inputs"]) == 4]
    assert len(handlers) >= 7
    assert asking
    for handler in handlers:
        data: list[object] = ["", "", None, ""] if handler in asking else [""]
        data = data[: len(handler["inputs"])]
        if handler["queue"] is False:
            continue
        assert outcome(place, handler["id"], data, who) is runs, handler


def test_the_handler_of_who_lost_their_role_behind_the_gate_does_not_run(place: Place) -> None:
    site = Site(lambda identity: place.desks[identity.user], ByHeader())
    nobody = gr.Request(Request({"type": "http", "headers": []}))
    with pytest.raises(gr.Error, match="session est terminée"):
        site.event_desk(nobody)


def test_other_applications_stand_beside_the_page(place: Place) -> None:
    assert place.client.get("/referent/greeting").json() == "beside"
