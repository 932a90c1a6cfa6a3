"""Ten people ask a real server while an administrator publishes and rolls back by the pages."""

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Protocol, Self

import httpx2
import pytest

from assistant.answering.answer import Answer
from assistant.evaluation.runs import run_turn
from assistant.identity import Identity, UserRole
from assistant.journal.journal import journal_of
from assistant.publishing.service import AdministrationService
from assistant.retrieval.evidence import Evidence
from assistant.web.admin.app import admin_app
from assistant.web.buyer.conversation import Turn, TurnStage, recalled
from assistant.web.local_service import LocalBuyerService
from assistant.web.site import Site, requiring
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.snapshot import IndexSnapshot
from tests.assistant.publishing.test_gate import BROKEN, NEW
from tests.support.administered import PAYMENT, acts, add_code, administered, candidate, with_text
from tests.support.page_app import ByHeader, app_of
from tests.support.page_server import serving
from tests.support.small_index import ARTICLES, answering_embedder, assistant_over

CLIENTS = 10
QUESTIONS = (PAYMENT, "Sous quel montant acheter sans publicité ni mise en concurrence ?")


class Answered(Protocol):
    """What a client keeps of an answer, however it came."""

    @property
    def record_id(self) -> str: ...

    @property
    def generation(self) -> str: ...

    @property
    def answer(self) -> Answer: ...

    @property
    def evidence(self) -> tuple[Evidence, ...]: ...


def faults(history: Sequence[str], asked: Sequence[Answered], home: Path) -> list[str]:
    """What is wrong with the answers of one client, given the indexes in their order of service."""
    opened = {name: open_snapshot(home, name) for name in set(history)}
    found = []
    for result in asked:
        if result.generation not in opened:
            found.append(f"{result.generation} was never in service")
        elif not _is_of(result, opened[result.generation]):
            found.append(f"an answer of {result.generation} cites another index")
    served = [name for name, _ in groupby(result.generation for result in asked)]
    left = iter(history)
    if not all(name in left for name in served):
        found.append(f"{served} does not follow {list(history)}")
    return found


def _is_of(result: Answered, generation: IndexSnapshot) -> bool:
    """Whether everything that is shown and cited stands in this index, to the letter."""
    documents = {each.id: each.text for each in generation.store.documents()}
    shown = (each.passage for each in result.evidence)
    if not all(documents.get(p.document_id, "")[p.start : p.end] == p.text for p in shown):
        return False
    return bool(result.answer.citations) and all(
        (text := documents.get(each.document)) is not None
        and sha256(text.encode()).hexdigest() == each.sha256
        and text[each.start : each.end] == each.quote
        for each in result.answer.citations
    )


class Clients:
    """Ask in turn, each keeping what it was answered."""

    def __init__(self, asked: Callable[[int, str], Answered]) -> None:
        """`asked` is how a client, by its number, gets the answer to a question."""
        self.answers: list[list[Answered]] = [[] for _ in range(CLIENTS)]
        self._asked = asked
        self._stopped = Event()

    def ask(self, client: int) -> None:
        try:
            while not self._stopped.is_set():
                for question in QUESTIONS:
                    self.answers[client].append(self._asked(client, question))
        finally:
            self.stop()  # who cannot go on is not waited for

    def stop(self) -> None:
        self._stopped.set()

    def wait_for_more(self) -> None:
        """Until every client was answered again, by whatever is in service now."""
        before = [len(each) for each in self.answers]
        began = monotonic()
        while any(len(now) < then + 2 for now, then in zip(self.answers, before, strict=True)):
            assert not self._stopped.is_set()
            assert monotonic() - began < 600
            self._stopped.wait(0.05)

    def assert_served(self, history: Sequence[str], home: Path) -> None:
        """Every answer is of one index that was in service, and each of these gave some."""
        told = [fault for asked in self.answers for fault in faults(history, asked, home)]
        assert told == []
        assert {each.generation for asked in self.answers for each in asked} == set(history)


@contextmanager
def asking(clients: Clients) -> Iterator[None]:
    """All of them ask until this is left; what stopped one of them is raised."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        running = [pool.submit(clients.ask, client) for client in range(CLIENTS)]
        try:
            yield
        finally:
            clients.stop()
        for each in running:
            each.result()


CHIEF = "chef"
MEMORY = 4
"""Place of the conversation among the outputs of the handler that asks."""


def somebody(user: str) -> Identity | None:
    """Everybody is who they say."""
    roles = {UserRole.ADMINISTRATOR} if user == CHIEF else {UserRole.BUYER}
    return Identity(user, user, frozenset(roles), None) if user else None


def site_over(home: Path) -> Site:
    """The pages of buyers and of the administrator, over one assistant."""
    journal, access = journal_of(home), ByHeader(somebody)
    assistant, administration = (
        assistant_over(home, journal),
        AdministrationService(home, journal, ()),
    )
    admin = admin_app(administration, requiring(access, UserRole.ADMINISTRATOR))
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


def test_the_checker_sees_a_mixed_answer_and_a_way_back(tmp_path: Path) -> None:
    home = administered(tmp_path / "home", tmp_path)
    first = current_name(home)
    right = run_turn(assistant_over(home, journal_of(home)), PAYMENT, None, None)
    add_code(home, tmp_path, with_text("R2192-10", BROKEN))
    second, _ = candidate(home)
    after = run_turn(
        assistant_over(home, journal_of(home), snapshot=second.name), PAYMENT, None, None
    )
    history = [first, second.name]
    assert faults(history, [right, after], home) == []
    assert "does not follow" in faults(history, [after, right], home)[0]
    mixed = replace(right, generation=second.name)
    assert "cites another index" in faults(history, [mixed], home)[0]
    assert (
        "cites another index" in faults(history, [replace(right, evidence=after.evidence)], home)[0]
    )
