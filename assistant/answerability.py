"""Answerability: whether the evidence is about what is asked. Pure.

Of the rules, how near the best passage is in meaning and how strong its signals are together are
added; the weights are a logistic regression on 397 questions of our own (74 of which the code does
not answer) and 297 public ones about other law, asked of the code and of the built-in corpus: 0.86
and 0.94 of those with an answer pass, 0.62 and 0.53 of those on the subject without one are
refused, and 0.90 and 0.80 of the others.

In a dossier the signals do not tell, and the share of the question's words found does: on 105
questions about two dossiers 0.83 of those with an answer pass, half of the others are refused.
"""

from collections.abc import Sequence
from enum import StrEnum

from assistant.evidence import Evidence
from assistant.retrieval import NAMED
from assistant.words import coverage

SIMILARITY_WEIGHT = 72.3
STRENGTH_WEIGHT = 0.35
BIAS = -64.3
"""A cosine of 0.84 is enough for the strongest passages (10), 0.87 for weak ones (4)."""

DOSSIER_SIMILARITY_WEIGHT = 80.0
DOSSIER_COVERAGE_WEIGHT = 2.0
DOSSIER_BIAS = -69.2
"""A cosine of 0.84 is enough where every word of the question is found, 0.865 where none is."""

READ = 3
"""Passages of a dossier whose words count."""

REFUSED, SURE = -0.5, 1.0
"""Odds (logarithms) below which nothing is quoted, and from which no doubt is said.

Of our questions between them, asked of the code, one in four has no answer there and one in two is
answered by what is quoted; below, four in ten; above, four in five.
"""


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
    odds = _odds(question, evidence)
    if odds <= REFUSED:
        return Answerability.NO
    return Answerability.YES if odds > SURE else Answerability.DOUBTFUL


def _odds(question: str, evidence: Sequence[Evidence]) -> float:
    similarity = max(item.similarity for item in evidence)
    if evidence[0].passage.dossier is not None:
        covered = coverage(question, _text(evidence[:READ]))
        said = DOSSIER_SIMILARITY_WEIGHT * similarity + DOSSIER_COVERAGE_WEIGHT * covered
        return said + DOSSIER_BIAS
    strength = max(item.strength for item in evidence)
    return SIMILARITY_WEIGHT * similarity + STRENGTH_WEIGHT * strength + BIAS


def _text(evidence: Sequence[Evidence]) -> str:
    return "\n".join(
        " ".join([item.passage.locator, *item.passage.headings, item.passage.text])
        for item in evidence
    )
