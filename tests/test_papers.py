import io
from datetime import date
from xml.etree import ElementTree

import pytest
from docx import Document as WordDocument
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from assistant.reports.charts import Bar, Interval, intervals, ranks, timeline
from assistant.reports.markup import Html
from assistant.reports.paper import (
    Items,
    Paper,
    PaperFigure,
    PaperHeading,
    PaperTable,
    Paragraph,
)
from assistant.reports.pdf import PaperFormat, rendered

HOSTILE = "<script>alert(1)</script> & [a](http://x) | `b` <b>€ « œuvre » 60 000 €"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>'
PAPER = Paper(
    "Un rapport",
    "Du 1er au 31 mai",
    date(2026, 6, 1),
    (
        PaperHeading("Première partie"),
        Paragraph(HOSTILE),
        PaperHeading("Un point", 2),
        Items((HOSTILE, "deux")),
        ranks("Nombres", [Bar("répondue", 3, "3 (75 %)"), Bar("aucune", 0, "0")]),
        intervals("Parts", [Interval("justes", 0.4, 0.5, 0.6, "50 %")]),
        timeline("Par jour", [Bar("01/05", 2, "2"), Bar("02/05", 0, "0")]),
        PaperFigure(Html(SVG)),
        PaperTable(
            "Un tableau", ("Nom", "Texte"), (("a", HOSTILE), ("b", "ligne 1\nligne 2")), (1, 3)
        ),
        PaperHeading("Seconde partie"),
    ),
)


def _pdf(paper: Paper) -> PdfReader:
    return PdfReader(io.BytesIO(rendered(paper, PaperFormat.PDF)))


def _said(pdf: PdfReader) -> str:
    text = " ".join(page.extract_text() for page in pdf.pages)
    return " ".join(text.replace("\u00a0", " ").split())


def test_the_page_is_well_formed_loads_nothing_and_runs_nothing() -> None:
    page = rendered(PAPER, PaperFormat.HTML).decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "default-src 'none'" in page.replace("&#x27;", "'")
    assert page.count("<svg") == 4
    assert "main > p" in page  # a style is not text
    assert '"Segoe UI"' in page
    assert 'href="#première-partie"' in page
    assert 'id="première-partie"' in page
    for chart in page.split("<figure>")[1:]:
        assert ElementTree.fromstring(chart.partition("</figure>")[0]).tag.endswith("svg")


def test_markdown_reads_nothing_in_the_text_as_markup() -> None:
    text = rendered(PAPER, PaperFormat.MARKDOWN).decode()
    assert text.startswith("# Un rapport\n")
    assert "## Première partie" in text
    assert "### Un point" in text
    assert "<script>" not in text
    assert "](http" not in text
    [row] = [line for line in text.splitlines() if line.startswith("| b ")]
    assert row == "| b | ligne 1<br>ligne 2 |"


def test_a_word_file_has_titles_lists_and_tables() -> None:
    file = WordDocument(io.BytesIO(rendered(PAPER, PaperFormat.DOCX)))
    assert file.core_properties.title == "Un rapport"
    styles = {
        paragraph.text: str(paragraph.style and paragraph.style.name)
        for paragraph in file.paragraphs
    }
    assert styles["Première partie"] == "Heading 1"
    assert styles["Un point"] == "Heading 2"
    assert styles["deux"] == "List Bullet"
    [table] = file.tables
    assert [cell.text for cell in table.rows[1].cells] == ["a", HOSTILE]


def test_a_pdf_says_the_text_as_it_is_with_bookmarks_by_level() -> None:
    pdf = _pdf(PAPER)
    said = _said(pdf)
    assert "<script>alert(1)</script> & [a](http://x) | `b` <b>€ « œuvre » 60 000 €" in said
    assert "Nombres répondue 3 (75 %) aucune 0 Parts" in said  # charts are text, in their place
    first, below, second = pdf.outline
    assert isinstance(below, list)
    assert [str(each["/Title"]) for each in (first, *below, second)] == [  # type: ignore[call-overload]
        "Première partie",
        "Un point",
        "Seconde partie",
    ]
    assert pdf.metadata is not None
    assert (pdf.metadata.title, pdf.metadata.author) == ("Un rapport", "Sourcier")


def test_a_long_table_goes_over_pages_with_its_heads_and_page_numbers() -> None:
    rows = tuple((f"ligne {n}", "mot " * 30) for n in range(120))
    tall = (("une seule cellule", "mot " * 3000),)
    for many in (rows, tall):
        pdf = _pdf(Paper("Long", "", date(2026, 6, 1), (PaperTable("T", ("Nom", "Texte"), many),)))
        assert len(pdf.pages) > 1
        for number, page in enumerate(pdf.pages, 1):
            text = page.extract_text()
            assert f"{number} / {len(pdf.pages)}" in text
            assert "Texte" in text
            assert "Long – 01/06/2026" in text


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60), st.sampled_from(list(PaperFormat)))
def test_any_text_is_written_in_any_format(text: str, paper_format: PaperFormat) -> None:
    blocks = (
        PaperHeading(text),
        Paragraph(text),
        Items((text,)),
        PaperTable(text, (text,), ((text,),)),
    )
    assert rendered(Paper(text, text, date(2026, 6, 1), blocks), paper_format)


def test_half_a_surrogate_pair_is_written_in_every_format() -> None:
    for each in PaperFormat:
        paper = Paper("\ud83d", "", date(2026, 6, 1), (Paragraph("\udc00"),))
        assert rendered(paper, each)


@pytest.mark.parametrize("count", [1, 7, 45])
def test_a_timeline_of_any_length_stays_on_its_sheet(count: int) -> None:
    points = tuple(Bar(f"{n:02}/05", n % 5, str(n % 5)) for n in range(count))
    pdf = _pdf(Paper("T", "", date(2026, 6, 1), (timeline("Par jour", points),)))
    assert "00/05" in _said(pdf)
    assert len(pdf.pages) == 1
