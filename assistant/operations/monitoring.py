"""Monitoring: what the service tells those who watch over it, and who these are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path

from assistant.answering.answer import TurnResult
from assistant.answering.pipeline import Assistant, TurnWatch, unwatched
from assistant.errors import WrongSettings
from assistant.operations.logs import log_turn
from assistant.operations.metrics import LiveFigures, TurnMeasures
from assistant.operations.readiness import WatchedModel, readiness
from assistant.operations.requirements import Requirement
from assistant.settings import Settings
from ingestion.index.store import Manifest


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

    def watch(result: TurnResult, ended: str) -> None:
        turns.count(result, ended)
        log_turn(result, ended)
        traces(result, ended)

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
        return model.restarts if isinstance(model, WatchedModel) else 0

    turns.registry.register(LiveFigures(lambda: assistant.waiting, restarts, manifest))
    requirements = partial(
        readiness, home, settings, lambda: assistant.generation, model, assistant.embedder
    )
    return Monitoring(requirements, turns.exposition, settings.monitors)
