from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.confidence import average, mcnemar, percentiles, resampled, share


def test_a_share_has_the_interval_that_wilson_gives() -> None:
    estimate = share(34, 39)
    assert estimate is not None
    assert estimate.value == pytest.approx(34 / 39)
    # Newcombe (1998), method 3, computed by hand to four figures.
    assert (estimate.low, estimate.high) == pytest.approx((0.7329, 0.9440), abs=5e-4)
    assert (estimate.part, estimate.whole) == (34, 39)


@given(st.integers(0, 60).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_a_share_lies_in_its_interval_and_it_in_zero_to_one(counts: tuple[int, int]) -> None:
    part, whole = counts
    estimate = share(part, whole)
    if not whole:
        assert estimate is None
        return
    assert estimate is not None
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert estimate.low < estimate.high
    more = share(2 * part, 2 * whole)
    assert more is not None
    assert more.high - more.low < estimate.high - estimate.low


def test_a_mean_leaves_out_what_is_unknown() -> None:
    estimate = average([1.0, None, 0.0, 0.5])
    assert estimate is not None
    assert (estimate.value, estimate.whole, estimate.part) == (0.5, 3, None)
    assert average([None]) is None
    assert average([]) is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_a_bootstrap_is_the_same_each_time_and_holds_in_the_range(values: list[float]) -> None:
    estimate = average(values)
    assert estimate == average(values)
    assert estimate is not None
    assert min(values) - 1e-9 <= estimate.low <= estimate.high <= max(values) + 1e-9


def test_a_bootstrap_is_near_what_theory_says() -> None:
    estimate = average([0.0, 1.0] * 100)
    assert estimate is not None
    assert (estimate.low, estimate.high) == pytest.approx((0.43, 0.57), abs=0.015)


def test_a_statistic_without_value_is_no_estimate() -> None:
    assert resampled([1, 2], lambda items: None) is None

    def mean_of_positive(items: object) -> float | None:
        assert isinstance(items, list)
        return fmean(items) if sum(items) else None

    some = resampled([0, 0, 3], mean_of_positive)
    assert some is not None
    assert some.low > 0


@pytest.mark.parametrize(
    ("better", "worse", "chance"),
    [(0, 0, 1.0), (3, 3, 1.0), (1, 0, 1.0), (6, 0, 0.03125), (0, 6, 0.03125), (9, 1, 22 / 1024)],
)
def test_mcnemar_counts_the_ways_that_are_as_unequal(
    better: int, worse: int, chance: float
) -> None:
    assert mcnemar(better, worse) == pytest.approx(chance)


def test_mcnemar_takes_thousands() -> None:
    assert mcnemar(3000, 3000) == 1
    assert mcnemar(3000, 1000) < 1e-9


def test_percentiles_need_two_values() -> None:
    assert percentiles([1.0]) is None
    assert percentiles([float(value) for value in range(101)]) == (50, 95)
