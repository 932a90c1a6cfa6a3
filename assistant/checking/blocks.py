"""Blocks: where the atoms of a sentence stand in a source, and which parts changed places. Pure."""

import re
from collections.abc import Iterator, Sequence

from assistant.checking.atoms import Atom, Kind
from assistant.checking.nature import ACTORS

_WIDEST = 6


def places(claim: Sequence[str], written: Sequence[str]) -> list[int | None]:
    """Return where each key of the claim stands in the source, with as few jumps as possible."""
    options = [[i for i, key in enumerate(written) if key == wanted] for wanted in claim]
    best: dict[int, tuple[float, list[int | None]]] = {-1: (0.0, [])}
    for choices in options:
        following: dict[int, tuple[float, list[int | None]]] = {}
        for last, (cost, path) in best.items():
            fresh = [choice for choice in choices if choice not in path]
            tried: list[int | None] = [*fresh] or [None]
            for choice in tried:
                step = 0.0 if choice is None or choice == last + 1 else 1.0 + (choice <= last)
                place = last if choice is None else choice
                candidate = (cost + step, [*path, choice])
                if place not in following or candidate[0] < following[place][0]:
                    following[place] = candidate
        best = following
    return min(best.values(), key=lambda each: each[0])[1]


def blocks(places: Sequence[int | None]) -> tuple[int, ...]:
    """Return the order of the blocks: (1,) when nothing moved, (2, 1) when two changed places."""
    present = [place for place in places if place is not None]
    rank = {place: index for index, place in enumerate(sorted(present))}
    ranks = [rank[place] for place in present]
    starts = [
        value for index, value in enumerate(ranks) if index == 0 or value != ranks[index - 1] + 1
    ]
    order = {value: index for index, value in enumerate(sorted(starts), 1)}
    return tuple(order[value] for value in starts) or (1,)


def swapped(text: str, atoms: Sequence[Atom]) -> Iterator[list[Atom]]:
    """Yield the source with the two sides of one "ou", "et" or comma exchanged."""
    for middle in range(1, len(atoms)):
        gap = text[atoms[middle - 1].end : atoms[middle].start]
        is_or = atoms[middle].key == "or"
        is_joined = is_or or re.search(r"\bet\b|\bni\b|\band\b", gap) is not None
        if not is_joined and "," not in gap:
            continue
        right = middle + 1 if is_or else middle
        for left_size in range(1, _WIDEST):
            for right_size in range(1, _WIDEST):
                start, end = middle - left_size, right + right_size
                if start < 0 or end > len(atoms):
                    continue
                left, after = list(atoms[start:middle]), list(atoms[right:end])
                acting = (left_size, right_size) != (1, 1) or not is_joined
                if not any(_binding(atom, acting=acting) for atom in (*left, *after)):
                    joint = list(atoms[middle:right])
                    yield [*atoms[:start], *after, *joint, *left, *atoms[end:]]


def _binding(atom: Atom, *, acting: bool) -> bool:
    """Say whether an atom keeps its side of a coordination; `acting`: an actor does as well."""
    held = atom.kind not in {Kind.WORD, Kind.NATURE} and atom.key != "or"
    return held or (acting and atom.key in ACTORS)
