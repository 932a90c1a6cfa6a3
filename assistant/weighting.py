"""Weighting: the weights of criteria in a sentence, a list or a table. Pure."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate

from assistant.checking.atoms import plain as same_length
from assistant.checking.quantities import find_quantities
from assistant.words import plain

CELL = " | "
"""What divides the cells of a row."""

WHOLE = Fraction(100)
"""What the weights of criteria add up to, in percent or points."""

_IN_BRACKETS = re.compile(r"\([^()]*\)")


def weights(text: str) -> tuple[Fraction, ...]:
    """The weights of criteria, in percent or points: of a table those of its last column.

    Those of sub-criteria are left out where the others alone make the whole.
    """
    if CELL in text:
        rows = [row for row in text.splitlines() if not plain(row).startswith("total")]
        found = [weight for row in rows for weight in _all(row.rsplit(CELL, 1)[-1])]
        return _making_whole(found, _outermost(found))
    every, outside = list(_all(text)), list(_all(_IN_BRACKETS.sub("", text)))
    return _making_whole(every, outside, _outermost(every), _outermost(outside))


def _making_whole(*readings: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """The first reading that adds up to the whole, else the first of all."""
    return tuple(next((each for each in readings if sum(each) == WHOLE), readings[0]))


def _outermost(found: Sequence[Fraction]) -> list[Fraction]:
    """Those that are not parts of the one before: of 60, 20, 40, 40 they are 60 and 40."""
    if not found:
        return []
    first, *others = found
    sums = accumulate(others)
    inner = next((n for n, total in enumerate(sums, 1) if n > 1 and total == first), 0)
    return [first, *_outermost(others[inner:])]


def _all(text: str) -> Iterator[Fraction]:
    for each in find_quantities(same_length(text)):
        if each.unit == "ratio":
            yield Fraction(each.value) * WHOLE
        elif each.unit == "point":
            yield Fraction(each.value)
