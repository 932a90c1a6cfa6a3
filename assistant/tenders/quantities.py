"""Quantities as the pieces of a dossier write them: "soixante (60) jours" is one. Pure."""

import re
from dataclasses import replace

from assistant.question.quantities import Quantity, find_numerals, find_quantities

_LONGEST = 60
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
    first = max(0, doubled.start() - _LONGEST)
    written = text[first : doubled.start()]
    *_, last = find_numerals(written) or (None,)
    is_same = last and last.end == len(written) and last.value == said[0].value
    return first + last.start if last and is_same else None
