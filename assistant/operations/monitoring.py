"""Monitoring: measures and logs of the service, who may read them. Door of prometheus_client."""

import json
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import partial
from importlib.util import find_spec
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path
from traceback import extract_tb
from types import TracebackType
from typing import Any, TextIO

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from assistant.answering.answer import Ending, Outcome, TurnResult
from assistant.answering.pipeline import Assistant, TurnWatch, unwatched
from assistant.answering.record import turn_facts
from assistant.errors import WrongSettings
from assistant.operations.readiness import Requirement, readiness, watched
from assistant.settings import Settings
from ingestion.errors import IngestionError
from ingestion.index.store import Manifest

disable_created_metrics()  # type: ignore[no-untyped-call]

MEDIA_TYPE = CONTENT_TYPE_LATEST

STEPS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
"""Seconds: evidence takes the first ones, a turn in which the model writes the last."""

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Names in the environment the folder in which processes that serve together count their turns."""


class TurnMeasures:
    """Counts the turns of a process, by how they ended and what they took."""

    def __init__(self) -> None:
        """Nothing was asked yet; every outcome is there from the start, at zero."""
        self.registry = CollectorRegistry()
        self.live = CollectorRegistry() if SHARED in os.environ else self.registry
        ProcessCollector(registry=self.live)
        self._turns = Counter(
            "sourcier_turns", "Questions, by how they ended", ["outcome"], registry=self.registry
        )
        self._seconds = Histogram(
            "sourcier_turn_seconds",
            "Seconds from a question to the stage named",
            ["stage"],
            buckets=STEPS,
            registry=self.registry,
        )
        for outcome in (*Outcome, Ending.INTERRUPTED):
            self._turns.labels(outcome)

    def count(self, result: TurnResult, ending: Ending) -> None:
        """Take a recorded turn into account."""
        is_whole = ending is Ending.FINISHED
        self._turns.labels(result.answer.outcome if is_whole else Ending.INTERRUPTED).inc()
        if not is_whole:
            return
        took = result.seconds
        self._seconds.labels("evidence").observe(took.evidence)
        if took.first_token is not None:
            self._seconds.labels("first_sentence").observe(took.first_token)
        self._seconds.labels("total").observe(took.total)

    def exposition(self) -> bytes:
        """Every measure, as text; turns are those of every process that counts into one folder."""
        if SHARED not in os.environ:
            return generate_latest(self.registry)
        everywhere = CollectorRegistry()
        MultiProcessCollector(everywhere)  # type: ignore[no-untyped-call]
        return generate_latest(everywhere) + generate_latest(self.live)


@dataclass(frozen=True, slots=True)
class LiveFigures(Collector):
    """What is looked up when it is asked for.

    `queue` is how many turns wait for the model, `restarts` how often its process was started
    again, `index` the manifest of the index in service.
    """

    queue: Callable[[], int]
    restarts: Callable[[], int]
    index: Callable[[], Manifest]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def collect(self) -> Iterator[Metric]:
        """The measures of this moment; those of an index that cannot be opened are left out."""
        yield GaugeMetricFamily(
            "sourcier_queue_length", "Turns waiting for the model", self.queue()
        )
        yield CounterMetricFamily(
            "sourcier_model_restarts",
            "Starts of the model's process after it ended",
            self.restarts(),
        )
        try:
            manifest = self.index()
        except IngestionError:
            return
        yield GaugeMetricFamily(
            "sourcier_index_age_seconds",
            "Since the index was built",
            self._since(manifest.created_at),
        )
        yield GaugeMetricFamily(
            "sourcier_index_passages", "Passages of the index", manifest.passages
        )
        if day := manifest.state_date:
            told = "Since the day as of which the newest text of the index was right"
            begun = datetime.combine(day, time(), UTC)
            yield GaugeMetricFamily("sourcier_index_texts_age_seconds", told, self._since(begun))

    def _since(self, moment: datetime) -> float:
        return (self.clock() - moment).total_seconds()


# Logs: how the running service writes what happens, as text or as a JSON line an event.
#
# What people asked stands in the journal and nowhere else. A line of JSON has therefore of a
# failure its kind and where it was raised, not its message, and of what a library says the words
# that the library wrote, not what it put between them.


OURS = ("assistant", "ingestion", "uvicorn.error")
"""Loggers whose messages are known to hold no word of a question."""

TEXT = "%(asctime)s %(levelname)s %(name)s : %(message)s"

FACTS = "facts"
"""The attribute of a record that holds fields of its own."""

logger = logging.getLogger(__name__)


def begin_logs(style: str, stream: TextIO | None = None) -> None:
    """Write from now on to standard error, in this style: "text" or "json"."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLine() if style == "json" else logging.Formatter(TEXT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    if style == "json":
        logging.getLogger("assistant").setLevel(logging.INFO)
        warnings.showwarning = _warned


def log_turn(result: TurnResult, ending: Ending) -> None:
    """A line for a turn: how it ended and what it took."""
    facts = turn_facts(result, ending) | {"seconds": result.seconds.total}
    logger.info("turn", extra={FACTS: facts})


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    logger.warning("%s, %s:%d", category.__name__, filename, lineno)


class JsonLine(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _said(record),
            **getattr(record, FACTS, {}),
        }
        if record.exc_info and record.exc_info[0]:
            kind, _, trace = record.exc_info
            line["exception"] = {"kind": kind.__name__, "raised": _places(trace)}
        return json.dumps(line, ensure_ascii=False)


def _said(record: logging.LogRecord) -> str:
    if record.name.startswith(OURS):
        return record.getMessage().strip()
    return record.msg if isinstance(record.msg, str) and record.args else ""


def _places(trace: TracebackType | None) -> list[str]:
    """Where a failure went through, the innermost last."""
    return [f"{each.filename}:{each.lineno} {each.name}" for each in extract_tb(trace)]


# Monitoring: what the service tells those who watch over it, and who these are.


@dataclass(frozen=True, slots=True)
class Monitoring:
    """What is told, and the addresses and networks that may hear the whole of it."""

    requirements: Callable[[], Sequence[Requirement]]
    exposition: Callable[[], bytes]
    monitors: tuple[str, ...]

    def admits(self, host: str) -> bool:
        """Whether the machine at an address may read the measures; not what is no address."""
        try:
            address = ip_address(host)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in ip_network(each) for each in self.monitors)


LACKING = "« traces » demande une extension qui n'est pas installée."
INSTALL = "pip install 'sourcier[traces]'"


def can_trace() -> bool:
    """Whether the libraries of the extra `traces` are installed."""
    try:
        found = [find_spec(name) for name in ("opentelemetry.sdk", "opentelemetry.exporter.otlp")]
    except ModuleNotFoundError:  # not even the package around them
        return False
    return None not in found


def watching(settings: Settings, turns: TurnMeasures) -> TurnWatch:
    """Those who hear of each turn: the measures, the log and, where there is one, the collector.

    Raises WrongSettings for a collector, and nothing installed that could speak to it.
    """
    traces = _traces(settings.traces) if settings.traces else unwatched

    def watch(result: TurnResult, ending: Ending) -> None:
        turns.count(result, ending)
        log_turn(result, ending)
        traces(result, ending)

    return watch


def _traces(collector: str) -> TurnWatch:
    if not can_trace():
        raise WrongSettings(f"{LACKING} Installez-la ({INSTALL}), ou retirez ce réglage.")
    from assistant.operations.traces import traced_to  # an optional extra

    return traced_to(collector)


def monitoring_of(
    home: Path, settings: Settings, assistant: Assistant, turns: TurnMeasures
) -> Monitoring:
    """What there is to watch of an assistant whose turns are counted."""
    model = assistant.model

    def manifest() -> Manifest:
        return assistant.generation.manifest

    def restarts() -> int:
        kept = watched(model)
        return kept.restarts if kept else 0

    turns.live.register(LiveFigures(lambda: assistant.waiting, restarts, manifest))
    requirements = partial(
        readiness, home, settings, lambda: assistant.generation, model, assistant.embedder
    )
    return Monitoring(requirements, turns.exposition, settings.monitors)
