"""What is drawn for reading, what was read, and how far readers agree."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.answer import Ending, Outcome
from assistant.confidence import Estimate
from assistant.review.progress import Pair, agreement, kappa
from assistant.review.readings import (
    ANSWER,
    SCALES,
    Arbitration,
    Marking,
    Reading,
    Readings,
    ReviewMark,
    ReviewVerdict,
    Target,
    compared,
    disputed,
    may_arbitrate,
    pairs,
    readings_after,
    retained,
    seen_by,
)
from assistant.review.recorded import BuyerOpinion, Item, ReviewLine, Thumb
from assistant.review.register import Reason, Sampling, is_drawn, reasons, sampling_of, tasks
from tests.support.answer_items import readings_of

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
    ending=Ending.FINISHED,
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
    assert reasons(item(1, ending=Ending.INTERRUPTED), frozenset(), Sampling(rate=1)) == ()


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


def test_what_the_buyer_complains_of_once_it_was_read_is_due_to_everyone_again() -> None:
    later = BuyerOpinion(Thumb.DOWN, position=5)
    twice = item(1, later, "anne", "bruno")
    for user, is_second in (("anne", False), ("claire", True)):
        [task] = tasks([twice], frozenset(), NONE, user)
        assert (task.reasons, task.is_second) == ((Reason.COMPLAINED,), is_second)
    praised = replace(twice, opinion=replace(later, thumb=Thumb.UP))
    assert tasks([praised], frozenset(), ALL, "anne") == ()


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


RIGHT, WRONG, INCOMPLETE = ReviewVerdict.RIGHT, ReviewVerdict.WRONG, ReviewVerdict.INCOMPLETE


def pairs_of(**counts: int) -> list[Pair]:
    """So many times each pair: "rw" is right for the first reader, wrong for the second."""
    named = {"r": RIGHT, "w": WRONG, "i": INCOMPLETE}
    return [
        (named[pair[0]], named[pair[1]]) for pair, times in counts.items() for _ in range(times)
    ]


def test_two_verdicts_by_hand() -> None:
    # Equal 0.7, by chance 0.5: 0.4. Variance, term by term: 0.4 (0.5 - 1.1 × 0.3)² = 0.01156,
    # 0.3 (0.5 - 0.9 × 0.3)² = 0.01587, 0.09 (0.1 × 1.1² + 0.2 × 0.9²) = 0.02547, less
    # (0.35 - 1 + 0.7)² = 0.0025: 0.0504 / (50 × 0.5⁴) = 0.016128, whose root is 0.126996.
    found = kappa(pairs_of(rr=20, rw=5, wr=10, ww=15))
    assert found is not None
    assert found.value == pytest.approx(0.4)
    assert found.high - found.value == pytest.approx(1.959964 * 0.126996, abs=1e-5)
    assert found.value - found.low == pytest.approx(found.high - found.value)
    assert found.whole == 50


def test_three_verdicts_by_hand() -> None:
    # Equal 0.6. Margins 0.5 0.3 0.2 and 0.4 0.3 0.3: chance 0.2 + 0.09 + 0.06 = 0.35.
    found = kappa(pairs_of(rr=3, ri=1, rw=1, ii=2, iw=1, ww=1, wr=1))
    assert found is not None
    assert found.value == pytest.approx((0.6 - 0.35) / 0.65)
    assert found.low < found.value < found.high <= 1


def test_readers_who_always_agree_are_certain_and_who_never_do_are_below_chance() -> None:
    assert kappa(pairs_of(rr=5, ww=5)) == Estimate(1.0, 1.0, 1.0, 10)
    opposed = kappa(pairs_of(rw=5, wr=5))
    assert opposed is not None
    assert opposed.value == opposed.low == -1


def test_without_two_verdicts_there_is_nothing_beyond_chance() -> None:
    assert kappa([]) is None
    assert kappa(pairs_of(rr=9)) is None
    assert kappa(pairs_of(rr=9, rw=3)) is None  # whatever the second one says, it would be zero
    found = agreement(pairs_of(rr=9))
    assert found.rate is not None
    assert found.rate.value == 1
    assert agreement([]).rate is None


START = datetime(2026, 6, 1, 9)
READERS = ("anne", "bruno", "claire")
PARTLY = ReviewVerdict.PARTLY
CITATION = (Target.CITATION, 1)


def said(number: int, user: str, *marks: ReviewMark) -> Marking:
    return Marking(user, START + timedelta(minutes=number), number, f"e{number}", marks)


def after(entries: Sequence[Marking]) -> Readings:
    readings: Readings = {}
    for each in entries:
        readings = readings_after(readings, each)
    return readings


def mark(place: tuple[Target, int], verdict: ReviewVerdict | None) -> ReviewMark:
    return ReviewMark(*place, verdict)


places = st.sampled_from([ANSWER, CITATION, (Target.CITATION, 2), (Target.SENTENCE, 1)])

marks = places.flatmap(
    lambda place: st.builds(mark, st.just(place), st.sampled_from([*SCALES[place[0]], None]))
)

entries = st.lists(
    st.tuples(st.sampled_from(READERS), st.lists(marks, min_size=1, max_size=3)), max_size=14
).map(lambda found: [said(n, user, *given) for n, (user, given) in enumerate(found)])


@given(entries)
def test_nothing_that_is_said_after_the_reveal_changes_an_agreement(written: list[Marking]) -> None:
    settled: dict[Target, list[tuple[ReviewVerdict, ReviewVerdict]]] = {}
    for length in range(len(written) + 1):
        readings = after(written[:length])
        found = {target: list(pairs(readings, target)) for target in Target}
        if settled:
            assert found == settled
        elif compared(readings):
            settled = found
        else:
            assert not any(found.values())


@given(entries)
def test_nobody_who_is_compared_sees_a_mark_before_their_own_are_frozen(
    written: list[Marking],
) -> None:
    pair = compared(after(written))
    for reading in pair or ():
        for length in range(len(written) + 1):
            readings = after(written[:length])
            if set(seen_by(readings, reading.user)) - {reading.user}:
                assert readings[reading.user].frozen == reading.frozen
                assert readings[reading.user].is_frozen


@given(entries)
def test_what_is_changed_later_is_kept_with_what_stood_before(written: list[Marking]) -> None:
    for reading in after(written).values():
        sheet = dict(reading.frozen)
        for change in reading.changes:
            place = change.after.place
            assert sheet.get(place, change.before.blank) == change.before
            sheet[place] = change.after
        if reading.is_frozen:
            assert {key: each for key, each in sheet.items() if each.verdict} == reading.now


def test_the_frozen_sheet_has_what_was_marked_until_the_first_verdict_on_the_whole() -> None:
    reading = Reading("anne")
    for each in (
        said(1, "anne", mark(CITATION, PARTLY)),
        said(2, "anne", mark(ANSWER, RIGHT)),
        said(3, "anne", mark(ANSWER, WRONG), mark((Target.SENTENCE, 1), WRONG)),
    ):
        reading = reading.after(each)
    assert {place: each.verdict for place, each in reading.frozen.items()} == {
        CITATION: PARTLY,
        ANSWER: RIGHT,
    }
    assert (reading.entry, reading.at) == ("e2", START + timedelta(minutes=2))
    told = [(each.before.verdict, each.after.verdict, each.entry) for each in reading.changes]
    assert told == [(RIGHT, WRONG, "e3"), (None, WRONG, "e3")]


def test_a_third_reader_decides_where_two_differ_and_nobody_else() -> None:
    both = [said(1, "anne", mark(ANSWER, RIGHT)), said(2, "bruno", mark(ANSWER, WRONG))]
    readings = after(both)
    assert disputed(readings) == (ANSWER,)
    assert may_arbitrate(readings, "claire", ANSWER, WRONG)
    assert not may_arbitrate(readings, "anne", ANSWER, WRONG)
    assert not may_arbitrate(readings, "bruno", ANSWER, WRONG)
    assert not may_arbitrate(readings, "claire", ANSWER, PARTLY)  # of another scale
    assert not may_arbitrate(readings, "claire", CITATION, PARTLY)
    assert not may_arbitrate(after(both[:1]), "claire", ANSWER, WRONG)


def test_the_arbitrated_verdict_counts_else_that_of_the_first_reader() -> None:
    readings = after(
        [
            said(1, "anne", mark(ANSWER, RIGHT)),
            said(2, "bruno", mark(ANSWER, WRONG), mark(CITATION, PARTLY)),
            said(3, "anne", mark(ANSWER, WRONG)),
        ]
    )
    assert retained(readings, {}) == {ANSWER: RIGHT, CITATION: PARTLY}
    decided = Arbitration(ANSWER, WRONG, "le texte le dit", "claire", START, "e4")
    assert retained(readings, {ANSWER: decided})[ANSWER] is WRONG
