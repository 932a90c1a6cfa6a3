"""The checker: whether a sentence stands on the passages it cites. Pure.

A false acceptance is the worst that can happen here: what is not understood is refused, and the
caller shows the passage's own words instead.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.checking.alignment import mismatch, overlap
from assistant.checking.atoms import Atom, plain
from assistant.checking.joining import said_apart, statements_of
from assistant.checking.polarity import denies, opening
from assistant.checking.quotes import is_verbatim
from assistant.checking.reading import read
from assistant.checking.sentences import marker, sentences
from assistant.checking.sources import Source, sources

_CITATION = re.compile(r"[ \u00a0]?\[\d{1,3}(?:[ ,;-]+\d{1,3})*\]")
_EMPHASIS = re.compile(r"\*\*|__|`|^#+ ", re.MULTILINE)
_FEWEST_MEANINGS = 3


class Support(StrEnum):
    """How a sentence stands: copied, reworded without loss, or computed by code from rules."""

    VERBATIM = "verbatim"
    SUPPORTED = "supported"
    COMPUTED = "computed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What holds a sentence up; `reason` says in French why nothing does, "" when it stands."""

    support: Support | None
    reason: str = ""


def check(sentence: str, passages: Sequence[str]) -> Verdict:
    """Say whether a sentence, citation markers aside, is carried by one of the cited passages.

    Several sentences given at once must each stand; the weakest support is returned.
    """
    text = _EMPHASIS.sub("", _CITATION.sub("", sentence)).strip()
    if not text:
        return Verdict(None, "phrase vide")
    if not passages:
        return Verdict(None, "aucun passage cité")
    if any(is_verbatim(text, passage) for passage in passages):
        return Verdict(Support.VERBATIM)
    parts = [text[part.start : part.end] for part in sentences(text)]
    is_list = any(marker(part) for part in parts[1:])
    if len(parts) == 1 or is_list:
        return _check_one(text, passages)
    verdicts = [check(part, passages) for part in parts]
    failed = next((verdict for verdict in verdicts if verdict.support is None), None)
    return failed or Verdict(Support.SUPPORTED)


def _check_one(sentence: str, passages: Sequence[str]) -> Verdict:
    answer, start = opening(plain(sentence))
    body = sentence[start:]
    claim = read(body)
    if len({atom.key for atom in claim}) < _FEWEST_MEANINGS:
        return Verdict(None, "phrase trop courte pour être vérifiée")
    if reason := _wrong_polarity(answer, body):
        return Verdict(None, reason)
    candidates = [source for passage in passages for source in sources(passage)]
    if not candidates:
        return Verdict(None, "passage vide")
    reason = _unsupported(body, claim, candidates)
    apart = said_apart(body, claim) if reason else ()
    if apart and not any(_unsupported(body, each, candidates) for each in apart):
        reason = ""
    statements = statements_of(body) if reason else ()
    if statements and all(_check_one(each, passages).support for each in statements):
        reason = ""
    return Verdict(None, reason) if reason else Verdict(Support.SUPPORTED)


def _unsupported(body: str, claim: Sequence[Atom], candidates: Sequence[Source]) -> str:
    """Return why no source carries a claim, said of the nearest one, or ""."""
    nearest = sorted(candidates, key=lambda source: overlap(claim, source), reverse=True)
    reasons = [mismatch(body, claim, source) for source in nearest]
    return "" if "" in reasons else reasons[0]


def _wrong_polarity(answer: str | None, body: str) -> str:
    """Return why "Oui" or "Non" contradicts the sentence that it opens, or ""."""
    if answer == "yes" and denies(plain(body)):
        return "« Oui » contredit la suite de la phrase"
    if answer == "no" and not denies(plain(body)):
        return "« Non » contredit la suite de la phrase"
    return ""
