"""Runs: the stretches of a chain in which every line names the one before. Pure."""

from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.journal.lines import GENESIS


@dataclass(frozen=True, slots=True)
class Link:
    """What a line says of its place; `is_sound` when it still has its own hash.

    A line that is no entry says nothing. Lines of earlier versions have no number.
    """

    hash: str = ""
    previous: str = ""
    number: int | None = None
    is_sound: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """The lines of the places `start` to `stop` (0-based, half-open); `number` is the first's."""

    start: int
    stop: int
    number: int

    def __len__(self) -> int:
        return self.stop - self.start

    @property
    def end(self) -> int:
        """The number after that of the last line."""
        return self.number + len(self)

    @property
    def places(self) -> range:
        """Where its lines stand."""
        return range(self.start, self.stop)

    @property
    def numbers(self) -> range:
        """The numbers of its lines."""
        return range(self.number, self.end)

    def place(self, number: int) -> int:
        """Where the line of a number stands."""
        return self.start + number - self.number


def runs_of(links: Sequence[Link]) -> tuple[Run, ...]:
    """Every run, by place; a line that is not sound is in none.

    Where two lines name the same one before, both begin a run: one of them was put there.
    """
    named = Counter(link.previous for link in links if link.is_sound)
    spans: list[tuple[int, int]] = []
    for place, link in enumerate(links):
        if not link.is_sound:
            continue
        before = links[place - 1] if place else Link()
        if named[link.previous] == 1 and _follows(link, before):
            spans[-1] = (spans[-1][0], place + 1)
        else:
            spans.append((place, place + 1))
    return tuple(_numbered(links, spans))


def kept_runs(runs: Sequence[Run]) -> tuple[Run, ...]:
    """The longest runs whose numbers rise from place to place: what was written so. By place."""
    kept: list[Run] = []
    for run in sorted(runs, key=lambda run: (-len(run), run.start)):
        at = bisect(kept, run.start, key=lambda each: each.start)
        fits_before = at == 0 or kept[at - 1].end <= run.number
        if fits_before and (at == len(kept) or run.end <= kept[at].number):
            kept.insert(at, run)
    return tuple(kept)


def _follows(link: Link, before: Link) -> bool:
    if not before.is_sound or link.previous != before.hash:
        return False
    return before.number is None or link.number == before.number + 1


def _numbered(links: Sequence[Link], spans: Sequence[tuple[int, int]]) -> Iterator[Run]:
    """Runs with their numbers: stated, else told by the line before, else by the place."""
    known = {GENESIS: 0}
    for start, stop in spans:
        stated = next((k for k in range(start, stop) if links[k].number is not None), None)
        if stated is None:
            number = known.get(links[start].previous, start) + 1
        else:
            number = (links[stated].number or 0) - (stated - start)
        run = Run(start, stop, number)
        known |= {links[place].hash: number + place - start for place in run.places}
        yield run
