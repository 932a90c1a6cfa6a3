"""Measures of the service as Prometheus reads them. Door of prometheus_client.

Numbers only: no word of a question, no name of anybody, of a dossier or of a file.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time

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

from assistant.answering.answer import Outcome, TurnResult
from ingestion.errors import IngestionError
from ingestion.index.store import Manifest

disable_created_metrics()  # type: ignore[no-untyped-call]

MEDIA_TYPE = CONTENT_TYPE_LATEST

STEPS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
"""Seconds: evidence takes the first ones, a turn in which the model writes the last."""

INTERRUPTED = "interrupted"
"""The outcome of a turn that was stopped or failed, beside those of an answer."""


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
        for outcome in (*Outcome, INTERRUPTED):
            self._turns.labels(outcome)

    def count(self, result: TurnResult, ended: str) -> None:
        """Take a recorded turn into account."""
        is_whole = ended != INTERRUPTED
        self._turns.labels(result.answer.outcome if is_whole else INTERRUPTED).inc()
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
