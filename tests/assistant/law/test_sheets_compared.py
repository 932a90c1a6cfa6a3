"""What sheets say against the articles in force that they explain."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from assistant.law.built_in_sheets import (
    StandingFigure,
    WrittenOn,
    digest_of_words,
    standing_figures,
    written_on,
)
from assistant.law.sheets import SheetFaultCause, SheetsComparison, compare_sheets, disputed_figures
from ingestion.chunking.passages import Passage, passages_of
from ingestion.documents.document import Document, Kind, State
from ingestion.readers.formats import read_bytes
from tests.studies.sheets import sections
from tests.support.command_line import command_of, on_one_line
from tests.support.fake_law import AFTER, CLOSED, publish_law, version
from tests.support.index_home import add, build_and_publish
from tests.support.shared_texts import CODE, needs_code

DAY = date(2026, 6, 1)
NOTHING_KNOWN = WrittenOn(date(2020, 1, 1), {})


def sheet(*lines: str, articles: str = "art. R2122-8", written: str = "2026-05-01") -> str:
    """A sheet of one section."""
    front = f"---\ntitle: Petits achats\netat_au: {written}\n---\n"
    return "\n\n".join((front, "# Petits achats", f"## Combien ? ({articles})", *lines))


def passages(text: str) -> tuple[Passage, ...]:
    (document,) = read_bytes(text.encode(), "fiches/petits.md", Kind.RULES).documents
    return passages_of(document)


def compared(
    text: str,
    *articles: Document,
    day: date = DAY,
    written: WrittenOn = NOTHING_KNOWN,
    standing: Sequence[StandingFigure] = (),
) -> SheetsComparison:
    return compare_sheets(passages(text), articles, day, written, standing)


def figures(found: SheetsComparison) -> list[str]:
    return [each.figure for each in found.faults]


@pytest.mark.parametrize(
    ("said", "article", "unstated"),
    [
        ("Moins de 40 000 € ou 60 000 €.", "En dessous de soixante mille euros.", ["40 000 €"]),
        ("Il a un mois pour payer.", "Le délai est fixé à trente jours.", ["un mois"]),
        ("Il a 30 mois pour payer.", "Le délai est fixé à trente jours.", ["30 mois"]),
        ("Il a un an pour payer, au dixième du prix.", "Douze mois, et 10 % du prix.", []),
        ("Une fois le marché signé, il paie.", "Il paie le marché signé.", []),
        ("L'avis donne quatre points.", "L'avis est donné.", []),
        ("Le taux est majoré de neuf points.", "Majoré de huit points.", ["neuf points"]),
        ("Avant le 1er avril 2026, il était de 40 000 €.", "En dessous de 60 000 euros.", []),
        ("Sous 40 000 €. {au=2026-03-31}", "En dessous de 60 000 euros.", []),
        ("Sous 90 000 €.", "Dans les cas de l'article R. 2122-9.", []),
        ("Sous 60 000 € (art. R2122-9).", "En dessous de 60 000 euros.", ["60 000 €"]),
    ],
)
def test_a_figure_is_to_be_read_in_the_article_or_in_those_it_refers_to(
    said: str, article: str, unstated: list[str]
) -> None:
    other = version("En dessous de 90 000 euros.", reference="R2122-9")
    assert figures(compared(sheet(said), version(article), other)) == unstated


def test_a_disagreement_names_section_characters_and_what_the_article_says() -> None:
    text = sheet("Il achète vite.", "Il achète sous 40 000 € en 3 jours.")
    article = version("En dessous de 60 000 euros, en trois jours.")
    found = compared(text, article)
    assert (found.sections, found.figures, found.unread) == (1, 2, 0)
    (fault,) = found.faults
    (side,) = fault.articles
    assert (side.reference, side.document, side.figures) == (
        "R2122-8",
        article.id,
        ("60 000 euros",),
    )
    assert fault.sentence == "Il achète sous 40 000 € en 3 jours."
    (document,) = read_bytes(text.encode(), "fiches/petits.md", Kind.RULES).documents
    assert document.text[fault.start : fault.end] == "40 000 €"


def test_a_figure_that_stands_is_told_apart_with_its_reason() -> None:
    stands = StandingFigure("fiches/petits.md", "trois ans", "Une somme.", "R2122-8")
    text = sheet("Sur 3 ans ou 4 ans.")
    found = compared(text, version("L'année et les deux autres."), standing=[stands])
    assert figures(found) == ["4 ans"]
    assert [(each.figure, each.reason) for each in found.explained] == [("3 ans", "Une somme.")]
    elsewhere = StandingFigure("fiches/petits.md", "3 ans", "Une somme.", "R2122-9")
    assert figures(compared(text, version("L'année."), standing=[elsewhere])) == ["3 ans", "4 ans"]


def test_an_index_keeps_what_is_disputed_and_on_which_days_those_to_come_too() -> None:
    text = sheet("Il achète sous 60 000 €.")
    versions = [
        version("Sous 60 000 euros.", "2020-01-01", "2026-04-01"),
        version("Sous 50 000 euros.", "2026-04-01", "2027-01-01"),
        version("Sous 60 000 euros.", "2027-01-01", "2028-01-01"),
        version("Sous 70 000 euros.", "2028-01-01"),
    ]
    found = disputed_figures(passages(text), versions, DAY)
    (part,) = passages(text)
    assert {(each.passage_id, each.figure, each.articles) for each in found} == {
        (part.id, "60 000 €", ("R2122-8",))
    }
    days = [date(2026, 3, 31), date(2026, 4, 1), date(2026, 12, 31), date(2027, 1, 1),
            date(2027, 12, 31), date(2028, 1, 1)]  # fmt: skip
    held = [[each.holds_on(day) for each in found].count(True) for day in days]
    assert held == [0, 1, 1, 0, 0, 1]


@pytest.mark.parametrize(
    ("articles", "cause"),
    [
        ([version("Il achète.", "2026-05-02")], SheetFaultCause.REWRITTEN),
        ([version("Il achète.", "2026-05-01")], None),
        ([version("Il achète.", "2020-01-01", "2026-06-01")], SheetFaultCause.ENDED),
        ([version("Il achète.", state=State.REPEALED)], SheetFaultCause.ENDED),
        ([version("Il achète.", reference="R2122-9")], SheetFaultCause.ABSENT),
        ([version("Il achète.", reference="R2193-1")], None),
    ],
)
def test_a_section_whose_article_went_or_changed_is_listed(
    articles: list[Document], cause: SheetFaultCause | None
) -> None:
    found = compared(sheet("Il achète."), *articles)
    assert [each.cause for each in found.faults] == ([cause] if cause else [])


def test_the_words_of_the_text_that_a_section_was_written_on_decide_where_they_are_known() -> None:
    known = WrittenOn(date(2026, 5, 1), {"R2122-8": digest_of_words("Il achète ; il paie.")})
    same = version("Il achète :\n il PAIE", "2026-05-15")
    other = version("Il achète et il paie.", "2020-01-01")
    found = {
        each.text: [fault.cause for fault in compared(sheet("Oui."), each, written=known).faults]
        for each in (same, other)
    }
    assert found == {same.text: [], other.text: [SheetFaultCause.REWRITTEN]}


def test_a_line_known_since_an_earlier_day_was_written_on_the_text_of_that_day() -> None:
    now, before = sheet("Il achète sous 60 000 €."), "Il achète sous 40 000 €. {du=2020-01-01}"
    known = WrittenOn(date(2026, 5, 1), {"R2122-8": digest_of_words("En dessous de 60 000 euros.")})
    past = version("En dessous de 40 000 euros.", "2020-01-01", "2026-04-01")
    told = [
        compared(text, past, day=date(2026, 3, 1), written=known).faults
        for text in (sheet(before), now)
    ]
    assert [[each.cause.value for each in faults] for faults in told] == [
        [],
        ["rewritten", "figure"],
    ]


@needs_code
def test_the_built_in_sheets_agree_with_the_code_and_each_exception_is_needed() -> None:
    code = read_bytes(CODE.read_bytes(), CODE.name, Kind.RULES).documents
    found = compare_sheets(sections(), code, written_on().day, written_on(), standing_figures())
    assert [(each.section.locator, each.figure, each.cause) for each in found.faults] == []
    assert found.sections > 1400
    assert {each.reason for each in found.explained} == {each.reason for each in standing_figures()}


def test_the_command_lists_them_and_its_code_says_whether_there_are_any(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    home = tmp_path / "home"
    path = tmp_path / "petits.md"
    path.write_text(sheet("Il achète sous 40 000 €."), encoding="utf-8")
    command = on_one_line(command_of(home, capsys, "law", "disagreements"))
    add(home, path)
    build_and_publish(home)
    assert command() == (
        3,
        "L'index en service n'a aucun article auquel comparer les fiches. Installez les textes "
        "officiels : sourcier law install",
    )
    publish_law(home, tmp_path, CLOSED, AFTER)
    code, said = command("--as-of", "2026-04-30")
    assert code == 1
    assert "petits.md │ Combien ? (art. R2122-8) │ 40 000 € : chiffre que l'article" in said
    assert "R2122-8 │ 60 000 euros" in said
    assert "Désaccords : 1, expliqués : 0" in said
    code, said = command("--as-of", "2026-03-31")
    assert (code, "Désaccords : 0" in said) == (0, True)
    code, said = command("--json", "--as-of", "2026-04-30")
    assert (code, '"figure": "40 000 €"' in said) == (1, True)
