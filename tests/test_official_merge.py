import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.legislation.articles import (
    ArticleVersion,
    Changes,
    Merged,
    SourceRefusal,
    from_line,
    in_order,
    merge,
    to_line,
)
from ingestion.readers import law
from ingestion.readers.documents import State
from tests.legi_files import CODE_ID, OTHER_CODE_ID, VERSION, article_name, other

DAY = date(2026, 3, 1)
ENDED = other(11, state=State.CHANGED, ended=DAY)
REPLACING = other(12, first_day=DAY, lines=("Le puisatier creuse jusqu'à vingt mètres.",))


def counts(merged: Merged) -> tuple[int, int, int, int]:
    return merged.read, merged.added, merged.changed, merged.suppressed


def test_versions_are_added_and_replaced_by_identifier() -> None:
    assert ENDED.id == VERSION.id
    merged = merge(CODE_ID, [VERSION, other(9)], [Changes("a", (REPLACING, ENDED))])
    assert merged.versions == (other(9), ENDED, REPLACING)
    assert counts(merged) == (2, 1, 1, 0)
    assert not merged.is_new


def test_the_last_source_has_the_last_word() -> None:
    merged = merge(CODE_ID, [], [Changes("a", (VERSION,)), Changes("b", (ENDED,))])
    assert merged.versions == (ENDED,)
    assert counts(merged) == (2, 1, 0, 0)
    assert merged.is_new


def test_suppressed_versions_are_left_out_unless_they_come_again() -> None:
    gone = Changes("a", suppressed=(VERSION.id, "LEGIARTI000000000404"))
    assert counts(merge(CODE_ID, [VERSION, other(9)], [gone])) == (0, 0, 0, 1)
    moved = Changes("a", (VERSION,), suppressed=(VERSION.id,))
    assert merge(CODE_ID, [VERSION], [moved]).versions == (VERSION,)
    assert merge(CODE_ID, [], [gone, Changes("b", (VERSION,))]).versions == (VERSION,)
    assert merge(CODE_ID, [VERSION], [gone]).content == b""


def test_a_complete_archive_leaves_out_what_it_does_not_have() -> None:
    complete = Changes("a", (VERSION,), is_complete=True)
    assert merge(CODE_ID, [VERSION, other(9)], [complete]).versions == (VERSION,)
    without_the_text = Changes("a", (other(1, text_id=OTHER_CODE_ID),), is_complete=True)
    assert merge(CODE_ID, [VERSION], [without_the_text]).versions == (VERSION,)
    refusing = Changes(
        "a", (VERSION,), refused=(SourceRefusal(article_name(other(9)), "abîmé"),), is_complete=True
    )
    assert merge(CODE_ID, [VERSION, other(9)], [refusing]).versions == (other(9), VERSION)


def test_versions_of_another_text_are_not_taken() -> None:
    merged = merge(CODE_ID, [], [Changes("a", (VERSION, other(1, text_id=OTHER_CODE_ID)))])
    assert merged.versions == (VERSION,)
    assert merged.source == f"{CODE_ID}.jsonl"


@settings(deadline=None)
@given(st.permutations([VERSION, REPLACING, other(9, number="R12-10"), other(8, number="L1")]))
def test_the_same_versions_give_the_same_bytes_in_whatever_order(order: list[object]) -> None:
    merged = merge(CODE_ID, [], [Changes("a", tuple(order))])  # type: ignore[arg-type]
    assert [each.id[-2:] for each in merged.versions] == ["08", "11", "12", "09"]
    again = merge(CODE_ID, map(from_line, merged.content.splitlines()), [])
    assert again.content == merged.content


def test_the_last_day_is_written_included() -> None:
    (line,) = merge(CODE_ID, [ENDED], []).content.splitlines()
    assert json.loads(line)["valide_au"] == "2026-02-28"
    assert json.loads(line)["texte_id"] == CODE_ID


# Official article


GONE = other(12, state=State.CHANGED, ended=date(2020, 4, 1), first_day=date(2019, 4, 1))


@pytest.mark.parametrize("version", [VERSION, GONE, other(13, nota=(), path=())])
def test_a_line_gives_back_its_version(version: ArticleVersion) -> None:
    line = to_line(version)
    assert from_line(line) == version
    assert to_line(from_line(line)) == line


def test_the_library_reads_the_line_with_its_dates_state_and_page() -> None:
    (content,) = law.read_law(to_line(GONE)).contents
    assert tuple(block.text for block in content.blocks) == GONE.lines
    assert (content.title, content.reference, content.path) == (
        "Code des sources",
        "R12-2",
        GONE.path,
    )
    assert (content.valid_from, content.valid_to) == (date(2019, 4, 1), date(2020, 4, 1))
    assert content.state is State.CHANGED
    assert (content.address or "").endswith(GONE.id)


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b"3", b'{"id": "x"}', b"\xff", b"[" * 9999])
def test_another_line_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_line(line)


def test_articles_are_ordered_by_number_then_first_day() -> None:
    names = ["R2122-10", "L10", "L2", "R2122-8", "Annexe 2", "L2"]
    days = [date(2020 - serial, 1, 1) for serial in range(6)]
    versions = [
        other(serial, number=name, first_day=day)
        for serial, (name, day) in enumerate(zip(names, days, strict=True))
    ]
    ordered = [version.id[-1] for version in sorted(versions, key=in_order)]
    assert ordered == ["4", "5", "2", "1", "3", "0"]
