"""Sentences of a document that speak to a machine which reads it (injections.toml). Pure.

Such a sentence answers nobody's question: it is never quoted as an answer, and its passage is
marked. What it claims as a fact, in words that speak to no one, is not seen here.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unicodedata import normalize

from assistant.question.language import fold_text
from ingestion.chunking.sentences import SentenceSpan, sentences

_CLAUSE = r"(?:^|[.:;,!?«»\"“”(\]>–—]\s*|\b(?:et|puis|alors|donc|mais|d'abord|ensuite)\s+)"
"""Where a clause may begin without its subject."""

_SENTENCE = r"(?:^\W*|[.:;!?«»\"“”(\]>–—]\s*)"
"""Where a sentence may begin."""

_PARTICIPLE = re.compile(r"é\b")
"""An end by which "signalé" is no "signale", kept where accents are taken away."""

_TAG_LETTERS = re.compile("[\U000e0020-\U000e007e]")
"""Letters that no screen shows and that a machine reads."""


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """What shows it: an order alone, a verb with an object after it, or a sign."""

    orders: re.Pattern[str]
    verbs: re.Pattern[str]
    signs: re.Pattern[str]


def addressed(text: str) -> tuple[SentenceSpan, ...]:
    """The sentences of a text that speak to a machine, in order (half-open characters)."""
    return tuple(span for span in sentences(text) if speaks_to_machine(text[span.start : span.end]))


def speaks_to_machine(sentence: str) -> bool:
    """Whether a sentence is told to a machine that reads it."""
    if _TAG_LETTERS.search(sentence):
        return True
    known, read = _lexicon(), fold_text(_PARTICIPLE.sub("e_", normalize("NFC", sentence.lower())))
    return bool(known.orders.search(read) or known.verbs.search(read) or known.signs.search(read))


@cache
def _lexicon() -> _Lexicon:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    orders, verbs, denied, objects, signs = (
        "|".join(table[name]) for name in ("orders", "verbs", "denied", "objects", "signs")
    )
    never = rf"n(?:e |')(?:{denied}) (?:pas|jamais|plus|rien|aucune?)"
    return _Lexicon(
        re.compile(rf"{_CLAUSE}(?:{orders})\b|{_SENTENCE}{never}\b"),
        re.compile(rf"{_SENTENCE}(?:{verbs})(?:-\w+)?\s.*?\b(?:{objects})\b"),
        re.compile(signs),
    )
