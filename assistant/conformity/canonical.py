"""Canonical texts: what patterns are matched against, and where its characters come from. Pure.

A canonical text is in lower case, its quantities written as `{5 euro}`, line by line.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.checking.atoms import plain
from assistant.checking.quantities import find_quantities
from assistant.checking.sentences import Span


@dataclass(frozen=True, slots=True)
class _Part:
    """Where a stretch of canonical text begins, and the characters that it stands for."""

    begins: int
    start: int
    end: int
    is_quantity: bool = False


@dataclass(frozen=True, slots=True)
class Canonical:
    """A canonical text with its origin."""

    text: str
    parts: tuple[_Part, ...]

    def origin(self, start: int, end: int) -> Span:
        """The half-open characters of the text as written; a quantity is never cut."""
        first, last = self._part(start), self._part(end - 1)
        begins = first.start if first.is_quantity else first.start + start - first.begins
        return Span(begins, last.end if last.is_quantity else last.start + end - last.begins)

    def _part(self, position: int) -> _Part:
        return self.parts[bisect_right(self.parts, position, key=lambda part: part.begins) - 1]


def canonical(text: str) -> Canonical:
    """The canonical text of a text, as long in lines."""
    written: list[str] = []
    parts: list[_Part] = []
    length = 0
    for characters, start, end, is_quantity in _stretches(text):
        parts.append(_Part(length, start, end, is_quantity))
        written.append(characters)
        length += len(characters)
    return Canonical("".join(written), tuple(parts))


def _stretches(text: str) -> Iterator[tuple[str, int, int, bool]]:
    """What is written, the characters that it stands for, and whether it is a quantity."""
    begins = 0
    for line in text.split("\n"):
        read, position = plain(line), 0
        for quantity in find_quantities(read):
            yield read[position : quantity.start], begins + position, begins + quantity.start, False
            token = f"{{{quantity.key}}}"
            yield token, begins + quantity.start, begins + quantity.end, True
            position = quantity.end
        yield f"{read[position:]}\n", begins + position, begins + len(line) + 1, False
        begins += len(line) + 1
