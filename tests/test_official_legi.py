from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.errors import UnreadableFile
from ingestion.legislation.articles import ArticleVersion
from ingestion.legislation.legi import read_article
from ingestion.readers.documents import State
from tests.legi_files import CODE_ID, VERSION, article_xml, other

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
