from datetime import date

import pytest

from ingestion.legislation.articles import ArticleVersion, from_line, in_order, to_line
from ingestion.readers import law
from ingestion.readers.documents import State
from tests.legi_files import VERSION, other

ENDED = other(12, state=State.CHANGED, ended=date(2020, 4, 1), first_day=date(2019, 4, 1))


@pytest.mark.parametrize("version", [VERSION, ENDED, other(13, nota=(), path=())])
def test_a_line_gives_back_its_version(version: ArticleVersion) -> None:
    line = to_line(version)
    assert from_line(line) == version
    assert to_line(from_line(line)) == line


def test_the_library_reads_the_line_with_its_dates_state_and_page() -> None:
    (content,) = law.read_law(to_line(ENDED)).contents
    assert tuple(block.text for block in content.blocks) == ENDED.lines
    assert (content.title, content.reference, content.path) == (
        "Code des sources",
        "R12-2",
        ENDED.path,
    )
    assert (content.valid_from, content.valid_to) == (date(2019, 4, 1), date(2020, 4, 1))
    assert content.state is State.CHANGED
    assert (content.address or "").endswith(ENDED.id)


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
