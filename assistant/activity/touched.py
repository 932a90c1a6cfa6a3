"""Touched answers: past answers that cite articles which have changed since. Pure.

Someone looks at such an answer once; it comes back when an article that it cites changes again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from assistant.impact import articles_touched
from assistant.review.line import Item
from ingestion.difference import Difference
from ingestion.documents import Document

LOOKED = "looked"
"""The act of an entry of kind "review" which says that someone looked at a touched answer."""


@dataclass(frozen=True, slots=True)
class Change:
    """A version of an article before and after; None where there is none any more.

    The words are equal where only the days of validity changed.
    """

    title: str
    reference: str
    before: Document
    after: Document | None


@dataclass(frozen=True, slots=True)
class Look:
    """Who looked at an answer, when, and the generation in use then."""

    user: str
    at: datetime
    generation: str


@dataclass(frozen=True, slots=True)
class Touched:
    """An answer with what has changed of what it cites, and the last look at all of it."""

    item: Item
    changes: tuple[Change, ...]
    look: Look | None = None


Since = Callable[[str], Difference]
"""What changed from a generation, by its name, to the one in use."""


def body_of(record_id: str, generation: str) -> dict[str, Any]:
    """A look as it is written in the journal."""
    return {"act": LOOKED, "record_id": record_id, "generation": generation}


def touched(items: Iterable[Item], since: Since, looks: Mapping[str, Look]) -> tuple[Touched, ...]:
    """The answers that cite what has changed: those to look at first, each group latest first."""

    @cache
    def changed(generation: str, title: str, locator: str) -> tuple[Change, ...]:
        return tuple(_cited(title, locator, changes_of(since(generation))))

    def changes(item: Item, generation: str) -> tuple[Change, ...]:
        places = (changed(generation, *place) for place in item.line.cited)
        return tuple(dict.fromkeys(each for found in places for each in found))

    def state(item: Item) -> Touched:
        look = looks.get(item.line.record_id)
        if look and not changes(item, look.generation):
            return Touched(item, changes(item, item.line.generation), look)
        return Touched(item, changes(item, look.generation if look else item.line.generation))

    found = [each for each in map(state, items) if each.changes]
    return tuple(sorted(found, key=lambda each: each.look is not None))


def changes_of(found: Difference) -> tuple[Change, ...]:
    """The articles of a difference that were there before and are not the same now."""
    pairs = [(each.before, each.after) for each in (*found.changed, *found.redated)]
    gone = [(each, each) for each in found.ended], [(each, None) for each in found.removed]
    return tuple(
        Change(before.title, before.reference, before, after)
        for before, after in (*pairs, *gone[0], *gone[1])
        if before.reference and (before.title, before.reference) in found.touched
    )


def _cited(title: str, locator: str, changes: Iterable[Change]) -> Iterator[Change]:
    """The changes of the articles that a citation names."""
    for each in changes:
        if any(articles_touched(title, locator, {(each.title, each.reference)})):
            yield each
