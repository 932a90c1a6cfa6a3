from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ingestion.documents.document import Document, State
from ingestion.documents.versions import Difference, Revision, difference
from tests.support.fake_law import CODE, sheet, version

FIRST = version("Moins de 40 000 euros.", "2020-01-01")
CLOSED = version("Moins de 40 000 euros.", "2020-01-01", "2026-04-01")
SECOND = version("Moins de 60 000 euros.", "2026-04-01")

DOCUMENTS = st.lists(
    st.sampled_from(
        [
            FIRST,
            CLOSED,
            SECOND,
            version("Un.", reference="L1"),
            sheet("Une."),
            sheet("Deux.", "b.md"),
        ]
    ),
    unique_by=lambda each: each.id,
)


@given(DOCUMENTS)
def test_equal_sets_have_no_difference(documents: list[Document]) -> None:
    assert difference(documents, reversed(documents)) == Difference()


@given(DOCUMENTS, DOCUMENTS)
def test_what_is_added_one_way_is_removed_the_other(
    old: list[Document], new: list[Document]
) -> None:
    there, back = difference(old, new), difference(new, old)
    assert set(there.others_added) == set(back.others_removed)
    assert (there == Difference()) == (back == Difference())


def test_a_new_version_is_compared_with_the_one_it_follows() -> None:
    found = difference([FIRST], [CLOSED, SECOND])
    assert found == Difference(
        changed=(Revision(CLOSED, SECOND),), redated=(Revision(FIRST, CLOSED),)
    )
    assert found.touched == {(CODE, "R2122-8")}


def test_a_corrected_wording_is_compared_with_the_one_of_the_same_days() -> None:
    old = version("Moins de 20 000 euros.", "2015-01-01", "2020-01-01")
    corrected = replace(FIRST, text="Moins de 40 000 euros hors taxes.")
    assert difference([old, FIRST], [old, corrected]).changed == (Revision(FIRST, corrected),)


def test_a_wording_replaced_without_history_is_compared_with_the_last_one() -> None:
    assert difference([FIRST], [SECOND]) == Difference(changed=(Revision(FIRST, SECOND),))


def test_an_article_that_gets_an_end_has_ended() -> None:
    found = difference([FIRST], [CLOSED])
    assert found == Difference(ended=(CLOSED,))
    repealed = replace(FIRST, state=State.REPEALED)
    assert difference([FIRST], [repealed]).ended == (repealed,)
    assert difference([CLOSED], [CLOSED]).ended == ()


def test_new_days_of_the_same_words_are_told() -> None:
    moved = replace(FIRST, valid_from=None)
    assert difference([FIRST], [moved]) == Difference(redated=(Revision(FIRST, moved),))


def test_articles_come_and_go() -> None:
    other = version("Autre.", reference="R2123-1")
    assert difference([FIRST], [FIRST, other]) == Difference(added=(other,))
    assert difference([FIRST, other], [FIRST]) == Difference(removed=(other,))
    assert difference([], [FIRST]).touched == frozenset()
    elsewhere = version("Un.", title="Autre code")
    assert difference([FIRST], [FIRST, elsewhere]).added == (elsewhere,)


def test_an_older_version_found_later_is_added_and_changes_nothing_else() -> None:
    older = version("Moins de 20 000 euros.", "2015-01-01", "2020-01-01")
    assert difference([FIRST], [older, FIRST]) == Difference(added=(older,))


def test_versions_that_are_never_cited_are_compared_with_nothing_and_touch_nothing() -> None:
    one = version("Un.", state=State.CHANGED)
    other = version("Deux.", state=State.CHANGED)
    assert set(difference([FIRST], [one, other, FIRST]).added) == {one, other}
    assert difference([FIRST], [one, SECOND]) == Difference(
        added=(one,), changed=(Revision(FIRST, SECOND),)
    )
    gone = difference([one, FIRST], [FIRST])
    assert gone == Difference(removed=(one,))
    assert gone.touched == frozenset()


def test_a_text_that_returns_is_matched_by_its_days() -> None:
    once = version("A.", "2015-01-01", "2016-01-01")
    between = version("B.", "2016-01-01", "2017-01-01")
    again = version("A.", "2017-01-01")
    assert difference([once, between, again], [between, again]) == Difference(removed=(once,))


def test_sheets_and_pieces_are_told_by_file() -> None:
    kept, before, after = sheet("Gardée.", "a.md"), sheet("Avant."), sheet("Après.")
    gone, new = sheet("Partie.", "c.md"), sheet("Venue.", "d.md")
    assert difference([kept, before, gone], [kept, after, new]) == Difference(
        others_added=(new,), others_changed=(Revision(before, after),), others_removed=(gone,)
    )
    of_dossier = replace(kept, dossier="M24")
    assert difference([kept], [of_dossier]) == Difference(
        others_added=(of_dossier,), others_removed=(kept,)
    )
