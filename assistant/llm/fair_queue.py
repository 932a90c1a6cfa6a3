"""Fair queue: one at a time, each person in turn, with a visible place."""

from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass
from threading import Condition

GLANCE = 0.2
"""Seconds between two looks at one's place."""


@dataclass(frozen=True, slots=True, eq=False)
class _Ticket:
    """A place in the queue."""

    person: str


class FairQueue:
    """Lets one turn through to the model; the others see how many are ahead of them.

    Who waits with one question goes before the second question of anybody else.
    """

    def __init__(self) -> None:
        """Nobody is waiting."""
        self._tickets: list[_Ticket] = []
        self._moved = Condition()

    def enter(self, person: str = "") -> Generator[int, None, object]:
        """Yield how many are ahead while there are any, then return the ticket to give to `leave`.

        Without a name, each who enters is somebody else. Closing the generator while waiting, or
        an interruption, gives the place up.
        """
        ticket = _Ticket(person)
        with self._moved:
            self._tickets.insert(self._place(person), ticket)
        try:
            while ahead := self._ahead(ticket):
                yield ahead
        except BaseException:
            self.leave(ticket)
            raise
        return ticket

    @property
    def waiting(self) -> int:
        """How many are not let through yet."""
        with self._moved:
            return max(len(self._tickets) - 1, 0)

    def leave(self, ticket: object) -> None:
        """Let the next one through."""
        with self._moved:
            self._tickets = [each for each in self._tickets if each is not ticket]
            self._moved.notify_all()

    def _place(self, person: str) -> int:
        """Where a new ticket goes: before the first, not yet let through, of a later round."""
        rounds = Counter[str]()
        own = 1 + sum(each.person == person for each in self._tickets if person)
        for place, each in enumerate(self._tickets):
            rounds[each.person] += 1
            if place and each.person and rounds[each.person] > own:
                return place
        return len(self._tickets)

    def _ahead(self, ticket: _Ticket) -> int:
        with self._moved:
            if self._tickets[0] is not ticket:
                self._moved.wait(GLANCE)
            return self._tickets.index(ticket)
