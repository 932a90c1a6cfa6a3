"""Retrieval: the passages that may answer a question, found by words, by meaning and by name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from assistant.evidence import Evidence
from assistant.regimes import foreign_regime
from ingestion.documents import Kind
from ingestion.embedding import Embedder
from ingestion.generation import Generation
from ingestion.passages import Passage
from ingestion.references import find_references
from ingestion.search import Hit

CANDIDATES = 50
"""Hits taken from each of the two searches before their ranks are fused."""

RANK_OFFSET = 10
"""k of reciprocal rank fusion, score = Σ 1 / (k + rank) (Cormack et al., SIGIR 2009)."""

FOREIGN_REGIME_WEIGHT = 0.5
"""Of a passage from another regime than the question's; 0.3 and 0.7 measured no better."""

RULE_IN_DOSSIER_WEIGHT = 0.5
"""Of a general rule when the question is asked about one dossier."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question may be answered from: the rules in force on a day, and one dossier if any."""

    as_of: date
    dossier: str | None = None

    def admits(self, passage: Passage) -> bool:
        """Whether a passage may be shown; unknown dates of validity exclude nothing. Pure."""
        if passage.kind is not Kind.RULES:
            return self.dossier is not None and passage.dossier == self.dossier
        begun = passage.valid_from is None or passage.valid_from <= self.as_of
        ended = passage.valid_to is not None and passage.valid_to <= self.as_of
        return begun and not ended


class Retriever:
    """Searches one generation; an embedder must be the one that the generation was built by."""

    def __init__(self, generation: Generation, embedder: Embedder) -> None:
        """Nothing is read before the first question."""
        self._generation = generation
        self._embedder = embedder

    def retrieve(self, question: str, scope: Scope, limit: int) -> tuple[Evidence, ...]:
        """The evidence for a question, best first, numbered from 1."""
        generation = self._generation
        named = [
            passage_id
            for reference in find_references(question)
            for passage_id in generation.lexical.lookup(reference.key)
        ]
        vector = self._embedder.embed_question(question)
        by_words = generation.lexical.search(question, CANDIDATES)
        by_meaning = generation.vectors.search(vector, CANDIDATES)
        fused = fuse(by_words, by_meaning)
        cosines = {hit.passage_id: hit.score for hit in by_meaning}
        ids = list(dict.fromkeys([*named, *fused]))
        passages = [passage for passage in generation.store.passages(ids) if scope.admits(passage)]
        scores = {
            passage.id: (2.0 if passage.id in named else 0.0)
            + weight(question, scope, passage) * fused.get(passage.id, 0.0)
            for passage in passages
        }
        best = sorted(passages, key=lambda passage: -scores[passage.id])[:limit]
        return tuple(
            Evidence(
                number,
                passage,
                scores[passage.id],
                self._text_sha256(passage),
                cosines.get(passage.id, 0.0),
            )
            for number, passage in enumerate(best, 1)
        )

    def _text_sha256(self, passage: Passage) -> str:
        document = self._generation.store.document(passage.document_id)
        return sha256(document.text.encode()).hexdigest()


def fuse(*rankings: Sequence[Hit]) -> dict[str, float]:
    """Reciprocal rank fusion of several rankings: score by passage identifier. Pure."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, hit in enumerate(ranking, 1):
            scores[hit.passage_id] = scores.get(hit.passage_id, 0.0) + 1 / (RANK_OFFSET + rank)
    return scores


def weight(question: str, scope: Scope, passage: Passage) -> float:
    """How much of its fused score a passage keeps in this scope. Pure."""
    context: Iterable[str] = (passage.title, *passage.headings)
    kept = FOREIGN_REGIME_WEIGHT if foreign_regime(question, tuple(context)) else 1.0
    if scope.dossier is not None and passage.kind is Kind.RULES:
        kept *= RULE_IN_DOSSIER_WEIGHT
    return kept
