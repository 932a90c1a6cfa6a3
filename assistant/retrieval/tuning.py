"""Tuning: the weights that were fitted with one embedder (tuning.toml), and those for any other.

How near two texts stand in meaning is a number that each embedder gives otherwise. So the fitted
weights are used with the embedder that they were fitted with; with another, each signal of the
ranking counts as one, nothing is refused for want of nearness, and every answer is said to be
uncertain. A reader is told so.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Refusal:
    """The weights of a logistic regression, and the odds (logarithms) at which it decides.

    Up to `refused` nothing is quoted, above `sure` no doubt is said. `answers` weighs what the
    reader tells, and only where it read; `unanswered` how much nearer the question is to those of
    the bank that no text answers than to the others. `ahead` weighs for the doubt alone: how likely
    (a logarithm) the first passage is to be the best of those found. Where more than `left_open`
    of the questions around have no whole answer, the texts may leave the very point open.
    """

    refused: float
    sure: float
    similarity: float = 0.0
    strength: float = 0.0
    topic: float = 0.0
    answers: float = 0.0
    unanswered: float = 0.0
    ahead: float = 0.0
    bias: float = 0.0
    left_open: float = 1.0


@dataclass(frozen=True, slots=True)
class PreparedWeights:
    """How what is known of a rule of the bank (answering/first_line.py) tells that it answers.

    Above 0 it does; above `of_use` it is told as what its article says, and above `likely` no doubt
    is said above it. One point of a question must be above `of_a_point`. None is by default.
    """

    vote: float = 0.0
    nearness: float = 0.0
    ahead: float = 0.0
    share: float = 0.0
    judged: float = 0.0
    settled: float = 0.0
    bias: float = -1.0
    of_use: float = 0.0
    of_a_point: float = 0.0
    likely: float = 0.0


@dataclass(frozen=True, slots=True)
class ClauseWeights:
    """How what is known of a sentence of a dossier (answering/first_line.py) tells that it answers.

    Above 0 it does; none does by default.
    """

    nearness: float = 0.0
    ahead: float = 0.0
    reading: float = 0.0
    unanswered: float = 0.0
    bias: float = -1.0


@dataclass(frozen=True, slots=True)
class SubjectBounds:
    """What is needed for two statements of figures to be of one subject (law/contradictions.py).

    `near` is the cosine of what they say without their figures, `other_article` that of statements
    about different articles; `unnamed` is taken from it for each kind of case that only one of them
    names. One that agrees counts when it is at most `agreement` farther. None has a cosine of 2.
    """

    near: float = 2.0
    other_article: float = 2.0
    unnamed: float = 0.0
    agreement: float = 0.0


@dataclass(frozen=True, slots=True)
class FollowingWeights:
    """How what is known of a question (retrieval/conversation.py) tells that it goes on from one.

    Above 0 it does. `words` weighs the logarithm of how many it has.
    """

    cue: float
    words: float
    nearness: float
    previous: float
    bias: float


@dataclass(frozen=True, slots=True)
class Tuning:
    """Weights of ranking, refusals and lines, and bounds of subjects, for an embedder.

    `embedder` is "" for those that were fitted with none; `following` is None where none were.
    """

    embedder: str
    ranking: Mapping[str, float]
    refusal: Mapping[str, Refusal]
    prepared: PreparedWeights = PreparedWeights()
    clause: ClauseWeights = ClauseWeights()
    subject: SubjectBounds = SubjectBounds()
    following: FollowingWeights | None = None

    def refusing(self, *, in_dossier: bool, is_asked: bool, is_read: bool) -> Refusal:
        """The weights for a question of a dossier, or of the rules.

        Of the rules, one to whose nearest passage questions lead needs no reader; else there are
        weights for where the passages were read, and for where they were not.
        """
        texts = "dossier" if in_dossier else "rules"
        if is_asked and not in_dossier:
            return self.refusal["rules asked"]
        return self.refusal[f"{texts} read" if is_read else texts]

    @property
    def is_neutral(self) -> bool:
        """Whether these weights were fitted with no embedder."""
        return not self.embedder


def tuning_for(embedder: str) -> Tuning:
    """The weights fitted with the embedder of this name, else the neutral ones."""
    *fitted, neutral = tunings()
    return next((each for each in fitted if each.embedder == embedder), neutral)


@cache
def tunings() -> tuple[Tuning, ...]:
    """Every set of the file; the first is that of the default embedder, the last the neutral."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        Tuning(
            row["embedder"],
            row["ranking"],
            {texts: Refusal(**weights) for texts, weights in row["refusal"].items()},
            PreparedWeights(**row.get("prepared", {})),
            ClauseWeights(**row.get("clause", {})),
            SubjectBounds(**row.get("subject", {})),
            FollowingWeights(**row["following"]) if "following" in row else None,
        )
        for row in table["tuning"]
    )


def default_tuning() -> Tuning:
    """The weights fitted with the default embedder."""
    return tunings()[0]
