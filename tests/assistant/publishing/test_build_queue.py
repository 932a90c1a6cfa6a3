"""Machines of one store: texts added on one, built by the worker, published from another."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from io import BytesIO
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from threading import Event

import httpx2
import pytest
from fastapi.testclient import TestClient

from assistant.cli.command import main
from assistant.cli.index_build import build_ordered
from assistant.journal.journal import journal_of
from assistant.operations.checkup import builds
from assistant.operations.installation import Installation
from assistant.operations.readiness import RequirementState, of_builds
from assistant.publishing.build_queue import (
    NOBODY,
    SCHEMA,
    BuildOrder,
    BuildQueue,
    build_once_free,
    queue_of,
)
from assistant.publishing.build_record import BuildState
from assistant.publishing.decisions import Decisions
from assistant.publishing.gate import make_candidate
from assistant.publishing.migration import migrate
from assistant.publishing.service import AdministrationService
from assistant.publishing.verdict import GateVerdict
from assistant.review.gold import GoldQuestions
from assistant.web.admin.app import admin_app
from assistant.web.site import SingleUser, requiring
from ingestion.durable import lock_for_writing
from ingestion.errors import BusyIndex, IngestionError, UnreachableStore
from ingestion.index.publication import current_name, finished
from ingestion.index.store import Manifest
from ingestion.library.library import Library
from ingestion.postgresql import named_server, server_at
from ingestion.tenders.intake import Parcel
from tests.assistant.publishing.test_gate import BROKEN, NEW
from tests.support.administered import USER, add_code, administered, examinee, with_text
from tests.support.command_process import commanded
from tests.support.page_server import free_port
from tests.support.postgresql_server import Server
from tests.support.small_index import ARTICLES, answering_embedder, write_code

pytestmark = pytest.mark.slow

BRISK = {
    "assistant.publishing.build_queue.BEAT": 0.5,
    "assistant.publishing.build_queue.LOST": 4,
}


@pytest.fixture
def homes(tmp_path: Path, postgresql: Server) -> tuple[Path, Path]:
    """The data folders of two machines: the small index in service, its texts in the library."""
    first, second = administered(tmp_path / "first", tmp_path), tmp_path / "second"
    address = postgresql.fresh()
    migrate(first, "", address, lambda step, done, total: None)
    second.mkdir()
    for home in (first, second):
        (home / "settings.toml").write_text(f'store = "{address}"\n', encoding="utf-8")
    return first, second


def administration_of(home: Path) -> AdministrationService:
    return AdministrationService(home, journal_of(home), ("false",))


def decisions_of(home: Path) -> Decisions:
    return Decisions(home, journal_of(home), USER)


def queue_at(home: Path) -> BuildQueue:
    queue = queue_of(home)
    assert queue is not None
    return queue


@pytest.fixture(autouse=True)
def _brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs of life come quickly here, and those of others are not waited for long."""
    for name, seconds in BRISK.items():
        monkeypatch.setattr(name, seconds)


def sourcier(
    home: Path, *words: str, pause: float = 0
) -> AbstractContextManager[ForkServerProcess]:
    """A command in a process of its own, with the fakes, once it says that it is there."""
    until = "attend" if "worker" in words else "répond sur"
    return commanded("--data", str(home), *words, until=until, pause=pause, altered=BRISK)


def browser_at(port: int) -> httpx2.Client:
    """A browser; the address is told just before it is listened at."""
    patient = httpx2.HTTPTransport(retries=6)
    return httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, transport=patient)


def waited(until: Callable[[], object]) -> None:
    """Look until it is so; a test that waits five minutes for it fails."""
    assert any(until() or Event().wait(0.1) for _ in range(3000))


def candidate_of(home: Path) -> tuple[Manifest, GateVerdict | None]:
    """Built in this process, as a command would."""
    with lock_for_writing(home):
        return make_candidate(
            home, answering_embedder(), examinee(home), decisions_of(home), lambda *_: None
        )


def state_of(administration: AdministrationService) -> BuildState | None:
    return administration.build.state if administration.build else None


def test_asked_here_built_there_published_elsewhere_and_put_back_for_all(
    homes: tuple[Path, Path], tmp_path: Path
) -> None:
    first, second = homes
    served, ports = current_name(first), (free_port(), free_port())
    builder = tmp_path / "builder"
    builder.mkdir()
    (builder / "settings.toml").write_bytes((first / "settings.toml").read_bytes())
    with ExitStack() as leaving:
        for home, port in zip(homes, ports, strict=True):
            leaving.enter_context(sourcier(home, "serve", "--port", str(port)))
        leaving.enter_context(sourcier(builder, "worker"))
        here, there = (leaving.enter_context(browser_at(port)) for port in ports)
        code = write_code(tmp_path, [*ARTICLES, NEW]).read_bytes()
        sent = here.post("/admin/sources", files={"files": ("code.jsonl", code)})
        assert sent.status_code == 200, sent.text
        assert here.post("/admin/build").status_code == 303
        waited(lambda: "Mettre en service" in there.get("/admin/").text)
        new = finished(second)[-1]
        assert new != served
        published = there.post("/admin/publish", data={"generation": new})
        assert published.status_code == 303, published.text
        assert {each.get("/health").json()["generation"] for each in (here, there)} == {new}
        assert here.post("/admin/rollback").status_code == 303
        assert {each.get("/health").json()["generation"] for each in (here, there)} == {served}
    assert [(each / "vectors.sqlite").exists() for each in (builder, second)] == [True, False]
    assert [each.act for each in administration_of(second).events()][:4] == [
        "rolled_back",
        "published",
        "gate_passed",
        "built",
    ]


def test_what_a_killed_builder_left_is_taken_up_and_nothing_is_half_done(
    homes: tuple[Path, Path], tmp_path: Path
) -> None:
    here, there = map(administration_of, homes)
    before = finished(homes[0])
    add_code(homes[0], tmp_path, [*ARTICLES, NEW])
    here.start_build(USER)
    with sourcier(homes[0], "worker", pause=30) as killed:
        waited(lambda: there.build and "Questions de contrôle" in str(there.build.steps))
        assert state_of(here) is BuildState.RUNNING
        with pytest.raises(BusyIndex):
            there.remove("code.jsonl", USER)
        killed.kill()
        killed.join()
    waited(lambda: state_of(there) is BuildState.WAITING)
    assert there.candidate is None
    with sourcier(homes[1], "worker"):
        waited(lambda: state_of(here) is BuildState.FINISHED)
    assert here.build is not None
    assert here.build.user == USER
    assert there.candidate is not None
    assert [*before, there.candidate.generation] == finished(homes[1])


def test_two_never_build_at_once_and_one_who_lost_the_right_stops(
    homes: tuple[Path, Path], tmp_path: Path, postgresql: Server
) -> None:
    first, second = homes
    with lock_for_writing(first) as assure:
        with pytest.raises(BusyIndex):
            build_ordered(second, BuildOrder(USER))
        with pytest.raises(BusyIndex):
            administration_of(second).add([Parcel("note.md", BytesIO(b"# Note"))], (), USER)
        assure()
        postgresql.restart()
        with pytest.raises(UnreachableStore):
            assure()
    with lock_for_writing(second):
        assert finished(second) == [current_name(second)]


def test_who_builds_waits_until_nobody_else_writes_and_does_not_stop_at_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assistant.publishing.build_queue.BEAT", 0)
    failures, begun = [BusyIndex("Occupé"), IngestionError("Rien à indexer.")], []

    def build(order: BuildOrder) -> None:
        begun.append(order)
        raise failures.pop(0)

    build_once_free(build, BuildOrder(USER))
    assert (begun, failures) == ([BuildOrder(USER)] * 2, [])
    failures.append(UnreachableStore("Parti"))
    with pytest.raises(UnreachableStore):
        build_once_free(build, BuildOrder(USER))


def test_what_nobody_builds_is_said_everywhere_and_can_be_withdrawn(
    homes: tuple[Path, Path],
) -> None:
    here, there = map(administration_of, homes)
    queue = queue_at(homes[0])
    assert (queue.waiting, queue.builders) == (None, 0)
    assert main(["--data", str(homes[0]), "index", "build", "--queue"]) == 0
    assert state_of(there) is BuildState.WAITING
    for administration in (here, there):
        with pytest.raises(BusyIndex):
            administration.start_build(USER)
    with TestClient(admin_app(there, requiring(SingleUser()))) as client:
        page = client.get("/").text
        assert "Construction en attente, demandée le" in page
        assert NOBODY in page
        assert "Arrêter la construction" in page
    [ready] = of_builds(homes[1])
    [checked] = builds(Installation(homes[1], 7860, lambda _: "", lambda _: ""))
    assert (ready.state, checked.state) == (RequirementState.WEAK, RequirementState.BROKEN)
    assert "attend depuis" in checked.told
    assert NOBODY in checked.remedy
    there.stop_build()
    assert here.build is None
    [ready] = of_builds(homes[0])
    assert (ready.state, "attend" in ready.told) == (RequirementState.WEAK, False)


def test_one_order_at_a_time_and_one_that_got_between_does_not_block_what_was_left(
    homes: tuple[Path, Path],
) -> None:
    def become(status: str, user: str) -> None:
        with server_at(str(named_server(homes[0], "store"))).transaction(SCHEMA) as connected:
            connected.run("SET LOCAL search_path TO {schema}")
            connected.run(
                "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status "
                "WHERE args ->> 'user' = %s",
                status,
                user,
            )

    queue = queue_at(homes[0])
    queue.ask(BuildOrder("a"))
    become("doing", "a")
    with pytest.raises(BusyIndex):
        queue.ask(BuildOrder("b"))
    become("failed", "a")
    queue.ask(BuildOrder("b"))
    become("doing", "a")  # as a version did that let both be asked; whoever was at it is gone
    queue.take_up()
    assert queue.waiting is not None
    assert queue.waiting.user == "b"
    become("doing", "b")
    queue.take_up()
    assert queue.waiting.user == "b"


def test_without_a_server_there_is_no_queue(tmp_path: Path) -> None:
    assert queue_of(tmp_path) is None
    assert list(of_builds(tmp_path)) == []
    for words in (["worker"], ["index", "build", "--queue"]):
        assert main(["--data", str(tmp_path), *words]) != 0


# The library and the candidate, on the server


def test_texts_added_on_one_machine_are_everybodys(
    homes: tuple[Path, Path], tmp_path: Path
) -> None:
    here, there = map(administration_of, homes)
    here.add([Parcel("note.md", BytesIO(b"# Note\n\nUn texte."))], (), USER)
    assert [each.name for each in there.sources()] == ["petits-achats.md", "code.jsonl", "note.md"]
    assert there.texts("note.md")[0].text == here.texts("note.md")[0].text
    there.set_date("note.md", "23/08/2026", USER)
    assert str(Library(homes[0]).entries[-1].state_date) == "2026-08-23"
    there.remove("petits-achats.md", USER)
    assert [each.source for each in Library(homes[0]).entries] == ["code.jsonl", "note.md"]
    here.undo_removal("petits-achats.md", USER)
    (document,) = there.texts("note.md")
    assert Library(homes[1]).original(document.id) == b"# Note\n\nUn texte."
    assert not (homes[1] / "originals").exists()


def test_a_candidate_is_decided_by_who_did_not_build_it(
    homes: tuple[Path, Path], tmp_path: Path
) -> None:
    first, second = homes
    assert [each.id for each in GoldQuestions(second).all()] == ["g1", "g2", "g3", "g4"]
    GoldQuestions(second).remove("g4")
    add_code(first, tmp_path, with_text("R2192-10", BROKEN))
    manifest, verdict = candidate_of(first)
    there = administration_of(second)
    assert there.candidate is not None
    assert there.candidate.verdict == verdict
    assert verdict is not None
    judged = {each.id for each in verdict.judged if each.id.startswith("promue-")}
    assert judged == {"promue-g1", "promue-g2", "promue-g3"}
    assert "Qui signe ?" not in verdict.left_out
    there.refuse(manifest.name, "Texte abîmé", USER)
    assert administration_of(first).candidate is None
    [withheld] = administration_of(first).withheld()
    assert (withheld.entry.source, withheld.refusal.user) == ("code.jsonl", USER)
    administration_of(first).take_again(withheld.entry.sha256, USER)
    assert administration_of(second).withheld() == ()
    assert withheld.entry.sha256 in {each.sha256 for each in Library(second).entries}


def test_a_server_without_a_library_takes_over_that_of_the_folder_once(
    tmp_path: Path, postgresql: Server
) -> None:
    home, other = administered(tmp_path / "home", tmp_path), tmp_path / "other"
    other.mkdir()
    entries, address = Library(home).entries, postgresql.fresh()
    for each in (home, other):
        (each / "settings.toml").write_text(f'store = "{address}"\n', encoding="utf-8")
    assert Library(other).entries == ()
    assert Library(home).entries == entries
    assert [each.id for each in Library(other).documents()] == [
        each.id for each in Library(home).documents()
    ]
