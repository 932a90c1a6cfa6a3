"""Outdated answers: those that cite an article which has changed since."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from assistant.impact import articles_touched
from assistant.index_changes import changes_since
from assistant.review.line import Line


def outdated(home: Path, lines: Iterable[Line]) -> frozenset[str]:
    """The records of the answers that cite an article which their own index had otherwise.

    Raises UnknownGeneration or DamagedGeneration.
    """
    since = changes_since(home)

    @cache
    def has_changed(generation: str, title: str, locator: str) -> bool:
        return any(articles_touched(title, locator, since(generation).touched))

    return frozenset(
        line.record_id
        for line in lines
        if any(has_changed(line.generation, *place) for place in line.cited)
    )
