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

    Up to `refused` nothing is quoted, above `sure` no doubt is said.
    """

    refused: float
    sure: float
    similarity: float = 0.0
    strength: float = 0.0
    coverage: float = 0.0
    topic: float = 0.0
    bias: float = 0.0


@dataclass(frozen=True, slots=True)
class Tuning:
    """Weights of the ranking by signal, and of the refusals, with the embedder they are for.

    `embedder` is "" for those that were fitted with none.
    """

    embedder: str
    ranking: Mapping[str, float]
    refusal: Refusal
    refusal_in_dossier: Refusal

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
            Refusal(**row["refusal"]),
            Refusal(**row["refusal_in_dossier"]),
        )
        for row in table["tuning"]
    )


def default_tuning() -> Tuning:
    """The weights fitted with the default embedder."""
    return tunings()[0]
