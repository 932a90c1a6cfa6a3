from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ingestion.legislation.versions import TextStretch, WordChange, compare

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
