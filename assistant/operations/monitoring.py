"""Monitoring: what the service tells those who watch over it, and who these are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path

from assistant.answering.pipeline import Assistant
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


def monitoring_of(
    home: Path, settings: Settings, assistant: Assistant, turns: TurnMeasures
) -> Monitoring:
    """What there is to watch of an assistant whose turns are counted."""
    model = assistant.model

    def manifest() -> Manifest:
        return assistant.generation.manifest

    def restarts() -> int:
        return model.restarts if isinstance(model, WatchedModel) else 0

    turns.live.register(LiveFigures(lambda: assistant.waiting, restarts, manifest))
    requirements = partial(readiness, home, settings, lambda: assistant.generation, model)
    return Monitoring(requirements, turns.exposition, settings.monitors)
