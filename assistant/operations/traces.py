"""Traces: a recorded turn as spans, sent to the collector of the settings. Door of opentelemetry.

Times, names of stages, and how the turn ended: no word of a question or of evidence, nobody's name.
A turn waits for nobody: its spans are made once it is on record, wait in a queue of bounded length,
and are sent by a thread of their own. What the collector does not take is lost.
"""

import atexit
import logging
from collections.abc import Iterator, Sequence
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from time import time_ns

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags

from assistant.answering.answer import Ending, TurnResult
from assistant.answering.pipeline import TurnWatch
from assistant.answering.record import turn_facts
from assistant.answering.stages import Stage, StageTime
from ingestion.origin import Origin, OriginSilent, OriginSlow, Reach

SERVICE = "sourcier"
REACH = Reach(seconds=5.0, connect=2.0, by_proxy=False)
PAUSE_SECONDS = 5.0
"""Between two sendings."""

MOST_SPANS, MOST_AT_ONCE = 2048, 512
"""Spans that wait, some ten a turn; the oldest give way."""

BILLION = 1_000_000_000

logger = logging.getLogger(__name__)


def spans_of(result: TurnResult, ending: Ending, now: int) -> Iterator[ReadableSpan]:
    """The spans of a turn that was recorded `now` (nanoseconds): its stages, then the whole.

    They are made here and not by a tracer, which would take its choices from the environment.
    """
    stages = result.seconds.stages
    begun = now - int(stages[-1].ended * BILLION)
    ids = RandomIdGenerator()
    trace = ids.generate_trace_id()
    contexts: dict[Stage | None, SpanContext] = {None: _context(trace, ids.generate_span_id())}
    contexts |= {
        each.stage: _context(trace, ids.generate_span_id()) for each in stages if not each.within
    }
    for each in stages:
        own = _context(trace, ids.generate_span_id()) if each.within else contexts[each.stage]
        yield _span(each.stage, own, contexts[each.within], begun, each)
    facts = {f"{SERVICE}.{key}": value for key, value in turn_facts(result, ending).items()}
    yield ReadableSpan(
        "turn",
        contexts[None],
        resource=_resource(),
        attributes=facts,
        kind=SpanKind.SERVER,
        instrumentation_scope=InstrumentationScope(SERVICE),
        start_time=begun,
        end_time=now,
    )


def _context(trace: int, span: int) -> SpanContext:
    return SpanContext(trace, span, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))


def _span(
    name: str, own: SpanContext, parent: SpanContext, begun: int, took: StageTime
) -> ReadableSpan:
    return ReadableSpan(
        name,
        own,
        parent,
        resource=_resource(),
        instrumentation_scope=InstrumentationScope(SERVICE),
        start_time=begun + int(took.began * BILLION),
        end_time=begun + int(took.ended * BILLION),
    )


@cache
def _resource() -> Resource:
    return Resource({"service.name": SERVICE, "service.version": version(SERVICE)})


class CollectorExporter(SpanExporter):
    """Sends spans below one address, by OTLP over HTTP; what goes wrong is said once, in the log.

    One host is asked, by no proxy, and no redirection is followed.
    """

    def __init__(self, collector: str) -> None:
        self._collector = collector
        self._problem = ""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send them, once."""
        problem = sending_problem(self._collector, spans)
        if problem and problem != self._problem:
            logger.warning("The collector of traces does not take them: %s", problem)
        self._problem = problem
        return SpanExportResult.FAILURE if problem else SpanExportResult.SUCCESS


def sending_problem(collector: str, spans: Sequence[ReadableSpan] = ()) -> str:
    """Send spans, or none to try: what the collector did wrong in French, "" for nothing."""
    content = encode_spans(spans).SerializeToString()
    try:
        with (
            Origin(collector, REACH, {"content-type": "application/x-protobuf"}) as origin,
            origin.asked("v1/traces", content=content) as reply,
        ):
            is_taken = reply.status == HTTPStatus.OK
            return "" if is_taken else f"il répond par une erreur ({reply.status})"
    except OriginSlow:
        return "il n'a pas répondu à temps"
    except OriginSilent as silence:
        return f"il n'est pas joint ({silence})"


class TurnTraces:
    """Turns as spans, on their way to an exporter."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._waiting = BatchSpanProcessor(
            exporter,
            max_queue_size=MOST_SPANS,
            schedule_delay_millis=PAUSE_SECONDS * 1000,
            max_export_batch_size=MOST_AT_ONCE,
            export_timeout_millis=REACH.seconds * 1000,
            meter_provider=NoOpMeterProvider(),
        )

    def trace(self, result: TurnResult, ending: Ending) -> None:
        """Leave the spans of a turn that was just recorded to the thread that sends them."""
        for span in spans_of(result, ending, time_ns()):
            self._waiting.on_end(span)

    def close(self) -> None:
        """Send what still waits, and no more."""
        self._waiting.shutdown()  # type: ignore[no-untyped-call]


def traced_to(collector: str) -> TurnWatch:
    """Who hears of turns for a collector, until this process ends."""
    traces = TurnTraces(CollectorExporter(collector))
    atexit.register(traces.close)
    return traces.trace
