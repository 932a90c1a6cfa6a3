"""Wording: what was kept, removed and added between two texts, word by word. Pure.

Lines are compared first, then the words of those that differ: a long text whose every word was
compared with every other would take minutes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_WORD = re.compile(r"\s*(?:\d+(?:[ \u00a0\u202f]\d{3}(?!\d)|[.,-]\d+)*|\w+|[^\w\s])|\s+")
"""A word, number or sign with the spaces before it; what ends a text has no word."""


class Change(StrEnum):
    """What became of a stretch of text."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text and what became of it."""

    change: Change
    text: str


def compare(before: str, after: str) -> tuple[Segment, ...]:
    """The segments from one text to the other, removed before added, never two alike in a row.

    Kept and removed ones make `before`, kept and added ones make `after`, to the character.
    """
    segments = _between(_LINE.findall(before), _LINE.findall(after))
    return tuple(
        Segment(change, "".join(segment.text for segment in run))
        for change, run in groupby(segments, lambda each: each.change)
    )


def _between(before: Sequence[str], after: Sequence[str]) -> Iterator[Segment]:
    """Segments by lines; lines replaced by others are compared by words."""
    for tag, i, j, m, n in SequenceMatcher(None, before, after).get_opcodes():
        removed, added = "".join(before[i:j]), "".join(after[m:n])
        if tag == "replace":
            yield from _by_words(_WORD.findall(removed), _WORD.findall(added))
        else:
            yield from _segments(tag, removed, added)


def _by_words(before: Sequence[str], after: Sequence[str]) -> Iterator[Segment]:
    for tag, i, j, m, n in SequenceMatcher(None, before, after).get_opcodes():
        yield from _segments(tag, "".join(before[i:j]), "".join(after[m:n]))


def _segments(tag: str, removed: str, added: str) -> Iterator[Segment]:
    if tag == "equal":
        yield Segment(Change.KEPT, removed)
        return
    if removed:
        yield Segment(Change.REMOVED, removed)
    if added:
        yield Segment(Change.ADDED, added)
