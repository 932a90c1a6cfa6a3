"""Answerability: whether the evidence is about what is asked. Pure.

Two signals are added: how near the best passage is in meaning, and how many of the question's own
words the best passages have. The weights were set by hand, on the development questions and on 249
public questions about other law, each asked of the code and of the built-in corpus: 64 of 66
answerable ones pass and 421 of 498 foreign ones do not. A question on the subject whose answer is
not in the texts is not told apart (7 of 8 pass).
"""

from collections.abc import Sequence

from assistant.evidence import Evidence
from assistant.retrieval import NAMED
from assistant.words import coverage

READ = 3
"""Passages whose words count."""

SIMILARITY_WEIGHT = 80.0
COVERAGE_WEIGHT = 2.0
BIAS = -69.5
"""A cosine of 0.844 is enough where every word of the question is found, 0.869 where none is."""


def answerable(question: str, evidence: Sequence[Evidence]) -> bool:
    """Whether to look for an answer in the evidence; always in a passage asked for by name."""
    if not evidence:
        return False
    if evidence[0].score >= NAMED:
        return True
    similarity = max(item.similarity for item in evidence[:READ])
    text = "\n".join(
        " ".join([item.passage.locator, *item.passage.headings, item.passage.text])
        for item in evidence[:READ]
    )
    return SIMILARITY_WEIGHT * similarity + COVERAGE_WEIGHT * coverage(question, text) + BIAS > 0
