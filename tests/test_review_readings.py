"""Readings frozen before anyone else's are shown: whatever comes later, an agreement stands."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

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

START = datetime(2026, 6, 1, 9)
READERS = ("anne", "bruno", "claire")
RIGHT, WRONG, PARTLY = ReviewVerdict.RIGHT, ReviewVerdict.WRONG, ReviewVerdict.PARTLY
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
