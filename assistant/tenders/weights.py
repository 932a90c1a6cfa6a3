"""Weights of criteria, in a sentence, a list or a table, and what they add up to. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, zip_longest

from assistant.question.language import fold_text
from assistant.question.quantities import fold_same_length as same_length
from assistant.tenders.canonical import stated_quantities

CELL = " | "
"""What divides the cells of a row."""

WHOLE = Fraction(100)
"""What the weights of criteria add up to, in percent or points."""

_BARE = re.compile(r"[\s*]*(\d{1,3}(?:[.,]\d{1,2})?)[\s*]*")
_HEADS = re.compile(r"(?i:points?|poids|pondération|%)")
"""What heads a column of weights."""

_OF_LOT = re.compile(r"(?i)\blots?\b")
_DETAIL = re.compile(r"\([^()]*\)|\bdont\b[^\n|]*")


def weights(text: str) -> tuple[Fraction, ...]:
    """The weights of criteria, in percent or points: of a table those of one column.

    Those of sub-criteria are left out where the others alone make the whole.
    """
    if CELL in text:
        return _of_table(text)
    every, outside = list(_all(text)), list(_all(_DETAIL.sub("", text)))
    return _making_whole(every, outside, whole_in(every), whole_in(outside))


def _of_table(text: str) -> tuple[Fraction, ...]:
    """The weights of the last column that makes the whole, else of the last that has any.

    Bare numbers are weights where they make the whole, or where their header says points.
    """
    rows = [row for row in text.splitlines() if not fold_text(row).startswith("total")]
    columns = [*zip_longest(*(row.split(CELL) for row in rows), fillvalue="")][::-1]
    measured = [[weight for cell in column for weight in _all(cell)] for column in columns]
    bare = [
        [Fraction(said[1].replace(",", ".")) for said in map(_BARE.fullmatch, column) if said]
        for column in columns
    ]
    told = [found for found, column in zip(bare, columns, strict=True) if _HEADS.search(column[0])]
    readings = [_making_whole(found, whole_in(found)) for found in (*measured, *bare)]
    whole = (each for each in readings if sum(each) == WHOLE)
    return next(whole, tuple(next(filter(None, (*measured, *told)), ())))


def weights_by_lot(text: str) -> Mapping[str, tuple[Fraction, ...]]:
    """The weights of each column that a lot heads, by its header; else all, under no name."""
    rows = [row for row in text.splitlines() if not fold_text(row).startswith("total")]
    columns = [*zip_longest(*(row.split(CELL) for row in rows), fillvalue="")]
    told = {
        column[0].strip(" |*"): _of_table("\n".join(f"–{CELL}{cell}" for cell in column))
        for column in columns
        if _OF_LOT.search(column[0])
    }
    read = {name: found for name, found in told.items() if len(found) > 1}
    return read if len(read) > 1 else {"": weights(text)}


def _making_whole(*readings: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """The first reading that adds up to the whole, else the first of all."""
    return tuple(next((each for each in readings if sum(each) == WHOLE), readings[0]))


def whole_in(found: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """The weights that make the whole, those that detail one before them left out; () if none."""
    readings: list[dict[Fraction, tuple[Fraction, ...]]] = [{Fraction(0): ()}]
    for place in reversed(range(len(found))):
        first, sums = found[place], accumulate(found[place + 1 :])
        inner = next((n for n, total in enumerate(sums, 1) if n > 1 and total == first), 0)
        after = readings[-1] | readings[-1 - inner]
        kept = {first + total: (first, *each) for total, each in after.items()}
        readings.append({total: each for total, each in kept.items() if total <= WHOLE})
    return readings[-1].get(WHOLE, ())


def describe_sum(found: Sequence[Fraction]) -> str:
    """Weights and what they add up to: "60 + 33,3333 = 93,3333"."""
    said = " + ".join(f"{float(weight):g}" for weight in found)
    return f"{said} = {float(sum(found)):g}".replace(".", ",")


def _all(text: str) -> Iterator[Fraction]:
    for each in stated_quantities(same_length(text)):
        if each.unit == "ratio":
            yield Fraction(each.value) * WHOLE
        elif each.unit == "point":
            yield Fraction(each.value)
