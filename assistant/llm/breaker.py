"""A circuit breaker: a server that fails again and again is left alone for a while."""

from collections.abc import Callable
from time import monotonic

MOST_FAILURES = 3
"""How often in a row the server may fail before it is left alone."""


class CircuitBreaker:
    """Counts the failures of a server in a row; after the rest one more opens it again."""

    def __init__(self, rest: float, clock: Callable[[], float] = monotonic) -> None:
        """`rest` is in seconds."""
        self.failures = 0
        self._rest = rest
        self._clock = clock
        self._rests_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the server is not to be asked now."""
        return self.failures >= MOST_FAILURES and self._clock() < self._rests_until

    def succeed(self) -> None:
        """Forget what failed before."""
        self.failures = 0

    def fail(self) -> bool:
        """Count a failure; whether the server is left alone from now on."""
        self.failures += 1
        self._rests_until = self._clock() + self._rest
        return self.failures >= MOST_FAILURES
