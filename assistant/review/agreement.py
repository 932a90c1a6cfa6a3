"""Agreement: how often two readers of the same answers judge alike, and beyond chance. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from assistant.confidence import LEVEL, Estimate, share
from assistant.review.line import Item
from assistant.review.marks import Target, Verdict

Pair = tuple[Verdict, Verdict]
"""The verdicts of the first and of the second reader of one thing."""

_Z = NormalDist().inv_cdf((1 + LEVEL) / 2)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The share of equal verdicts, and Cohen's kappa; None where there is nothing to compare."""

    rate: Estimate | None
    kappa: Estimate | None


def agreement(pairs: Sequence[Pair]) -> Agreement:
    """How far two readers agree."""
    return Agreement(share(sum(one == other for one, other in pairs), len(pairs)), kappa(pairs))


def kappa(pairs: Sequence[Pair]) -> Estimate | None:
    """Cohen's kappa with its interval; None when both readers only ever gave one verdict.

    (p - c) / (1 - c), with p the share of equal verdicts and c the share that chance would make
    equal: Cohen, "A coefficient of agreement for nominal scales", 1960. The interval is that of
    the large-sample variance of Fleiss, Cohen and Everitt, "Large sample standard errors of kappa
    and weighted kappa", 1969, formula for the kappa that is not zero; it is cut at -1 and 1.
    """
    count = len(pairs)
    if not count:
        return None
    cells = {pair: times / count for pair, times in Counter(pairs).items()}
    first = {one: n / count for one, n in Counter(one for one, _ in pairs).items()}
    second = {other: n / count for other, n in Counter(other for _, other in pairs).items()}
    equal = sum(part for (one, other), part in cells.items() if one == other)
    chance = sum(part * second.get(verdict, 0.0) for verdict, part in first.items())
    if chance >= 1:
        return None
    value = (equal - chance) / (1 - chance)

    def weight(one: Verdict, other: Verdict) -> float:
        if one == other:
            margins = first.get(one, 0.0) + second.get(one, 0.0)
            return ((1 - chance) - margins * (1 - equal)) ** 2
        return (1 - equal) ** 2 * (second.get(one, 0.0) + first.get(other, 0.0)) ** 2

    spread = sum(part * weight(*pair) for pair, part in cells.items())
    spread -= (equal * chance - 2 * chance + equal) ** 2
    reach = _Z * sqrt(max(spread, 0.0) / count) / (1 - chance) ** 2
    return Estimate(value, max(value - reach, -1.0), min(value + reach, 1.0), count)


def pairs_of(items: Iterable[Item], target: Target) -> Iterator[Pair]:
    """The verdicts of the first two readers of each answer on everything of a kind in it."""
    for item in items:
        if len(item.readers) < 2:
            continue
        first, second = (item.sheets[user] for user in item.readers[:2])
        for place in first.keys() & second.keys():
            one, other = first[place].verdict, second[place].verdict
            if place[0] is target and one and other:
                yield one, other
