"""The clause that answers: of what is quoted of a dossier, the sentence that is said as the line.

It is a sentence of a piece of the buyer's, whole and as it stands there for all to see: what a
tenderer wrote binds nobody yet, and a piece may derogate from the CCAG. That it answers is told by
how near it is to the question, by how much it is ahead of the others, by what the reader tells of
its passage, and by what other dossiers leave open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.answering.answer import Prominence
from assistant.answering.extraction import ASTRAY, Draft
from assistant.retrieval.hierarchy import Rank, rank_of
from assistant.retrieval.ranking import ClauseWeights

LONGEST = 30
"""Words of a line."""


def led(
    quoted: Sequence[Draft],
    read: Mapping[str, float],
    unanswered: float,
    weights: ClauseWeights,
) -> list[Draft]:
    """What is quoted, the first as the line that answers where it is sure to. Pure.

    `read` are the odds (logarithms) that a passage answers, by its identifier; `unanswered` is how
    much nearer the question is to those that dossiers leave open than to the others.
    """
    if not quoted or not _is_sure(quoted, read, unanswered, weights):
        return [*quoted]
    return [replace(quoted[0], place=Prominence.LEAD), *quoted[1:]]


def _is_sure(
    quoted: Sequence[Draft],
    read: Mapping[str, float],
    unanswered: float,
    weights: ClauseWeights,
) -> bool:
    first = quoted[0]
    reading = read.get(first.evidence[0].passage.id)
    if reading is None or not _may_lead(first):
        return False
    odds = weights.nearness * first.nearness + weights.ahead * ahead_of(quoted)
    odds += weights.reading * reading + weights.unanswered * unanswered
    return odds + weights.bias > 0


def ahead_of(quoted: Sequence[Draft]) -> float:
    """How much nearer the first quote is than the nearest of the others. Pure.

    What is not quoted is farther by `ASTRAY` at least: no more is known where it stands alone.
    """
    first, *others = quoted
    return min(ASTRAY, first.nearness - max((each.nearness for each in others), default=-1.0))


def _may_lead(draft: Draft) -> bool:
    """Whether it is a clause that every page shows and whose figures were read without doubt."""
    passage = draft.evidence[0].passage
    is_hidden = passage.hides(passage.start + draft.start, passage.start + draft.end)
    is_clause = rank_of(passage) is Rank.CLAUSE and draft.nearness > 0
    is_whole = not is_hidden and not draft.spoken_by and not draft.doubts
    return is_clause and is_whole and _is_line(draft.text)


def _is_line(text: str) -> bool:
    """Whether words can be said aloud: no list, no row of a table."""
    return len(text.split()) <= LONGEST and "\n" not in text and " | " not in text
