"""The checker: whether a sentence stands on the passages it cites. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from assistant.citations.lexicon import ADDED, WEAK
from assistant.citations.modality import denies, find_modalities, opening
from assistant.citations.omission import unsaid
from assistant.citations.order import Voice, keeps_order, turned, unnamed
from assistant.citations.sentences import is_verbatim, marker, sentences
from assistant.citations.sources import SentenceSource, leans, parallel_groups, read, sources
from assistant.citations.wording import ACTORS, OTHERWISE
from assistant.question.quantities import Atom, AtomKind, fold_same_length

# Joining: "5 ans pour les services et 10 ans pour les travaux", "A ; B" say two things. Pure.

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
    apart = len(parts) > 1 and not any(leans(fold_same_length(part)) for part in parts[1:])
    return parts if apart else ()


# Alignment: whether a sentence says what a source says, no more and no less. Pure.

_REPEATABLE = {"if"}
_PRONOUN = re.compile(r"\b(?:celui|celle|ceux|celles)-ci\b|\b(?:ils?|elles?|lui|y|en ont|en a)\b")
_LABELS = {
    AtomKind.QUANTITY: "quantité absente du passage",
    AtomKind.REFERENCE: "référence absente du passage",
    AtomKind.COMPARISON: "comparaison absente du passage",
    AtomKind.MODALITY: "modalité absente du passage",
    AtomKind.NEGATION: "négation absente du passage",
    AtomKind.CONDITION: "condition absente du passage",
    AtomKind.NATURE: "nature ou qualité absente du passage",
    AtomKind.WORD: "mot absent du passage",
}
_DROPPED = {
    AtomKind.QUANTITY: "quantité du passage omise",
    AtomKind.REFERENCE: "référence du passage omise",
    AtomKind.COMPARISON: "comparaison du passage omise",
    AtomKind.MODALITY: "modalité du passage omise",
    AtomKind.NEGATION: "négation du passage omise",
    AtomKind.CONDITION: "condition du passage omise",
    AtomKind.NATURE: "précision du passage omise",
    AtomKind.WORD: "précision du passage omise",
}


def mismatch(sentence: str, claim: Sequence[Atom], source: SentenceSource) -> str:
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


def _meant(claim: Sequence[Atom], source: SentenceSource) -> tuple[Atom, ...]:
    """Return the claim with, of the meanings of an English word, the one that the source has."""
    written = {atom.key for atom in source.atoms}
    return tuple(
        replace(atom, key=next((k for k in keys if k in written), keys[0]))
        for atom, keys in ((atom, atom.key.split(OTHERWISE)) for atom in claim)
    )


def _told(claim: Sequence[Atom], source: SentenceSource) -> tuple[Atom, ...]:
    """Return the claim without the "doit" that the source tells in the indicative."""
    negated = any(atom.kind is AtomKind.NEGATION for atom in source.atoms)
    if negated or find_modalities(fold_same_length(source.text)):
        return tuple(claim)
    acts = {verb.key for doer, verb in pairwise(source.atoms) if doer.key in ACTORS}
    duties = {
        index
        for index, (duty, verb) in enumerate(pairwise(claim))
        if duty.key == "must" and verb.kind is AtomKind.WORD and verb.key in acts
    }
    return tuple(atom for index, atom in enumerate(claim) if index not in duties)


def overlap(claim: Sequence[Atom], source: SentenceSource) -> float:
    """Return the share of a sentence's meanings that a source holds, from 0 to 1."""
    keys = {atom.key for atom in claim}
    return len(keys & {atom.key for atom in source.atoms}) / max(1, len(keys))


def _extra(sentence: str, form: Voice, source: SentenceSource) -> Iterator[str]:
    held = (atom for index, atom in enumerate(source.atoms) if index not in form.spared)
    available = Counter(atom.key for atom in held)
    used: Counter[str] = Counter()
    for atom in form.claim:
        used[atom.key] += 1
        if atom.kind is AtomKind.REFERENCE:
            missing = not available[atom.key] and atom.key not in source.headings
        elif atom.kind is AtomKind.WORD:
            missing = used[atom.key] > available[atom.key] and atom.key not in ADDED
        elif atom.key in _REPEATABLE:
            missing = not available[atom.key]
        else:
            missing = used[atom.key] > available[atom.key]
        if missing:
            yield f"{_LABELS[atom.kind]} : « {sentence[atom.start : atom.end].strip()} »"


def _omitted(sentence: str, form: Voice, source: SentenceSource) -> Iterator[str]:
    """Yield what the sentence leaves out; a pronoun of its own may stand for a word said before."""
    said = Counter(atom.key for atom in form.claim)
    pronouns = len(_PRONOUN.findall(fold_same_length(sentence))) - len(
        _PRONOUN.findall(fold_same_length(source.text))
    )
    needed: Counter[str] = Counter()
    for index, atom in enumerate(source.atoms):
        if index in source.optional or index in form.spared or atom.key in WEAK:
            continue
        needed[atom.key] += 1
        if said[atom.key] >= needed[atom.key]:
            continue
        replaced = atom.kind in {AtomKind.WORD, AtomKind.NATURE} and said[atom.key] and pronouns > 0
        pronouns -= 1
        if not replaced:
            yield f"{_DROPPED[atom.kind]} : « {source.text[atom.start : atom.end].strip()} »"


# The checker: whether a sentence stands on the passages it cites. Pure.
#
# A false acceptance is the worst that can happen here: what is not understood is refused, and the
# caller shows the passage's own words instead.

_CITATION = re.compile(r"[ \u00a0]?\[\d{1,3}(?:[ ,;-]+\d{1,3})*\]")
_EMPHASIS = re.compile(r"\*\*|__|`|^#+ ", re.MULTILINE)
_FEWEST_MEANINGS = 3


class Support(StrEnum):
    """How a sentence stands: copied, reworded without loss, or computed by code from rules."""

    VERBATIM = "verbatim"
    SUPPORTED = "supported"
    COMPUTED = "computed"


@dataclass(frozen=True, slots=True)
class SupportVerdict:
    """What holds a sentence up; `reason` says in French why nothing does, "" when it stands."""

    support: Support | None
    reason: str = ""


def check_sentence(sentence: str, passages: Sequence[str]) -> SupportVerdict:
    """Say whether a sentence, citation markers aside, is carried by one of the cited passages.

    Several sentences given at once must each stand; the weakest support is returned.
    """
    text = _EMPHASIS.sub("", _CITATION.sub("", sentence)).strip()
    if not text:
        return SupportVerdict(None, "phrase vide")
    if not passages:
        return SupportVerdict(None, "aucun passage cité")
    if any(is_verbatim(text, passage) for passage in passages):
        return SupportVerdict(Support.VERBATIM)
    parts = [text[part.start : part.end] for part in sentences(text)]
    is_list = any(marker(part) for part in parts[1:])
    if len(parts) == 1 or is_list:
        return _check_one(text, passages)
    verdicts = [check_sentence(part, passages) for part in parts]
    failed = next((verdict for verdict in verdicts if verdict.support is None), None)
    return failed or SupportVerdict(Support.SUPPORTED)


def _check_one(sentence: str, passages: Sequence[str]) -> SupportVerdict:
    answer, start = opening(fold_same_length(sentence))
    body = sentence[start:]
    claim = read(body)
    if len({atom.key for atom in claim}) < _FEWEST_MEANINGS:
        return SupportVerdict(None, "phrase trop courte pour être vérifiée")
    if reason := _wrong_polarity(answer, body):
        return SupportVerdict(None, reason)
    candidates = [source for passage in passages for source in sources(passage)]
    if not candidates:
        return SupportVerdict(None, "passage vide")
    reason = _unsupported(body, claim, candidates)
    apart = said_apart(body, claim) if reason else ()
    if apart and not any(_unsupported(body, each, candidates) for each in apart):
        reason = ""
    statements = statements_of(body) if reason else ()
    if statements and all(_check_one(each, passages).support for each in statements):
        reason = ""
    return SupportVerdict(None, reason) if reason else SupportVerdict(Support.SUPPORTED)


def _unsupported(body: str, claim: Sequence[Atom], candidates: Sequence[SentenceSource]) -> str:
    """Return why no source carries a claim, said of the nearest one, or ""."""
    nearest = sorted(candidates, key=lambda source: overlap(claim, source), reverse=True)
    reasons = [mismatch(body, claim, source) for source in nearest]
    return "" if "" in reasons else reasons[0]


def _wrong_polarity(answer: str | None, body: str) -> str:
    """Return why "Oui" or "Non" contradicts the sentence that it opens, or ""."""
    if answer == "yes" and denies(fold_same_length(body)):
        return "« Oui » contredit la suite de la phrase"
    if answer == "no" and not denies(fold_same_length(body)):
        return "« Non » contredit la suite de la phrase"
    return ""
