"""Phrases: the articles to which the glossary's phrases lead that are wholly in a question. Pure.

"Délai de paiement des intérêts" leads more surely than "délai": the rarer the words of a phrase
among all phrases, the more it weighs.
"""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import log

from assistant.words import stems
from ingestion.glossary import EverydayWords, Term

NEXT = 0.7
"""Weight of an article of an entry against the one before it."""


class Phrases:
    """The phrases of a glossary, ready to be found in questions."""

    def __init__(self, terms: Sequence[Term]) -> None:
        """Phrases without a meaningful word are left out."""
        self.everyday = EverydayWords(terms)
        phrases = [(stems(words), term) for term in terms for words in term.words]
        spread = Counter(stem for found, _ in phrases for stem in found)
        self._phrases = [
            (found, sum(log(len(phrases) / spread[stem]) for stem in found), term)
            for found, term in phrases
            if found
        ]

    def articles(self, question: str) -> list[str]:
        """The references led to, best first; empty when no phrase is wholly in the question."""
        asked = stems(question)
        weights: dict[str, float] = {}
        for found, weight, term in self._phrases:
            if found <= asked:
                for place, article in enumerate(term.articles):
                    share = weight * NEXT**place
                    weights[article] = max(weights.get(article, 0.0), share)
        return sorted(weights, key=lambda article: -weights[article])


@lru_cache(maxsize=4)
def phrases_of(terms: tuple[Term, ...]) -> Phrases:
    """The phrases of a glossary, prepared once."""
    return Phrases(terms)
