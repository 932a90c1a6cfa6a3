"""Voice: "l'acheteur verse l'acompte" and "l'acompte est versé par l'acheteur". Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.checking.atoms import Atom, Kind, plain
from assistant.checking.nature import ACTORS
from assistant.checking.sources import Source

_PASSIVE = re.compile(
    r"\b(?:est|sont|être|été|soit|soient) (?:\w+ment )?(?!tenu|obligé|autorisé|permis|interdit)"
    r"(?!pas\b)"
    r"(?P<fr>\w+(?:é|i|u|t|is)e?s?)\b|\b(?:is|are|be|been) (?:\w+ly )?(?P<en>\w+(?:ed|en|d|t))\b"
    r"|\b(?:se |s')(?P<se>\w+(?:e|ent))\b"
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


def turned(sentence: str, claim: Sequence[Atom], source: Source) -> Voice | None:
    """Return the claim in the source's voice when one says "par" who acts and the other not."""
    said = [index for index, atom in enumerate(claim) if atom.key == "by"]
    written = [index for index, atom in enumerate(source.atoms) if atom.key == "by"]
    if len(said) > len(written):
        place = _turning(sentence, claim, said, source.atoms)
        if place is not None:
            kept = tuple(atom for index, atom in enumerate(claim) if index != place)
            return Voice(kept, passive=True)
    elif len(said) < len(written):
        place = _turning(source.text, source.atoms, written, claim)
        if place is not None:
            return Voice(tuple(claim), passive=True, spared=frozenset({place}))
    return None


def participles(text: str, atoms: Sequence[Atom]) -> Iterator[Atom]:
    """Yield the passive participles among these atoms, in order."""
    starts = {m.start(m.lastgroup or "fr") for m in _PASSIVE.finditer(plain(text))}
    return (atom for atom in atoms if atom.start in starts)


def undergoes(passive: Sequence[Atom], verb: Atom, active: Sequence[str], place: int) -> bool:
    """Say whether the subject of a passive stands after its verb, at `place`, in the active."""
    subject = [atom for atom in passive if atom.start < verb.start and atom.kind in _NAMES]
    known = [atom for atom in subject if atom.key in active]
    return bool(known) and all(
        max(i for i, key in enumerate(active) if key == atom.key) > place
        for atom in (known[0], *(atom for atom in known if atom.key in ACTORS))
    )


def _turning(
    text: str, passive: Sequence[Atom], places: list[int], active: Sequence[Atom]
) -> int | None:
    """Return which "par" of a passive names the one who acts in the active sentence, or None."""
    keys = [atom.key for atom in active]
    for place in places:
        nearest = passive[place - 1] if place and passive[place - 1].kind is Kind.WORD else None
        verb = next(reversed([*participles(text, passive[:place])]), nearest)
        doer = next((a for a in passive[place + 1 :] if a.kind in _NAMES), None)
        if verb is None or doer is None or verb.key not in keys or doer.key not in keys:
            continue
        acts = keys.index(doer.key) < keys.index(verb.key)
        if acts and undergoes(passive, verb, keys, keys.index(verb.key)):
            return place
    return None
