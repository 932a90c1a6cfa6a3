"""Voice: "l'acheteur verse l'acompte" and "l'acompte est versé par l'acheteur". Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.checking.atoms import Atom, Kind, plain
from assistant.checking.nature import ACTORS
from assistant.checking.sources import Source

_PASSIVE = re.compile(
    r"\b(?:est|sont|être|été|soit|soient) (?:\w+ment )?(?!tenu|obligé|autorisé|permis|interdit)"
    r"(?!pas\b)"
    r"(?P<fr>\w+(?:é|i|u|t|is)e?s?)\b|\b(?:is|are|be|been) (?:\w+ly )?(?P<en>\w+(?:ed|en|d))\b"
)


_NAMES = {Kind.WORD, Kind.NATURE}


@dataclass(frozen=True, slots=True)
class Voice:
    """A claim without the "par" of its passive; `passive` when its voice is not the source's.

    `spared` are the source's atoms that the other voice leaves out (indexes).
    """

    claim: tuple[Atom, ...]
    passive: bool = False
    spared: frozenset[int] = frozenset()


def voice(sentence: str, claim: Sequence[Atom], source: Source) -> Voice:
    """Compare the voices of a sentence and of a source; "by" must name the source's own doer."""
    said = [index for index, atom in enumerate(claim) if atom.key == "by"]
    written = [index for index, atom in enumerate(source.atoms) if atom.key == "by"]
    if len(said) > len(written):
        place = _turned(sentence, claim, said, source.atoms)
        if place is not None:
            kept = tuple(atom for index, atom in enumerate(claim) if index != place)
            return Voice(kept, passive=True)
    elif len(said) < len(written):
        place = _turned(source.text, source.atoms, written, claim)
        if place is not None:
            return Voice(tuple(claim), passive=True, spared=frozenset({place}))
    elif (place := _silent_doer(sentence, claim, source)) is not None:
        return Voice(tuple(claim), passive=True, spared=frozenset({place}))
    return Voice(tuple(claim))


def _turned(
    text: str, passive: Sequence[Atom], places: list[int], active: Sequence[Atom]
) -> int | None:
    """Return which "par" of a passive names the one who acts in the active sentence, or None."""
    keys = [atom.key for atom in active]
    for place in places:
        verb = next(reversed(_participles(text, passive[:place])), None)
        doer = next((a for a in passive[place + 1 :] if a.kind in _NAMES), None)
        if verb is None or doer is None or verb.key not in keys or doer.key not in keys:
            continue
        acts = keys.index(doer.key) < keys.index(verb.key)
        if acts and _undergoes(passive, verb, keys):
            return place
    return None


def _silent_doer(sentence: str, claim: Sequence[Atom], source: Source) -> int | None:
    """Return the actor that opens the source, when the sentence is a passive that leaves it out."""
    keys = [atom.key for atom in source.atoms]
    first = next((i for i in range(len(keys)) if i not in source.optional), None)
    verb = next(iter(_participles(sentence, claim)), None)
    if first is None or verb is None or verb.key not in keys or keys[first] not in ACTORS:
        return None
    silent = all(atom.key != keys[first] for atom in claim)
    return first if silent and _undergoes(claim, verb, keys) else None


def _participles(text: str, atoms: Sequence[Atom]) -> list[Atom]:
    """Return the passive participles among these atoms, in order."""
    starts = {m.start(m.lastgroup or "fr") for m in _PASSIVE.finditer(plain(text))}
    return [atom for atom in atoms if atom.start in starts]


def _undergoes(passive: Sequence[Atom], verb: Atom, active: Sequence[str]) -> bool:
    """Say whether the subject of the passive stands after the verb in the active sentence."""
    subject = [atom for atom in passive if atom.start < verb.start and atom.kind in _NAMES]
    known = [atom for atom in subject if atom.key in active]
    if not known:
        return False
    place = active.index(verb.key)
    return all(
        max(i for i, key in enumerate(active) if key == atom.key) > place
        for atom in (known[0], *(atom for atom in known if atom.key in ACTORS))
    )
