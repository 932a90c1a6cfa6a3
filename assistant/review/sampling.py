"""Sampling: which answers a reader is asked to judge, and why. Pure.

The random part is drawn by a hash of the seed and the record, not by the order of the answers:
whoever knows the seed and the rate draws the same ones again, and new answers change nothing.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from assistant.answers import Outcome
from assistant.review.line import Item, Thumb

SAMPLED = "sampling"
"""The act of an entry of kind "review" that changes the sampling."""


class Reason(StrEnum):
    """Why an answer should be read, the most pressing first."""

    COMPLAINED = "complained"
    CHANGED = "changed"
    DOUBTFUL = "doubtful"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Sampling:
    """`rate` of the answers are drawn, and a second reader is asked for `second` of those read."""

    seed: int = 1
    rate: float = 0.05
    second: float = 0.2

    @property
    def body(self) -> dict[str, Any]:
        """The sampling as it is written in the journal."""
        return {"act": SAMPLED, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Task:
    """An answer to be read; `is_second` when someone has judged it already."""

    item: Item
    reasons: tuple[Reason, ...]
    is_second: bool


def sampling_of(body: Mapping[str, Any]) -> Sampling:
    """The sampling that a body says."""
    return Sampling(body["seed"], body["rate"], body["second"])


def tasks(
    items: Iterable[Item], touched: Set[str], sampling: Sampling, user: str
) -> tuple[Task, ...]:
    """What a reader should read, the most pressing reason first, then the oldest answer.

    `touched` are the records of answers that cite a text which has changed since.
    """
    found = [
        Task(item, why, bool(item.readers))
        for item in items
        if user not in item.readers
        and (why := reasons(item, touched, sampling))
        and (not item.readers or _is_due_again(item, sampling))
    ]
    urgency = list(Reason)
    return tuple(
        sorted(found, key=lambda task: (urgency.index(task.reasons[0]), task.item.line.position))
    )


def reasons(item: Item, touched: Set[str], sampling: Sampling) -> tuple[Reason, ...]:
    """Why an answer should be read; a partial one says its doubt itself."""
    line = item.line
    is_finished = line.ended == "finished"
    applies = {
        Reason.COMPLAINED: item.opinion is not None and item.opinion.thumb is Thumb.DOWN,
        Reason.CHANGED: line.record_id in touched,
        Reason.DOUBTFUL: is_finished and line.outcome is Outcome.PARTIAL,
        Reason.RANDOM: is_finished and is_drawn(line.record_id, sampling.rate, sampling.seed),
    }
    return tuple(reason for reason, holds in applies.items() if holds)


def is_drawn(name: str, rate: float, seed: int, purpose: str = "first") -> bool:
    """Whether a lot of this seed falls on a record; on `rate` of many of them it does."""
    digest = sha256(f"{seed}:{purpose}:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < rate * 2**64


def _is_due_again(item: Item, sampling: Sampling) -> bool:
    is_chosen = is_drawn(item.line.record_id, sampling.second, sampling.seed, "second")
    return len(item.readers) == 1 and is_chosen
