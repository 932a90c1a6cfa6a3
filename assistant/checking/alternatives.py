"""Alternatives: the parts of a source that a sentence may leave out together. Pure.

Of "60 000 € … en fournitures, ou 100 000 € … en travaux" it may keep one side; an insertion that
only adds ("avec ou sans minimum", "ou équivalent", "par exemple …") goes whole or stays whole.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, product

from assistant.checking.atoms import Atom, Kind, plain

_TAIL = re.compile(r", ou(?= (?:pour|si|lorsqu|dans|en) ?)|,? ou, (?=en cas|si |s'il|lorsqu)")
_INSERTION = re.compile(
    r",? avec ou sans \w+|,? qu'(?:ils?|elles?) soi(?:t|ent) [^,.;:()]* ou [^,.;:()]*"
    r"|,? ou équivalente?s?\b|,? quels? que soi(?:t|ent) [^,.;:()]*|, par exemple [^,.;:()]*,?"
    r"|, ou (?:de la |du |des |de l'|d'une? )?\w+(?=,)|, entre autres,"
    r"|, (?:au besoin|mais pas) [^,.;:()]*"
    r"|, totale?s? ou partiel(?:le)?s?(?=,)|, même (?:si|lorsqu|quand|en cas|sans)[^,.;:()]*"
    r"|,? (?:prévue?s?|mentionnée?s?|fixée?s?|visée?s?) (?:à l'|par l')article [lrd]\.? ?[\d-]+"
)
_IF = r"(?:si|s'ils?|lorsqu(?:e|')|quand)(?!\w)"
_CONDITIONS = re.compile(rf"\b(?P<one>{_IF}[^,.;:()]*?) ou (?P<other>{_IF}[^,.;:()]*)")
_NEGATIVE = {"cannot", "need_not", "not", "except", "only", "no_longer", "never"}
_LABELS = {"ht", "ttc", "total", "initial"}
_MOST_INSERTIONS = 4


def droppable(text: str, atoms: tuple[Atom, ...]) -> Iterator[set[int]]:
    """Yield the sets of atoms (indexes) that may go unsaid together, each set being one way."""
    nothing: set[int] = set()
    for some in product(*((nothing, *sides) for sides in _free(plain(text), atoms))):
        without = nothing.union(*some)
        if without:
            yield without
        for dropped in _sides(text, atoms, without):
            yield dropped | without


def _free(text: str, atoms: Sequence[Atom]) -> Iterator[tuple[set[int], ...]]:
    """Yield what may go unsaid: each insertion, and one side of "si A ou si B", never both."""
    found: list[tuple[tuple[int, int], ...]] = [(m.span(),) for m in _INSERTION.finditer(text)]
    if not any(atom.key in {"except", "only"} for atom in atoms):
        for match in _CONDITIONS.finditer(text):
            first, second = match.start("one"), match.start("other")
            found.append(((first, second), (match.end("one"), match.end())))
    for spans in found[:_MOST_INSERTIONS]:
        sides = (
            {index for index, atom in enumerate(atoms) if start <= atom.start < end}
            for start, end in spans
        )
        yield tuple(side for side in sides if side)


def _sides(text: str, atoms: tuple[Atom, ...], without: set[int]) -> Iterator[set[int]]:
    """Yield all but one of coordinated quantities, and what an alternative at the end says."""
    tails: list[set[int]] = [set()]
    if not any(atom.key in _NEGATIVE for atom in atoms):
        for match in _TAIL.finditer(plain(text)):
            tails.append({i for i, atom in enumerate(atoms) if atom.start >= match.start()})
    for tail in tails:
        if tail:
            yield tail
        kept = tuple(
            atom for index, atom in enumerate(atoms) if index not in tail and index not in without
        )
        groups = [{atoms.index(kept[i]) for i in group} for group in parallel_groups(text, kept)]
        junctions = {max(group) for group in groups if atoms[max(group)].key == "or"}
        for group in groups:
            yield tail.union(*groups) - group | junctions


def parallel_groups(text: str, atoms: tuple[Atom, ...]) -> list[range]:
    """Return the index ranges of coordinated quantities, each with the natures it is for."""
    places = [index for index, atom in enumerate(atoms) if atom.kind is Kind.QUANTITY]
    of_units = {atoms[place].key.split()[-1] for place in places}
    if len(places) < 2 or len(of_units) != 1:
        return []
    groups = [range(first, second) for first, second in pairwise(places)]
    groups.append(range(places[-1], _group_end(text, atoms, places[-1])))
    natures = [
        {atoms[i].key for i in group if atoms[i].kind is Kind.NATURE} - _LABELS for group in groups
    ]
    coordinated = all(
        re.search(r"\b(?:ou|et|or|and)\b[^.;]*$", text[atoms[first].end : atoms[second].start])
        for first, second in pairwise(places)
    )
    return groups if coordinated and all(natures) else []


def _group_end(text: str, atoms: tuple[Atom, ...], start: int) -> int:
    """Return the index after the last atom before a comma or a condition."""
    for index in range(start + 1, len(atoms)):
        between = text[atoms[index - 1].end : atoms[index].start]
        if re.search(r"[,;:.(]", between) or atoms[index].kind not in {Kind.NATURE, Kind.WORD}:
            return index
    return len(atoms)
