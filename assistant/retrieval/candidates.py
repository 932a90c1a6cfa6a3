"""Candidates: the passages of one index snapshot that may be evidence, with their signals."""

from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from math import log
from weakref import WeakKeyDictionary

from assistant.question.language import find_stems
from assistant.retrieval.evidence import Evidence, Scope
from assistant.retrieval.hierarchy import ARTICLES, Rank, rank_of
from assistant.retrieval.ranking import Tuning, default_tuning, fuse, signals, strength
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Kind, is_citable
from ingestion.documents.general_clauses import CCAG, CCAG_OF_WORKS
from ingestion.index.lexical import EverydayWords, Term
from ingestion.index.search import Embedder, Hit
from ingestion.index.snapshot import IndexSnapshot
from ingestion.index.store import DisputedFigure, PassageStore
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


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may be evidence, its signals, and its cosine with the question.

    `strength` is the weighed sum of its signals, 0 when it was not found by a search.
    """

    passage: Passage
    signals: dict[str, float]
    cosine: float = 0.0
    strength: float = 0.0


class Searcher:
    """Finds the candidates of one snapshot; the embedder is the one that it was built by."""

    def __init__(
        self, generation: IndexSnapshot, embedder: Embedder, tuning: Tuning | None = None
    ) -> None:
        """Nothing is read before the first question; the default embedder's tuning if none."""
        self.generation = generation
        self._embedder = embedder
        self._weights = (tuning or default_tuning()).ranking

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
        generation, phrases = self.generation, phrases_of(self.generation.glossary)
        led_to = phrases.articles(question)[:LED_TO]
        [vector] = self._embedder.embed_questions([question])

        def found_by(search: Callable[[int], list[Hit]]) -> list[Hit]:
            return self._admitted(search, scope, among)

        meaning = found_by(lambda k: generation.near(vector, k))
        words = found_by(lambda k: generation.lexical.search(question, k))
        everyday = found_by(lambda k: generation.lexical.search_everyday(question, k))
        alike = found_by(lambda k: generation.questions.search(vector, k)) if among is None else []
        sentences = generation.sentences.nearest(vector) if by_sentences else {}
        clauses = found_by(lambda k: [Hit(*each) for each in islice(sentences.items(), k)])
        rankings = {
            "words": [hit.passage_id for hit in words],
            "meaning": [hit.passage_id for hit in meaning],
            "everyday": [hit.passage_id for hit in everyday],
            "phrase": [
                each.id for each in self.lookup(led_to, scope) if among is None or each.id in among
            ],
        }
        led = ([hit.passage_id for hit in hits] for hits in (alike, clauses))
        fused = fuse(*rankings.values(), *led)
        best = sorted(fused, key=lambda passage_id: -fused[passage_id])[:RANKED]
        named = [each.id for each in self.named(question, scope)]
        passages = standing(generation, [*named, *best], scope)
        texts = [(passage, phrases.everyday.of(passage)) for passage in passages]
        found = signals(question, texts, rankings)
        return self._weighed(passages, found, _scores(meaning), _scores(alike), sentences)

    def _weighed(
        self,
        passages: Sequence[Passage],
        found: Sequence[dict[str, float]],
        cosines: Mapping[str, float],
        alike: Mapping[str, float],
        sentences: Mapping[str, float],
    ) -> list[Candidate]:
        """The candidates; one that a search by meaning did not find is as far as its farthest.

        One without a sentence of its own is as near by them as it is whole.
        """
        farthest, least_alike = (min(each.values(), default=0.0) for each in (cosines, alike))
        weighed = []
        for passage, each in zip(passages, found, strict=True):
            cosine = cosines.get(passage.id, farthest)
            asked = passage.id in self.generation.questions
            told = each | {
                "nearness": cosine,
                "alike": alike.get(passage.id, least_alike) if asked else 0.0,
                "unasked": float(not asked),
                "unasked nearness": 0.0 if asked else cosine,
            }
            if sentences:
                told["sentence"] = sentences.get(passage.id, cosine)
            weighed.append(Candidate(passage, told, cosine, strength(told, self._weights)))
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
        ids = [hit.passage_id for hit in self.generation.near(vector, CANDIDATES)]
        found = standing(self.generation, ids, scope)
        return [each for each in found if rank_of(each) is Rank.GENERAL_CLAUSE][:limit]

    def lookup(self, references: Sequence[str], scope: Scope) -> list[Passage]:
        """The passages that are these articles or clauses, in the same order."""
        return standing(self.generation, named_ids(self.generation, references), scope)

    def _admitted(
        self, search: Callable[[int], list[Hit]], scope: Scope, among: Container[str] | None
    ) -> list[Hit]:
        """The best hits within the scope, however many outside it come before them."""
        depth = CANDIDATES
        while True:
            hits = search(depth)
            ids = [hit.passage_id for hit in hits if among is None or hit.passage_id in among]
            kept_ids = {passage.id for passage in standing(self.generation, ids, scope)}
            kept = [hit for hit in hits if hit.passage_id in kept_ids]
            if len(kept) >= CANDIDATES or len(hits) < depth:
                return kept[:CANDIDATES]
            depth *= 4


def _keys(written: str, families: Sequence[str]) -> list[str]:
    """The keys of a reference: of a CCAG that is not told, those of the families meant."""
    if not written.startswith(f"{CCAG} "):
        return [written]
    return [f"{family} {written.removeprefix(f'{CCAG} ')}" for family in families]


def _is_of(passage: Passage, owner: str) -> bool:
    """Whether a passage is of what a reference is said to be of; a piece may be of any contract."""
    return not owner or passage.kind is not Kind.RULES or is_of(owner, passage.title)


def _scores(hits: Sequence[Hit]) -> dict[str, float]:
    return {hit.passage_id: hit.score for hit in hits}


_GENERAL: WeakKeyDictionary[PassageStore, frozenset[str]] = WeakKeyDictionary()


def general_ids(generation: IndexSnapshot) -> frozenset[str]:
    """The identifiers of the passages that are clauses of a CCAG, looked for once an index."""
    known = _GENERAL.get(generation.store)
    if known is None:
        known = frozenset(
            each.id
            for each in generation.store.all_passages()
            if rank_of(each) is Rank.GENERAL_CLAUSE
        )
        _GENERAL[generation.store] = known
    return known


def named_ids(generation: IndexSnapshot, references: Sequence[str]) -> list[str]:
    """The identifiers of the passages that are these articles or clauses."""
    return [found for each in references for found in generation.lexical.lookup(each)]


def standing(generation: IndexSnapshot, ids: Sequence[str], scope: Scope) -> list[Passage]:
    """Of these passages, each once, those that an answer may quote in this scope."""
    passages = generation.store.passages(list(dict.fromkeys(ids)))
    return [passage for passage in passages if _admits(generation, passage, scope)]


def in_force(generation: IndexSnapshot, reference: str, scope: Scope) -> list[Passage]:
    """The passages of an article that may be quoted in this scope, else the sheets about it."""
    found = standing(generation, named_ids(generation, [reference]), scope)
    return [each for each in found if rank_of(each) in ARTICLES] or found


def evidence_of(generation: IndexSnapshot, passage: Passage, number: int) -> Evidence:
    """A passage as evidence that was not searched for."""
    return Evidence(number, passage, 0.0, text_sha256(generation, passage))


def text_sha256(generation: IndexSnapshot, passage: Passage) -> str:
    """Hexadecimal sha256 of the whole text that a passage is a part of."""
    return generation.store.document(passage.document_id).text_sha256


def explanation(
    generation: IndexSnapshot, article: Passage, question: str, scope: Scope
) -> Passage | None:
    """Of the sheets about an article, the section with most words of the question."""
    if rank_of(article) not in ARTICLES:
        return None
    asked = find_stems(question)
    sections = [
        each
        for each in generation.store.passages(named_ids(generation, article.references))
        if rank_of(each) is Rank.SHEET and scope.admits(each)
    ]
    words = [asked & find_stems("\n".join([each.text, *each.headings[-1:]])) for each in sections]
    best = max(words, key=len, default=frozenset())
    return sections[words.index(best)] if best else None


def _admits(generation: IndexSnapshot, passage: Passage, scope: Scope) -> bool:
    """Whether an answer may quote a passage.

    A version of unknown beginning gives way to one that is known to be in force that day, a section
    of a sheet to the articles that it is about. Nothing rests on a sheet whose figures these do not
    state, nor on one about another CCAG than those meant.
    """
    if not (scope.admits(passage) and scope.reads(passage)):
        return False
    if passage.kind is not Kind.RULES:
        return True
    if rank_of(passage) is Rank.SHEET:
        return not (
            disputed_in(generation, passage, scope)
            or _is_of_another_general_text(passage, scope)
            or _is_of_articles(generation, passage, scope)
        )
    return passage.valid_from is not None or not _has_dated_version(generation, passage, scope)


def disputed_in(
    generation: IndexSnapshot, passage: Passage, scope: Scope
) -> tuple[DisputedFigure, ...]:
    """The figures of a passage that the articles of the day do not state, as the index knows."""
    return tuple(
        each
        for each in generation.manifest.disputed
        if each.passage_id == passage.id and each.holds_on(scope.as_of)
    )


def _is_of_another_general_text(section: Passage, scope: Scope) -> bool:
    """Whether a section explains clauses of a CCAG, and none of those that are meant.

    Where none is named and building works are bought, that of works is.
    """
    clauses = [each for each in section.references if each.startswith(CCAG)]
    if not clauses:
        return False
    if scope.general:
        return not any(map(scope.reads_reference, clauses))
    families = {each.partition(" ")[0] for each in clauses}
    return scope.works and families.isdisjoint({CCAG, CCAG_OF_WORKS})


def _is_of_articles(generation: IndexSnapshot, section: Passage, scope: Scope) -> bool:
    """Whether all that a section explains can be read that day in the articles themselves.

    What it tells of a law that has ended stays, unless its article is dated: a text of unknown
    beginning may be the one that came after.
    """
    is_past = section.valid_to is not None
    return bool(section.references) and all(
        scope.reads_reference(reference)
        and any(
            is_citable(version.state, version.valid_to)
            and scope.covers(version.valid_from or version.not_before, version.valid_to)
            and (version.valid_from is not None or not is_past)
            for version in generation.store.versions(reference)
        )
        for reference in section.references
    )


def _has_dated_version(generation: IndexSnapshot, passage: Passage, scope: Scope) -> bool:
    """Whether a version of an article is known to be in force on the day of the question."""
    return any(
        version.valid_from is not None
        and version.title == passage.title
        and is_citable(version.state, version.valid_to)
        and scope.covers(version.valid_from, version.valid_to)
        for reference in generation.store.revised.intersection(passage.references)
        for version in generation.store.versions(reference)
    )
