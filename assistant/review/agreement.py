"""Agreement: how often two readers of the same answers judge alike, and beyond chance. Pure.

Only frozen verdicts are compared: those that each reader gave before seeing the other's.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from assistant.confidence import LEVEL, Estimate, share
from assistant.review.marks import Place, ReviewVerdict, Target
from assistant.review.readings import Arbitration, Reading, compared, disputed, pairs
from assistant.review.recorded import Item

Pair = tuple[ReviewVerdict, ReviewVerdict]
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
    """Cohen's kappa with its interval; None when one of the readers only ever gave one verdict.

    (p - c) / (1 - c), with p the share of equal verdicts and c the share that chance would make
    equal: Cohen, "A coefficient of agreement for nominal scales", 1960. The interval is that of
    the large-sample variance of Fleiss, Cohen and Everitt, "Large sample standard errors of kappa
    and weighted kappa", 1969, formula for the kappa that is not zero; it is cut at -1 and 1.
    """
    count = len(pairs)
    if not pairs or any(len(set(verdicts)) < 2 for verdicts in zip(*pairs, strict=True)):
        return None
    cells = {pair: times / count for pair, times in Counter(pairs).items()}
    first = {one: n / count for one, n in Counter(one for one, _ in pairs).items()}
    second = {other: n / count for other, n in Counter(other for _, other in pairs).items()}
    equal = sum(part for (one, other), part in cells.items() if one == other)
    chance = sum(part * second.get(verdict, 0.0) for verdict, part in first.items())
    value = (equal - chance) / (1 - chance)

    def weight(one: ReviewVerdict, other: ReviewVerdict) -> float:
        if one == other:
            margins = first.get(one, 0.0) + second.get(one, 0.0)
            return ((1 - chance) - margins * (1 - equal)) ** 2
        return (1 - equal) ** 2 * (second.get(one, 0.0) + first.get(other, 0.0)) ** 2

    spread = sum(part * weight(*pair) for pair, part in cells.items())
    spread -= (equal * chance - 2 * chance + equal) ** 2
    reach = _Z * sqrt(max(spread, 0.0) / count) / (1 - chance) ** 2
    return Estimate(value, max(value - reach, -1.0), min(value + reach, 1.0), count)


def pairs_of(items: Iterable[Item], target: Target) -> Iterator[Pair]:
    """The frozen verdicts of the two readers of each answer on everything of a kind in it."""
    return (pair for item in items for pair in pairs(item.readings, target))


# Disagreements: what two readers judge differently, one by one.


@dataclass(frozen=True, slots=True)
class ReaderDisagreement:
    """One thing in an answer that its two readers judge differently.

    `arbitrations` are the decisions on it, the one that holds last.
    """

    item: Item
    place: Place
    first: Reading
    second: Reading
    arbitrations: tuple[Arbitration, ...]

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided."""
        return not self.arbitrations

    def is_for(self, user: str) -> bool:
        """Whether somebody may decide: neither of the two readers may."""
        return user not in (self.first.user, self.second.user)


def disagreements(items: Iterable[Item]) -> tuple[ReaderDisagreement, ...]:
    """Every disagreement, those to decide first, in the order of the items."""
    found = (each for item in items for each in _disagreements(item))
    return tuple(sorted(found, key=lambda each: not each.is_open))


def _disagreements(item: Item) -> Iterator[ReaderDisagreement]:
    if pair := compared(item.readings):
        for place in disputed(item.readings):
            decided = tuple(each for each in item.arbitrations if each.place == place)
            yield ReaderDisagreement(item, place, *pair, decided)
