"""Outdated answers: those that cite an article which has changed since."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from assistant.impact import articles_touched
from assistant.index_changes import articles_changed
from assistant.review.line import Line
from ingestion.publication import current_name, finished


def outdated(home: Path, lines: Iterable[Line]) -> frozenset[str]:
    """The records of the answers that cite an article which their own index had otherwise.

    Where that index is no longer kept, the oldest one that is kept stands for it. Raises
    UnknownGeneration or DamagedGeneration.
    """
    kept, now = finished(home), current_name(home)

    @cache
    def has_changed(generation: str, title: str, locator: str) -> bool:
        then = generation if generation in kept else kept[0]
        changed = articles_changed(home, then, now) if then != now else frozenset()
        return any(articles_touched(title, locator, changed))

    return frozenset(
        line.record_id
        for line in lines
        if any(has_changed(line.generation, *place) for place in line.cited)
    )
