"""Which answers are to be read and why, and how far two readers agree."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.answer import Outcome
from assistant.confidence import Estimate
from assistant.review.progress import Pair, agreement, kappa
from assistant.review.readings import ANSWER, ReviewMark, ReviewVerdict
from assistant.review.recorded import BuyerOpinion, Item, ReviewLine, Thumb
from assistant.review.register import Reason, Sampling, is_drawn, reasons, sampling_of, tasks
from tests.answer_items import readings_of

NONE = Sampling(rate=0, second=0)
ALL = Sampling(rate=0, second=1)
PLAIN = ReviewLine(
    position=0,
    record_id="r0",
    at=datetime(2026, 6, 1, tzinfo=UTC),
    user="u",
    question="Quel délai ?",
    text="Trente jours.",
    as_of=date(2026, 6, 1),
    outcome=Outcome.ANSWERED,
    supports=frozenset(),
    route="rule",
    theme="Autre",
    dossier=None,
    ended="finished",
    seconds=0.1,
    model="m",
    generation="g",
    removed=0,
    cited=(),
    searchable="",
)
DOWN = BuyerOpinion(Thumb.DOWN)


def item(
    number: int, opinion: BuyerOpinion | None = None, *readers: str, **changes: object
) -> Item:
    line = replace(PLAIN, record_id=f"r{number}", position=number, **changes)  # type: ignore[arg-type]
    sheets = {user: {ANSWER: ReviewMark(*ANSWER, ReviewVerdict.RIGHT)} for user in readers}
    return Item(line, opinion, readings_of(sheets))


def test_each_reason_puts_an_answer_into_the_queue() -> None:
    assert reasons(item(1), frozenset(), NONE) == ()
    assert reasons(item(1, DOWN), frozenset(), NONE) == (Reason.COMPLAINED,)
    assert reasons(item(1, BuyerOpinion(Thumb.UP)), frozenset(), NONE) == ()
    assert reasons(item(1), frozenset({"r1"}), NONE) == (Reason.CHANGED,)
    assert reasons(item(1, outcome=Outcome.PARTIAL), frozenset(), NONE) == (Reason.DOUBTFUL,)
    assert reasons(item(1), frozenset(), Sampling(rate=1)) == (Reason.RANDOM,)
    assert reasons(item(1, ended="interrupted"), frozenset(), Sampling(rate=1)) == ()


def test_the_most_pressing_comes_first_then_the_oldest() -> None:
    asked = [
        item(1, outcome=Outcome.PARTIAL),
        item(2, DOWN),
        item(3, outcome=Outcome.PARTIAL),
        item(4, DOWN, outcome=Outcome.PARTIAL),
        item(5),
    ]
    found = tasks(asked, frozenset(), NONE, "anne")
    assert [task.item.line.record_id for task in found] == ["r2", "r4", "r1", "r3"]
    assert found[1].reasons == (Reason.COMPLAINED, Reason.DOUBTFUL)


def test_what_one_has_read_is_left_to_a_second_reader_if_to_anyone() -> None:
    once, twice = item(1, DOWN, "anne"), item(2, DOWN, "anne", "bruno")
    assert tasks([once, twice], frozenset(), ALL, "anne") == ()
    assert tasks([once, twice], frozenset(), NONE, "claire") == ()
    [task] = tasks([once, twice], frozenset(), ALL, "claire")
    assert (task.item, task.is_second) == (once, True)


@given(seed=st.integers(0, 10**9), name=st.text(max_size=20), rate=st.floats(0, 1))
def test_a_draw_is_the_same_for_everyone_and_grows_with_the_rate(
    seed: int, name: str, rate: float
) -> None:
    assert not is_drawn(name, 0, seed)
    assert is_drawn(name, 1, seed)
    if is_drawn(name, rate, seed):
        assert is_drawn(name, min(1, rate * 1.1), seed)


@pytest.mark.parametrize("seed", [1, 2, 2026])
def test_the_rate_is_kept_over_many_answers(seed: int) -> None:
    drawn = {n for n in range(20_000) if is_drawn(f"{n:016x}", 0.05, seed)}
    again = {n for n in range(20_000) if is_drawn(f"{n:016x}", 0.05, seed, "second")}
    assert 900 < len(drawn) < 1100  # 1000 expected, 31 the standard deviation
    assert len(drawn & again) < 100  # who is drawn once is not drawn twice for that


def test_a_sampling_is_read_back_as_written() -> None:
    assert sampling_of(Sampling(7, 0.125, 0.5).body) == Sampling(7, 0.125, 0.5)


# Agreement of two readers, against values worked out by hand


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
