"""The baseline: an earlier run held against this one, question by question. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.confidence import mcnemar
from assistant.grading import Graded
from assistant.measures import Estimates, Measure, estimates
from assistant.questions import Question
from assistant.turn import Result

GUARDED = (
    Measure.CORRECT,
    Measure.RECALL,
    Measure.PRECISION,
    Measure.REFUSAL_F1,
    Measure.SUPPORTED,
    Measure.EXACT,
)
"""Measures that must not fall."""


class Change(StrEnum):
    """What has become of an answer."""

    WORSE = "devenue fausse"
    BETTER = "devenue correcte"
    REWORDED = "dite autrement, même verdict"
    SAME = "mot pour mot la même"


@dataclass(frozen=True, slots=True)
class Pair:
    """One question in the earlier run and in this one."""

    before: Graded
    after: Graded

    @property
    def change(self) -> Change:
        """Whether the verdict has changed, else whether a word has."""
        if self.before.correct != self.after.correct:
            return Change.BETTER if self.after.correct else Change.WORSE
        before, after = (each.result.answer.markdown for each in (self.before, self.after))
        return Change.SAME if before == after else Change.REWORDED


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs over the questions that both answered.

    `added` and `dropped` are how many questions only this run, or only the earlier one, has.
    `chance` is how often chance alone would give as unequal a number of better and worse answers.
    """

    pairs: tuple[Pair, ...]
    added: int
    dropped: int
    before: Estimates
    after: Estimates
    chance: float

    def of(self, change: Change) -> list[Pair]:
        """The questions with this change, in the order asked."""
        return [pair for pair in self.pairs if pair.change is change]


@dataclass(frozen=True, slots=True)
class Fall:
    """A measure that is lower than it was by more than is tolerated."""

    measure: Measure
    before: float
    after: float


def compare(
    before: Mapping[str, Result],
    after: Sequence[Graded],
    regrade: Callable[[Question, Result], Graded],
) -> Comparison:
    """Compare this run with earlier results by `id`, graded again by what is expected today.

    A question whose words have changed is another one. Measures are of the common questions.
    """
    pairs = tuple(
        Pair(regrade(item.question, earlier), item)
        for item in after
        if (earlier := before.get(item.question.id)) and earlier.question == item.question.text
    )
    changes = [pair.change for pair in pairs]
    return Comparison(
        pairs,
        added=len(after) - len(pairs),
        dropped=len(before) - len(pairs),
        before=estimates([pair.before for pair in pairs]),
        after=estimates([pair.after for pair in pairs]),
        chance=mcnemar(changes.count(Change.BETTER), changes.count(Change.WORSE)),
    )


def falls(comparison: Comparison, tolerance: float) -> list[Fall]:
    """The guarded measures that fell by more than `tolerance` (0.02 is two points)."""
    found = []
    for measure in GUARDED:
        before, after = comparison.before[measure], comparison.after[measure]
        # Rounded: a fall of just 0.02 is no more than 0.02, whatever floats say.
        if before and after and round(before.value - after.value, 9) > tolerance:
            found.append(Fall(measure, before.value, after.value))
    return found
