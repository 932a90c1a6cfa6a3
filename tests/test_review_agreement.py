"""Agreement of two readers, against values worked out by hand."""

import pytest

from assistant.confidence import Estimate
from assistant.review.agreement import Pair, agreement, kappa
from assistant.review.marks import ReviewVerdict

RIGHT, WRONG, INCOMPLETE = ReviewVerdict.RIGHT, ReviewVerdict.WRONG, ReviewVerdict.INCOMPLETE


def pairs(**counts: int) -> list[Pair]:
    """So many times each pair: "rw" is right for the first reader, wrong for the second."""
    named = {"r": RIGHT, "w": WRONG, "i": INCOMPLETE}
    return [
        (named[pair[0]], named[pair[1]]) for pair, times in counts.items() for _ in range(times)
    ]


def test_two_verdicts_by_hand() -> None:
    # Equal 0.7, by chance 0.5: 0.4. Variance, term by term: 0.4 (0.5 - 1.1 × 0.3)² = 0.01156,
    # 0.3 (0.5 - 0.9 × 0.3)² = 0.01587, 0.09 (0.1 × 1.1² + 0.2 × 0.9²) = 0.02547, less
    # (0.35 - 1 + 0.7)² = 0.0025: 0.0504 / (50 × 0.5⁴) = 0.016128, whose root is 0.126996.
    found = kappa(pairs(rr=20, rw=5, wr=10, ww=15))
    assert found is not None
    assert found.value == pytest.approx(0.4)
    assert found.high - found.value == pytest.approx(1.959964 * 0.126996, abs=1e-5)
    assert found.value - found.low == pytest.approx(found.high - found.value)
    assert found.whole == 50


def test_three_verdicts_by_hand() -> None:
    # Equal 0.6. Margins 0.5 0.3 0.2 and 0.4 0.3 0.3: chance 0.2 + 0.09 + 0.06 = 0.35.
    found = kappa(pairs(rr=3, ri=1, rw=1, ii=2, iw=1, ww=1, wr=1))
    assert found is not None
    assert found.value == pytest.approx((0.6 - 0.35) / 0.65)
    assert found.low < found.value < found.high <= 1


def test_readers_who_always_agree_are_certain_and_who_never_do_are_below_chance() -> None:
    assert kappa(pairs(rr=5, ww=5)) == Estimate(1.0, 1.0, 1.0, 10)
    opposed = kappa(pairs(rw=5, wr=5))
    assert opposed is not None
    assert opposed.value == opposed.low == -1


def test_without_two_verdicts_there_is_nothing_beyond_chance() -> None:
    assert kappa([]) is None
    assert kappa(pairs(rr=9)) is None
    assert kappa(pairs(rr=9, rw=3)) is None  # whatever the second one says, it would be zero
    found = agreement(pairs(rr=9))
    assert found.rate is not None
    assert found.rate.value == 1
    assert agreement([]).rate is None
