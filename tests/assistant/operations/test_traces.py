"""What a collector of traces hears of a turn, and that no turn ever hears of the collector."""

import atexit
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import time_ns

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from assistant.answering.answer import TurnResult
from assistant.answering.pipeline import TurnWatch
from assistant.answering.stages import Stage, StageClock, StageTime
from assistant.errors import WrongSettings
from assistant.journal.journal import journal_of
from assistant.operations import monitoring
from assistant.operations.monitoring import TurnMeasures
from assistant.operations.traces import CollectorExporter, TurnTraces, sending_problem
from assistant.settings import Settings, load_settings
from tests.support.accounts_home import Clock
from tests.support.small_index import TODAY, assistant_over, result_of

ASKED = "Sous quel montant acheter des fournitures sans publicité ni mise en concurrence ?"


class Collector(ThreadingHTTPServer):
    """Takes spans, or answers by another status; 0 is to hang up without a word."""

    daemon_threads = True

    def __init__(self, status: int = 200, elsewhere: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.status, self.elsewhere = status, elsewhere
        self.paths: list[str] = []
        self.bodies: list[bytes] = []

    @property
    def address(self) -> str:
        """As the settings name it."""
        return f"http://localhost:{self.server_port}"

    @property
    def spans(self) -> dict[str, list[Span]]:
        """What was taken, by name."""
        found: dict[str, list[Span]] = {}
        for body in self.bodies:
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    for span in scope.spans:
                        found.setdefault(span.name, []).append(span)
        return found


class _Taking(BaseHTTPRequestHandler):
    server: Collector

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by the library
        """Nothing is printed."""

    def do_POST(self) -> None:
        self.server.paths.append(self.path)
        self.server.bodies.append(self.rfile.read(int(self.headers["content-length"])))
        if not self.server.status:
            self.close_connection = True
            return
        self.send_response(self.server.status)
        if self.server.elsewhere:
            self.send_header("location", f"{self.server.elsewhere}/v1/traces")
        self.send_header("content-length", "0")
        self.end_headers()


@contextmanager
def collecting(status: int = 200, elsewhere: str = "") -> Iterator[Collector]:
    """A collector, until the end of the block."""
    with Collector(status, elsewhere) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def answered(small_home: Path, tmp_path: Path) -> Callable[[TurnWatch], TurnResult]:
    """Ask the question of an assistant that is watched."""

    def ask(watch: TurnWatch) -> TurnResult:
        assistant = assistant_over(small_home, journal_of(tmp_path), watch=watch)
        return result_of(assistant.ask(ASKED, as_of=TODAY))

    return ask


def test_stages_follow_each_other_and_have_parts() -> None:
    clock = Clock(100.0)
    stages = StageClock(clock)
    clock.now += 1
    stages.enter(Stage.COMPOSING)
    clock.now += 2
    with stages.within(Stage.CHECKS):
        clock.now += 4
    assert stages.end() == (
        StageTime(Stage.UNDERSTANDING, 0, 1),
        StageTime(Stage.CHECKS, 3, 7, within=Stage.COMPOSING),
        StageTime(Stage.COMPOSING, 1, 7),
    )


def test_a_collector_hears_what_each_stage_took_and_no_word(
    answered: Callable[[TurnWatch], TurnResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    ending: list[Callable[[], None]] = []
    monkeypatch.setattr(atexit, "register", ending.append)
    with collecting() as collector, collecting() as other:
        for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, other.address)
        monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", f"asked={ASKED}")
        monkeypatch.setenv("OTEL_SDK_DISABLED", "true")  # as the pages set it
        before = time_ns()
        watch = monitoring.watching(Settings(traces=collector.address), TurnMeasures())
        result = answered(watch)
        after = time_ns()
        [close] = ending
        close()
        spans = collector.spans
        assert collector.paths == ["/v1/traces"]
        assert not other.paths
    [root] = spans.pop("turn")
    assert spans.keys() == set(Stage)
    assert before <= root.start_time_unix_nano < root.end_time_unix_nano <= after
    [composing] = spans[Stage.COMPOSING]
    for name, found in spans.items():
        parent = composing if name in (Stage.READING, Stage.CHECKS) else root
        for span in found:
            assert (span.trace_id, span.parent_span_id) == (root.trace_id, parent.span_id)
            assert parent.start_time_unix_nano <= span.start_time_unix_nano
            assert span.end_time_unix_nano <= parent.end_time_unix_nano
    told = {each.key: each.value.string_value for each in root.attributes}
    assert told["sourcier.record_id"] == result.record_id
    assert (told["sourcier.outcome"], told["sourcier.ended"]) == ("answered", "finished")
    shown = [ASKED, *(each.passage.text for each in result.evidence)]
    words = {word for text in shown for word in text.split() if len(word) > 6}
    assert result.evidence
    assert not [word for word in words if word.encode() in b"".join(collector.bodies)]


@pytest.mark.parametrize("fault", [0, 500, 307, "nobody"])
def test_a_collector_that_fails_harms_no_turn_and_is_told_once(
    answered: Callable[[TurnWatch], TurnResult],
    caplog: pytest.LogCaptureFixture,
    fault: int | str,
) -> None:
    with ExitStack() as open_ones:
        elsewhere = open_ones.enter_context(collecting())
        if isinstance(fault, int):
            sent_on = elsewhere.address if fault == 307 else ""
            address = open_ones.enter_context(collecting(fault, sent_on)).address
        else:
            unheard = open_ones.enter_context(socket.socket())
            unheard.bind(("127.0.0.1", 0))
            address = f"http://localhost:{unheard.getsockname()[1]}"
        exporter = CollectorExporter(address)
        with caplog.at_level(logging.WARNING):
            for _ in range(2):
                traces = TurnTraces(exporter)
                assert answered(traces.trace).answer.sentences
                traces.close()
        [line] = [each for each in caplog.records if each.name == "assistant.operations.traces"]
        assert "montant" not in line.getMessage()
        assert not elsewhere.paths


def test_a_setting_names_the_collector_and_none_is_named_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Settings().traces == ""

    def chosen(address: str) -> Settings:
        (tmp_path / "settings.toml").write_text(f'traces = "{address}"')
        return load_settings(tmp_path)

    assert chosen("http://collecteur.fr:4318/").traces == "http://collecteur.fr:4318"
    for wrong in (
        "collecteur:4318",
        "ftp://a.fr",
        "http://a:b@c.fr",
        "http://a.fr?b",
        "http://a:b",
    ):
        with pytest.raises(WrongSettings, match="« traces »"):
            chosen(wrong)
    monkeypatch.setattr(monitoring, "can_trace", lambda: False)
    with pytest.raises(WrongSettings, match=r"sourcier\[traces\]"):
        monitoring.watching(chosen("http://localhost:4318"), TurnMeasures())
    monitoring.watching(Settings(), TurnMeasures())


def test_what_is_wrong_with_a_collector_is_said_without_any_turn() -> None:
    with collecting() as collector:
        assert sending_problem(collector.address) == ""
        assert collector.bodies == [b""]
    with collecting(503) as collector:
        assert sending_problem(collector.address) == "il répond par une erreur (503)"
