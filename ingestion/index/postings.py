"""The words of passages with what each weighs in them, for an engine that only adds up. Pure."""

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from ingestion.index.lexical import french_words

SATURATION, LENGTH = 1.2, 0.75
"""The two constants of BM25, those of the embedded engine."""


@dataclass(frozen=True, slots=True)
class Posting:
    """The passages, by their place, that have a word, and what it weighs in each of them."""

    word: str
    places: NDArray[np.int32]
    weights: NDArray[np.float32]


def weighed_words(texts: Sequence[str]) -> Iterator[Posting]:
    """Every word of these texts, by its BM25 weight in each of those that have it."""
    found: dict[str, tuple[array[int], array[int]]] = {}
    lengths = np.zeros(len(texts), dtype=np.float64)
    for place, text in enumerate(texts):
        words = french_words(text)
        lengths[place] = len(words)
        for word, times in Counter(words).items():
            places, counts = found.setdefault(word, (array("i"), array("i")))
            places.append(place)
            counts.append(times)
    mean = lengths.mean() if lengths.any() else 1.0
    norms = SATURATION * (1 - LENGTH + LENGTH * lengths / mean)
    for word, (places, counts) in found.items():
        rarity = log(1 + (len(texts) - len(places) + 0.5) / (len(places) + 0.5))
        where, often = np.array(places, dtype=np.int32), np.array(counts, dtype=np.float64)
        weights = rarity * often * (SATURATION + 1) / (often + norms[where])
        yield Posting(word, where, weights.astype(np.float32))
