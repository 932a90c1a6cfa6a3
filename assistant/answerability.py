"""Answerability: whether the evidence is about what is asked. Pure.

Of the rules, how near the best passage is in meaning and how strong its signals are together are
added. In a dossier the signals do not tell; the share of the question's words found and whether a
passage is on its subject do. The weights (tuning.toml) are those of a logistic regression.
"""

from collections.abc import Sequence
from enum import StrEnum

from assistant.evidence import Evidence
from assistant.retrieval import NAMED
from assistant.topics import topic_signal, topics_asked
from assistant.tuning import Refusal, Tuning, default_tuning
from assistant.words import coverage

READ = 3
"""Passages of a dossier whose words and subjects count."""


class Answerability(StrEnum):
    """Whether the evidence answers, may answer, or does not."""

    YES = "yes"
    DOUBTFUL = "doubtful"
    NO = "no"


def answerability(
    question: str, evidence: Sequence[Evidence], tuning: Tuning | None = None
) -> Answerability:
    """Whether to look for an answer in the evidence; always in a passage asked for by name.

    Without `tuning`, the weights are those fitted with the default embedder.
    """
    if not evidence:
        return Answerability.NO
    if evidence[0].score >= NAMED:
        return Answerability.YES
    tuning = tuning or default_tuning()
    in_dossier = evidence[0].passage.dossier is not None
    weights = tuning.refusal_in_dossier if in_dossier else tuning.refusal
    odds = _odds(question, evidence, weights)
    if odds <= weights.refused:
        return Answerability.NO
    return Answerability.YES if odds > weights.sure else Answerability.DOUBTFUL


def _odds(question: str, evidence: Sequence[Evidence], weights: Refusal) -> float:
    read, topics = evidence[:READ], topics_asked(question)
    return (
        weights.similarity * max(item.similarity for item in evidence)
        + weights.strength * max(item.strength for item in evidence)
        + weights.coverage * coverage(question, _text(read))
        + weights.topic * max(topic_signal(topics, item.passage) for item in read)
        + weights.bias
    )


def _text(evidence: Sequence[Evidence]) -> str:
    return "\n".join(
        " ".join([item.passage.locator, *item.passage.headings, item.passage.text])
        for item in evidence
    )
