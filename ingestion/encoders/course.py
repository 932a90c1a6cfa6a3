"""A course of learning: batch after batch, with a state on disk from which it goes on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR

Progress = Callable[[str, int, int], None]
"""Told the step (a French phrase), how much of it is done, and how much there is."""

Batch = TypeVar("Batch")

STEP = "Apprentissage"
SAVED_EVERY = 10
LONGEST_STEP = 1.0
"""Length to which a gradient is cut, so that one odd batch does not undo the others."""

LAST_RATE = 0.02
"""Share of the rate that is left at the end."""


@dataclass(frozen=True, slots=True)
class LearningRate:
    """It rises to the highest over the first `warm_up` of the steps, then falls."""

    highest: float
    warm_up: float = 0.1

    def share(self, step: int, steps: int) -> float:
        """The share of the rate at a step, 0-based, of `steps`. Pure."""
        rising = max(1, round(self.warm_up * steps))
        if step < rising:
            return (step + 1) / rising
        return max(LAST_RATE, (steps - step) / max(1, steps - rising))


class Course:
    """What learns, and how; `saved` is the file of its state, `identity` what it is a state of."""

    def __init__(
        self, learning: Sequence[nn.Parameter], rate: LearningRate, saved: Path, identity: str
    ) -> None:
        self._learning = list(learning)
        self._rate, self._saved, self._identity = rate, saved, identity

    def follow(
        self, batches: Sequence[Batch], loss: Callable[[Batch], Tensor], progress: Progress
    ) -> None:
        """Learn from each batch in turn, from where a course of this identity was left.

        The state is removed at the end: what was learnt is in the parameters.
        """
        optimiser = AdamW(self._learning, lr=self._rate.highest, weight_decay=0.01)
        steps = len(batches)
        schedule = LambdaLR(optimiser, lambda step: self._rate.share(step, steps))
        first = self._resume(optimiser, schedule)
        progress(STEP, first, steps)
        for step in range(first, steps):
            loss(batches[step]).backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self._learning, LONGEST_STEP)
            optimiser.step()
            schedule.step()
            optimiser.zero_grad()
            progress(STEP, step + 1, steps)
            if (step + 1) % SAVED_EVERY == 0:
                self._save(optimiser, schedule, step + 1)
        self._saved.unlink(missing_ok=True)

    def _save(self, optimiser: AdamW, schedule: LambdaLR, step: int) -> None:
        self._saved.parent.mkdir(parents=True, exist_ok=True)
        beside = self._saved.with_suffix(".new")
        state = {
            "identity": self._identity,
            "step": step,
            "learning": [parameter.detach() for parameter in self._learning],
            "optimiser": optimiser.state_dict(),
            "schedule": schedule.state_dict(),
        }
        torch.save(state, beside)
        beside.replace(self._saved)

    def _resume(self, optimiser: AdamW, schedule: LambdaLR) -> int:
        """The step to go on from; 0 without a state, or with one of something else."""
        if not self._saved.exists():
            return 0
        state = torch.load(self._saved, weights_only=True)
        if state["identity"] != self._identity:
            return 0
        for parameter, kept in zip(self._learning, state["learning"], strict=True):
            parameter.data.copy_(kept)
        optimiser.load_state_dict(state["optimiser"])
        schedule.load_state_dict(state["schedule"])
        return int(state["step"])
