"""Whose desk a request is served from: every route and every handler asks who is there."""

from collections.abc import Iterator
from dataclasses import dataclass

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request

from assistant.accounts.identity import Identity, UserRole
from assistant.web.buyer.chat import event_desk
from assistant.web.site import Site
from tests.fakes_page import FakeDesk
from tests.page_app import ByHeader, app_of, without_gate

BUYER = Identity("u-1", "Ana", frozenset({UserRole.BUYER}), frozenset({"voirie"}))
OTHER = Identity("u-2", "Bea", frozenset({UserRole.BUYER}), frozenset({"ecoles"}))
REFERENT = Identity("u-3", "Chloé", frozenset({UserRole.REFERENT}), frozenset())
KNOWN = {each.user: each for each in (BUYER, OTHER, REFERENT)}


@dataclass
class Place:
    desks: dict[str, FakeDesk]
    client: TestClient


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    beside = FastAPI()
    beside.get("/greeting")(lambda: "beside")
    desks = {user: FakeDesk() for user in KNOWN}
    site = Site(lambda identity: desks[identity.user], ByHeader(KNOWN.get), {"/referent": beside})
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


def test_the_handler_of_who_lost_their_role_behind_the_gate_does_not_run(place: Place) -> None:
    site = Site(lambda identity: place.desks[identity.user], ByHeader(KNOWN.get))
    nobody = gr.Request(Request({"type": "http", "headers": []}))
    with pytest.raises(gr.Error, match="session est terminée"):
        event_desk(site)(nobody)


def test_other_applications_stand_beside_the_page(place: Place) -> None:
    assert place.client.get("/referent/greeting").json() == "beside"
