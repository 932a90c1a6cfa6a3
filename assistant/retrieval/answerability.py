"""Answerability: whether the evidence is about what is asked. Pure.

Of the rules, how near the best passage is in meaning and how strong its signals are together are
added. In a dossier the signals do not tell; whether a passage is on the subject of the question
does. Where questions lead to the nearest passage, whether the question is nearer to those that
no text answers tells most; elsewhere, what the reader tells of the first passages. Where none of
the passages is much likelier than the next the first is often beside the question: that is said.
The weights (tuning.toml) are those of a logistic regression.
"""

from collections.abc import Sequence
from enum import StrEnum
from math import exp, log

from assistant.question.topics import topic_signal, topics_asked
from assistant.retrieval.evidence import NAMED, Evidence
from assistant.retrieval.tuning import Refusal, Tuning
from ingestion.index.questions import QuestionIndex
from ingestion.index.search import PassageReader, Vectors

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
    tuning: Tuning,
    readings: Sequence[float] = (),
    unanswered: float | None = None,
    left_open: float = 0.0,
    *,
    in_dossier: bool = False,
) -> Answerability:
    """Whether to look for an answer in the evidence; always in a passage asked for by name.

    `readings` are what `read_first` gives, `unanswered` what `told_by_questions` does, `left_open`
    what share of the questions around has no whole answer.
    """
    if not evidence:
        return Answerability.NO
    if evidence[0].score >= NAMED:
        return Answerability.YES
    weights = tuning.refusing(
        in_dossier=in_dossier, is_asked=unanswered is not None, is_read=bool(readings)
    )
    odds = _odds(question, evidence, readings, unanswered or 0.0, weights)
    return _decided(odds, evidence[0].score, left_open, weights)


def _odds(
    question: str,
    evidence: Sequence[Evidence],
    readings: Sequence[float],
    unanswered: float,
    weights: Refusal,
) -> float:
    first, topics = evidence[:FIRST], topics_asked(question)
    return (
        weights.similarity * max(item.similarity for item in evidence)
        + weights.strength * max(item.strength for item in evidence)
        + weights.topic * max(topic_signal(topics, item.passage) for item in first)
        + weights.answers * answers(readings)
        + weights.bias
        + weights.unanswered * unanswered
    )


def _decided(odds: float, likely: float, left_open: float, weights: Refusal) -> Answerability:
    """What the odds come to; `likely` is how likely the first passage is to be the best."""
    if odds <= weights.refused:
        return Answerability.NO
    if odds + weights.ahead * log(max(likely, UNSEARCHED)) <= weights.sure:
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
