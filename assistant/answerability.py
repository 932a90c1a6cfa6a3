"""Answerability: whether the evidence is about what is asked. Pure.

Of the rules, how near the best passage is in meaning and how strong its signals are together are
added; the weights are a logistic regression on 397 questions of our own (74 of which the code does
not answer) and 297 public ones about other law, asked of the code and of the built-in corpus: 0.86
and 0.94 of those with an answer pass, 0.62 and 0.53 of those on the subject without one are
refused, and 0.90 and 0.80 of the others.

In a dossier the signals do not tell; the share of the question's words found and whether a passage
is on its subject do, on 85 questions of our own about one dossier.
"""

from collections.abc import Sequence
from enum import StrEnum

from assistant.evidence import Evidence
from assistant.retrieval import NAMED
from assistant.topics import topic_signal, topics_asked
from assistant.words import coverage

SIMILARITY_WEIGHT = 72.3
STRENGTH_WEIGHT = 0.35
BIAS = -64.3
"""A cosine of 0.84 is enough for the strongest passages (10), 0.87 for weak ones (4)."""

DOSSIER_SIMILARITY_WEIGHT = 46.6
DOSSIER_COVERAGE_WEIGHT = 1.0
DOSSIER_TOPIC_WEIGHT = 1.1
DOSSIER_BIAS = -40.5
"""A cosine of 0.82 is enough where all else speaks for it, 0.87 where nothing does."""

READ = 3
"""Passages of a dossier whose words and subjects count."""

REFUSED, SURE = -0.5, 1.0
"""Odds (logarithms) below which nothing is quoted, and from which no doubt is said.

Of our questions between them, asked of the code, one in four has no answer there and one in two is
answered by what is quoted; below, four in ten; above, four in five.
"""

DOSSIER_REFUSED, DOSSIER_SURE = 0.3, 1.0
"""The same in a dossier: half of our questions without answer are below, one in six above."""


class Answerability(StrEnum):
    """Whether the evidence answers, may answer, or does not."""

    YES = "yes"
    DOUBTFUL = "doubtful"
    NO = "no"


def answerability(question: str, evidence: Sequence[Evidence]) -> Answerability:
    """Whether to look for an answer in the evidence; always in a passage asked for by name."""
    if not evidence:
        return Answerability.NO
    if evidence[0].score >= NAMED:
        return Answerability.YES
    if evidence[0].passage.dossier is not None:
        odds, refused, sure = _odds_in_dossier(question, evidence), DOSSIER_REFUSED, DOSSIER_SURE
    else:
        odds, refused, sure = _odds(evidence), REFUSED, SURE
    if odds <= refused:
        return Answerability.NO
    return Answerability.YES if odds > sure else Answerability.DOUBTFUL


def _odds(evidence: Sequence[Evidence]) -> float:
    similarity = max(item.similarity for item in evidence)
    strength = max(item.strength for item in evidence)
    return SIMILARITY_WEIGHT * similarity + STRENGTH_WEIGHT * strength + BIAS


def _odds_in_dossier(question: str, evidence: Sequence[Evidence]) -> float:
    read, topics = evidence[:READ], topics_asked(question)
    return (
        DOSSIER_SIMILARITY_WEIGHT * max(item.similarity for item in evidence)
        + DOSSIER_COVERAGE_WEIGHT * coverage(question, _text(read))
        + DOSSIER_TOPIC_WEIGHT * max(topic_signal(topics, item.passage) for item in read)
        + DOSSIER_BIAS
    )


def _text(evidence: Sequence[Evidence]) -> str:
    return "\n".join(
        " ".join([item.passage.locator, *item.passage.headings, item.passage.text])
        for item in evidence
    )
