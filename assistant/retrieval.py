"""Retrieval: the passages that may answer a question, found by words, by meaning and by name."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from assistant.evidence import Evidence
from assistant.phrases import phrases_of
from assistant.ranking import fuse, likelihoods, signals, strength
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

NAMED = 2.0
"""Score of a passage that the question names: above any that is only found."""

READ_FIRST = 3
"""Places from which an answer may be read, never given to an article only referred to."""

BESIDE = 2
"""Rules shown after the passages of a dossier when the question is asked about it."""


_ARTICLE = re.compile(r"[LRD]\d{4}-[\d-]+")
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
        return self.covers(passage.valid_from, passage.valid_to)

    def covers(self, valid_from: date | None, valid_to: date | None) -> bool:
        """Whether the day is among these; an unknown bound excludes nothing. Pure."""
        begun = valid_from is None or valid_from <= self.as_of
        ended = valid_to is not None and valid_to <= self.as_of
        return begun and not ended

    def reads(self, passage: Passage) -> bool:
        """Whether an answer may quote a passage; a rule does not say what a dossier says. Pure."""
        return self.dossier is None or passage.dossier == self.dossier


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


class Retriever:
    """Searches one generation; an embedder must be the one that the generation was built by."""

    def __init__(self, generation: Generation, embedder: Embedder) -> None:
        """Nothing is read before the first question."""
        self._generation = generation
        self._embedder = embedder

    def retrieve(self, question: str, scope: Scope, limit: int) -> tuple[Evidence, ...]:
        """The evidence for a question, best first, numbered from 1.

        In a dossier its passages come first, and the rules that are nearest beside them; else the
        last place is left to an article without which the first cannot be applied.
        """
        best = self._with_referred(self._ranked(question, scope), scope, limit)
        if scope.dossier is not None:
            rules = self._ranked(question, replace(scope, dossier=None))
            lowest = min((score for _, score in best), default=1.0)
            beside = [(candidate, score * lowest) for candidate, score in rules[:BESIDE]]
            best = [*best[: limit - len(beside)], *beside]
        return tuple(
            Evidence(
                number,
                candidate.passage,
                score,
                self._text_sha256(candidate.passage),
                candidate.cosine,
                candidate.strength,
            )
            for number, (candidate, score) in enumerate(best[:limit], 1)
        )

    def _ranked(self, question: str, scope: Scope) -> list[tuple[Candidate, float]]:
        """The passages that an answer may quote with their scores, best first."""
        found = self.candidates(question, scope)
        named = set(self._named(question))
        shares = likelihoods([candidate.strength for candidate in found])
        scored = [
            (candidate, share + (NAMED if candidate.passage.id in named else 0.0))
            for candidate, share in zip(found, shares, strict=True)
        ]
        return self._with_regulation(sorted(scored, key=lambda pair: -pair[1]), scope)

    def candidates(self, question: str, scope: Scope) -> list[Candidate]:
        """The passages that may be evidence with their signals, in no given order."""
        generation, phrases = self._generation, phrases_of(self._generation.glossary)
        vector = self._embedder.embed_question(question)
        meaning = self._admitted(lambda k: generation.vectors.search(vector, k), scope)
        words = self._admitted(lambda k: generation.lexical.search(question, k), scope)
        everyday = self._admitted(lambda k: generation.lexical.search_everyday(question, k), scope)
        rankings = {
            "words": [hit.passage_id for hit in words],
            "meaning": [hit.passage_id for hit in meaning],
            "everyday": [hit.passage_id for hit in everyday],
            "phrase": self._articles(phrases.articles(question)[:LED_TO], scope),
        }
        fused = fuse(*rankings.values())
        best = sorted(fused, key=lambda passage_id: -fused[passage_id])[:RANKED]
        passages = self._standing([*self._named(question), *best], scope)
        texts = [(passage, phrases.everyday.of(passage)) for passage in passages]
        found = signals(question, texts, rankings)
        cosines = {hit.passage_id: hit.score for hit in meaning}
        farthest = min(cosines.values(), default=0.0)
        return [
            Candidate(passage, each, cosines.get(passage.id, farthest))
            for passage, each in zip(passages, found, strict=True)
        ]

    def _named(self, question: str) -> list[str]:
        """The passages that a question asks for by their reference."""
        keys = [reference.key for reference in find_references(question)]
        return [found for key in keys for found in self._generation.lexical.lookup(key)]

    def _articles(self, references: Sequence[str], scope: Scope) -> list[str]:
        """The identifiers of the passages that are these articles, in the same order."""
        lookup = self._generation.lexical.lookup
        ids = [found for reference in references for found in lookup(reference)]
        return [passage.id for passage in self._standing(ids, scope)]

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

    def _with_regulation(
        self, ranked: list[tuple[Candidate, float]], scope: Scope
    ) -> list[tuple[Candidate, float]]:
        """The ranking, with the articles that complete the first by decree just after it.

        The code gives a legislative article and its decree the same number: L2112-1, R2112-1.
        """
        if not ranked or not (numbers := delegated(ranked[0][0].passage)):
            return ranked
        lookup = self._generation.lexical.lookup
        known = {candidate.passage.id: candidate for candidate, _ in ranked}
        completing = [
            (known.get(passage.id, Candidate(passage, {})), ranked[0][1])
            for passage in self._standing([key for each in numbers for key in lookup(each)], scope)
        ]
        ids = {candidate.passage.id for candidate, _ in completing}
        others = [pair for pair in ranked[1:] if pair[0].passage.id not in ids]
        return [ranked[0], *completing, *others]

    def _with_referred(
        self, ranked: list[tuple[Candidate, float]], scope: Scope, limit: int
    ) -> list[tuple[Candidate, float]]:
        """The ranking, its last shown place for an article that the first refers to or applies.

        An answer reads from the first places only: this one is there to be looked at.
        """
        shown = ranked[:limit]
        if len(shown) < limit or limit <= READ_FIRST or scope.dossier is not None:
            return ranked
        present = {key for candidate, _ in shown for key in candidate.passage.references}
        missing = [key for key in referred(shown[0][0].passage) if key not in present]
        ids = [found for key in missing for found in self._generation.lexical.lookup(key)]
        if not (standing := self._standing(ids, scope)):
            return ranked
        known = {candidate.passage.id: candidate for candidate, _ in ranked}
        candidate = known.get(standing[0].id, Candidate(standing[0], {}))
        return [*shown[:-1], (candidate, shown[-1][1])]

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

    def _text_sha256(self, passage: Passage) -> str:
        document = self._generation.store.document(passage.document_id)
        return sha256(document.text.encode()).hexdigest()


def referred(passage: Passage) -> list[str]:
    """The articles that a passage names in its text, then the law that its decree applies. Pure."""
    named = [reference.key for reference in find_references(passage.text)]
    laws = [f"L{key[1:]}" for key in passage.references if key[0] in "RD"]
    articles = [key for key in (*named, *laws) if _ARTICLE.fullmatch(key)]
    return [key for key in dict.fromkeys(articles) if key not in passage.references]


def delegated(passage: Passage) -> list[str]:
    """The references of the decrees that a legislative article leaves its detail to. Pure."""
    if not _DELEGATES.search(passage.text):
        return []
    numbers = [key[1:] for key in passage.references if key.startswith("L")]
    return [letter + number for number in numbers for letter in "RD"]
