"""Alignment: whether a sentence says what a source says, no more and no less. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from assistant.checking.atoms import Atom, Kind, plain
from assistant.checking.lexicon import ADDED, WEAK
from assistant.checking.order import keeps_order
from assistant.checking.sources import Source
from assistant.checking.voice import Voice, voice

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
    form = voice(sentence, claim, source)
    for reason in _extra(sentence, form, source):
        return reason
    for reason in _omitted(sentence, form, source):
        return reason
    if not keeps_order(sentence, form, source):
        return "éléments du passage rapprochés autrement"
    return ""


def overlap(claim: Sequence[Atom], source: Source) -> float:
    """Return the share of a sentence's meanings that a source holds, from 0 to 1."""
    keys = {atom.key for atom in claim}
    return len(keys & {atom.key for atom in source.atoms}) / max(1, len(keys))


def _extra(sentence: str, form: Voice, source: Source) -> Iterator[str]:
    available = Counter(atom.key for atom in source.atoms)
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
