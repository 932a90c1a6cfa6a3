"""Whose desk a request is served from; who may ask at all is in the matrix."""

import gradio as gr
import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request

from assistant.accounts.identity import Identity, UserRole
from assistant.web.buyer.chat import event_desk
from assistant.web.site import Site
from tests.fakes_page import FakeDesk
from tests.page_app import ByHeader, app_of, without_gate

BUYER = Identity("u-1", "Ana", frozenset({UserRole.BUYER}), frozenset({"voirie"}))
OTHER = Identity("u-2", "Bea", frozenset({UserRole.BUYER}), frozenset({"ecoles"}))
KNOWN = {each.user: each for each in (BUYER, OTHER)}


def test_each_reader_has_a_desk_of_their_own() -> None:
    desks = {user: FakeDesk() for user in KNOWN}
    site = Site(lambda identity: desks[identity.user], ByHeader(KNOWN.get))
    opinion = {"record_id": "essai-1", "thumb": "up"}
    with TestClient(without_gate(app_of(site))) as client:
        assert client.post("/rate", json=opinion, headers={"X-User": OTHER.user}).is_success
    assert [len(desks[each.user].opinions) for each in (BUYER, OTHER)] == [0, 1]


def test_the_handler_of_who_lost_their_role_behind_the_gate_does_not_run() -> None:
    site = Site(lambda identity: FakeDesk(), ByHeader(KNOWN.get))
    nobody = gr.Request(Request({"type": "http", "headers": []}))
    with pytest.raises(gr.Error, match="session est terminée"):
        event_desk(site)(nobody)
