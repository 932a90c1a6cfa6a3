"""Progress: what was drawn and read so far, how long it took, and what comes next. Pure."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from statistics import median

from assistant.review.readings import frozen_of
from assistant.review.recorded import Item
from assistant.review.register import Reason, Sampling, Task, is_drawn, reasons


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
