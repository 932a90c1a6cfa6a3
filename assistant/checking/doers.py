"""Doers: sentences that do not say who acts: passives, "il faut", "l'avance est obligatoire". Pure.

Only the one whom the source names just before the verb may go unsaid, and never a kind of buyer:
a rule for entités adjudicatrices is not one for all.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.checking.atoms import Atom, Kind, plain
from assistant.checking.nature import ACTORS
from assistant.checking.sources import Source
from assistant.checking.voice import Voice, participles, undergoes

_IMPERSONAL = re.compile(r"\b(?:il faut|il convient d|on (?:peut|doit|ne))")
_STATE = re.compile(
    r"\b(?:est|sont) (?:pas |plus )?"
    r"(?:interdite?|possible|obligatoire|permise?|autorisée?|facultati(?:f|ve))s?\b"
)
_PARTICIPLE = re.compile(r"\w+(?:é|i|u)e?s?\b")
_BRINGING = {"grant", "provide for", "publish", "draw up", "pour", "use", "organis"}
_SET_APART = frozenset(
    {"contracting authority", "contracting entity", "conceding authority", "state", "local"}
)


def unnamed(sentence: str, claim: Sequence[Atom], source: Source) -> Voice | None:
    """Return the claim in the source's voice when it leaves out who acts, or None."""
    place = next(_silent(sentence, claim, source), None)
    if place is not None:
        return Voice(tuple(claim), passive=True, spared=frozenset({place}))
    return _mandatory(sentence, claim, source) or _impersonal(sentence, claim, source)


def _silent(sentence: str, claim: Sequence[Atom], source: Source) -> Iterator[int]:
    """Yield the actor of the source's verb, when the claim has only what undergoes it."""
    keys, said = [atom.key for atom in source.atoms], {atom.key for atom in claim}
    written = plain(sentence)
    passive = {verb.start for verb in participles(sentence, claim)}
    for verb in claim:
        for place in _words(source.atoms, verb.key):
            doer = _doer_before(source, place)
            if doer is None or keys[doer] in _SET_APART | said:
                continue
            first = next(i for i in range(doer + 1, place + 1) if source.atoms[i].kind is Kind.WORD)
            bare = keys[doer] == "buyer" and place == first
            bare = bare and _PARTICIPLE.match(written, verb.start) is not None
            if (verb.start in passive or bare) and undergoes(claim, verb, keys, place):
                yield doer


def _words(atoms: Sequence[Atom], key: str) -> Iterator[int]:
    return (i for i, atom in enumerate(atoms) if atom.kind is Kind.WORD and atom.key == key)


def _doer_before(source: Source, verb: int) -> int | None:
    """Return the nearest actor before a verb: the buyer who is bound, or one right before it."""
    place = next((i for i in range(verb - 1, -1, -1) if source.atoms[i].key in ACTORS), None)
    if place is None or place == _bound_buyer(source):
        return place
    between = source.atoms[place + 1 : verb]
    adjacent = all(atom.kind in {Kind.MODALITY, Kind.NEGATION} for atom in between)
    return place if adjacent else None


def _impersonal(sentence: str, claim: Sequence[Atom], source: Source) -> Voice | None:
    """Read "il faut publier", "on ne peut pas", "la négociation est interdite": the buyer's."""
    written = plain(sentence)
    state = _STATE.search(written) is not None
    if not state and not _IMPERSONAL.search(written):
        return None
    doer = _bound_buyer(source)
    if doer is not None and all(atom.key != "buyer" for atom in claim):
        return Voice(tuple(claim), passive=state, spared=frozenset({doer}))
    is_passive = next(participles(source.text, source.atoms), None) is not None
    return Voice(tuple(claim), passive=True) if is_passive else None


def _mandatory(sentence: str, claim: Sequence[Atom], source: Source) -> Voice | None:
    """Read "l'avance est obligatoire" as the buyer's duty to grant it."""
    doer = _bound_buyer(source)
    if doer is None or not _STATE.search(plain(sentence)):
        return None
    said = {atom.key for atom in claim}
    verb = next((atom.key for atom in source.atoms[doer + 2 :]), "")
    if verb not in _BRINGING - said or "buyer" in said:
        return None
    told = tuple(replace(a, key="must") if a.key == "mandatory" else a for a in claim)
    return Voice(told, passive=True, spared=frozenset({doer, doer + 2}))


def _bound_buyer(source: Source) -> int | None:
    """Return the buyer who opens the source or stands before its first modality, or None."""
    for index, atom in enumerate(source.atoms):
        following = source.atoms[index + 1 : index + 2]
        opens = all(place in source.optional for place in range(index))
        governed = following and following[0].kind is Kind.MODALITY
        if atom.key == "buyer" and (opens or governed):
            return index
        if atom.kind is Kind.MODALITY:
            return None
    return None
