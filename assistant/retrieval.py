"""Retrieval: the passages that may answer a question, found by words, by meaning and by name."""

import re
from collections.abc import Callable, Sequence
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
"""Hits that may be shown, taken from each of the searches before their ranks are fused."""

RANK_OFFSET = 10
"""k of reciprocal rank fusion, score = Σ 1 / (k + rank) (Cormack et al., SIGIR 2009)."""

NAMED = 2.0
"""Score of a passage that the question names: above any that is only found."""

FOREIGN_REGIME_WEIGHT = 0.5
"""Of a passage from another regime than the question's; 0.3 and 0.7 measured no better."""

RULE_IN_DOSSIER_WEIGHT = 0.3
"""Of a general rule when the question is asked about one dossier."""


_DELEGATES = re.compile(r"voie réglementaire|par décret|Conseil d['’]État|Conseil d['’]Etat")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question may be answered from: the rules in force on a day, and one dossier if any."""

    as_of: date
    dossier: str | None = None

    def admits(self, passage: Passage) -> bool:
        """Whether a passage may be shown; unknown dates of validity exclude nothing. Pure.

        What belongs to a dossier is for that dossier alone, and only rules may belong to none.
        """
        is_foreign = passage.dossier is not None and passage.dossier != self.dossier
        is_astray = passage.dossier is None and passage.kind is not Kind.RULES
        if is_foreign or is_astray:
            return False
        begun = passage.valid_from is None or passage.valid_from <= self.as_of
        ended = passage.valid_to is not None and passage.valid_to <= self.as_of
        return begun and not ended

    def reads(self, passage: Passage) -> bool:
        """Whether an answer may quote a passage; a rule does not say what a dossier says. Pure."""
        return self.dossier is None or passage.dossier == self.dossier


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
        by_words = self._admitted(lambda k: generation.lexical.search(question, k), scope)
        by_meaning = self._admitted(lambda k: generation.vectors.search(vector, k), scope)
        by_glossary = self._admitted(
            lambda k: generation.lexical.search_everyday(question, k), scope
        )
        fused = fuse(by_words, by_meaning, by_glossary)
        ids = list(dict.fromkeys([*named, *fused]))
        scores = {
            passage: (NAMED if passage.id in named else 0.0)
            + weight(question, scope, passage) * fused.get(passage.id, 0.0)
            for passage in generation.store.passages(ids)
            if scope.admits(passage)
        }
        ranked = sorted(scores, key=lambda passage: -scores[passage])
        best = self._with_regulation(ranked, scores, scope)[:limit]
        cosines = {hit.passage_id: hit.score for hit in by_meaning}
        return tuple(
            Evidence(
                number,
                passage,
                scores[passage],
                self._text_sha256(passage),
                cosines.get(passage.id, 0.0),
            )
            for number, passage in enumerate(best, 1)
        )

    def _with_regulation(
        self, ranked: list[Passage], scores: dict[Passage, float], scope: Scope
    ) -> list[Passage]:
        """The ranking, with the articles that complete the first by decree just after it.

        The code gives a legislative article and its decree the same number: L2112-1, R2112-1.
        """
        if not ranked or not (numbers := delegated(ranked[0])):
            return ranked
        lookup = self._generation.lexical.lookup
        found = self._generation.store.passages(
            [key for number in numbers for key in lookup(number)]
        )
        completing = [passage for passage in found if scope.admits(passage)]
        for passage in completing:
            scores[passage] = scores[ranked[0]]
        others = [passage for passage in ranked[1:] if passage not in completing]
        return [ranked[0], *completing, *others]

    def _admitted(self, search: Callable[[int], list[Hit]], scope: Scope) -> list[Hit]:
        """The best hits within the scope, however many outside it come before them."""
        depth = CANDIDATES
        while True:
            hits = search(depth)
            ids = [hit.passage_id for hit in hits]
            passages = self._generation.store.passages(ids)
            pairs = zip(hits, passages, strict=True)
            kept = [hit for hit, passage in pairs if scope.admits(passage)]
            if len(kept) >= CANDIDATES or len(hits) < depth:
                return kept[:CANDIDATES]
            depth *= 4

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


def delegated(passage: Passage) -> list[str]:
    """The references of the decrees that a legislative article leaves its detail to. Pure."""
    if not _DELEGATES.search(passage.text):
        return []
    numbers = [key[1:] for key in passage.references if key.startswith("L")]
    return [letter + number for number in numbers for letter in "RD"]


def weight(question: str, scope: Scope, passage: Passage) -> float:
    """How much of its fused score a passage keeps in this scope. Pure."""
    if passage.kind is not Kind.RULES:
        return 1.0
    context = (passage.title, *passage.headings)
    kept = FOREIGN_REGIME_WEIGHT if foreign_regime(question, context) else 1.0
    return kept * RULE_IN_DOSSIER_WEIGHT if scope.dossier is not None else kept
