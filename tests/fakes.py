"""Small true implementations of the seams: they do what the real ones do, simply and at once."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from ingestion.embedding import Vectors
from ingestion.passages import Passage
from ingestion.search import Hit, context

_STOP_WORDS = frozenset(
    "a au aux c d de des du en est et l la le les ou par pour qu que un une".split()
)


def words_of(text: str) -> list[str]:
    """Words in lower case, without accents, stop words or the plural's ending."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", text.lower()) if letter.isascii()
    )
    found = re.findall(r"[a-z0-9]+", re.sub(r"['’]", " ", plain))
    return [re.sub(r"(?<=..)[sx]$", "", word) for word in found if word not in _STOP_WORDS]


class WordEmbedder:
    """Texts that share words have near vectors; the same text has the same vector everywhere."""

    def __init__(self, name: str = "words@1", dimension: int = 64) -> None:
        self.name = name
        self.dimension = dimension

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.embed_question(text) for text in texts])

    def embed_question(self, text: str) -> Vectors:
        vector = np.zeros(self.dimension, dtype=np.float32)
        for word in words_of(text) or [""]:
            digest = sha256(word.encode()).digest()
            vector[int.from_bytes(digest[:4], "big") % self.dimension] += 1
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit


class ListVectorIndex:
    """Compares with every vector."""

    def __init__(self, ids: Sequence[str], vectors: Vectors) -> None:
        self._ids = ids
        self._vectors = vectors

    def search(self, vector: Vectors, k: int) -> list[Hit]:
        cosines = self._vectors @ vector
        best = np.argsort(-cosines, kind="stable")[:k]
        return [Hit(self._ids[row], float(cosines[row])) for row in best]


class WordIndex:
    """Counts the words shared, the rarer the better."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._words = {
            passage.id: set(words_of(f"{context(passage)} {passage.text}")) for passage in passages
        }
        self._references = {passage.id: passage.references for passage in passages}
        self._spread = Counter(word for words in self._words.values() for word in words)

    def search(self, question: str, k: int) -> list[Hit]:
        asked = set(words_of(question))
        hits = [
            Hit(passage_id, sum(1 / self._spread[word] for word in asked & words))
            for passage_id, words in self._words.items()
            if asked & words
        ]
        return sorted(hits, key=lambda hit: -hit.score)[:k]

    def lookup(self, reference: str) -> list[str]:
        return [
            passage_id
            for passage_id, references in self._references.items()
            if reference in references
        ]
