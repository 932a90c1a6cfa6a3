"""Canonical texts of a dossier: what patterns are matched on, and where its characters come from.

A canonical text is in lower case without accents, its quantities as `{5 euro}`, line by line. Pure.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from unicodedata import normalize

from assistant.question.numerals import find_numerals
from assistant.question.quantities import Quantity, find_quantities, fold_same_length
from ingestion.chunking.sentences import SentenceSpan

_ACCENTED = {code: normalize("NFD", chr(code))[0] for code in range(0xC0, 0x250)}


def without_accents(text: str) -> str:
    """The text, as long, with the letters that accents stand on."""
    return text.translate(_ACCENTED)


def bare(text: str) -> str:
    """The text, as long, in lower case without accents, with one kind of space and apostrophe."""
    return without_accents(fold_same_length(text))


_LONGEST_NUMBER = 60
"""Characters of a number in words."""

_IN_BRACKETS = re.compile(r"(?<=\w) \(([\w -]{1,30})\)")


def stated_quantities(text: str) -> tuple[Quantity, ...]:
    """Every quantity of a text; one whose number is said twice counts once.

    The text is as `fold_same_length` writes it.
    """
    starts: dict[int, int] = {}
    for doubled in _IN_BRACKETS.finditer(text):
        if (start := _repeated(text, doubled)) is not None:
            again = doubled[1].rjust(doubled.end() - start)
            text = f"{text[:start]}{again}{text[doubled.end() :]}"
            starts[doubled.end() - len(doubled[1])] = start
    found = find_quantities(text)
    return tuple(replace(each, start=starts.get(each.start, each.start)) for each in found)


def _repeated(text: str, doubled: re.Match[str]) -> int | None:
    """Where the number begins that brackets repeat, None where they say something else."""
    said = [each for each in find_numerals(doubled[1]) if each.end - each.start == len(doubled[1])]
    if not said:
        return None
    first = max(0, doubled.start() - _LONGEST_NUMBER)
    written = text[first : doubled.start()]
    *_, last = find_numerals(written) or (None,)
    is_same = last and last.end == len(written) and last.value == said[0].value
    return first + last.start if last and is_same else None


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

    def origin(self, start: int, end: int) -> SentenceSpan:
        """The half-open characters of the text as written; a quantity is never cut."""
        first, last = self._part(start), self._part(end - 1)
        begins = first.start if first.is_quantity else first.start + start - first.begins
        return SentenceSpan(
            begins, last.end if last.is_quantity else last.start + end - last.begins
        )

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
        read, position = bare(line), 0
        for quantity in stated_quantities(fold_same_length(line)):
            yield read[position : quantity.start], begins + position, begins + quantity.start, False
            token = f"{{{quantity.key}}}"
            yield token, begins + quantity.start, begins + quantity.end, True
            position = quantity.end
        yield f"{read[position:]}\n", begins + position, begins + len(line) + 1, False
        begins += len(line) + 1
