"""Progress: what was drawn and read so far, how long it took, and how far readers agree. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, median

from assistant.confidence import LEVEL, Estimate, share
from assistant.review.readings import (
    Arbitration,
    Place,
    Reading,
    ReviewVerdict,
    Target,
    compared,
    disputed,
    frozen_of,
    pairs,
)
from assistant.review.recorded import Item
from assistant.review.register import Reason, Sampling, Task, is_drawn, reasons

Pair = tuple[ReviewVerdict, ReviewVerdict]
"""The verdicts of the first and of the second reader of one thing."""

_Z = NormalDist().inv_cdf((1 + LEVEL) / 2)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The share of equal verdicts, and Cohen's kappa; None where there is nothing to compare."""

    rate: Estimate | None
    kappa: Estimate | None


def agreement(pairs: Sequence[Pair]) -> Agreement:
    """How far two readers agree."""
    return Agreement(share(sum(one == other for one, other in pairs), len(pairs)), kappa(pairs))


def kappa(pairs: Sequence[Pair]) -> Estimate | None:
    """Cohen's kappa with its interval; None when one of the readers only ever gave one verdict.

    (p - c) / (1 - c), with p the share of equal verdicts and c the share that chance would make
    equal: Cohen, "A coefficient of agreement for nominal scales", 1960. The interval is that of
    the large-sample variance of Fleiss, Cohen and Everitt, "Large sample standard errors of kappa
    and weighted kappa", 1969, formula for the kappa that is not zero; it is cut at -1 and 1.
    """
    count = len(pairs)
    if not pairs or any(len(set(verdicts)) < 2 for verdicts in zip(*pairs, strict=True)):
        return None
    cells = {pair: times / count for pair, times in Counter(pairs).items()}
    first = {one: n / count for one, n in Counter(one for one, _ in pairs).items()}
    second = {other: n / count for other, n in Counter(other for _, other in pairs).items()}
    equal = sum(part for (one, other), part in cells.items() if one == other)
    chance = sum(part * second.get(verdict, 0.0) for verdict, part in first.items())
    value = (equal - chance) / (1 - chance)

    def weight(one: ReviewVerdict, other: ReviewVerdict) -> float:
        if one == other:
            margins = first.get(one, 0.0) + second.get(one, 0.0)
            return ((1 - chance) - margins * (1 - equal)) ** 2
        return (1 - equal) ** 2 * (second.get(one, 0.0) + first.get(other, 0.0)) ** 2

    spread = sum(part * weight(*pair) for pair, part in cells.items())
    spread -= (equal * chance - 2 * chance + equal) ** 2
    reach = _Z * sqrt(max(spread, 0.0) / count) / (1 - chance) ** 2
    return Estimate(value, max(value - reach, -1.0), min(value + reach, 1.0), count)


def pairs_of(items: Iterable[Item], target: Target) -> Iterator[Pair]:
    """The frozen verdicts of the two readers of each answer on everything of a kind in it."""
    return (pair for item in items for pair in pairs(item.readings, target))


# Disagreements: what two readers judge differently, one by one.


@dataclass(frozen=True, slots=True)
class ReaderDisagreement:
    """One thing in an answer that its two readers judge differently.

    `arbitrations` are the decisions on it, the one that holds last.
    """

    item: Item
    place: Place
    first: Reading
    second: Reading
    arbitrations: tuple[Arbitration, ...]

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided."""
        return not self.arbitrations

    def is_for(self, user: str) -> bool:
        """Whether somebody may decide: neither of the two readers may."""
        return user not in (self.first.user, self.second.user)


def disagreements(items: Iterable[Item]) -> tuple[ReaderDisagreement, ...]:
    """Every disagreement, those to decide first, in the order of the items."""
    found = (each for item in items for each in _disagreements(item))
    return tuple(sorted(found, key=lambda each: not each.is_open))


def _disagreements(item: Item) -> Iterator[ReaderDisagreement]:
    if pair := compared(item.readings):
        for place in disputed(item.readings):
            decided = tuple(each for each in item.arbitrations if each.place == place)
            yield ReaderDisagreement(item, place, *pair, decided)


@dataclass(frozen=True, slots=True)
class ReadingPace:
    """How long an answer took its reader, in seconds: the median of so many timed readings."""

    seconds: float
    count: int


@dataclass(frozen=True, slots=True)
class ReviewProgress:
    """How far the reading has come.

    `drawn` answers fell to the lot, `drawn_read` of them were read; `due_twice` of those read are
    for a second reader, `read_twice` of them have had one. `read` are all that were read, the
    latest reading first. `pace` is None where no reading was timed.
    """

    drawn: int
    drawn_read: int
    due_twice: int
    read_twice: int
    read: tuple[Item, ...]
    pace: ReadingPace | None


def progress(items: Iterable[Item], sampling: Sampling) -> ReviewProgress:
    """How far the reading of some answers has come."""
    known = list(items)
    sample = drawn(known, sampling)
    read = [item for item in known if item.readers]
    twice = [item for item in read if is_due_twice(item, sampling)]
    return ReviewProgress(
        drawn=len(sample),
        drawn_read=sum(bool(item.readers) for item in sample),
        due_twice=len(twice),
        read_twice=sum(len(item.readers) > 1 for item in twice),
        read=tuple(sorted(read, key=_last_read, reverse=True)),
        pace=pace(read),
    )


def drawn(items: Iterable[Item], sampling: Sampling) -> tuple[Item, ...]:
    """The answers that fell to the lot."""
    chosen = (item for item in items if Reason.RANDOM in reasons(item, frozenset(), sampling))
    return tuple(chosen)


def pace(items: Iterable[Item]) -> ReadingPace | None:
    """The usual time of a reading that was timed, None where none was."""
    found = (each.seconds for item in items for each in frozen_of(item.readings))
    timed = [seconds for seconds in found if seconds]
    return ReadingPace(median(timed), len(timed)) if timed else None


def is_due_twice(item: Item, sampling: Sampling) -> bool:
    """Whether an answer that was read is for a second reader as well."""
    return is_drawn(item.line.record_id, sampling.second, sampling.seed, "second")


def _last_read(item: Item) -> int:
    return max(each.position for each in frozen_of(item.readings))


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """The answers before and after one in the queue, None at its ends, and how many it has."""

    previous: Item | None
    following: Item | None
    left: int


def place_in(
    found: Sequence[Task], item: Item, touched: Set[str], sampling: Sampling
) -> QueuePlace:
    """Where an answer stands in a queue; one that is read keeps the place that it had.

    After the last comes the first that is left; an answer that never was in the queue comes before
    all of it.
    """
    others = [task for task in found if task.item.line.record_id != item.line.record_id]
    why = reasons(item, touched, sampling)
    if not why:
        first = others[0].item if others else None
        return QueuePlace(None, first, len(found))
    own = Task(item, why, is_second=False).urgency
    before = [task.item for task in others if task.urgency < own]
    after = [task.item for task in others if task.urgency > own]
    following = (*after, *before)
    return QueuePlace(
        before[-1] if before else None, following[0] if following else None, len(found)
    )
