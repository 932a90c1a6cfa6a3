"""Answerability: whether the evidence is about what is asked. Pure.

Two signals decide together: how near the best passage is in meaning, and how many of the
question's own words the best passages have. The weights were chosen on the development questions
and on 250 public questions about other law: they keep 65 of 66 of the former and refuse five in six
of the latter. Either signal alone did worse, and the model's own opinion did worse than both.
"""

from collections.abc import Sequence
from math import exp

from assistant.evidence import Evidence
from assistant.words import coverage

READ = 3
"""Passages whose words count."""

SIMILARITY_WEIGHT = 80.0
COVERAGE_WEIGHT = 2.0
BIAS = -69.5
THRESHOLD = 0.5


def answerable(question: str, evidence: Sequence[Evidence]) -> float:
    """Probability that the evidence answers the question; a passage asked for by name is 1."""
    if not evidence:
        return 0.0
    if evidence[0].score >= 1.0:
        return 1.0
    similarity = max(item.similarity for item in evidence[:READ])
    text = "\n".join(
        " ".join([item.passage.locator, *item.passage.headings, item.passage.text])
        for item in evidence[:READ]
    )
    logit = SIMILARITY_WEIGHT * similarity + COVERAGE_WEIGHT * coverage(question, text) + BIAS
    return 1 / (1 + exp(-logit))
