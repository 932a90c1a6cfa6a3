"""Ten people ask a real server while an administrator publishes and rolls back by the pages."""

import json
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Self

import httpx2
import pytest
from starlette.requests import HTTPConnection

from assistant.accounts.identity import Identity, UserRole
from assistant.publishing.service import AdministrationService
from assistant.web.admin.app import admin_app
from assistant.web.buyer.conversation import Turn, TurnStage, recalled
from assistant.web.serving import LocalBuyerService
from assistant.web.site import Site, requiring
from ingestion.index.publication import current_name
from tests.administered import (
    acts,
    add_code,
    administered,
    assistant_over,
    candidate,
    journal_of,
    with_text,
)
from tests.page_app import app_of
from tests.page_server import serving
from tests.small_index import ARTICLES, answering_embedder
from tests.test_gate import BROKEN, NEW
from tests.test_served_while_published import CLIENTS, Answered, Clients, asking

CHIEF = "chef"
MEMORY = 3
"""Place of the conversation among the outputs of the handler that asks."""


class ByHeader:
    """Everybody is who they say."""

    def identify(self, request: HTTPConnection) -> Identity | None:
        user = request.headers.get("x-user", "")
        roles = {UserRole.ADMINISTRATOR} if user == CHIEF else {UserRole.BUYER}
        return Identity(user, user, frozenset(roles), None) if user else None


def site_over(home: Path) -> Site:
    """The pages of buyers and of the administrator, over one assistant."""
    journal, access = journal_of(home), ByHeader()
    assistant, office = assistant_over(home, journal), AdministrationService(home, journal, ())
    admin = admin_app(office, requiring(access, UserRole.ADMINISTRATOR))
    return Site(
        lambda reader: LocalBuyerService(home, assistant, answering_embedder, reader),
        access,
        {"/admin": admin},
    )


class Browser:
    """What the pages of one person send and hear; every question is a conversation of its own."""

    def __init__(self, address: str, user: str) -> None:
        self._client = httpx2.Client(base_url=address, headers={"x-user": user}, timeout=60)
        self._user = user
        self._asked = 0

    def ask(self, question: str) -> Turn:
        """A question as the button sends it, and the turn that the page is left with."""
        self._asked += 1
        session = f"{self._user}-{self._asked}"
        body = {"fn_index": self._handler, "session_hash": session}
        body["data"] = [question, "", None, ""]
        self._client.post("/gradio_api/queue/join", json=body).raise_for_status()
        told = self._client.get(f"/gradio_api/queue/data?session_hash={session}").text
        events = [json.loads(line[6:]) for line in told.splitlines() if line[:6] == "data: "]
        (completed,) = (each for each in events if each["msg"] == "process_completed")
        assert completed["success"], completed
        (turn,) = recalled(completed["output"]["data"][MEMORY]).turns
        assert turn.stage is TurnStage.FINISHED, turn.problem
        return turn

    def send(self, path: str, **form: str) -> None:
        """A form, which must be done."""
        reply = self._client.post(path, data=form)
        assert (reply.status_code, reply.headers.get("location")) == (303, "/admin/"), reply.text

    @cached_property
    def _handler(self) -> int:
        handlers = self._client.get("/config").json()["dependencies"]
        return int(next(each["id"] for each in handlers if each["api_name"] == "ask"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()


def recorded(home: Path, answered: Answered) -> object:
    """The index that the journal says an answer is from."""
    journal = journal_of(home)
    entry = journal.entry(answered.record_id)
    assert entry is not None
    return (journal.body(entry) or {})["generation"]


# Gradio's own statistics use options that this pandas announces it will drop.
@pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword)")
def test_nobody_notices_a_publication_or_a_rollback(tmp_path: Path) -> None:
    home = administered(tmp_path / "home", tmp_path)
    history = [current_name(home)]
    with serving(app_of(site_over(home))) as address, ExitStack() as open_browsers:
        chief, *people = (
            open_browsers.enter_context(Browser(address, user))
            for user in (CHIEF, *(f"u-{number}" for number in range(CLIENTS)))
        )
        clients = Clients(lambda client, question: people[client].ask(question))
        with asking(clients):
            for articles in ([*ARTICLES, NEW], with_text("R2192-10", BROKEN)):
                add_code(home, tmp_path, articles)
                manifest, _ = candidate(home)
                clients.wait_for_more()
                sent = {"generation": manifest.name, "reason": "Essai", "force": "yes"}
                chief.send("/admin/publish", **sent)
                history.append(current_name(home))
                clients.wait_for_more()
            chief.send("/admin/rollback", reason="Essai")
            history.append(current_name(home))
            clients.wait_for_more()
    assert len(set(history)) == 3
    clients.assert_served(history, home)
    last = [asked[-1] for asked in clients.answers]
    assert [recorded(home, turn) for turn in last] == [turn.generation for turn in last]
    assert acts(home)[-3:] == ["gate_refused", "forced", "rolled_back"]
