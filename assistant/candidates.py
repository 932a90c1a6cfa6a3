"""Candidates: the passages of one generation that may be evidence, with their signals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from assistant.evidence import Scope
from assistant.phrases import phrases_of
from assistant.ranking import fuse, signals, strength
from ingestion.documents import Kind, is_citable
from ingestion.embedding import Embedder
from ingestion.generation import Generation
from ingestion.passages import Passage
from ingestion.references import find_references
from ingestion.search import Hit

CANDIDATES = 50
"""Hits that may be shown, taken from each of the searches before their ranks are fused."""

RANKED = 40
"""Candidates whose signals are weighed: the best by fused ranks."""

LED_TO = 10
"""Articles to which the glossary's phrases lead that are candidates."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may be evidence, its signals, and its cosine with the question."""

    passage: Passage
    signals: dict[str, float]
    cosine: float = 0.0

    @property
    def strength(self) -> float:
        """The weighed sum of its signals, 0 when it was not found by a search."""
        return strength(self.signals)


class Searcher:
    """Finds the candidates of one generation; the embedder is the one that it was built by."""

    def __init__(self, generation: Generation, embedder: Embedder) -> None:
        """Nothing is read before the first question."""
        self._generation = generation
        self._embedder = embedder

    def candidates(self, question: str, scope: Scope) -> list[Candidate]:
        """The passages that may be evidence with their signals, in no given order."""
        generation, phrases = self._generation, phrases_of(self._generation.glossary)
        led_to = phrases.articles(question)[:LED_TO]
        vector = self._embedder.embed_question(question)
        meaning = self._admitted(lambda k: generation.vectors.search(vector, k), scope)
        words = self._admitted(lambda k: generation.lexical.search(question, k), scope)
        everyday = self._admitted(lambda k: generation.lexical.search_everyday(question, k), scope)
        rankings = {
            "words": [hit.passage_id for hit in words],
            "meaning": [hit.passage_id for hit in meaning],
            "everyday": [hit.passage_id for hit in everyday],
            "phrase": [each.id for each in self.lookup(led_to, scope)],
        }
        fused = fuse(*rankings.values())
        best = sorted(fused, key=lambda passage_id: -fused[passage_id])[:RANKED]
        named = [each.id for each in self.named(question, scope)]
        passages = self._standing([*named, *best], scope)
        texts = [(passage, phrases.everyday.of(passage)) for passage in passages]
        found = signals(question, texts, rankings)
        cosines = {hit.passage_id: hit.score for hit in meaning}
        farthest = min(cosines.values(), default=0.0)
        return [
            Candidate(passage, each, cosines.get(passage.id, farthest))
            for passage, each in zip(passages, found, strict=True)
        ]

    def named(self, question: str, scope: Scope) -> list[Passage]:
        """The passages that a question asks for by their reference."""
        return self.lookup([reference.key for reference in find_references(question)], scope)

    def lookup(self, references: Sequence[str], scope: Scope) -> list[Passage]:
        """The passages that are these articles or clauses, in the same order."""
        ids = [found for each in references for found in self._generation.lexical.lookup(each)]
        return self._standing(ids, scope)

    def _standing(self, ids: Sequence[str], scope: Scope) -> list[Passage]:
        """Of these passages, each once, those that an answer may quote in this scope."""
        passages = self._generation.store.passages(list(dict.fromkeys(ids)))
        return [passage for passage in passages if self._admits(passage, scope)]

    def _admits(self, passage: Passage, scope: Scope) -> bool:
        """Whether an answer may quote a passage.

        A version of unknown beginning gives way to one that is known to be in force that day.
        """
        if not (scope.admits(passage) and scope.reads(passage)):
            return False
        if passage.valid_from is not None or passage.kind is not Kind.RULES:
            return True
        return not any(
            version.valid_from is not None
            and version.title == passage.title
            and is_citable(version.state, version.valid_to)
            and scope.covers(version.valid_from, version.valid_to)
            for reference in self._generation.store.revised.intersection(passage.references)
            for version in self._generation.store.versions(reference)
        )

    def _admitted(self, search: Callable[[int], list[Hit]], scope: Scope) -> list[Hit]:
        """The best hits within the scope, however many outside it come before them."""
        depth = CANDIDATES
        while True:
            hits = search(depth)
            ids = [hit.passage_id for hit in hits]
            standing = {passage.id for passage in self._standing(ids, scope)}
            kept = [hit for hit in hits if hit.passage_id in standing]
            if len(kept) >= CANDIDATES or len(hits) < depth:
                return kept[:CANDIDATES]
            depth *= 4

    def text_sha256(self, passage: Passage) -> str:
        """Hexadecimal sha256 of the whole text that a passage is a part of."""
        document = self._generation.store.document(passage.document_id)
        return sha256(document.text.encode()).hexdigest()
