"""Gaps: questions without answer, grouped by theme and by the words that they share. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.answers import Outcome
from assistant.review.line import Item, Line
from assistant.themes import OUT_OF_SCOPE
from assistant.words import stems

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions of a theme that found no answer, the latest first.

    `shared` are the words that all of them have, as the first one writes them; the questions that
    share none with another are together, without any.
    """

    theme: str
    shared: tuple[str, ...]
    lines: tuple[Line, ...]


def gaps(items: Iterable[Item]) -> tuple[Gap, ...]:
    """What the texts did not answer, the most asked first; what is out of scope lacks nothing."""
    by_theme: dict[str, list[Line]] = {}
    for line in (item.line for item in items):
        if is_unanswered(line) and line.theme != OUT_OF_SCOPE:
            by_theme.setdefault(line.theme, []).append(line)
    found = [gap for theme, lines in by_theme.items() for gap in _grouped(theme, lines)]
    return tuple(sorted(found, key=lambda gap: (-len(gap.lines), gap.theme, gap.shared)))


def is_unanswered(line: Line) -> bool:
    """Whether a turn went to its end and found no answer."""
    return line.ended == "finished" and line.outcome is Outcome.ABSTAINED


def _grouped(theme: str, lines: Sequence[Line]) -> Iterator[Gap]:
    """The word of most questions makes the first group, and so on with the questions left."""
    left = [(line, stems(line.question)) for line in lines]
    while left:
        counted = Counter(stem for _, found in left for stem in found)
        stem, times = min(counted.items(), key=lambda each: (-each[1], each[0]), default=("", 0))
        if times < 2:
            yield Gap(theme, (), tuple(line for line, _ in left))
            return
        group = [(line, found) for line, found in left if stem in found]
        left = [(line, found) for line, found in left if stem not in found]
        common = frozenset.intersection(*(found for _, found in group))
        lines_of = tuple(line for line, _ in group)
        yield Gap(theme, tuple(_spelled(lines_of[0].question, common)), lines_of)


def _spelled(question: str, wanted: frozenset[str]) -> Iterator[str]:
    """The words of a question that have these stems, in its order, each once."""
    seen: set[str] = set()
    for word in _WORD.findall(question):
        fresh = stems(word) & wanted - seen
        if fresh:
            seen |= fresh
            yield word.lower()
