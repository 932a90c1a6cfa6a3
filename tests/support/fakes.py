"""Small true implementations of the seams: they do what the real ones do, simply and at once."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from hashlib import sha256

import numpy as np

from assistant.llm.language_model import EngineUse, Prompt
from ingestion.chunking.passages import Passage
from ingestion.index.lexical import EverydayWords, Term
from ingestion.index.search import Hit, Vectors, context

_TOKEN = re.compile(r"\s*\S+|\s+")
_STOP_WORDS = frozenset(
    ("a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les")
)


def words_of(text: str) -> list[str]:
    """Words in lower case, without accents, stop words or the plural's ending."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.lower().replace("œ", "oe"))
        if letter.isascii()
    )
    found = re.findall(r"[a-z0-9]+", re.sub(r"['’]", " ", plain))
    return [re.sub(r"(?<=..)[sx]$", "", word) for word in found if word not in _STOP_WORDS]


class WordEmbedder:
    """Texts that share words have near vectors; the same text has the same vector everywhere.

    `alike` is the cosine of two texts without a common word: about 0.3 for the real embedder.
    """

    def __init__(self, name: str = "words@1", dimension: int = 64, alike: float = 0.0) -> None:
        self.name = name
        self.dimension = dimension
        self._alike = alike

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._embed(text) for text in texts])

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        return self.embed_passages(texts)

    def _embed(self, text: str) -> Vectors:
        vector = np.zeros(self.dimension, dtype=np.float32)
        for word in words_of(text) or [""]:
            digest = sha256(word.encode()).digest()
            vector[1 + int.from_bytes(digest[:4], "big") % (self.dimension - 1)] += 1
        unit: Vectors = vector / np.linalg.norm(vector) * np.sqrt(1 - self._alike, dtype=np.float32)
        unit[0] = np.sqrt(self._alike)
        return unit


class RememberingEmbedder(WordEmbedder):
    """Notes the questions and the passages that it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.told: list[str] = []

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return super().embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.told += texts
        return super().embed_passages(texts)


class WordReader:
    """A passage answers when it has at least `enough` of the question's words."""

    name = "word reader@1"

    def __init__(self, enough: int = 2) -> None:
        self.passages_read: list[Passage] = []
        self._enough = enough

    def read(self, question: str, passages: Sequence[Passage]) -> list[float]:
        self.passages_read += passages
        asked = set(words_of(question))
        met = [len(asked & set(words_of(passage.text))) for passage in passages]
        return [10.0 * (count - self._enough + 0.5) for count in met]


class ListVectorIndex:
    """Compares with every vector."""

    def __init__(self, ids: Sequence[str], vectors: Vectors) -> None:
        self._ids = ids
        self._vectors = vectors

    def __len__(self) -> int:
        return len(self._ids)

    def search(self, vector: Vectors, k: int) -> list[Hit]:
        cosines = self._vectors @ vector
        best = np.argsort(-cosines, kind="stable")[:k]
        return [Hit(self._ids[row], float(cosines[row])) for row in best]


class WordIndex:
    """Counts the words shared, the rarer the better."""

    def __init__(self, passages: Sequence[Passage], terms: Sequence[Term] = ()) -> None:
        everyday = EverydayWords(terms)
        self._words = {
            passage.id: set(words_of(f"{context(passage)} {passage.text}")) for passage in passages
        }
        self._everyday = {passage.id: set(words_of(everyday.of(passage))) for passage in passages}
        self._references = {passage.id: passage.references for passage in passages}

    def __len__(self) -> int:
        return len(self._words)

    def search(self, question: str, k: int) -> list[Hit]:
        return self._ranked(question, self._words, k)

    def search_everyday(self, question: str, k: int) -> list[Hit]:
        return self._ranked(question, self._everyday, k)

    def _ranked(self, question: str, words: Mapping[str, set[str]], k: int) -> list[Hit]:
        spread = Counter(word for each in words.values() for word in each)
        asked = set(words_of(question))
        hits = [
            Hit(passage_id, sum(1 / spread[word] for word in asked & each))
            for passage_id, each in words.items()
            if asked & each
        ]
        return sorted(hits, key=lambda hit: -hit.score)[:k]

    def lookup(self, reference: str, most: int = 100) -> list[str]:
        return [
            passage_id
            for passage_id, references in self._references.items()
            if reference in references
        ][:most]


class ScriptedModel:
    """Replies what its script says when a word of the script is in the prompt, "" otherwise.

    Its tokens are words; it counts its streams that are open and keeps every prompt.
    """

    engine: EngineUse | None = None

    def __init__(
        self, script: Mapping[str, str] | None = None, *, name: str = "script@1", pauses: int = 1
    ) -> None:
        self.name = name
        self.prompts: list[Prompt] = []
        self.running = 0
        self._script = dict(script or {})
        self._pauses = pauses

    def stream(
        self, prompt: Prompt, max_tokens: int, schema: str = ""
    ) -> Generator[str | None, None, None]:
        assert not schema or json.loads(self._reply(prompt)), "a script may not break its schema"
        yield from self._read(prompt)
        self.running += 1
        try:
            yield from _TOKEN.findall(self._reply(prompt))[:max_tokens]
        finally:
            self.running -= 1

    def _read(self, prompt: Prompt) -> Generator[None, None, None]:
        assert not self.running, "a second caller while one is served"
        self.prompts.append(prompt)
        self.running += 1
        try:
            for _ in range(self._pauses):
                yield
        finally:
            self.running -= 1

    def _reply(self, prompt: Prompt) -> str:
        asked = "".join(prompt.parts)
        return next((reply for word, reply in self._script.items() if word in asked), "")
