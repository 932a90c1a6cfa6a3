"""Candidates: the passages of one index snapshot that may be evidence, with their signals."""

from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from math import log

from assistant.question.language import find_stems
from assistant.retrieval.evidence import Scope
from assistant.retrieval.hierarchy import Rank, rank_of
from assistant.retrieval.ranking import fuse, signals, strength
from assistant.retrieval.standing import named_ids, standing
from assistant.retrieval.tuning import Tuning
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Kind
from ingestion.documents.general_clauses import CCAG
from ingestion.index.lexical import EverydayWords, Term
from ingestion.index.search import Embedder, Hit
from ingestion.index.snapshot import IndexSnapshot
from ingestion.legislation.owners import is_of, with_owners

# Phrases: the articles to which the glossary's phrases lead that are wholly in a question. Pure.
#
# "Délai de paiement des intérêts" leads more surely than "délai": the rarer the words of a phrase
# among all phrases, the more it weighs.

NEXT = 0.7
"""Weight of an article of an entry against the one before it."""


class Phrases:
    """The phrases of a glossary, ready to be found in questions."""

    def __init__(self, terms: Sequence[Term]) -> None:
        """Phrases without a meaningful word are left out."""
        self.everyday = EverydayWords(terms)
        phrases = [(find_stems(words), term) for term in terms for words in term.words]
        spread = Counter(stem for found, _ in phrases for stem in found)
        self._phrases = [
            (found, sum(log(len(phrases) / spread[stem]) for stem in found), term)
            for found, term in phrases
            if found
        ]

    def articles(self, question: str) -> list[str]:
        """The references led to, best first; empty when no phrase is wholly in the question."""
        asked = find_stems(question)
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


# Candidates: the passages of one snapshot that may be evidence, with their signals.

CANDIDATES = 50
"""Hits that may be shown, taken from each of the searches before their ranks are fused."""

RANKED = 40
"""Candidates whose signals are weighed: the best by fused ranks."""

LED_TO = 10
"""Articles to which the glossary's phrases lead that are candidates."""

_Scores = Mapping[str, float]
"""Scores by the identifiers of passages, best first."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may be evidence, its signals, and its cosine with the question.

    `strength` is the weighed sum of its signals, 0 when it was not found by a search.
    """

    passage: Passage
    signals: dict[str, float]
    cosine: float = 0.0
    strength: float = 0.0


@dataclass(frozen=True, slots=True)
class _Found:
    """What each search found; `sentences` are the cosines of all that are searched by them."""

    words: _Scores
    meaning: _Scores
    everyday: _Scores
    phrase: Sequence[str]
    alike: _Scores
    clauses: _Scores
    sentences: _Scores

    @property
    def rankings(self) -> dict[str, Sequence[str]]:
        """The rankings that are signals, by their names."""
        return {
            "words": [*self.words],
            "meaning": [*self.meaning],
            "everyday": [*self.everyday],
            "phrase": self.phrase,
        }

    def best(self) -> list[str]:
        """The best by fused ranks."""
        fused = fuse(*self.rankings.values(), [*self.alike], [*self.clauses])
        return sorted(fused, key=lambda passage_id: -fused[passage_id])[:RANKED]


class Searcher:
    """Finds the candidates of one snapshot; the embedder is the one that it was built by."""

    def __init__(self, snapshot: IndexSnapshot, embedder: Embedder, tuning: Tuning) -> None:
        """Nothing is read before the first question; `tuning` is that of the embedder."""
        self.snapshot = snapshot
        self._embedder = embedder
        self._weights = tuning.ranking

    def candidates(
        self,
        question: str,
        scope: Scope,
        among: Container[str] | None = None,
        *,
        by_sentences: bool = False,
    ) -> list[Candidate]:
        """The passages that may be evidence with their signals, in no given order.

        `among` are the identifiers of the only ones that are looked for; no question leads to
        any of them. With `by_sentences` the nearest sentence of each counts as well.
        """
        found = self._search(question, scope, among, by_sentences=by_sentences)
        named = [each.id for each in self.named(question, scope)]
        passages = standing(self.snapshot, [*named, *found.best()], scope)
        everyday = phrases_of(self.snapshot.glossary).everyday
        texts = [(passage, everyday.of(passage)) for passage in passages]
        return self._weighed(passages, signals(question, texts, found.rankings), found)

    def _search(
        self, question: str, scope: Scope, among: Container[str] | None, *, by_sentences: bool
    ) -> _Found:
        snapshot = self.snapshot
        [vector] = self._embedder.embed_questions([question])
        sentences = snapshot.sentences.nearest(vector) if by_sentences else {}
        articles = phrases_of(snapshot.glossary).articles(question)[:LED_TO]
        led_to = [each.id for each in self.lookup(articles, scope)]

        def by(search: Callable[[int], list[Hit]]) -> _Scores:
            return self._admitted(search, scope, among)

        return _Found(
            words=by(lambda k: snapshot.lexical.search(question, k)),
            meaning=by(lambda k: snapshot.near(vector, k)),
            everyday=by(lambda k: snapshot.lexical.search_everyday(question, k)),
            phrase=[each for each in led_to if among is None or each in among],
            alike=by(lambda k: snapshot.questions.search(vector, k)) if among is None else {},
            clauses=by(lambda k: [Hit(*each) for each in islice(sentences.items(), k)]),
            sentences=sentences,
        )

    def _weighed(
        self, passages: Sequence[Passage], told: Sequence[dict[str, float]], found: _Found
    ) -> list[Candidate]:
        """The candidates; one that a search by meaning did not find is as far as its farthest.

        One without a sentence of its own is as near by them as it is whole.
        """
        farthest, least_alike = (
            min(each.values(), default=0.0) for each in (found.meaning, found.alike)
        )
        weighed = []
        for passage, each in zip(passages, told, strict=True):
            cosine = found.meaning.get(passage.id, farthest)
            asked = passage.id in self.snapshot.questions
            each |= {
                "nearness": cosine,
                "alike": found.alike.get(passage.id, least_alike) if asked else 0.0,
                "unasked": float(not asked),
                "unasked nearness": 0.0 if asked else cosine,
            }
            if found.sentences:
                each["sentence"] = found.sentences.get(passage.id, cosine)
            weighed.append(Candidate(passage, each, cosine, strength(each, self._weights)))
        return weighed

    def named(self, question: str, scope: Scope) -> list[Passage]:
        """The passages that a question asks for by their reference.

        "L'article 14 du CCAG" is one of those that the dossier refers to, "l'article L. 2131-1 du
        CGCT" is none of the code of public procurement.
        """
        families = [each.family for each in scope.general or ()]
        return [
            passage
            for reference, owner in with_owners(question)
            for passage in self.lookup(_keys(reference.key, families), scope)
            if _is_of(passage, owner)
        ]

    def near_general(self, question: str, scope: Scope, limit: int) -> list[Passage]:
        """Of the passages nearest in meaning, the first that are clauses of a CCAG."""
        [vector] = self._embedder.embed_questions([question])
        ids = [hit.passage_id for hit in self.snapshot.near(vector, CANDIDATES)]
        found = standing(self.snapshot, ids, scope)
        return [each for each in found if rank_of(each) is Rank.GENERAL_CLAUSE][:limit]

    def lookup(self, references: Sequence[str], scope: Scope) -> list[Passage]:
        """The passages that are these articles or clauses, in the same order."""
        return standing(self.snapshot, named_ids(self.snapshot, references), scope)

    def _admitted(
        self, search: Callable[[int], list[Hit]], scope: Scope, among: Container[str] | None
    ) -> _Scores:
        """The best hits within the scope, however many outside it come before them."""
        depth = CANDIDATES
        while True:
            hits = search(depth)
            ids = [hit.passage_id for hit in hits if among is None or hit.passage_id in among]
            kept_ids = {passage.id for passage in standing(self.snapshot, ids, scope)}
            kept = [(hit.passage_id, hit.score) for hit in hits if hit.passage_id in kept_ids]
            if len(kept) >= CANDIDATES or len(hits) < depth:
                return dict(kept[:CANDIDATES])
            depth *= 4


def _keys(written: str, families: Sequence[str]) -> list[str]:
    """The keys of a reference: of a CCAG that is not told, those of the families meant."""
    if not written.startswith(f"{CCAG} "):
        return [written]
    return [f"{family} {written.removeprefix(f'{CCAG} ')}" for family in families]


def _is_of(passage: Passage, owner: str) -> bool:
    """Whether a passage is of what a reference is said to be of; a piece may be of any contract."""
    return not owner or passage.kind is not Kind.RULES or is_of(owner, passage.title)
