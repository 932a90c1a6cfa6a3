"""The checker: whether a sentence stands on the passages it cites. Pure.

A false acceptance is the worst that can happen here: what is not understood is refused, and the
caller shows the passage's own words instead. A sentence stands when it copies whole sentences of
one passage, or says a sentence or a list of it with the same words in the same order, where
figures, units, dates, bounds and articles are compared by what they mean: "dix pour cent au plus"
is "10 % au maximum".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.citations.comparison import bound_quantities, find_comparisons
from assistant.citations.quotations import ASIDE, is_verbatim
from assistant.question.quantities import Atom, AtomKind, find_quantities, fold_same_length, hide
from ingestion.chunking.sentences import marker, sentences, units
from ingestion.documents.references import find_references

_CITATION = re.compile(r"[ \u00a0]?\[\d{1,3}(?:[ ,;-]+\d{1,3})*\]")
_EMPHASIS = re.compile(r"\*\*|__|`|^#+ ", re.MULTILINE)
_FEWEST_MEANINGS = 3
_LABELS = {
    AtomKind.QUANTITY: "quantité absente du passage",
    AtomKind.REFERENCE: "référence absente du passage",
    AtomKind.WORD: "mot absent du passage",
}


class Support(StrEnum):
    """How a sentence stands: copied, the same words written otherwise, computed, or prepared.

    A prepared one was written beforehand, on the article that is cited: what that says.
    """

    VERBATIM = "verbatim"
    SUPPORTED = "supported"
    COMPUTED = "computed"
    PREPARED = "prepared"


@dataclass(frozen=True, slots=True)
class SupportVerdict:
    """What holds a sentence up; `reason` says in French why nothing does, "" when it stands."""

    support: Support | None
    reason: str = ""


def check_sentence(sentence: str, passages: Sequence[str]) -> SupportVerdict:
    """Say whether a sentence, citation markers aside, is carried by one of the cited passages.

    Several sentences given at once must each stand; where they are not copied in one piece, they
    are supported.
    """
    if any(is_verbatim(sentence, passage) for passage in passages):  # marks of its own and all
        return SupportVerdict(Support.VERBATIM)
    text = _EMPHASIS.sub("", _CITATION.sub("", sentence)).strip()
    if not text:
        return SupportVerdict(None, "phrase vide")
    if not passages:
        return SupportVerdict(None, "aucun passage cité")
    if any(is_verbatim(text, passage) for passage in passages):
        return SupportVerdict(Support.VERBATIM)
    parts = [text[part.start : part.end] for part in sentences(text)]
    if len(parts) == 1 or any(marker(part) for part in parts[1:]):
        return _check_one(text, passages)
    verdicts = [check_sentence(part, passages) for part in parts]
    failed = next((verdict for verdict in verdicts if verdict.support is None), None)
    return failed or SupportVerdict(Support.SUPPORTED)


def _check_one(sentence: str, passages: Sequence[str]) -> SupportVerdict:
    claim = read(sentence)
    if len({atom.key for atom in claim}) < _FEWEST_MEANINGS:
        return SupportVerdict(None, "phrase trop courte pour être vérifiée")
    carriers = [carrier for passage in passages for carrier in _carriers(passage)]
    if not carriers:
        return SupportVerdict(None, "passage vide")
    if any(_says(claim, carrier) for carrier in carriers):
        return SupportVerdict(Support.SUPPORTED)
    said = {atom.key for atom in claim}
    nearest = max(carriers, key=lambda carrier: len(said & carrier.keys))
    return SupportVerdict(None, _difference(sentence, claim, nearest))


# Carriers: what can carry a sentence, a sentence of the passage or one whole list, never two.

_ASIDE = re.compile(rf" ?{ASIDE}")
_QUESTION = re.compile(r"\?[ \u00a0]*(?:\([^()]*\))?$")


@dataclass(frozen=True, slots=True)
class _Carrier:
    """A statement of a passage, and the articles that a sentence may name as where it stands."""

    text: str
    atoms: tuple[Atom, ...]
    named: frozenset[str]

    @property
    def keys(self) -> set[str]:
        """Everything that it says."""
        return {atom.key for atom in self.atoms} | self.named


def _carriers(passage: str) -> Iterator[_Carrier]:
    """Yield the statements of a passage, whole and without what its parentheses only add."""
    heading: frozenset[str] = frozenset()
    for unit in units(passage, longest=len(passage)):
        text = passage[unit.start : unit.end]
        stated = not text.startswith("#") and not _QUESTION.search(text)
        if not stated or (unit.start == 0 and text[-1] not in ".;:!"):
            heading = _references(text)
        if stated:
            yield _Carrier(text, read(text), heading)
            if (bare := _ASIDE.sub("", text)) != text:
                yield _Carrier(bare, read(bare), heading | _references(text))


def _references(text: str) -> frozenset[str]:
    return frozenset(each.key for each in find_references(text))


def _says(claim: Sequence[Atom], carrier: _Carrier) -> bool:
    """Whether a sentence says what a carrier says, all of it, in its order, and nothing else."""
    written = [atom.key for atom in carrier.atoms]
    said = [atom.key for atom in claim]
    own = [atom.key for atom in claim if atom.key not in carrier.named]
    return written in (said, own)


def _difference(sentence: str, claim: Sequence[Atom], carrier: _Carrier) -> str:
    """Say in French on what a sentence departs from the passage."""
    said = {atom.key for atom in claim}
    if added := next((atom for atom in claim if atom.key not in carrier.keys), None):
        return f"{_LABELS[added.kind]} : « {sentence[added.start : added.end]} »"
    if left := next((atom for atom in carrier.atoms if atom.key not in said), None):
        return f"précision du passage omise : « {carrier.text[left.start : left.end]} »"
    return "éléments du passage rapprochés autrement"


# Reading: a sentence as what it says, in its order. Pure.
#
# "Ne peut" is "ne peut pas" where no "que" makes it a limit.

_LIMIT = r"(?! [^.;:]*\bqu(?:e\b|'))"
_DUTY = r"(?:tenue?s?|obligée?s?) d(?:e\b|')"
_SAME = {
    "ne peut pas": r"ne (?:peut|peuvent|pouvez|doit|doivent|saurait|sauraient)(?: pas|\b"
    + _LIMIT
    + ")",
    "peut": r"peut|peuvent|pouvez|(?:a|ont) (?:la faculté|la possibilité|le droit) d(?:e\b|')",
    "n'est pas tenu": r"(?:n'est|n'êtes|ne sont) pas " + _DUTY,
    "doit": r"doit|doivent|devez|(?:est|êtes|sont) " + _DUTY,
    "si": r"si|s'(?=ils?\b)|lorsqu(?:e\b|')",
    "procédure adaptée": r"procédures? adaptées?|mapa",
    "ht": r"hors taxes?|ht",
    "ttc": r"toutes taxes comprises|ttc",
    "à": r"à|aux?",
}
_MEANINGS = tuple(_SAME)
_WORDS = re.compile(
    r"(?<!\w)(?:"
    + "|".join(f"({each})" for each in _SAME.values())
    + r")(?:(?<=')|(?!\w))|[^\W_]+'?"
)
_ARTICLES = frozenset(
    {"le", "la", "les", "un", "une", "du", "de", "des", "ce", "cet", "cette", "ces"}
)


def read(text: str) -> tuple[Atom, ...]:
    """Return what a sentence says, in the order in which it is written, articles left out."""
    written = fold_same_length(text)
    found = [
        Atom(AtomKind.REFERENCE, each.key, each.start, each.end) for each in find_references(text)
    ]
    written = hide(written, found)
    quantities = find_quantities(written)
    figures = [Atom(AtomKind.QUANTITY, each.key, each.start, each.end) for each in quantities]
    bare = hide(written, figures)
    bounds = find_comparisons(bare)
    bounded, left = bound_quantities(written, quantities, bounds)
    words = _words(hide(bare, [bound for bound in bounds if bound not in left]))
    return tuple(sorted([*found, *bounded, *words], key=lambda atom: atom.start))


def _words(text: str) -> Iterator[Atom]:
    for match in _WORDS.finditer(text):
        group = match.lastindex
        key = _MEANINGS[group - 1] if group else match.group().replace("'", "e")
        if key not in _ARTICLES:
            yield Atom(AtomKind.WORD, key, match.start(), match.end())
