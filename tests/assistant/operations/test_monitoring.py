"""What those who watch over the service are told, and that no word of a question is in it."""

import json
import logging
import os
import signal
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.answering.pipeline import Assistant
from assistant.errors import ModelStopped
from assistant.journal.journal import journal_of
from assistant.llm.fallback import FallbackModel
from assistant.llm.keeper import MOST_STOPS, REST, ProcessStanding
from assistant.llm.language_model import Prompt
from assistant.llm.process import ModelProcess
from assistant.llm.remote import RemoteModel
from assistant.operations.monitoring import (
    LiveFigures,
    Monitoring,
    TurnMeasures,
    begin_logs,
    log_turn,
    monitoring_of,
)
from assistant.operations.readiness import RequirementState, of_process
from assistant.settings import Engine, Settings
from assistant.web.routes import monitoring_routes, page_routes
from assistant.web.service import Holdings
from ingestion.errors import UnknownSnapshot
from ingestion.index.publication import current_manifest
from ingestion.index.search import Vectors
from ingestion.index.store import Manifest
from tests.support.accounts_home import Clock
from tests.support.fakes import ScriptedModel, WordEmbedder
from tests.support.fakes_page import FakeService
from tests.support.model_server import MODEL, serving
from tests.support.page_app import site_over
from tests.support.scripted_process import scripted_command
from tests.support.small_index import TODAY, assistant_over

ASKED = "Sous quel montant acheter des fournitures sans publicité ni mise en concurrence ?"
ELSEWHERE = "Quelle météo demain à Brest ?"
MONITOR, STRANGER = "127.0.0.1", "192.0.2.7"


@pytest.fixture
def turns() -> TurnMeasures:
    return TurnMeasures()


@pytest.fixture
def assistant(small_home: Path, tmp_path: Path, turns: TurnMeasures) -> Assistant:
    return assistant_over(small_home, journal_of(tmp_path), watch=turns.count)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Weights of one's own, which are there."""
    paths = [tmp_path / name for name in ("llm.gguf", "embedder")]
    for path in paths:
        path.write_bytes(b"weights")
    return Settings(llm=str(paths[0]), embedder=str(paths[1]))


def visit(monitoring: Monitoring, path: str, host: str = MONITOR) -> Any:
    """What the machine at an address gets."""
    app = FastAPI()
    app.state.site = replace(site_over(FakeService()), monitoring=monitoring)
    app.include_router(monitoring_routes)
    return TestClient(app, client=(host, 50000)).get(path)


def samples(text: str) -> dict[str, float]:
    """The measures of an exposition."""
    lines = [line.rpartition(" ") for line in text.splitlines() if line.startswith("sourcier")]
    return {name: float(value) for name, _, value in lines}


# Alive


class WithoutIndex(FakeService):
    """Has no index yet."""

    @property
    def holdings(self) -> Holdings:
        raise UnknownSnapshot("Aucun index n'est publié.")


def test_a_process_answers_that_it_does_before_there_is_an_index() -> None:
    app = FastAPI()
    app.state.site = site_over(WithoutIndex())
    app.include_router(page_routes)
    reply = TestClient(app).get("/health")
    assert (reply.status_code, reply.json()) == (200, {"status": "ok"})


# Ready


def test_a_service_that_has_everything_is_ready(
    small_home: Path, settings: Settings, assistant: Assistant, turns: TurnMeasures
) -> None:
    reply = visit(monitoring_of(small_home, settings, assistant, turns), "/ready")
    assert reply.status_code == 200
    told = reply.json()
    assert told["status"] == "ready"
    assert [each["name"] for each in told["requirements"]] == ["index", "poids", "poids", "disque"]


@pytest.mark.parametrize("lacks", ["index", "poids"])
def test_what_is_missing_is_said_in_words(
    small_home: Path,
    tmp_path: Path,
    settings: Settings,
    assistant: Assistant,
    turns: TurnMeasures,
    lacks: str,
) -> None:
    if lacks == "poids":
        Path(settings.llm).unlink()
    else:
        assistant = assistant_over(tmp_path, assistant.journal)
    reply = visit(monitoring_of(small_home, settings, assistant, turns), "/ready")
    assert reply.status_code == 503
    missing = [each for each in reply.json()["requirements"] if each["state"] == "broken"]
    assert [each["name"] for each in missing] == [lacks]
    assert missing[0]["remedy"].partition("sourcier ")[2].startswith(("doctor", "models list"))


def test_a_stranger_hears_whether_it_is_ready_and_nothing_else(
    small_home: Path, settings: Settings, assistant: Assistant, turns: TurnMeasures
) -> None:
    monitoring = monitoring_of(small_home, settings, assistant, turns)
    assert visit(monitoring, "/ready", STRANGER).json() == {"status": "ready"}
    assert visit(monitoring, "/metrics", STRANGER).status_code == 404
    Path(settings.embedder).unlink()
    reply = visit(monitoring, "/ready", STRANGER)
    assert (reply.status_code, reply.json()) == (503, {"status": "unready"})


@pytest.mark.parametrize(
    ("host", "admitted"),
    [("10.1.2.3", True), ("::ffff:10.1.2.3", True), ("10.2.0.1", False), ("testclient", False)],
)
def test_monitors_are_addresses_and_networks(host: str, admitted: bool) -> None:
    assert Monitoring(tuple, bytes, ("10.1.0.0/16", "::1")).admits(host) is admitted


# The model's process


def test_a_process_that_ended_is_told_until_it_is_back_and_worse_when_it_rests() -> None:
    clock = Clock(0.0)
    command = scripted_command(replies={"délai": "Trente jours."}, stops={"meurs": (1, 9)})
    model = ModelProcess("script@1", command, clock=clock)

    def state() -> RequirementState:
        return of_process(model.standing).state

    assert (state(), model.restarts) == (RequirementState.MET, 0)
    pid = model.pid
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert state() is RequirementState.WEAK
    assert list(model.stream(Prompt("", ("délai",)), 5))
    assert (state(), model.restarts) == (RequirementState.MET, 1)
    for _ in range(MOST_STOPS):
        with pytest.raises(ModelStopped):
            list(model.stream(Prompt("", ("meurs",)), 5))
    assert (state(), model.restarts) == (RequirementState.BROKEN, MOST_STOPS)
    clock.now += REST
    assert state() is RequirementState.WEAK


class KeptModel(ScriptedModel):
    """Says how it is, as its test tells it."""

    standing = ProcessStanding.RUNNING
    restarts = 3


def test_a_server_that_fails_is_worth_a_word_while_the_model_of_this_machine_reads(
    small_home: Path, settings: Settings, assistant: Assistant, turns: TurnMeasures
) -> None:
    local = KeptModel({"délai": "Trente jours."})
    with serving({"délai": "Trente jours."}) as server:
        model = FallbackModel(RemoteModel(Engine(server.address, MODEL)), lambda: local, 300)
        watched = assistant_over(small_home, assistant.journal, model=model)
        monitoring = monitoring_of(small_home, settings, watched, turns)

        def states(behaves: str | int, standing: ProcessStanding) -> dict[str, str]:
            server.behaves, local.standing = behaves, standing
            list(model.stream(Prompt("", ("délai",)), 5))
            found = visit(monitoring, "/ready")
            told = {each["name"]: each["state"] for each in found.json()["requirements"]}
            assert (found.status_code == 503) is ("broken" in told.values())
            return {name: told[name] for name in ("serveur", "modèle") if name in told}

        running, resting = ProcessStanding.RUNNING, ProcessStanding.RESTING
        assert states("well", running) == {"serveur": "ok"}
        assert "sourcier_model_restarts_total 0.0" in visit(monitoring, "/metrics").text
        assert states(500, running) == {"serveur": "warning", "modèle": "ok"}
        assert "sourcier_model_restarts_total 3.0" in visit(monitoring, "/metrics").text
        assert states(500, resting) == {"serveur": "warning", "modèle": "broken"}
        assert states("well", resting) == {"serveur": "ok", "modèle": "warning"}


# Measures


def test_turns_are_counted_by_how_they_end_and_no_word_of_them_is_told(
    small_home: Path, settings: Settings, assistant: Assistant, turns: TurnMeasures
) -> None:
    for question in (ASKED, ASKED, ELSEWHERE):
        list(assistant.ask(question, as_of=TODAY, user="u-secret"))
    stopped = assistant.ask(ASKED, as_of=TODAY)
    next(stopped)
    stopped.close()
    text = visit(monitoring_of(small_home, settings, assistant, turns), "/metrics").text
    found = samples(text)
    assert found['sourcier_turns_total{outcome="answered"}'] == 2
    assert found['sourcier_turns_total{outcome="abstained"}'] == 1
    assert found['sourcier_turns_total{outcome="interrupted"}'] == 1
    assert found['sourcier_turn_seconds_count{stage="evidence"}'] == 3
    assert found['sourcier_turn_seconds_count{stage="first_sentence"}'] == 2
    assert found["sourcier_queue_length"] == found["sourcier_model_restarts_total"] == 0
    for word in ("montant", "Brest", "secret", settings.llm):
        assert word not in text


def test_the_age_of_the_index_is_told_unless_there_is_none(small_home: Path) -> None:
    manifest = current_manifest(small_home)
    assert manifest is not None
    now = manifest.created_at + timedelta(hours=2)

    def no_index() -> Manifest:
        raise UnknownSnapshot("Aucun index n'est publié.")

    def told(figures: LiveFigures) -> dict[str, float]:
        turns = TurnMeasures()
        turns.registry.register(figures)
        return samples(turns.exposition().decode())

    whole = told(LiveFigures(lambda: 4, lambda: 2, lambda: manifest, lambda: now))
    assert whole["sourcier_index_age_seconds"] == 7200
    assert whole["sourcier_queue_length"] == 4
    assert whole["sourcier_model_restarts_total"] == 2
    assert "sourcier_index_age_seconds" not in told(
        LiveFigures(lambda: 0, lambda: 0, no_index, lambda: datetime.now(UTC))
    )


# Logs


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """Where JSON lines are written, until the logs are as they were."""
    root, ours = logging.getLogger(), logging.getLogger("assistant")
    shown, handlers, levels = warnings.showwarning, root.handlers[:], (root.level, ours.level)
    stream = StringIO()
    begin_logs("json", stream)
    yield stream
    warnings.showwarning = shown
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


class Failing(WordEmbedder):
    """Fails with the words that it was to embed, as libraries do."""

    def embed_questions(self, texts: Any) -> Vectors:
        raise RuntimeError(f"cannot embed {texts}")


def test_a_line_tells_a_turn_and_a_failure_without_their_words(
    small_home: Path, tmp_path: Path, lines: StringIO
) -> None:
    journal = journal_of(tmp_path)
    list(assistant_over(small_home, journal, watch=log_turn).ask(ASKED, as_of=TODAY))
    failing = assistant_over(small_home, journal, Failing(), watch=log_turn)
    try:
        list(failing.ask(ASKED, as_of=TODAY))
    except RuntimeError:
        logging.getLogger("assistant.web.buyer.chat").exception("A turn failed")
    logging.getLogger("library").warning("could not read %s", ASKED)
    logging.getLogger("library").warning(f"could not read {ASKED}")
    warnings.showwarning(f"odd {ASKED}", UserWarning, "library.py", 12)
    turn, stopped, failure, templated, formatted, warned = map(
        json.loads, lines.getvalue().splitlines()
    )
    assert (turn["message"], turn["outcome"], turn["ended"]) == ("turn", "answered", "finished")
    assert stopped["ended"] == "interrupted"
    assert journal.entry(turn["record_id"]) is not None
    assert (failure["message"], failure["exception"]["kind"]) == ("A turn failed", "RuntimeError")
    assert failure["exception"]["raised"][-1].endswith("embed_questions")
    assert (templated["message"], formatted["message"]) == ("could not read %s", "")
    assert warned["message"] == "UserWarning, library.py:12"
    assert "montant" not in lines.getvalue()
