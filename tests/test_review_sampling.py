"""Which answers are to be read, and why."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.answer import Outcome
from assistant.review.marks import ANSWER, ReviewMark, ReviewVerdict
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
