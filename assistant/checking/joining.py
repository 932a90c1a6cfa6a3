"""Joining: "5 ans pour les services et 10 ans pour les travaux", "A ; B" say two things. Pure."""

import re
from collections.abc import Sequence

from assistant.checking.alternatives import parallel_groups
from assistant.checking.atoms import Atom, plain
from assistant.checking.clauses import leans

_SEMICOLON = re.compile(r"[ \u00a0]?;[ \u00a0]")


def said_apart(sentence: str, claim: Sequence[Atom]) -> tuple[tuple[Atom, ...], ...]:
    """Return the claims that a sentence joins, each with what they share; none when it is one."""
    atoms = tuple(claim)
    groups = [frozenset(group) for group in parallel_groups(sentence, atoms)]
    joined = frozenset().union(*groups)
    return tuple(
        tuple(
            atom
            for index, atom in enumerate(atoms)
            if index in group or (index not in joined)
            if not (atom.key == "or" and index == max(group))
        )
        for group in groups
    )


def statements_of(sentence: str) -> tuple[str, ...]:
    """Return the sides of a ";" when each names its own subject, else nothing."""
    parts = tuple(_SEMICOLON.split(sentence))
    apart = len(parts) > 1 and not any(leans(plain(part)) for part in parts[1:])
    return parts if apart else ()
