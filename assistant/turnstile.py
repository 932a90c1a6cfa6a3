"""One at a time, in the order of arrival, with a visible place in the queue."""

from collections import deque
from collections.abc import Generator
from threading import Condition

GLANCE = 0.2
"""Seconds between two looks at one's place."""


class Turnstile:
    """Lets one turn through to the model; the others see how many are ahead of them."""

    def __init__(self) -> None:
        """Nobody is waiting."""
        self._tickets: deque[object] = deque()
        self._moved = Condition()

    def enter(self) -> Generator[int, None, object]:
        """Yield how many are ahead while there are any, then return the ticket to give to `leave`.

        Closing the generator while waiting, or an interruption, gives the place up.
        """
        ticket = object()
        with self._moved:
            self._tickets.append(ticket)
        try:
            while ahead := self._ahead(ticket):
                yield ahead
        except BaseException:
            self.leave(ticket)
            raise
        return ticket

    def leave(self, ticket: object) -> None:
        """Let the next one through."""
        with self._moved:
            self._tickets.remove(ticket)
            self._moved.notify_all()

    def _ahead(self, ticket: object) -> int:
        with self._moved:
            if self._tickets[0] is not ticket:
                self._moved.wait(GLANCE)
            return self._tickets.index(ticket)
