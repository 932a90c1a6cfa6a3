"""Papers, their charts, and words explained in them."""

import io
import re
from datetime import date
from xml.etree import ElementTree

import pytest
from docx import Document as WordDocument
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from assistant.question.language import Language
from assistant.reports.charts import (
    Bar,
    ChartPart,
    Interval,
    Shift,
    Spread,
    Stack,
    ageing,
    intervals,
    ranks,
    shifts,
    spreads,
    timeline,
)
from assistant.reports.markup import MOST_EXPLAINED, Explainer, Html, definitions, prose
from assistant.reports.paper import (
    Items,
    Paper,
    PaperFigure,
    PaperHeading,
    PaperTable,
    Paragraph,
)
from assistant.reports.pdf import PaperFormat, rendered
from ingestion.library.corpus import CORPUS

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


SVG_TAG = "{http://www.w3.org/2000/svg}"
ODD_LABEL = '<b>$x^2$</b> & "co"'

CHARTS = {
    "intervals": intervals("Mesures", [Interval(ODD_LABEL, 0.2, 0.5, 0.8, "50 %")] * 3).svg,
    "shifts": shifts("Écarts", [Shift(ODD_LABEL, 0.2, 0.5, "20 % → 50 %")]).svg,
    "spreads": spreads("Délais", [Spread(ODD_LABEL, (0.0, 0.1, 3.5), 0.1, 3.5, "p50 0,1 s")]).svg,
}

drawn = pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)


def _texts(chart: str) -> list[str]:
    return [text.text or "" for text in ElementTree.fromstring(chart).iter(f"{SVG_TAG}text")]


@drawn
def test_a_chart_is_well_formed_and_its_text_is_text(chart: str) -> None:
    texts = _texts(chart)
    assert ODD_LABEL in texts
    assert any("%" in text or " s" in text for text in texts)


@drawn
def test_a_chart_says_what_it_shows(chart: str) -> None:
    root = ElementTree.fromstring(chart)
    assert root.get("role") == "img"
    said = {child.get("id"): child.text for child in root if child.tag != f"{SVG_TAG}defs"}
    title, rows = (said[name] for name in str(root.get("aria-labelledby")).split())
    assert title in {"Mesures", "Écarts", "Délais"}
    assert str(rows).startswith(ODD_LABEL)


@drawn
def test_a_chart_fits_any_width_and_any_colours(chart: str) -> None:
    root = ElementTree.fromstring(chart)
    assert root.get("width") is None
    assert root.get("viewBox")
    assert "var(--accent)" in chart
    assert not re.search(r"(?<=[ :])#[0-9a-f]{6}", chart)
    assert "<style" not in chart


def test_a_label_stays_as_it_is_written() -> None:
    for label in ("font-family: x", "#24508f SARL", ' style="font-family: x', 'a fill="#1c1e23" b'):
        chart = ranks("Rangs", [Bar(label, 3.0, "3 €")]).svg
        texts = [text.text for text in ElementTree.fromstring(chart).iter(f"{SVG_TAG}text")]
        assert label in texts


def test_charts_of_one_page_share_no_name() -> None:
    names = [
        {each.get("id") for each in ElementTree.fromstring(chart).iter() if each.get("id")}
        for chart in CHARTS.values()
    ]
    assert all(names)
    assert len(set.union(*names)) == sum(map(len, names))


def test_the_same_chart_is_the_same_bytes() -> None:
    rows = [Interval("a", 0.2, 0.5, 0.8, "50 %")]
    assert intervals("Mesures", rows).svg == intervals("Mesures", rows).svg


def test_rows_are_from_top_to_bottom_and_long_labels_keep_both_ends() -> None:
    rows = [Interval(f"{n}{'x' * 60}{n}", 0.2, 0.5, 0.8, "50 %") for n in range(3)]
    root = ElementTree.fromstring(intervals("Mesures", rows).svg)
    labels = {
        text.text: float(str(text.get("y")))
        for text in root.iter(f"{SVG_TAG}text")
        if "x" in str(text.text)
    }
    assert [f"{label}"[0] + f"{label}"[-1] for label in labels] == ["00", "11", "22"]
    assert list(labels.values()) == sorted(labels.values())
    assert all(len(str(label)) < 40 for label in labels)


PARTS = (ChartPart("en retard", is_alarming=True), ChartPart("à payer", is_alarming=False))

AMOUNT_CHARTS = {
    "ranks": ranks("Rangs", [Bar(ODD_LABEL, 3.0, "3 €"), Bar("avoir", -1.0, "-1 €")]).svg,
    "timeline": timeline("Temps", [Bar(ODD_LABEL, 3.0, "3 €"), Bar("b", 1.0, "1 €")], str).svg,
    "ageing": ageing("Âges", PARTS, [Stack(ODD_LABEL, (2.0, 1.0), "3 €")]).svg,
    "nothing": ageing("Rien", PARTS, [Stack(ODD_LABEL, (0.0, 0.0), "0 €")]).svg,
}

amounts_drawn = pytest.mark.parametrize("chart", AMOUNT_CHARTS.values(), ids=AMOUNT_CHARTS)


@amounts_drawn
def test_a_chart_says_its_rows_in_text_and_in_the_colours_of_the_page(chart: str) -> None:
    root = ElementTree.fromstring(chart)
    assert ODD_LABEL in [text.text for text in root.iter(f"{SVG_TAG}text")]
    described = {child.get("id"): child.text for child in root if child.tag != f"{SVG_TAG}defs"}
    _, rows = (described[name] for name in str(root.get("aria-labelledby")).split())
    assert str(rows).startswith(f"{ODD_LABEL} : ")
    assert root.get("width") is None
    assert not re.search(r"(?<=[ :])#[0-9a-f]{6}", chart)


def _widths(chart: str, colour: str) -> list[float]:
    """How wide the bars of a colour are."""
    found = []
    for path in ElementTree.fromstring(chart).iter(f"{SVG_TAG}path"):
        if f"fill: var(--{colour})" in (path.get("style") or ""):
            across = [float(each) for each in path.get("d", "").split() if each[0].isdigit()][::2]
            found.append(max(across) - min(across))
    return found


def test_bars_are_as_long_as_their_values() -> None:
    long, short = _widths(ranks("Rangs", [Bar("a", 3.0, ""), Bar("b", 1.0, "")]).svg, "accent")
    assert long == pytest.approx(3 * short, rel=1e-3)


def test_what_is_late_has_a_colour_of_its_own() -> None:
    chart = ageing("Âges", PARTS, [Stack("a", (2.0, 1.0), "3 €")]).svg
    late, key = _widths(chart, "alert")
    left, _ = _widths(chart, "accent")
    assert late == pytest.approx(2 * left, rel=1e-3)
    assert key < left


def test_a_timeline_names_at_most_seven_periods() -> None:
    bars = [Bar(f"2026-{month:02}", float(month), "") for month in range(1, 25)]
    texts = [
        text.text or ""
        for text in ElementTree.fromstring(timeline("T", bars, str).svg).iter(f"{SVG_TAG}text")
    ]
    assert sum(text.startswith("2026-") for text in texts) == 6


MARKED = re.compile(r"<dfn [^>]*>([^<]*)</dfn>")


def marked(*lines: str) -> list[str]:
    explain = Explainer(Language.FRENCH)
    return [term for line in lines for term in MARKED.findall(explain(line))]


@pytest.mark.parametrize(
    ("line", "terms"),
    [
        ("Un MAPA est un marché.", ["MAPA"]),
        ("Les procédures adaptées, ou une procédure adaptée.", ["procédures adaptées"]),
        ("L’acte d’engagement est signé.", ["acte d’engagement"]),
        ("Des intérêts moratoires sont dus.", ["intérêts moratoires"]),
        ("Une mapa, un sous-avance, la AEROPORT, ae.", []),
        ("Le CCAP renvoie au CCAG-FCS.", ["CCAP"]),
    ],
)
def test_a_term_is_found_in_its_forms_only(line: str, terms: list[str]) -> None:
    assert marked(line) == terms


def test_a_term_is_explained_where_it_stands_first_and_not_too_many_are() -> None:
    assert marked("Un MAPA.", "Une procédure adaptée ou un MAPA.") == ["MAPA"]
    many = "MAPA, OAB, DGD, DCE, RC, CCAP, CCTP, AE, BPU, DQE"
    assert len(marked(many)) == MOST_EXPLAINED


def test_what_stands_around_a_term_stays_text() -> None:
    shown = prose('<b>OAB</b> & "x"\n- un MAPA', explain=Explainer(Language.ENGLISH))
    assert "<b>" not in shown
    assert "&lt;b&gt;<dfn" in shown
    assert "Abnormally low tender" in shown
    assert "art. L2152\u20115" in shown.replace("\u00a0", " ")
    assert MARKED.findall(shown) == ["OAB", "MAPA"]


def test_definitions_are_short_in_both_languages_and_name_articles_of_the_sheets() -> None:
    sheets = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((CORPUS / "fiches").glob("*.md"))
    )
    known = set(re.findall(r"[LRD]\d{4}(?:-\d+)*", sheets))
    assert len(definitions()) > 50
    for word, definition in definitions().items():
        assert definition.article in known | {""}, word
        for meaning in definition.meanings.values():
            assert 3 < len(meaning.split()) <= 28, word
