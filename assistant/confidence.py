"""Confidence: how far chance alone may have moved a measure made on so few questions. Pure.

Intervals are at 95 %. A share has Wilson's (1927, without continuity correction), which stays
between 0 and 1; a mean or an F1 has a percentile bootstrap over questions, with a fixed seed: the
same answers give the same interval.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb, sqrt
from random import Random
from statistics import NormalDist, fmean, quantiles
from typing import TypeVar

LEVEL = 0.95
RESAMPLINGS = 2000
SEED = 2019
ENOUGH = 10
"""Things counted below which no interval is told: it would say hardly more than 0 to 1."""

_Z = NormalDist().inv_cdf((1 + LEVEL) / 2)

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured value and its interval, both ends included.

    `whole` is how many things were counted, `part` how many of them had it, None for what is not
    a share.
    """

    value: float
    low: float
    high: float
    whole: int
    part: int | None = None

    @property
    def is_telling(self) -> bool:
        """Whether enough was counted for an interval to be told."""
        return self.whole >= ENOUGH


def share(part: int, whole: int) -> Estimate | None:
    """The share of `part` in `whole`, None where there is nothing to count."""
    if not whole:
        return None
    value, spread = part / whole, _Z**2 / whole
    centre = (value + spread / 2) / (1 + spread)
    reach = _Z * sqrt(value * (1 - value) / whole + spread / (4 * whole)) / (1 + spread)
    # At 0 and 1 the ends are exact, whatever the rounding of floats.
    low = 0.0 if part == 0 else centre - reach
    high = 1.0 if part == whole else centre + reach
    return Estimate(value, low, high, whole, part)


def average(values: Sequence[float | None]) -> Estimate | None:
    """The mean of the values that are known, None where none is."""
    return resampled([value for value in values if value is not None], fmean)


def resampled(
    items: Sequence[Item], statistic: Callable[[Sequence[Item]], float | None]
) -> Estimate | None:
    """A statistic of `items` with its bootstrap interval, None where it has no value.

    Resamples in which it has none are left out.
    """
    value = statistic(items) if items else None
    if value is None:
        return None
    lot = Random(SEED)
    drawn = (statistic(lot.choices(items, k=len(items))) for _ in range(RESAMPLINGS))
    known = [each for each in drawn if each is not None]
    cuts = quantiles([*known, value], n=40, method="inclusive")  # at 2.5 %, 5 %, … 97.5 %
    return Estimate(value, cuts[0], cuts[-1], len(items))


def percentiles(values: Sequence[float]) -> tuple[float, float] | None:
    """The median and the 95th percentile, None of fewer than two values."""
    if len(values) < 2:
        return None
    cuts = quantiles(values, n=100, method="inclusive")
    return cuts[49], cuts[94]


def mcnemar(better: int, worse: int) -> float:
    """How often chance alone would part the questions that changed as unequally, or more so.

    McNemar's test (1947), exact and two-sided: each could as well have gone the other way.
    """
    changed = better + worse
    tail = sum(comb(changed, few) for few in range(min(better, worse) + 1))
    return min(1.0, 2 * tail / (1 << changed))
