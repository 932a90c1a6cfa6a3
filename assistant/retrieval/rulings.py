"""What courts decided: the decisions on a question, and those that apply an article.

They are searched in an index of their own, and only when they are asked for: no question about the
law finds one among the rules.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.retrieval.candidates import Candidate, Searcher
from assistant.retrieval.evidence import NAMED, Evidence, Scope
from assistant.retrieval.ranking import likelihoods
from assistant.retrieval.retriever import Ranked, numbered
from assistant.retrieval.tuning import Tuning
from ingestion.chunking.passages import Passage
from ingestion.documents.ruling import precedence
from ingestion.index.search import Embedder, applying
from ingestion.index.snapshot import IndexSnapshot
from ingestion.legislation.owners import with_owners

QUOTED = 3
"""Decisions that an answer quotes."""

NEARLY = 0.5
"""Share of the best decision's score from which another may come before it, if it weighs more."""

NAMED_FIRST = 3
"""Decisions that apply a cited article, named with it; the others are counted."""

MOST_APPLYING = 500
"""Paragraphs that apply an article: all of those of the most cited ones."""

_NUMBER = re.compile(
    r"(?<![\w.])(?:\d{6}|\d{2}[A-Z]{2}\d{5})(?![\w€%]|[.,]\d|\s?(?:€|euros?\b|HT\b|TTC\b))"
)


@dataclass(frozen=True, slots=True)
class ApplyingRulings:
    """How many decisions apply an article, and a paragraph of each of the first of them."""

    article: str
    count: int
    first: tuple[Passage, ...]


def numbers_named(question: str) -> tuple[str, ...]:
    """What may be numbers of decisions in a question ("471001", "12LY01234"). Pure."""
    return tuple(_NUMBER.findall(question))


def has_ruling(case_law: IndexSnapshot, question: str) -> bool:
    """Whether a question names a decision that is kept here."""
    return any(case_law.lexical.lookup(number) for number in numbers_named(question))


def rulings_about(
    question: str,
    subject: str,
    case_law: IndexSnapshot,
    embedder: Embedder,
    tuning: Tuning,
    as_of: date,
    limit: int,
) -> tuple[Evidence, ...]:
    """The paragraphs that answer best of the nearest decisions, numbered from 1.

    One of each decision, or some of one that is asked for by its number. Of those nearly as near as
    the nearest, what is published comes first, then the newest. None decided after the day.
    `subject` is the question without the words that ask for case law.
    """
    scope, searcher = Scope(as_of, rulings=True), Searcher(case_law, embedder, tuning)
    found = searcher.candidates(subject, scope)
    shares = likelihoods([each.strength for each in found])
    scored = [*zip(found, shares, strict=True)]
    if asked := searcher.lookup(numbers_named(question), scope):
        best = _of_asked(asked, scored, limit)
    else:
        keys = [applying(each.key) for each, owner in with_owners(question) if not owner]
        best = _by_ruling(scored, searcher.lookup(keys, scope), limit)
    return tuple(numbered(searcher, best, 1))


def rulings_applying(case_law: IndexSnapshot, article: str, as_of: date) -> tuple[Passage, ...]:
    """A paragraph of each decision that applies an article, known by its key; the weightiest first.

    None of them was decided after the day.
    """
    ids = case_law.lexical.lookup(applying(article), MOST_APPLYING)
    scope = Scope(as_of, rulings=True)
    passages = (each for each in case_law.store.passages(ids) if scope.admits(each))
    firsts: dict[str, Passage] = {}
    for each in sorted(passages, key=lambda passage: passage.start):
        firsts.setdefault(each.document_id, each)
    return tuple(sorted(firsts.values(), key=_weight))


def first_applied(
    case_law: IndexSnapshot, articles: Iterable[str], as_of: date
) -> ApplyingRulings | None:
    """The decisions that apply the first of these articles that any applies, None if none does."""
    for article in articles:
        if found := rulings_applying(case_law, article, as_of):
            return ApplyingRulings(article, len(found), found[:NAMED_FIRST])
    return None


def _of_asked(asked: Sequence[Passage], scored: Ranked, limit: int) -> Ranked:
    """The paragraphs of the decisions asked for, those that the question is near to first."""
    near = {pair[0].passage.id: pair for pair in scored}
    known = [near.get(each.id, (Candidate(each, {}), 0.0)) for each in asked]
    best = sorted(known, key=lambda pair: (-pair[1], pair[0].passage.start))[:limit]
    return [(candidate, share + NAMED) for candidate, share in best]


def _by_ruling(scored: Ranked, applied: Sequence[Passage], limit: int) -> Ranked:
    """The best paragraph of each decision; of an article asked about, those that apply it only."""
    best: dict[str, tuple[Candidate, float]] = {}
    asked, named = {each.id: each for each in applied}, NAMED if applied else 0.0
    ids = {each.document_id for each in applied}
    known = {candidate.passage.id for candidate, _ in scored}
    others = [(Candidate(each, {}), 0.0) for key, each in asked.items() if key not in known]
    for candidate, share in sorted([*scored, *others], key=lambda pair: -pair[1]):
        if not ids or candidate.passage.document_id in ids:
            best.setdefault(candidate.passage.document_id, (candidate, share + named))
    ranked = sorted(best.values(), key=lambda pair: -pair[1])[:limit]
    nearly = [pair for pair in ranked if pair[1] >= NEARLY * ranked[0][1]]
    return [*sorted(nearly, key=lambda pair: _weight(pair[0].passage)), *ranked[len(nearly) :]]


def _weight(passage: Passage) -> tuple[str, int]:
    assert passage.ruling
    return precedence(passage.ruling)
