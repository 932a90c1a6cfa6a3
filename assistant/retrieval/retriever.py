"""Retrieval: the evidence for a question, and whether it is about what is asked."""

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from math import exp, log

from assistant.question.topics import topic_signal, topics_asked
from assistant.retrieval.candidates import (
    Candidate,
    Searcher,
    disputed_in,
    evidence_of,
    explanation,
    general_ids,
    text_sha256,
)
from assistant.retrieval.evidence import Evidence, Scope
from assistant.retrieval.hierarchy import ARTICLES, general_text, rank_of
from assistant.retrieval.ranking import Refusal, Tuning, default_tuning, likelihoods
from ingestion.chunking.passages import Passage
from ingestion.index.questions import QuestionIndex
from ingestion.index.search import Embedder, PassageReader, Vectors
from ingestion.index.snapshot import IndexSnapshot
from ingestion.legislation.owners import with_owners

# Retrieval: the evidence for a question, from the rules, or from a dossier and the rules.

NAMED = 2.0
"""Score of a passage that the question names: above any that is only found."""

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
        dossier: IndexSnapshot | None = None,
        tuning: Tuning | None = None,
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
        law = _without_general(replace(scope, dossier=None))
        if self._dossier is None:
            ranked = _ranked(self._rules, question, law)
            best = _with_referred(self._rules, ranked, law, limit)
            shown = numbered(self._rules, best[:limit], 1)
            shown += _explained(self._rules.generation, shown, question, law)
            return (*shown, *self._general_beside(question, scope, len(shown) + 1))
        ranked = self._of_dossier(self._dossier, question, scope)
        lowest = min((score for _, score in ranked), default=1.0)
        rules = _ranked(self._rules, question, replace(law, general=()))[:BESIDE]
        beside = [(candidate, score * lowest) for candidate, score in rules]
        first = [
            item
            for number, pair in enumerate(ranked[:limit], 1)
            for item in numbered(self._holding(pair[0].passage), [pair], number)
        ]
        return (*first, *numbered(self._rules, beside, len(first) + 1))

    def _of_dossier(self, pieces: Searcher, question: str, scope: Scope) -> Ranked:
        """The passages of the pieces, and of the CCAG that they refer to, best first.

        Both are ranked together, so that sentences count for neither where an index of before has
        none.
        """
        general = general_ids(self._rules.generation) if scope.general else frozenset()
        searched = [pieces.generation, *([self._rules.generation] if general else [])]
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
        rules = self._rules.generation
        return [evidence_of(rules, passage, number) for number, passage in enumerate(near, first)]

    def is_untold(self, question: str, scope: Scope) -> bool:
        """Whether the rules that answer best, whatever the day, say nothing of the day asked about.

        What is nearest to the question that day would then be quoted in the place of its answer.
        """
        law = _without_general(replace(scope, dossier=None))
        ranked = _ranked(self._rules, question, replace(law, any_day=True))
        if not ranked or law.admits(best := ranked[0][0].passage):
            return False
        known = [candidate.passage for candidate in self._rules.candidates(question, law)]
        versions = self._rules.lookup(best.references, law)
        return not any(_is_of_place(each, best) for each in (*versions, *known))


def _without_general(scope: Scope) -> Scope:
    """The scope with the clauses of those CCAG only that the question names."""
    return replace(scope, general=scope.general or ())


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
    known = {candidate.passage.id: candidate for candidate, _ in ranked}
    completing = [
        (known.get(passage.id, Candidate(passage, {})), ranked[0][1])
        for passage in searcher.lookup(numbers, scope)
    ]
    ids = {candidate.passage.id for candidate, _ in completing}
    others = [pair for pair in ranked[1:] if pair[0].passage.id not in ids]
    return [ranked[0], *completing, *others]


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
            text_sha256(searcher.generation, candidate.passage),
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
    if section is None:
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


# Answerability: whether the evidence is about what is asked. Pure.
#
# Of the rules, how near the best passage is in meaning and how strong its signals are together are
# added. In a dossier the signals do not tell; whether a passage is on the subject of the question
# does. Where questions lead to the nearest passage, whether the question is nearer to those that
# no text answers tells most; elsewhere, what the reader tells of the first passages. Where none of
# the passages is much likelier than the next the first is often beside the question: that is said.
# The weights (tuning.toml) are those of a logistic regression.

FIRST = 3
"""Passages that are read, and whose subjects count in a dossier."""

UNSEARCHED = 1e-6
"""How likely a passage that was not searched for counts to be the best."""


class Answerability(StrEnum):
    """Whether the evidence answers, may answer in part only, may answer, or does not."""

    YES = "yes"
    IN_PART = "in part"
    DOUBTFUL = "doubtful"
    NO = "no"


def answerability(
    question: str,
    evidence: Sequence[Evidence],
    tuning: Tuning | None = None,
    readings: Sequence[float] = (),
    unanswered: float | None = None,
    left_open: float = 0.0,
    *,
    in_dossier: bool = False,
) -> Answerability:
    """Whether to look for an answer in the evidence; always in a passage asked for by name.

    `in_dossier` says that a dossier is asked, whatever texts beside it were found.
    Without `tuning`, the weights are those fitted with the default embedder. `readings` are what
    `read_first` gives, `unanswered` what `told_by_questions` does, `left_open` what share of the
    questions around has no whole answer.
    """
    if not evidence:
        return Answerability.NO
    if evidence[0].score >= NAMED:
        return Answerability.YES
    tuning = tuning or default_tuning()
    weights = tuning.refusing(
        in_dossier=in_dossier, is_asked=unanswered is not None, is_read=bool(readings)
    )
    odds = _odds(question, evidence, readings, weights)
    odds += weights.unanswered * (unanswered or 0.0)
    if odds <= weights.refused:
        return Answerability.NO
    odds += weights.ahead * log(max(evidence[0].score, UNSEARCHED))
    if odds <= weights.sure:
        return Answerability.DOUBTFUL
    return Answerability.YES if left_open <= weights.left_open else Answerability.IN_PART


def told_by_questions(
    vector: Vectors, evidence: Sequence[Evidence], questions: QuestionIndex
) -> float | None:
    """How much nearer a question is to those that no text answers than to those that one does.

    None where no question leads to the nearest passage: of a text that nobody has asked about, they
    cannot tell.
    """
    if not evidence or evidence[0].passage.id not in questions:
        return None
    return questions.unanswered(vector)


def read_first(
    question: str, evidence: Sequence[Evidence], reader: PassageReader | None
) -> list[float]:
    """The odds (logarithms) that each of the first passages answers; nothing without a reader."""
    if reader is None:
        return []
    return reader.read(question, [item.passage for item in evidence[:FIRST]])


def answers(readings: Sequence[float]) -> float:
    """The logarithm of how many of the passages read are expected to answer; 0 without any."""
    if not readings:
        return 0.0
    return log(sum(1 / (1 + exp(-each)) for each in readings))


def _odds(
    question: str, evidence: Sequence[Evidence], readings: Sequence[float], weights: Refusal
) -> float:
    first, topics = evidence[:FIRST], topics_asked(question)
    return (
        weights.similarity * max(item.similarity for item in evidence)
        + weights.strength * max(item.strength for item in evidence)
        + weights.topic * max(topic_signal(topics, item.passage) for item in first)
        + weights.answers * answers(readings)
        + weights.bias
    )
