"""Alignment: whether a sentence says what a source says, no more and no less. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.checking.atoms import Atom, Kind, plain
from assistant.checking.doers import unnamed
from assistant.checking.light import ADDED, WEAK
from assistant.checking.modality import find_modalities
from assistant.checking.nature import ACTORS
from assistant.checking.omission import unsaid
from assistant.checking.order import keeps_order
from assistant.checking.sources import Source
from assistant.checking.voice import Voice, turned
from assistant.checking.wording import OTHERWISE

_REPEATABLE = {"if"}
_PRONOUN = re.compile(r"\b(?:celui|celle|ceux|celles)-ci\b|\b(?:ils?|elles?|lui|y|en ont|en a)\b")
_LABELS = {
    Kind.QUANTITY: "quantité absente du passage",
    Kind.REFERENCE: "référence absente du passage",
    Kind.COMPARISON: "comparaison absente du passage",
    Kind.MODALITY: "modalité absente du passage",
    Kind.NEGATION: "négation absente du passage",
    Kind.CONDITION: "condition absente du passage",
    Kind.NATURE: "nature ou qualité absente du passage",
    Kind.WORD: "mot absent du passage",
}
_DROPPED = {
    Kind.QUANTITY: "quantité du passage omise",
    Kind.REFERENCE: "référence du passage omise",
    Kind.COMPARISON: "comparaison du passage omise",
    Kind.MODALITY: "modalité du passage omise",
    Kind.NEGATION: "négation du passage omise",
    Kind.CONDITION: "condition du passage omise",
    Kind.NATURE: "précision du passage omise",
    Kind.WORD: "précision du passage omise",
}


def mismatch(sentence: str, claim: Sequence[Atom], source: Source) -> str:
    """Return in French why a source does not carry a sentence, or "" when it does."""
    told = _told(_meant(claim, source), source)
    form = turned(sentence, told, source) or unnamed(sentence, told, source) or Voice(told)
    left_out = unsaid(form.claim, source.text, source.atoms)
    form = replace(form, spared=form.spared | left_out)
    for reason in _extra(sentence, form, source):
        return reason
    for reason in _omitted(sentence, form, source):
        return reason
    if not keeps_order(sentence, form, source):
        return "éléments du passage rapprochés autrement"
    return ""


def _meant(claim: Sequence[Atom], source: Source) -> tuple[Atom, ...]:
    """Return the claim with, of the meanings of an English word, the one that the source has."""
    written = {atom.key for atom in source.atoms}
    return tuple(
        replace(atom, key=next((k for k in keys if k in written), keys[0]))
        for atom, keys in ((atom, atom.key.split(OTHERWISE)) for atom in claim)
    )


def _told(claim: Sequence[Atom], source: Source) -> tuple[Atom, ...]:
    """Return the claim without the "doit" that the source tells in the indicative."""
    negated = any(atom.kind is Kind.NEGATION for atom in source.atoms)
    if negated or find_modalities(plain(source.text)):
        return tuple(claim)
    acts = {verb.key for doer, verb in pairwise(source.atoms) if doer.key in ACTORS}
    duties = {
        index
        for index, (duty, verb) in enumerate(pairwise(claim))
        if duty.key == "must" and verb.kind is Kind.WORD and verb.key in acts
    }
    return tuple(atom for index, atom in enumerate(claim) if index not in duties)


def overlap(claim: Sequence[Atom], source: Source) -> float:
    """Return the share of a sentence's meanings that a source holds, from 0 to 1."""
    keys = {atom.key for atom in claim}
    return len(keys & {atom.key for atom in source.atoms}) / max(1, len(keys))


def _extra(sentence: str, form: Voice, source: Source) -> Iterator[str]:
    held = (atom for index, atom in enumerate(source.atoms) if index not in form.spared)
    available = Counter(atom.key for atom in held)
    used: Counter[str] = Counter()
    for atom in form.claim:
        used[atom.key] += 1
        if atom.kind is Kind.REFERENCE:
            missing = not available[atom.key] and atom.key not in source.headings
        elif atom.kind is Kind.WORD:
            missing = used[atom.key] > available[atom.key] and atom.key not in ADDED
        elif atom.key in _REPEATABLE:
            missing = not available[atom.key]
        else:
            missing = used[atom.key] > available[atom.key]
        if missing:
            yield f"{_LABELS[atom.kind]} : « {sentence[atom.start : atom.end].strip()} »"


def _omitted(sentence: str, form: Voice, source: Source) -> Iterator[str]:
    """Yield what the sentence leaves out; a pronoun of its own may stand for a word said before."""
    said = Counter(atom.key for atom in form.claim)
    pronouns = len(_PRONOUN.findall(plain(sentence))) - len(_PRONOUN.findall(plain(source.text)))
    needed: Counter[str] = Counter()
    for index, atom in enumerate(source.atoms):
        if index in source.optional or index in form.spared or atom.key in WEAK:
            continue
        needed[atom.key] += 1
        if said[atom.key] >= needed[atom.key]:
            continue
        replaced = atom.kind in {Kind.WORD, Kind.NATURE} and said[atom.key] and pronouns > 0
        pronouns -= 1
        if not replaced:
            yield f"{_DROPPED[atom.kind]} : « {source.text[atom.start : atom.end].strip()} »"
