import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.documents.document import State
from ingestion.errors import UnreadableFile
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
from ingestion.legislation.legi import read_article
from ingestion.readers import law
from tests.support.legi_files import (
    CODE_ID,
    ENDED,
    OTHER_CODE_ID,
    REPLACING,
    VERSION,
    article_name,
    article_xml,
    other,
)

BEGINNING, END = "<DATE_DEBUT>2020-04-01<", "<DATE_FIN>2999-01-01<"


def lines(body: str) -> tuple[str, ...]:
    return read_article(article_xml(VERSION, body)).lines


def reason(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as refused:
        read_article(data)
    return str(refused.value)


def test_a_version_is_read_whole() -> None:
    assert read_article(article_xml(VERSION)) == VERSION


_visible = st.characters(exclude_categories=("C", "Z"), max_codepoint=0x2FFF)
_words = st.lists(st.text(_visible, min_size=1, max_size=8), min_size=1, max_size=6).map(" ".join)
_days = st.dates(date(1990, 1, 1), date(2100, 1, 1))
_versions = st.builds(
    ArticleVersion,
    id=st.integers(0, 10**12 - 1).map(lambda number: f"LEGIARTI{number:012}"),
    text_id=st.just(CODE_ID),
    code=_words,
    number=_words,
    path=st.lists(_words, max_size=6).map(tuple),
    state=st.sampled_from(State),
    first_day=_days,
    ended=st.none(),
    lines=st.lists(_words, min_size=1, max_size=5).map(tuple),
    nota=st.lists(_words, max_size=2).map(tuple),
)


@settings(deadline=None)
@given(_versions, st.none() | st.integers(1, 9000))
def test_every_version_written_is_read_the_same(version: ArticleVersion, days: int | None) -> None:
    ended = version.first_day + timedelta(days) if days else None
    written = replace(version, ended=ended)
    assert read_article(article_xml(written)) == written


def test_what_a_browser_would_show_becomes_plain_lines() -> None:
    assert lines("<br/>Un&#160;puits\n<br/>  se <i>creuse</i><br/><br/>à la main.") == (
        "Un puits",
        "se creuse",
        "à la main.",
    )
    assert lines("<p/><div>Sont tenus :<p>1° Le puisatier ;</p><p>2° Son aide.</p></div>") == (
        "Sont tenus :",
        "1° Le puisatier ;",
        "2° Son aide.",
    )
    assert lines("<ul><li>seau</li><li>corde</li></ul>") == ("- seau", "- corde")
    table = "<tr><th>Puits</th><th>Mètres</th></tr><tr><td>Est</td><td/><td>12</td></tr>"
    assert lines(f"<table><tbody>{table}</tbody></table>") == ("Puits | Mètres", "Est |  | 12")


@pytest.mark.parametrize("far", ["2999-01-01", "2222-02-22"])
def test_a_far_end_is_no_end_and_a_far_beginning_stays_one(far: str) -> None:
    assert read_article(article_xml(VERSION, changed={END: f"<DATE_FIN>{far}<"})).ended is None
    later = {BEGINNING: f"<DATE_DEBUT>{far}<", END: f"<DATE_FIN>{far}<"}
    assert read_article(article_xml(VERSION, changed=later)).first_day == date.fromisoformat(far)


def test_a_version_that_never_was_the_law_may_end_as_it_begins() -> None:
    for state in (State.STILLBORN, State.ANNULLED):
        version = other(7, state=state, ended=VERSION.first_day)
        assert read_article(article_xml(version)) == version


def test_the_heading_is_the_one_that_began_last() -> None:
    older = '<TITRE_TM debut="2016-04-01" fin="2019-04-01">Des trous</TITRE_TM>'
    xml = article_xml(VERSION, changed={"</TITRE_TM>": f"</TITRE_TM>{older}"})
    assert read_article(xml).path == VERSION.path


def test_a_law_is_known_by_its_consolidated_text() -> None:
    law = {f'cid="{CODE_ID}"': 'cid="JORFTEXT000000000077"'}
    assert read_article(article_xml(VERSION, changed=law)).text_id == CODE_ID


@pytest.mark.parametrize(
    ("written", "replacement", "expected"),
    [
        ("<ETAT>VIGUEUR<", "<ETAT>PERDU<", "état « PERDU » inconnu"),
        ("<ETAT>VIGUEUR<", "<ETAT><", "état «  » inconnu"),
        ("<NUM>R12-2<", "<NUM> <", "numéro absent"),
        ("<NUM>R12-2</NUM>", "", "numéro absent"),
        (f"<ID>{VERSION.id}<", "<ID>LEGIARTI1<", "« LEGIARTI1 » qui n'est pas"),
        (BEGINNING, "<DATE_DEBUT>2020-02-30<", "DATE_DEBUT « 2020-02-30 » n'est pas une date"),
        (END, "<DATE_FIN><", "DATE_FIN «  » n'est pas une date"),
        (END, "<DATE_FIN>2020-04-01<", "dates impossibles"),
        (END, "<DATE_FIN>2018-04-01<", "dates impossibles (du 2020-04-01 au 2018-04-01)"),
        (CODE_ID, "LEGITEXT1", "texte d'appartenance absent"),
        (">Code des sources<", "><", "titre du texte absent"),
        ("ARTICLE>", "SECTION_TA>", "ce n'est pas un article de LEGI"),
        ("</META>", "", "fichier corrompu (XML"),
        ("<LIENS/>", "<LIENS>&absent;</LIENS>", "fichier corrompu (XML"),
    ],
)
def test_what_is_no_version_of_an_article_is_refused(
    written: str, replacement: str, expected: str
) -> None:
    assert expected in reason(article_xml(VERSION, changed={written: replacement}))


@pytest.mark.parametrize("body", ["", " <br/> ", "<p/><p>&#160;</p>"])
def test_an_article_without_text_is_refused(body: str) -> None:
    assert reason(article_xml(VERSION, body)) == "texte absent"


def test_entities_and_deep_trees_are_refused() -> None:
    declared = '?>\n<!DOCTYPE ARTICLE [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>\n'
    assert "entités" in reason(article_xml(VERSION, changed={"?>\n": declared}))
    external = '?>\n<!DOCTYPE ARTICLE SYSTEM "file:///etc/passwd">\n'
    assert "entités" in reason(article_xml(VERSION, changed={"?>\n": external}))
    assert "corrompu" in reason(article_xml(VERSION, "<div>" * 3000 + "x" + "</div>" * 3000))
    assert "corrompu" in reason(b"\0\0\0\0")


# Versions and their lines, merged


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
