"""Retrieval: the evidence for a question, from the rules, or from a dossier and the rules."""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.retrieval.candidates import Candidate, Searcher
from assistant.retrieval.evidence import NAMED, Evidence, Scope
from assistant.retrieval.hierarchy import ARTICLES, general_text, rank_of
from assistant.retrieval.ranking import likelihoods
from assistant.retrieval.standing import (
    disputed_in,
    evidence_of,
    explanation,
    general_ids,
    text_sha256,
)
from assistant.retrieval.tuning import Tuning
from ingestion.chunking.passages import Passage
from ingestion.index.search import Embedder
from ingestion.index.snapshot import IndexSnapshot
from ingestion.legislation.owners import with_owners

READ_FIRST = 3
"""Places from which an answer may be read, never given to an article only referred to."""

BESIDE = 2
"""Rules shown after the passages of a dossier when the question is asked about it."""

_ARTICLE = re.compile(r"[LRD]\d{4}-[\d-]+")
_DELEGATES = re.compile(r"voie réglementaire|par décret|Conseil d['’]État|Conseil d['’]Etat")

Ranked = list[tuple[Candidate, float]]


class Retriever:
    """Finds evidence in the rules, or in a dossier with the nearest rules beside."""

    def __init__(
        self,
        rules: IndexSnapshot,
        embedder: Embedder,
        tuning: Tuning,
        dossier: IndexSnapshot | None = None,
    ) -> None:
        """The embedder is the one that both snapshots were built by, and that of the tuning."""
        self._rules = Searcher(rules, embedder, tuning)
        self._dossier = Searcher(dossier, embedder, tuning) if dossier else None

    def retrieve(self, question: str, scope: Scope, limit: int) -> tuple[Evidence, ...]:
        """The evidence for a question, best first, numbered from 1.

        In a dossier its passages come first, among them the clauses of the CCAG that it refers to,
        and as more the nearest rules beside them; else the last place is left to an article
        without which the first cannot be applied, and after it, as one more, stands the section of
        a sheet that explains the first. A CCAG that nobody asked about takes no place of an
        article: its nearest clauses stand last.
        """
        if self._dossier is None:
            return self._in_rules(question, scope, limit)
        ranked = self._of_dossier(self._dossier, question, scope)
        first = [
            item
            for number, pair in enumerate(ranked[:limit], 1)
            for item in numbered(self._holding(pair[0].passage), [pair], number)
        ]
        lowest = min((score for _, score in ranked), default=1.0)
        law = replace(scope, dossier=None, general=())
        rules = _ranked(self._rules, question, law)[:BESIDE]
        beside = [(candidate, score * lowest) for candidate, score in rules]
        return (*first, *numbered(self._rules, beside, len(first) + 1))

    def _in_rules(self, question: str, scope: Scope, limit: int) -> tuple[Evidence, ...]:
        law = _of_law(scope)
        ranked = _ranked(self._rules, question, law)
        best = _with_referred(self._rules, ranked, law, limit)
        shown = numbered(self._rules, best[:limit], 1)
        shown += _explained(self._rules.snapshot, shown, question, law)
        return (*shown, *self._general_beside(question, scope, len(shown) + 1))

    def _of_dossier(self, pieces: Searcher, question: str, scope: Scope) -> Ranked:
        """The passages of the pieces, and of the CCAG that they refer to, best first.

        Both are ranked together, so that sentences count for neither where an index of before has
        none.
        """
        general = general_ids(self._rules.snapshot) if scope.general else frozenset()
        searched = [pieces.snapshot, *([self._rules.snapshot] if general else [])]
        by_sentences = all(each.sentences.passage_ids for each in searched)
        found = pieces.candidates(question, scope, by_sentences=by_sentences)
        named = pieces.named(question, scope)
        if scope.general:
            found += self._rules.candidates(question, scope, general, by_sentences=by_sentences)
            named += self._rules.named(question, scope)
        return _scored(found, named)

    def _holding(self, passage: Passage) -> Searcher:
        """The searcher of the index that holds a passage."""
        return self._dossier if self._dossier and passage.dossier else self._rules

    def _general_beside(self, question: str, scope: Scope, first: int) -> list[Evidence]:
        """The nearest clauses of the CCAG of the day, to be looked at; none where one is asked."""
        if scope.general is not None:
            return []
        near = self._rules.near_general(question, replace(scope, dossier=None), BESIDE)
        rules = self._rules.snapshot
        return [evidence_of(rules, passage, number) for number, passage in enumerate(near, first)]

    def is_untold(self, question: str, scope: Scope) -> bool:
        """Whether the rules that answer best, whatever the day, say nothing of the day asked about.

        What is nearest to the question that day would then be quoted in the place of its answer.
        """
        law = _of_law(scope)
        ranked = _ranked(self._rules, question, replace(law, any_day=True))
        if not ranked or law.admits(best := ranked[0][0].passage):
            return False
        known = [candidate.passage for candidate in self._rules.candidates(question, law)]
        versions = self._rules.lookup(best.references, law)
        return not any(_is_of_place(each, best) for each in (*versions, *known))


def _of_law(scope: Scope) -> Scope:
    """The scope without a dossier, and with the clauses of those CCAG only that are named."""
    return replace(scope, dossier=None, general=scope.general or ())


def _ranked(searcher: Searcher, question: str, scope: Scope) -> Ranked:
    """The passages that an answer may quote with their scores, best first."""
    found = searcher.candidates(question, scope)
    ranked = _scored(found, searcher.named(question, scope))
    return _with_regulation(searcher, ranked, scope)


def _scored(found: Sequence[Candidate], named: Sequence[Passage]) -> Ranked:
    """Candidates with their scores, best first."""
    ids = {passage.id for passage in named}
    shares = likelihoods([candidate.strength for candidate in found])
    scored = [
        (candidate, share + (NAMED if candidate.passage.id in ids else 0.0))
        for candidate, share in zip(found, shares, strict=True)
    ]
    return sorted(scored, key=lambda pair: -pair[1])


def _with_regulation(searcher: Searcher, ranked: Ranked, scope: Scope) -> Ranked:
    """The ranking, with the articles that complete the first by decree just after it.

    The code gives a legislative article and its decree the same number: L2112-1, R2112-1.
    """
    if not ranked or not (numbers := delegated(ranked[0][0].passage)):
        return ranked
    (first, score), *others = ranked
    known = {candidate.passage.id: candidate for candidate, _ in others}
    completing = {
        passage.id: (known.get(passage.id, Candidate(passage, {})), score)
        for passage in searcher.lookup(numbers, scope)
        if passage.id != first.passage.id  # a sheet may be about both
    }
    others = [pair for pair in others if pair[0].passage.id not in completing]
    return [ranked[0], *completing.values(), *others]


def _with_referred(searcher: Searcher, ranked: Ranked, scope: Scope, limit: int) -> Ranked:
    """The ranking, its last shown place for an article that the first refers to or applies.

    It is there to be looked at, and quoted only where questions like this one are answered by it.
    """
    shown = ranked[:limit]
    if len(shown) < limit or limit <= READ_FIRST:
        return ranked
    present = {key for candidate, _ in shown for key in candidate.passage.references}
    missing = [key for key in referred(shown[0][0].passage) if key not in present]
    if not (standing := searcher.lookup(missing, scope)):
        return ranked
    known = {candidate.passage.id: candidate for candidate, _ in ranked}
    candidate = known.get(standing[0].id, Candidate(standing[0], {}))
    return [*shown[:-1], (candidate, shown[-1][1])]


def numbered(searcher: Searcher, ranked: Ranked, first: int) -> list[Evidence]:
    """The passages of a ranking as evidence, numbered from `first`."""
    return [
        Evidence(
            number,
            candidate.passage,
            score,
            text_sha256(searcher.snapshot, candidate.passage),
            candidate.cosine,
            candidate.strength,
        )
        for number, (candidate, score) in enumerate(ranked, first)
    ]


def _explained(
    rules: IndexSnapshot, shown: Sequence[Evidence], question: str, scope: Scope
) -> list[Evidence]:
    """What a sheet says of the first article: it explains, and what is quoted is the article.

    Sheets and bank were written on the same texts: nothing explains an article that has changed.
    """
    if not shown or rules.questions.has_changed(shown[0].passage.id):
        return []
    section = explanation(rules, shown[0].passage, question, scope)
    if section is None or any(item.passage.id == section.id for item in shown):
        return []
    item = evidence_of(rules, section, len(shown) + 1)
    return [replace(item, disputed=disputed_in(rules, section, scope))]


def _is_of_place(passage: Passage, other: Passage) -> bool:
    """Whether a passage is a version of the other: the same article, or the same section.

    Of a CCAG any clause of the family: its editions number their clauses otherwise.
    """
    if (text := general_text(other)) is not None:
        mine = general_text(passage)
        return mine is not None and mine.family == text.family
    if rank_of(passage) in ARTICLES:
        return not set(passage.references).isdisjoint(other.references)
    return (passage.title, passage.headings) == (other.title, other.headings)


def referred(passage: Passage) -> list[str]:
    """The articles that a passage names in its text, then the law that its decree applies. Pure."""
    named = [reference.key for reference, owner in with_owners(passage.text) if not owner]
    laws = [f"L{key[1:]}" for key in passage.references if key[0] in "RD"]
    articles = [key for key in (*named, *laws) if _ARTICLE.fullmatch(key)]
    return [key for key in dict.fromkeys(articles) if key not in passage.references]


def delegated(passage: Passage) -> list[str]:
    """The references of the decrees that a legislative article leaves its detail to. Pure."""
    if not _DELEGATES.search(passage.text):
        return []
    numbers = [key[1:] for key in passage.references if key.startswith("L")]
    return [letter + number for number in numbers for letter in "RD"]
