"""DOCX: what Word shows of its numbers, notes, frames, signs and struck words."""

from typing import Any

import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ingestion.chunking.passages import passages_of
from tests.support.reading_files import read, reading_of, with_parts, word, word_element


def _levels(*levels: str) -> str:
    each = (f'<w:lvl w:ilvl="{depth}">{level}</w:lvl>' for depth, level in enumerate(levels))
    written = "".join(each)
    return f'<w:abstractNum w:abstractNumId="77">{written}</w:abstractNum>'


def _numbered(abstract: str, *paragraphs: tuple[str, int]) -> str:
    """The text of paragraphs numbered by the first list of a DOCX at these depths."""

    def write(document: Any) -> None:
        numbering = document.part.numbering_part.element
        numbering.insert(0, word_element(abstract))
        numbering.append(word_element('<w:num w:numId="91"><w:abstractNumId w:val="77"/></w:num>'))
        for line, depth in paragraphs:
            properties = document.add_paragraph(line)._p.get_or_add_pPr()
            properties.append(
                word_element(f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="91"/></w:numPr>')
            )

    return read(word(write), "x.docx").text


ROMAN = '<w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1 –"/>'


def test_articles_run_on_through_the_chapters_where_word_lets_them() -> None:
    article = '<w:lvlRestart w:val="0"/><w:lvlText w:val="Article %2 –"/>'
    lines = (("Exécution", 0), ("Objet", 1), ("Fin", 0), ("Pénalités", 1))
    assert _numbered(_levels(ROMAN, article), *lines).split("\n") == [
        "I – Exécution",
        "Article 1 – Objet",
        "II – Fin",
        "Article 2 – Pénalités",
    ]


def test_a_legal_numbering_is_in_digits_at_every_level() -> None:
    legal = '<w:isLgl/><w:lvlText w:val="%1.%2"/>'
    assert _numbered(_levels(ROMAN, legal), ("Lots", 0), ("Durée", 1)) == "I – Lots\n1.1 Durée"


def test_a_numbering_without_number_is_not_counted_aloud() -> None:
    levels = _levels('<w:numFmt w:val="decimalZero"/><w:lvlText w:val="A%1"/>', "<w:lvlText/>")
    silent = levels.replace("<w:lvlText/>", '<w:numFmt w:val="none"/><w:lvlText w:val="%2"/>')
    assert _numbered(silent, ("Poste", 0), ("Texte", 1)) == "A01 Poste\nTexte"


def test_a_list_named_by_a_style_is_numbered() -> None:
    named = _levels('<w:lvlText w:val="Article %1 –"/>').replace("77", "78")
    named = named.replace('"><w:lvl ', '"><w:styleLink w:val="Articles"/><w:lvl ', 1)

    def write(document: Any) -> None:
        numbering = document.part.numbering_part.element
        link = '<w:abstractNum w:abstractNumId="77"><w:numStyleLink w:val="Articles"/>'
        numbering.insert(0, word_element(named))
        numbering.insert(0, word_element(f"{link}</w:abstractNum>"))
        numbering.append(word_element('<w:num w:numId="91"><w:abstractNumId w:val="77"/></w:num>'))
        properties = document.add_paragraph("Objet")._p.get_or_add_pPr()
        properties.append(word_element('<w:numPr><w:numId w:val="91"/></w:numPr>'))

    assert read(word(write), "x.docx").text == "Article 1 – Objet"


def test_an_empty_paragraph_counts_as_word_counts_it() -> None:
    lines = (("Objet", 0), ("", 0), ("Durée", 0))
    level = _levels('<w:lvlText w:val="Article %1 –"/>')
    assert _numbered(level, *lines) == "Article 1 – Objet\nArticle 3 – Durée"


def test_numbers_in_cells_are_written_and_counted() -> None:
    def write(document: Any) -> None:
        document.add_paragraph("Objet", style="List Number")
        table = document.add_table(2, 2)
        for row in table.rows:
            row.cells[0].paragraphs[0].style = "List Number"
            row.cells[1].text = "Vitrerie"
            row.cells[1].add_paragraph("sans chlore", style="List Bullet")
        document.add_paragraph("Durée", style="List Number")

    assert read(word(write), "x.docx").text.split("\n") == [
        "1. Objet",
        "2. | Vitrerie - sans chlore",
        "3. | Vitrerie - sans chlore",
        "4. Durée",
    ]


def test_a_title_in_a_frame_is_a_heading() -> None:
    def write(document: Any) -> None:
        document.add_paragraph("ARTICLE 1 - DURÉE")
        document.add_paragraph("Le marché dure un an.")
        document.add_table(1, 1).cell(0, 0).text = "ARTICLE 2 - PÉNALITÉS"
        document.add_paragraph("La pénalité est de 100 euros.")

    passages = passages_of(read(word(write), "CCAP.docx"))
    assert [each.locator for each in passages] == ["CCAP, art. 1", "CCAP, art. 2"]


def test_a_text_box_in_a_cell_is_read_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>Plafond 10 %</w:t></w:r></w:p></w:txbxContent>"
    twice = f"<w:r><w:choice>{box}</w:choice><w:fallback>{box}</w:fallback></w:r>"

    def write(document: Any) -> None:
        table = document.add_table(1, 2)
        table.cell(0, 0).text = "Lot 1"
        table.cell(0, 1).paragraphs[0]._p.append(word_element(twice))

    assert read(word(write), "x.docx").text == "Lot 1 | Plafond 10 %"


@pytest.mark.parametrize(
    ("font", "written", "expected"),
    [
        ("Wingdings", "\uf0fe", "☒"),
        ("Wingdings", "\uf0a8", "☐"),
        ("Wingdings", "x", "☒"),
        ("Wingdings 2", "\uf0a3", "☐"),
        ("Arial", "x", "x"),
    ],
)
def test_a_box_typed_in_a_font_of_signs_is_read_as_it_is_drawn(
    font: str, written: str, expected: str
) -> None:
    def write(document: Any) -> None:
        document.add_paragraph("Variantes : ").add_run(written).font.name = font

    assert read(word(write), "x.docx").text == f"Variantes : {expected}"


def test_struck_text_of_a_docx_is_left_out_and_said() -> None:
    def write(document: Any) -> None:
        document.styles.add_style("Barré", WD_STYLE_TYPE.CHARACTER).font.strike = True
        line = document.add_paragraph()
        line.add_run("Le titulaire renonce à l'avance. ").font.strike = True
        line.add_run("Il ne renonce pas.").font.strike = False
        document.add_paragraph().add_run("Il paie.", style="Barré")
        document.add_paragraph().add_run("Il livre.").font.double_strike = True

    reading = reading_of(word(write), "AE.docx")
    assert [document.text for document in reading.documents] == ["Il ne renonce pas."]
    assert reading.warnings == (
        "texte barré, non lu : « Le titulaire renonce à l'avance. », « Il paie. », « Il livre. »",
    )


MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
PRICE = "<m:sSub><m:e><m:t>P</m:t></m:e><m:sub><m:t>o</m:t></m:sub></m:sSub>"
INDEX = "<m:t>I</m:t>"
SUM = '<m:naryPr><m:chr m:val="∑"/></m:naryPr>'
POWER = "<m:sSup><m:e><m:t>x</m:t></m:e><m:sup><m:t>{}</m:t></m:sup></m:sSup>"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            f"<m:t>P=</m:t>{PRICE}<m:t>×</m:t><m:d><m:e><m:t>0,15+0,85×</m:t><m:f><m:num>{INDEX}</m:num>"
            "<m:den><m:t>Io</m:t></m:den></m:f></m:e></m:d>",
            "P=P_o×(0,15+0,85×I/Io)",
        ),
        (f"<m:f><m:num><m:t>A+B</m:t></m:num><m:den>{PRICE}</m:den></m:f>", "(A+B)/P_o"),
        (POWER.format("3") + POWER.format("n"), "x³x^n"),
        (POWER.format("n+1"), "x^(n+1)"),
        ('<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val=""/></m:dPr><m:e/></m:d>', "["),
        (f"<m:rad><m:deg/><m:e>{INDEX}<m:t>+1</m:t></m:e></m:rad>", "√(I+1)"),
        (
            f"<m:nary>{SUM}<m:sub>{INDEX}</m:sub><m:e>{PRICE}</m:e></m:nary>",
            "∑_I P_o",
        ),
    ],
)
def test_a_formula_is_written_on_one_line(written: str, expected: str) -> None:
    def write(document: Any) -> None:
        document.add_paragraph("Soit ")._p.append(parse_xml(f"<m:oMath {MATH}>{written}</m:oMath>"))

    assert read(word(write), "CCAP.docx").text == f"Soit {expected}"


def test_signs_of_symbol_are_read_and_unknown_ones_said() -> None:
    signs = (("Symbol", "F0B3"), ("Symbol", "A3"), ("Symbol", "F061"), ("Webdings", "F041"))

    def write(document: Any) -> None:
        line = document.add_paragraph("Signes ")
        for font, code in signs:
            sign = word_element(f'<w:sym w:font="{font}" w:char="{code}"/>')
            line.add_run()._r.append(sign)
        line.add_run(" délai \uf0a3 3").font.name = "Symbol"

    reading = reading_of(word(write), "CCAP.docx")
    assert reading.documents[0].text == "Signes ≥≤α\N{REPLACEMENT CHARACTER} délai ≤ 3"
    assert reading.warnings == ("caractères illisibles : 1",)


def test_text_hidden_by_its_style_is_read_and_said() -> None:
    def write(document: Any) -> None:
        for name, kind in (("Mot", WD_STYLE_TYPE.CHARACTER), ("Ligne", WD_STYLE_TYPE.PARAGRAPH)):
            document.styles.add_style(name, kind).font.hidden = True
        document.add_paragraph("Le prix compte ").add_run("pour 90 %.", style="Mot")
        document.add_paragraph("Variantes : non.", style="Ligne")
        document.add_paragraph(style="Ligne").add_run("Groupement : oui.").font.hidden = False

    reading = reading_of(word(write), "RC.docx")
    assert "Le prix compte pour 90 %.\nVariantes : non." in reading.documents[0].text
    assert reading.warnings == (
        "texte masqué, lu quand même : « pour 90 %. », « Variantes : non. »",
    )


@pytest.mark.parametrize(
    ("left", "expected"),
    [("<w:result w:val='1'/>", "Non"), ("<w:default w:val='1'/>", "Non"), ("", "Oui")],
)
def test_the_entry_chosen_in_a_list_of_a_form_is_read(left: str, expected: str) -> None:
    entries = "<w:listEntry w:val='Oui'/><w:listEntry w:val='Non'/>"
    choices = f"<w:fldChar><w:ffData><w:ddList>{left}{entries}</w:ddList></w:ffData></w:fldChar>"

    def write(document: Any) -> None:
        document.add_paragraph("Variantes : ").add_run()._r.append(word_element(choices))

    assert read(word(write), "x.docx").text == f"Variantes : {expected}"


def test_a_document_inserted_in_another_is_said_not_to_be_read() -> None:
    def write(document: Any) -> None:
        document.add_paragraph("Nettoyage.")
        document.element.body.insert(1, word_element("<w:altChunk></w:altChunk>"))

    reading = reading_of(word(write), "CCAP.docx")
    assert reading.warnings == (
        "documents insérés, non lus (enregistrez le fichier avec Word) : 1",
    )


def test_the_notes_of_a_docx_stand_where_they_are_called() -> None:
    def write(document: Any) -> None:
        line = document.add_paragraph("Le délai de paiement est de 30 jours")
        line.add_run()._r.append(word_element('<w:footnoteReference w:id="2"/>'))
        line.add_run(".").add_text(" Il court dès la facture")
        line.add_run()._r.append(word_element('<w:endnoteReference w:id="2"/>'))
        document.add_paragraph("Article 9 - Assurances")
        document.add_paragraph("Le titulaire est assuré.")

    foot = "<w:p><w:r><w:t>Sauf pour le lot 2,</w:t></w:r></w:p><w:p><w:r><w:t>soit 60.</w:t></w:r>"
    end = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>Ou dès la livraison.</w:t></w:r>"
    data = with_parts(
        word(write),
        {
            f"word/{kind}s.xml": f'<w:{kind}s {nsdecls("w")}><w:{kind} w:id="2">{text}</w:p>'
            f"</w:{kind}></w:{kind}s>"
            for kind, text in (("footnote", foot), ("endnote", end))
        },
    )
    reading = reading_of(data, "CCAP.docx")
    assert reading.documents[0].text.split("\n") == [
        "Le délai de paiement est de 30 jours [note : Sauf pour le lot 2, soit 60.]. Il court dès "
        "la facture [note : Ou dès la livraison.]",
        "Article 9 - Assurances",
        "Le titulaire est assuré.",
    ]
    assert reading.warnings == ("texte masqué, lu quand même : « Ou dès la livraison. »",)
