"""Limits: "ne peut pas durer plus de 4 ans" and "dure au plus 4 ans" are one bound. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.checking.atoms import Atom, Kind

_REVERSED = {"gt": "le", "lt": "ge"}
_FURTHEST = 6
_BREAKING = {Kind.MODALITY, Kind.NEGATION, Kind.CONDITION, Kind.COMPARISON, Kind.REFERENCE}


def as_limits(atoms: Sequence[Atom]) -> tuple[Atom, ...]:
    """Turn a prohibition and the bound it leads to into the bound that it means.

    The bounds coordinated with it ("… et 8 ans pour …") are turned with it.
    """
    found: list[Atom] = list(atoms)
    for index, atom in enumerate(atoms):
        if atom.key != "cannot":
            continue
        bounded = _bounded(atoms, index)
        if bounded is None:
            continue
        bound = atoms[bounded].key.split()[0]
        for place in range(bounded, len(atoms)):
            if atoms[place].kind is Kind.QUANTITY and atoms[place].key.split()[0] == bound:
                turned = atoms[place].key.replace(bound, _REVERSED[bound], 1)
                found[place] = replace(atoms[place], key=turned)
            elif _breaks(atoms[place]) and atoms[place].key != "or":
                break
        found[index] = replace(atom, key="")
    return tuple(atom for atom in found if atom.key)


def _bounded(atoms: Sequence[Atom], start: int) -> int | None:
    """Return the first quantity after a prohibition, when it has a strict bound close enough."""
    for index in range(start + 1, min(len(atoms), start + 1 + _FURTHEST)):
        atom = atoms[index]
        if atom.kind is Kind.QUANTITY:
            return index if atom.key.split()[0] in _REVERSED else None
        if _breaks(atom):
            return None
    return None


def _breaks(atom: Atom) -> bool:
    return atom.kind in _BREAKING and atom.key not in {"max", "min"}
