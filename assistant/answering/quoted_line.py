"""The sentence among those quoted that answers in a line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answering.answer import Prominence
from assistant.answering.extraction import Draft
from assistant.answering.prepared import NearAnswers
from assistant.law.hierarchy import ARTICLES, rank_of
from assistant.retrieval.ranking import LineWeights
from ingestion.index.questions import NEAREST, QuestionIndex
from ingestion.index.search import Embedder, Vectors

WORDS = 60
"""Words of a line at most: more is to be read, not to be told."""

HALF = 0.5
"""Share of the answering words that a line holds at least."""

UNASKED = 0.75
"""Cosine to a question that the bank does not ask: few that it asks are farther."""


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """A quoted sentence that may answer in a line, and what tells whether it does.

    `cosine` is how far it is from the sentence nearest to the question (0 at most), `asked` how
    near the question is to those that the bank asks of its words (the mean of the nearest three),
    `behind` how far its nearest is from that of the best (0 at most), `share` the share of its
    passage in what was found, `central` how near it is to what the bank answers nearby.
    """

    draft: Draft
    cosine: float
    asked: float
    behind: float
    share: float
    central: float

    def odds(self, weights: LineWeights) -> float:
        """How sure it is that it answers; above 0 it does."""
        return (
            weights.cosine * self.cosine
            + weights.asked * self.asked
            + weights.behind * self.behind
            + weights.share * self.share
            + weights.central * self.central
            + weights.bias
        )


def line_of_quotes(lines: Sequence[CandidateLine], weights: LineWeights) -> Draft | None:
    """The sentence that answers in a line, None where none is sure to. Pure."""
    best = max(lines, key=lambda line: line.odds(weights), default=None)
    if best is None or best.odds(weights) <= 0:
        return None
    return replace(best.draft, place=Prominence.LEAD)


def lines_of_quotes(
    asked: Vectors,
    quoted: Sequence[Draft],
    near: NearAnswers,
    questions: QuestionIndex,
    embedder: Embedder,
) -> list[CandidateLine]:
    """The quoted sentences that are short enough; `asked` is the vector of the question."""
    drafts = [draft for draft in quoted if _is_line(draft)]
    if not drafts:
        return []
    vectors = embedder.embed_passages([draft.text for draft in drafts])
    cosines = vectors @ asked
    of_each = [_asked_of(draft, questions, asked) for draft in drafts]
    nearest = max(first for first, *_ in of_each)
    return [
        CandidateLine(
            draft,
            float(cosine - max(cosines)),
            sum(of) / NEAREST,
            of[0] - nearest,
            draft.evidence[0].score,
            near.nearness(vector),
        )
        for draft, vector, cosine, of in zip(drafts, vectors, cosines, of_each, strict=True)
    ]


def _is_line(draft: Draft) -> bool:
    """Whether it is of the law, for which the weights were fitted, and soon told.

    Of the sentences of sheets that they let through, one in seven had no expected fact.
    """
    is_of_law = rank_of(draft.evidence[0].passage) in ARTICLES
    return is_of_law and "\n" not in draft.text and len(draft.text.split()) <= WORDS


def _asked_of(draft: Draft, questions: QuestionIndex, asked: Vectors) -> list[float]:
    """The cosines of a question to the nearest that these words answer, `NEAREST` of them.

    Where the bank does not know which words of a passage answer, all do.
    """
    passage = draft.evidence[0].passage
    start, end = passage.start + draft.start, passage.start + draft.end
    near = [
        each.cosine
        for each in questions.leading_to(passage.id, asked)
        if not each.question.spans or _share_of(each.question.spans, start, end) >= HALF
    ]
    return [*near, *[UNASKED] * NEAREST][:NEAREST]


def _share_of(spans: Sequence[tuple[int, int]], start: int, end: int) -> float:
    """How much of some spans is between two places."""
    within = sum(max(0, min(last, end) - max(first, start)) for first, last in spans)
    return within / sum(last - first for first, last in spans)
