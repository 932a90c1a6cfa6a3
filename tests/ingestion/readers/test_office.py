"""Word and OpenDocument files are read as they show: headings, items, tables, boxes, numbers."""

from typing import Any

import pytest

from ingestion.chunking.passages import passages_of
from ingestion.readers import content
from tests.support.reading_files import odt, problem, read, reading_of, word, word_element, zipped

BOMB = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"


def write_clauses(document: Any) -> None:
    document.core_properties.title = "CCAP du marché"
    document.add_heading("Cahier des clauses", level=0)
    document.add_heading("Article 12 – Pénalités", level=1)
    document.add_heading("12.3 Retard", level=2)
    document.add_paragraph("Une pénalité de 150 € est due.")
    document.add_paragraph("par jour de retard", style="List Bullet")
    table = document.add_table(rows=0, cols=2)
    for row in (("Lot", "Montant"), ("1", "60 000 €")):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def test_headings_items_and_rows_of_a_docx() -> None:
    document = read(word(write_clauses), "piece.docx")
    assert document.title == "CCAP du marché"
    assert [(h.level, h.text) for h in document.headings] == [
        (1, "Cahier des clauses"),
        (2, "Article 12 – Pénalités"),
        (3, "12.3 Retard"),
    ]
    (passage,) = passages_of(document)
    assert passage.locator == "CCAP, art. 12.3"
    assert passage.text.split("\n") == [
        "Une pénalité de 150 € est due.",
        "- par jour de retard",
        "Lot | Montant",
        "1 | 60 000 €",
    ]


def test_articles_without_styles_are_recognised_in_a_docx() -> None:
    def write(document: Any) -> None:
        for line in ("ARTICLE 4 : DURÉE", "4.1 Reconduction", "Elle est tacite."):
            document.add_paragraph(line)

    document = read(word(write), "ccap.docx")
    assert [(h.level, h.text) for h in document.headings] == [
        (1, "ARTICLE 4 : DURÉE"),
        (2, "4.1 Reconduction"),
    ]


def test_numbers_that_word_computes_are_written() -> None:
    def write(document: Any) -> None:
        for line in ("Un délai", "Une garantie"):
            document.add_paragraph(line, style="List Number")

    assert read(word(write), "x.docx").text == "1. Un délai\n2. Une garantie"


def test_a_list_that_starts_again_is_numbered_as_word_shows_it() -> None:
    first = '<w:num w:numId="91"><w:abstractNumId w:val="77"/></w:num>'
    again = (
        '<w:num w:numId="92"><w:abstractNumId w:val="77"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="1"/><w:lvl w:ilvl="0"><w:lvlText w:val="Clause %1 –"/></w:lvl>'
        "</w:lvlOverride></w:num>"
    )
    level = '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:lvlText w:val="Article %1 –"/></w:lvl>'

    def write(document: Any) -> None:
        numbering = document.part.numbering_part.element
        numbering.insert(
            0, word_element(f'<w:abstractNum w:abstractNumId="77">{level}</w:abstractNum>')
        )
        numbering.extend(map(word_element, (first, again)))
        for line, number in (("Objet", 91), ("Prix", 91), ("Données", 92), ("Fin", 92)):
            properties = document.add_paragraph(line)._p.get_or_add_pPr()
            properties.append(word_element(f'<w:numPr><w:numId w:val="{number}"/></w:numPr>'))

    assert read(word(write), "x.docx").text.split("\n") == [
        "Article 1 – Objet",
        "Article 2 – Prix",
        "Clause 1 – Données",
        "Clause 2 – Fin",
    ]


def _with_powers(document: Any) -> None:
    paragraph = document.add_paragraph("25 000")
    paragraph.add_run("1").font.superscript = True
    paragraph.add_run(" euros, le 1")
    paragraph.add_run("er").font.superscript = True


_RAISED_IN_ODT = (
    '<style:style style:name="T1"><style:text-properties style:text-position="super 58%"/>'
    '</style:style><text:p>25 000<text:span text:style-name="T1">1</text:span> euros, le '
    '1<text:span text:style-name="T1">er</text:span></text:p>'
)


@pytest.mark.parametrize(
    ("data", "source"),
    [
        (b"<p>25 000<sup>1</sup> euros, le 1<sup>er</sup></p>", "RC.html"),
        (b"<table><tr><td>25 000<sup>1</sup> euros, le 1<sup>er</sup></td></tr></table>", "x.html"),
        (b"25 000<sup>1</sup> euros, le 1<sup>er</sup>", "RC.md"),
        (word(_with_powers), "RC.docx"),
        (odt(_RAISED_IN_ODT), "RC.odt"),
    ],
)
def test_digits_above_a_line_are_no_part_of_the_number_before_them(
    data: bytes, source: str
) -> None:
    assert read(data, source).text == "25 000¹ euros, le 1er"


def test_a_word_that_a_cell_marks_is_not_cut() -> None:
    page = b"<table><tr><td>Lot</td><td>9<b>0</b> 000<br>euros</td></tr></table>"
    assert read(page, "x.html").text == "Lot | 90 000 euros"


HTML_TABLE = b"""<table><tr><td></td><th>Tranche<th>Minimum<th>Maximum</tr>
<tr><td rowspan=2>Lot 1<td>Ferme<td>10<td>40</tr>
<tr><td>Optionnelle<td>5<td>20</tr>
<tr><td>Lot 2<td colspan=2>Sans minimum<td>90</tr>
<tr><td colspan=4>Hors taxes</tr></table><table><tr><td>Fin</td></tr></table>"""


def _with_merged_cells(document: Any) -> None:
    table = document.add_table(rows=0, cols=4)
    for row in (
        ("", "Tranche", "Minimum", "Maximum"),
        ("Lot 1", "Ferme", "10", "40"),
        ("", "Optionnelle", "5", "20"),
        ("Lot 2", "Sans minimum", "", "90"),
        ("Hors taxes", "", "", ""),
    ):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    for first, last in (((1, 0), (2, 0)), ((3, 1), (3, 2)), ((4, 0), (4, 3))):
        table.cell(*first).merge(table.cell(*last))
    document.add_table(1, 1).cell(0, 0).text = "Fin"


def _odt_row(*cells: tuple[str, str]) -> str:
    return "<table:table-row>{}</table:table-row>".format(
        "".join(
            f"<table:table-cell {spans}><text:p>{text}</text:p></table:table-cell>"
            if spans != "covered"
            else "<table:covered-table-cell/>"
            for text, spans in cells
        )
    )


_COVERED = ("", "covered")
ODT_TABLE = "".join(
    (
        "<table:table>",
        _odt_row(("", ""), ("Tranche", ""), ("Minimum", ""), ("Maximum", "")),
        _odt_row(("Lot 1", 'table:number-rows-spanned="2"'), ("Ferme", ""), ("10", ""), ("40", "")),
        _odt_row(_COVERED, ("Optionnelle", ""), ("5", ""), ("20", "")),
        _odt_row(
            ("Lot 2", ""),
            ("Sans minimum", 'table:number-columns-spanned="2"'),
            _COVERED,
            ("90", ""),
        ),
        _odt_row(("Hors taxes", 'table:number-columns-spanned="4"'), *[_COVERED] * 3),
        "</table:table><table:table>",
        _odt_row(("Fin", "")),
        "</table:table>",
    )
)


@pytest.mark.parametrize(
    ("data", "source"),
    [(HTML_TABLE, "x.html"), (word(_with_merged_cells), "x.docx"), (odt(ODT_TABLE), "x.odt")],
)
def test_a_cell_keeps_its_column_and_tells_every_row_that_it_covers(
    data: bytes, source: str
) -> None:
    assert read(data, source).text.split("\n") == [
        " | Tranche | Minimum | Maximum",
        "Lot 1 | Ferme | 10 | 40",
        "Lot 1 | Optionnelle | 5 | 20",
        "Lot 2 | Sans minimum |  | 90",
        "Hors taxes",
        "Fin",
    ]


def test_the_cells_before_a_row_of_a_docx_are_empty() -> None:
    def write(document: Any) -> None:
        first, row = document.add_table(2, 1).rows
        first.cells[0].text = "Lot"
        row.cells[0].text = "40"
        row._tr.insert(0, word_element('<w:trPr><w:gridBefore w:val="2"/></w:trPr>'))

    assert read(word(write), "x.docx").text == "Lot\n |  | 40"


def _form(states: str) -> str:
    return f"<w:fldChar><w:ffData><w:checkBox>{states}</w:checkBox></w:ffData></w:fldChar>"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('<w:sym w:font="Wingdings" w:char="F06F"/>', "☐"),
        ('<w:sym w:font="Wingdings" w:char="F0FE"/>', "☒"),
        ('<w:sym w:font="Wingdings 2" w:char="F052"/>', "☒"),
        ('<w:sym w:font="Wingdings" w:char="A8"/>', "☐"),
        (_form('<w:default w:val="0"/>'), "☐"),
        (_form('<w:default w:val="1"/>'), "☒"),
        (_form('<w:default w:val="1"/><w:checked w:val="0"/>'), "☐"),
        (_form('<w:default w:val="0"/><w:checked/>'), "☒"),
    ],
)
def test_boxes_of_a_docx_are_read_as_they_are_ticked(written: str, expected: str) -> None:
    def write(document: Any) -> None:
        document.add_paragraph("Variantes :").add_run()._r.append(word_element(written))

    assert read(word(write), "x.docx").text == f"Variantes :{expected}"


def test_the_box_of_a_content_control_is_read_once() -> None:
    control = (
        '<w:sdt><w:sdtPr><w14:checkbox xmlns:w14="w14"><w14:checked w14:val="1"/></w14:checkbox>'
        "</w:sdtPr><w:sdtContent><w:r><w:t>☒</w:t></w:r></w:sdtContent></w:sdt>"
    )

    def write(document: Any) -> None:
        document.add_paragraph("Oui ")._p.append(word_element(control))

    assert read(word(write), "x.docx").text == "Oui ☒"


def test_inserted_text_and_form_controls_are_read_and_deleted_text_is_not() -> None:
    def write(document: Any) -> None:
        document.add_paragraph("Le délai est de ")
        run = document.paragraphs[0]._p
        for tag, text in (("ins", "30 jours"), ("del", "45 jours"), ("sdt", " ouvrés")):
            outer = run.makeelement(run.tag.replace("}p", "}" + tag))
            outer.append(document.add_paragraph(text).runs[0]._r)
            run.append(outer)
        for extra in document.paragraphs[1:]:
            extra._p.getparent().remove(extra._p)

    assert read(word(write), "x.docx").text == "Le délai est de 30 jours ouvrés"


STRUCK = "texte barré, non lu : « Le titulaire renonce à l'avance. »"


@pytest.mark.parametrize(
    "struck",
    [
        "<s>Le titulaire renonce à l'avance.</s>",
        "<del><b>Le titulaire</b> renonce à l'avance.</del>",
        "<span style='text-decoration: line-through'>Le titulaire renonce à l'avance.</span>",
    ],
)
def test_struck_text_of_a_page_is_left_out_and_said(struck: str) -> None:
    page = f"<p>Avance : {struck} versée.</p><table><tr><td>Lot<td>{struck}5 %</tr></table>"
    reading = reading_of(page.encode(), "AE.html")
    assert [document.text for document in reading.documents] == ["Avance : versée.\nLot | 5 %"]
    assert reading.warnings == (f"{STRUCK}, {STRUCK.partition(': ')[2]}",)


def test_items_of_an_odt_have_the_numbers_that_show() -> None:
    def listed(*items: str, said: str = "") -> str:
        inside = "".join(f"<text:list-item>{item}</text:list-item>" for item in items)
        return f'<text:list text:style-name="L1"{said}>{inside}</text:list>'

    def line(text: str) -> str:
        return f"<text:p>{text}</text:p>"

    style = (
        '<office:automatic-styles><text:list-style style:name="L1">'
        '<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>'
        '<text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")"/>'
        '</text:list-style><text:list-style style:name="L2"><text:list-level-style-number '
        'text:level="1" style:num-format="I" style:num-prefix="Article " style:num-suffix=" –" '
        'text:start-value="4"/></text:list-style></office:automatic-styles>'
    )
    article = '<text:h text:outline-level="1">Prix</text:h>'
    body = (
        listed(line("Objet"), line("Pièces") + listed(line("AE"), line("CCAP")), line("Durée"))
        + line("Puis :")
        + listed(line("Fin"), listed(line("dont")), said=' text:continue-numbering="true"')
        + listed(line("Autre"))
        + f'<text:list text:style-name="L2"><text:list-item>{article}</text:list-item></text:list>'
        + f"<text:list><text:list-item>{line('Libre')}</text:list-item></text:list>"
    )
    assert read(odt(style + body), "CCAP.odt").text.split("\n") == [
        *("1. Objet", "2. Pièces", "a) AE", "b) CCAP", "3. Durée", "Puis :", "4. Fin", "a) dont"),
        *("1. Autre", "Article IV – Prix", "- Libre"),
    ]


def test_struck_text_of_an_odt_is_left_out_and_said() -> None:
    style = (
        '<office:automatic-styles><style:style style:name="T1"><style:text-properties '
        'style:text-line-through-style="solid"/></style:style><style:style style:name="T2">'
        '<style:text-properties style:text-line-through-style="none"/></style:style>'
        "</office:automatic-styles>"
    )
    line = (
        '<text:p><text:span text:style-name="T1">Le titulaire renonce à l\'avance.</text:span>'
        '<text:span text:style-name="T2">Il ne renonce pas.</text:span></text:p>'
    )
    reading = reading_of(odt(style + line), "AE.odt")
    assert [document.text for document in reading.documents] == ["Il ne renonce pas."]
    assert reading.warnings == (STRUCK,)


def test_a_cross_reference_of_an_odt_is_read_as_it_shows() -> None:
    body = (
        '<text:p>Voir l\'<text:bookmark-ref text:reference-format="text" text:ref-name="a">'
        "article 12</text:bookmark-ref> du CCAP.</text:p>"
    )
    assert read(odt(body), "RC.odt").text == "Voir l'article 12 du CCAP."


def test_headings_items_rows_and_notes_of_an_odt() -> None:
    body = (
        '<text:h text:outline-level="1">Article 3 – Prix</text:h>'
        "<text:p>Les prix<text:s/>sont fermes<text:note><text:note-citation>1</text:note-citation>"
        "<text:note-body><text:p>Hors taxes.</text:p></text:note-body></text:note>.</text:p>"
        "<text:list><text:list-item><text:p>lot 1</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>Lot</text:p></table:table-cell>"
        "<table:table-cell><text:p>900 €</text:p></table:table-cell></table:table-row>"
        "</table:table>"
    )
    document = read(odt(body), "RC.odt")
    assert document.text.split("\n") == [
        "Article 3 – Prix",
        "Les prix sont fermes [note : Hors taxes.] .",
        "- lot 1",
        "Lot | 900 €",
    ]
    (passage,) = passages_of(document)
    assert passage.locator == "RC, art. 3"


@pytest.mark.parametrize("suffix", ["docx", "odt"])
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04tronqu\xe9", "fichier corrompu"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 100, "protégé par mot de passe"),
        (zipped(autre_xml="<a/>"), "le contenu n'est pas un document"),
        (zipped(content_xml=b" " * 70_000_000), "fichier refusé : contenu décompressé démesuré"),
        (zipped(content_xml=b" " * 3_000_000), "fichier refusé : contenu compressé plus de"),
        (zipped(**{f"p{n}": "" for n in range(5001)}), "fichier refusé : plus de 5000 éléments"),
    ],
)
def test_what_is_no_document_is_said(data: bytes, reason: str, suffix: str) -> None:
    assert problem(data, f"x.{suffix}").startswith(reason)


def test_the_parts_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "_MOST_BYTES", 1000)
    data = zipped(a=b"x" * 700, b=b"y" * 700)
    assert problem(data, "x.odt") == "fichier refusé : contenu décompressé démesuré"


def test_declared_entities_are_refused() -> None:
    expected = "fichier refusé : il déclare des entités XML"
    assert problem(odt("<text:p>&x;</text:p>", before=BOMB), "x.odt") == expected
    assert problem(zipped(word__document_xml=BOMB + "<a>&x;</a>"), "x.docx") == expected


def test_a_protected_odt_and_an_empty_one_are_said() -> None:
    manifest = "<m><encryption-data/></m>"
    data = zipped(**{"META-INF__manifest_xml": manifest}, content_xml="x")
    assert problem(data, "x.odt") == "protégé par mot de passe"
    assert problem(odt("<text:p/>"), "x.odt") == "aucun texte dans le document"
    assert problem(word(lambda _: None), "x.docx") == "aucun texte : document numérisé ?"
