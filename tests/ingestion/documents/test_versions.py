from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.documents.document import State
from ingestion.documents.versions import (
    TextStretch,
    WordChange,
    compare,
    histories,
    irregularities,
    near_references,
)
from tests.support.fake_law import CODE, version

BEGINNING = date(2020, 1, 1)
DAYS = st.integers(0, 30)
LENGTHS = st.none() | st.integers(1, 30)


def interval(first: int, length: int | None) -> tuple[str, str | None]:
    start = BEGINNING + timedelta(first)
    return start.isoformat(), (start + timedelta(length)).isoformat() if length else None


@given(st.tuples(DAYS, LENGTHS), st.tuples(DAYS, LENGTHS))
def test_two_versions_are_reported_exactly_when_their_days_meet(
    one: tuple[int, int | None], other: tuple[int, int | None]
) -> None:
    days = [set(range(first, 100 if n is None else first + n)) for first, n in (one, other)]
    found = irregularities([version("Un.", *interval(*one)), version("Deux.", *interval(*other))])
    assert bool(found) == bool(days[0] & days[1])


def test_shared_days_are_told_with_the_article_and_its_files() -> None:
    found = irregularities(
        [
            version("Un.", "2020-01-01", "2026-07-01"),
            version("Deux.", "2026-04-01", source="autre.jsonl"),
            version("Trois.", "2026-04-01", reference="R2123-1"),
            version("Quatre.", "2020-01-01", title="Autre code"),
        ]
    )
    assert found == (
        f"{CODE}, R2122-8 : deux versions sont en vigueur les mêmes jours, du 01/04/2026 au "
        "30/06/2026, dans code.jsonl et autre.jsonl",
    )


def test_versions_without_end_share_all_days_from_the_later_one() -> None:
    (found,) = irregularities([version("Un.", "2020-01-01"), version("Deux.", "2026-04-01")])
    assert "depuis le 01/04/2026" in found


@pytest.mark.parametrize(
    ("first", "end", "state"),
    [(None, "2026-07-01", None), (None, None, None), ("2020-01-01", None, State.CHANGED)],
)
def test_unknown_days_contradict_nothing(
    first: str | None, end: str | None, state: State | None
) -> None:
    assert not irregularities(
        [version("Un.", first, end, state=state), version("Deux.", "2026-04-01")]
    )


@pytest.mark.parametrize(
    ("first", "end"), [(None, None), (None, "2026-01-01"), ("2026-01-01", None)]
)
def test_the_same_text_twice_with_the_same_days_is_reported_once(
    first: str | None, end: str | None
) -> None:
    (found,) = irregularities(
        [version("Un.", first, end), version("Un.", first, end, source="b.jsonl")]
    )
    assert "le même texte est donné deux fois" in found
    assert not irregularities(
        [version("Un.", "2020-01-01", "2021-01-01"), version("Un.", "2021-01-01")]
    )


def test_days_that_end_before_they_begin_are_reported_unless_it_never_was_the_law() -> None:
    (found,) = irregularities([version("Un.", "2026-04-01", "2026-04-01")])
    assert "finit le 01/04/2026 sans avoir commencé avant" in found
    for state in (State.STILLBORN, State.ANNULLED):
        assert not irregularities([version("Un.", "2026-04-01", "2026-04-01", state=state)])
    assert not irregularities([version("Un.", "2026-04-01", "2026-04-02")])


OLD = version("Ancienne.", state=State.CHANGED)
FIRST = version("Première.", None, "2020-01-01")
SECOND = version("Deuxième.", "2020-01-01", "2026-04-01")
THIRD = version("Troisième.", "2026-04-01")


def test_a_history_goes_from_the_oldest_to_the_newest() -> None:
    (history,) = histories([THIRD, OLD, SECOND, FIRST])
    assert history.versions == (OLD, FIRST, SECOND, THIRD)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2019-12-31", FIRST),
        ("2020-01-01", SECOND),
        ("2026-03-31", SECOND),
        ("2026-04-01", THIRD),
    ],
)
def test_the_version_of_a_day_is_the_one_that_applies(day: str, expected: object) -> None:
    (history,) = histories([OLD, FIRST, SECOND, THIRD])
    assert history.on(date.fromisoformat(day)) == expected


def test_a_known_beginning_goes_before_an_unknown_one() -> None:
    undated = version("Sans date.")
    (history,) = histories([undated, SECOND])
    assert history.versions == (SECOND, undated)
    assert history.on(date(2021, 1, 1)) == SECOND
    assert history.on(date(2027, 1, 1)) == undated


def test_there_is_no_version_of_a_day_outside_all_of_them() -> None:
    (history,) = histories([OLD, SECOND])
    assert history.on(date(2019, 1, 1)) is None
    assert history.on(date(2026, 4, 1)) is None


def test_each_code_has_its_history_and_a_text_without_code_joins_the_only_one() -> None:
    nameless = version("Sans code.", title="textes", source="a/textes.jsonl", state=State.CHANGED)
    (history,) = histories([nameless, THIRD])
    assert history.title == CODE
    assert history.versions == (nameless, THIRD)
    other = version("D'un autre code.", title="Autre code")
    assert [each.title for each in histories([nameless, THIRD, other])] == [
        "Autre code",
        CODE,
        "textes",
    ]


def test_near_references_are_proposed() -> None:
    known = [version("Un."), version("Deux.", reference="L2113-10")]
    assert near_references("R2122-88", known) == ("R2122-8",)
    assert near_references("CCAP 12", known) == ()


def test_near_references_that_begin_alike_come_first() -> None:
    references = ("R2122-8", "R2122-9-1", "R2212-2", "R2122-1")
    known = [version("Un.", reference=each) for each in references]
    assert near_references("R2122-8-1", known)[0] == "R2122-8"
    assert set(near_references("R2122", known)[:2]) == {"R2122-8", "R2122-1"}
    assert near_references("R2122-8", []) == ()


# Wording


TEXTS = st.text() | st.lists(
    st.sampled_from(
        ["le ", "marché", " public", ",\n", "40 000 ", "€", "\n", "\u00a0", "R. 2122-8"]
    )
).map("".join)


@given(TEXTS, TEXTS)
def test_segments_give_back_both_texts(before: str, after: str) -> None:
    segments = compare(before, after)
    assert "".join(s.text for s in segments if s.change is not WordChange.ADDED) == before
    assert "".join(s.text for s in segments if s.change is not WordChange.REMOVED) == after
    assert all(segment.text for segment in segments)
    follow = {(one.change, other.change) for one, other in pairwise(segments)}
    assert not follow & {(change, change) for change in WordChange}
    assert (WordChange.ADDED, WordChange.REMOVED) not in follow


@given(TEXTS)
def test_a_text_is_kept_whole_beside_itself(text: str) -> None:
    assert all(segment.change is WordChange.KEPT for segment in compare(text, text))


def test_an_amount_changes_as_one_word_and_what_is_added_at_the_end_stands_alone() -> None:
    before = "Un besoin inférieur à 40 000 euros.\nSans publicité."
    after = "Un besoin inférieur à 60 000 euros.\nSans publicité, ni concurrence."
    assert compare(before, after) == (
        TextStretch(WordChange.KEPT, "Un besoin inférieur à"),
        TextStretch(WordChange.REMOVED, " 40 000"),
        TextStretch(WordChange.ADDED, " 60 000"),
        TextStretch(WordChange.KEPT, " euros.\nSans publicité"),
        TextStretch(WordChange.ADDED, ", ni concurrence"),
        TextStretch(WordChange.KEPT, "."),
    )


def test_long_texts_are_compared_line_by_line() -> None:
    line = "L'acheteur peut passer un marché sans publicité de moins de {} euros ; \n"
    before = "".join(line.format(n) for n in range(300))
    after = "".join(line.format(n + n % 2) for n in range(300))
    assert len(compare(before, after)) > 300


def test_a_reference_changes_as_a_whole() -> None:
    changed = compare("à l'article R. 2123-4.", "à l'article R. 2123-1.")
    assert [segment.text for segment in changed] == ["à l'article R.", " 2123-4", " 2123-1", "."]
