"""Members: which of "A, B ou C" and of "A et B" a sentence may leave unsaid. Pure.

A permission, a prohibition or a condition that holds for each of several things holds for one of
them. A duty to do one thing or another does not, and an exception or a limit for both is not one
for either.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.checking.atoms import Atom, Kind, plain
from assistant.checking.coordination import Coordination, coordinations

_EACH = re.compile(r"\b(?:chaque|toute?|aucune?) (?:\w+ )?$|\b(?:marché|lot|contrat)s? $")
_COMPLEMENT = re.compile(r" (?:de|du|des|d'|à|au|pour|par|dans)(?!\w)| d'")
_LIMITING = {"except", "only", "instead", "without"}
_FREEING = {
    "ou": {"may", "freely", "cannot", "need_not", "if", "not"},
    "et": {"may", "freely", "must", "need_not"},
    "ni": {"cannot", "not", "no_longer", "never"},
}
_COLLECTIVE = re.compile(
    r"\b(?:addition|sommes?\b|ajout|cumul|composé|constitué|entre\b|éga[lu]|partag|répart|moyenne"
    r"|combin|total\b|(?:moins|plus) l)"
)
_ALL_AT_ONCE = re.compile(r"\bensemble\b(?! d)|\b(?:conjointement|en commun|à la fois)\b")
_FOR = (" pour les ", " pour l'", " pour la ", " pour des ")
_GOVERNING = {Kind.MODALITY, Kind.NEGATION}


def unsaid_members(said: set[str], text: str, atoms: Sequence[Atom]) -> Iterator[int]:
    """Yield the atoms (indexes) of the members that a claim saying these keys leaves out."""
    written = plain(text)
    for found in coordinations(written, atoms):
        if _is_free(written, atoms, found):
            yield from _left_out(said, written, found, atoms)


def taken_together(text: str, end: int) -> bool:
    """Say whether what is listed from `end` on counts only together: a sum, a composition."""
    return _COLLECTIVE.search(text, 0, end) is not None


def _is_free(text: str, atoms: Sequence[Atom], found: Coordination) -> bool:
    """Say whether what governs the members lets one of them stand for all."""
    first = found.members[0][0]
    start = atoms[first].start
    governors = [
        atom
        for atom in atoms[:first]
        if atom.kind in _GOVERNING or atom.key in _LIMITING or atom.key == "if"
    ]
    if taken_together(text, start) or any(atom.key in _LIMITING for atom in governors):
        return False
    if found.word == "et" and (found.article == "bare" or _ALL_AT_ONCE.search(text)):
        return False
    if found.word == "ou" and _EACH.search(text[:start].removesuffix("de ")):
        return True
    if not governors:
        return first == 0 or text[:start].endswith(_FOR)
    nearest = governors[-1]
    over = nearest.key == "if" and "," in text[nearest.end : start]
    return nearest.key in _FREEING[found.word] and not over


def _left_out(
    said: set[str], text: str, found: Coordination, atoms: Sequence[Atom]
) -> Iterator[int]:
    """Yield the members of which nothing is said, when another is said whole."""
    last = _without_complement(said, text, found.members[-1], atoms)
    found = replace(found, members=(*found.members[:-1], last))
    whole = [all(atoms[index].key in said for index in member) for member in found.members]
    if not any(whole):
        return
    kept = {atoms[i].key for m, held in zip(found.members, whole, strict=True) if held for i in m}
    for member, held in zip(found.members, whole, strict=True):
        own = {atoms[index].key for index in member} - kept
        shared = member is found.members[-1] and _is_shared(text, found, atoms)
        if not held and not own & said and not shared:
            yield from member
    if sum(whole) == 1:
        start, end = found.joint
        yield from (i for i, a in enumerate(atoms) if start <= a.start < end and a.key == "or")


def _without_complement(
    said: set[str], text: str, member: tuple[int, ...], atoms: Sequence[Atom]
) -> tuple[int, ...]:
    """Return the last member without the complement ("dans le cahier") that the claim says."""
    for place, (left, right) in enumerate(pairwise(member), 1):
        gap = text[atoms[left].end : atoms[right].start]
        if atoms[right].key in said and atoms[left].key not in said and _COMPLEMENT.match(gap):
            return member[:place]
    return member


def _is_shared(text: str, found: Coordination, atoms: Sequence[Atom]) -> bool:
    """Say whether what ends the last member ("… non courants") may bear on the others too."""
    last = found.members[-1]
    if found.article in {"preposition", "infinitive"} or len(last) == 1:
        return False
    if atoms[last[0]].key == "autr" or _COMPLEMENT.match(text, atoms[last[0]].end):
        return False
    return len(last) > max(len(member) for member in found.members[:-1])
