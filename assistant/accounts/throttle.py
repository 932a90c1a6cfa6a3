"""Throttle: how many failures an address may make before it has to wait."""

import time
from collections.abc import Callable
from threading import Lock

MOST, WINDOW = 20, 15 * 60
"""Failures of one address within so many seconds: many people may share one, few mistype often."""

MOST_ADDRESSES = 10_000


class Throttle:
    """Counts failures by address, in memory; with too many addresses the oldest are forgotten."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._failures: dict[str, list[float]] = {}
        self._lock = Lock()

    def count(self, address: str) -> None:
        """One failure more."""
        with self._lock:
            recent = self._recent(address)
            self._failures.pop(address, None)  # an address that fails again is the newest
            self._failures[address] = [*recent, self._clock()]
            while len(self._failures) > MOST_ADDRESSES:
                del self._failures[next(iter(self._failures))]

    def wait(self, address: str) -> int:
        """Seconds until an address may try again, 0 when it may."""
        with self._lock:
            recent = self._recent(address)
        return int(recent[-MOST] + WINDOW - self._clock()) + 1 if len(recent) >= MOST else 0

    def _recent(self, address: str) -> list[float]:
        since = self._clock() - WINDOW
        return [each for each in self._failures.get(address, ()) if each > since]
