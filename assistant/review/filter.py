"""Filter: which answers are listed. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from assistant.answers import Outcome
from assistant.checking import Support
from assistant.review.line import Item, State, Thumb, folded


class Order(StrEnum):
    """What a list is sorted by."""

    LATEST = "latest"
    OLDEST = "oldest"
    SLOWEST = "slowest"
    THEME = "theme"


class Ending(StrEnum):
    """How a turn ended."""

    FINISHED = "finished"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Filter:
    """What an answer must be to be listed; None and "" ask for nothing.

    Both days are included. `team` is that of the dossier asked about. Every word of `words` must
    stand in the question or the answer, whatever its accents and case.
    """

    since: date | None = None
    until: date | None = None
    theme: str = ""
    outcome: Outcome | None = None
    support: Support | None = None
    route: str = ""
    thumb: Thumb | None = None
    team: str = ""
    dossier: str = ""
    state: State | None = None
    ending: Ending | None = None
    words: str = ""

    def select(self, items: Iterable[Item], teams: Mapping[str, str]) -> Iterator[Item]:
        """The items that are listed, in their order; `teams` has the team of each dossier."""
        wanted = folded(self.words).split()
        return (
            item
            for item in items
            if self._admits(item, teams) and all(word in item.line.searchable for word in wanted)
        )

    def _admits(self, item: Item, teams: Mapping[str, str]) -> bool:
        line, dossier = item.line, item.line.dossier or ""
        return (
            (self.since is None or self.since <= line.day)
            and (self.until is None or line.day <= self.until)
            and self.theme in ("", line.theme)
            and self.outcome in (None, line.outcome)
            and (self.support is None or self.support in line.supports)
            and self.route in ("", line.route)
            and (
                self.thumb is None
                or (item.opinion is not None and item.opinion.thumb is self.thumb)
            )
            and self.team in ("", teams.get(dossier, ""))
            and self.dossier in ("", dossier)
            and self.state in (None, item.state)
            and self.ending in (None, line.ended)
        )


def ordered(items: Iterable[Item], order: Order) -> list[Item]:
    """Items that come latest first, in an order."""
    match order:
        case Order.LATEST:
            return list(items)
        case Order.OLDEST:
            return list(items)[::-1]
        case Order.SLOWEST:
            return sorted(items, key=lambda item: -item.line.seconds)
        case Order.THEME:
            return sorted(items, key=lambda item: item.line.theme)
