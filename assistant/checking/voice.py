"""Voice: "l'acheteur verse l'acompte" and "l'acompte est versé par l'acheteur". Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.checking.atoms import Atom, Kind, plain
from assistant.checking.lexicon import ACTORS
from assistant.checking.sources import Source

_PASSIVE = re.compile(
    r"\b(?:est|sont|être|été|soit|soient) (?:\w+ment )?(?!tenu|obligé|autorisé|permis|interdit|pas)"
    r"\w+(?:é|i|u|t|is)e?s?\b|\b(?:is|are|be|been) (?:\w+ly )?\w+(?:ed|en|d)\b"
)

@dataclass(frozen=True, slots=True)
class Voice:
    """A claim without the "par" of its passive; `passive` when its voice is not the source's.

    `spared` are the source's atoms that the other voice leaves out (indexes).
    """

    claim: tuple[Atom, ...]
    passive: bool = False
    spared: frozenset[int] = frozenset()


def voice(sentence: str, claim: Sequence[Atom], source: Source) -> Voice:
    """Compare the voices of a sentence and of a source; "by" must name the source's own agent."""
    said = [index for index, atom in enumerate(claim) if atom.key == "by"]
    written = [index for index, atom in enumerate(source.atoms) if atom.key == "by"]
    if len(said) > len(written):
        return _passive_claim(claim, said, source)
    if len(said) < len(written):
        return _active_claim(claim, written, source)
    return _without_agent(sentence, claim, source)


def _passive_claim(claim: Sequence[Atom], said: list[int], source: Source) -> Voice:
    """Drop the "par" before the actor who comes before the verb in the source."""
    keys = [atom.key for atom in source.atoms]
    for place in said:
        agent, verb = _neighbour(claim, place, 1), _neighbour(claim, place, -1)
        if agent is None or verb is None or agent.key not in keys or verb.key not in keys:
            continue
        if keys.index(agent.key) < keys.index(verb.key):
            return Voice(tuple(a for i, a in enumerate(claim) if i != place), passive=True)
    return Voice(tuple(claim))


def _active_claim(claim: Sequence[Atom], written: list[int], source: Source) -> Voice:
    """Spare the source's "par" when the sentence puts that actor before the verb."""
    keys = [atom.key for atom in claim]
    for place in written:
        agent = _neighbour(source.atoms, place, 1)
        verb = _neighbour(source.atoms, place, -1)
        if agent is None or verb is None or agent.key not in keys or verb.key not in keys:
            continue
        if keys.index(agent.key) < keys.index(verb.key):
            return Voice(tuple(claim), passive=True, spared=frozenset({place}))
    return Voice(tuple(claim))


def _without_agent(sentence: str, claim: Sequence[Atom], source: Source) -> Voice:
    """Spare the actor that opens the source when the sentence is a passive without agent."""
    if not source.atoms or not claim or not _PASSIVE.search(plain(sentence)):
        return Voice(tuple(claim))
    first = next((i for i, atom in enumerate(source.atoms) if i not in source.optional), 0)
    actor = source.atoms[first]
    keys = [atom.key for atom in source.atoms]
    if actor.key not in ACTORS or any(atom.key == actor.key for atom in claim):
        return Voice(tuple(claim))
    opens_elsewhere = claim[0].key in keys and keys.index(claim[0].key) > first + 1
    if not opens_elsewhere:
        return Voice(tuple(claim))
    return Voice(tuple(claim), passive=True, spared=frozenset({first}))


def _neighbour(atoms: Sequence[Atom], place: int, step: int) -> Atom | None:
    index = place + step
    while 0 <= index < len(atoms):
        if atoms[index].kind in {Kind.WORD, Kind.NATURE}:
            return atoms[index]
        index += step
    return None
