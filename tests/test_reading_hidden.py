"""Text that nobody sees, and what office files would run or fetch: read, left alone, and said."""

from pathlib import Path
from typing import Any, Literal

import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from reportlab.platypus import Paragraph
from reportlab.platypus.flowables import Flowable

from ingestion.readers.documents import FileReading, Kind
from ingestion.readers.formats import read_bytes
from ingestion.readers.pdf import Paint
from ingestion.tenders.archives import unpack
from tests.reading_files import odt, paragraph, pdf, reading_of, word
from tests.test_reading_sandbox import SHARED, listed
from tests.test_reading_sheets import with_parts

OFFICE = SHARED / "data/security/office/MANIFEST.csv"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
UNSEEN = "texte invisible (caché, ou reconnu sous une image), lu quand même, pages : 1"
BLACK, WHITE = RGBColor(0, 0, 0), RGBColor(255, 255, 255)


def hidden_run(document: Any) -> Any:
    document.add_paragraph("Le délai est de 30 jours.")
    return document.add_paragraph("Texte  normal. ").add_run("Le délai est de\n90 jours.")


def vanished(document: Any) -> None:
    hidden_run(document).font.hidden = True


def white(document: Any) -> None:
    hidden_run(document).font.color.rgb = WHITE


def tiny(document: Any) -> None:
    hidden_run(document).font.size = Pt(1)


@pytest.mark.parametrize("write", [vanished, white, tiny])
def test_text_hidden_in_a_docx_is_read_and_said(write: Any) -> None:
    reading = reading_of(word(write), "CCAP.docx")
    assert "90 jours" in reading.documents[0].text
    assert reading.warnings == ("texte masqué, lu quand même : « Le délai est de 90 jours. »",)


def shown_again(document: Any) -> None:
    hidden_run(document).font.hidden = False


def black(document: Any) -> None:
    hidden_run(document).font.color.rgb = BLACK


def highlighted(document: Any) -> None:
    run = hidden_run(document)
    run.font.color.rgb, run.font.highlight_color = WHITE, 2


def on_a_blue_cell(document: Any) -> None:
    cell = document.add_table(rows=1, cols=1).rows[0].cells[0]
    cell.paragraphs[0].add_run("Prix").font.color.rgb = WHITE
    shading = OxmlElement("w:shd")
    shading.set(qn("w:fill"), "003399")
    cell._tc.get_or_add_tcPr().append(shading)


@pytest.mark.parametrize("write", [shown_again, black, highlighted, on_a_blue_cell])
def test_text_that_shows_in_a_docx_is_not_called_hidden(write: Any) -> None:
    assert reading_of(word(write), "CCAP.docx").warnings == ()


def test_of_many_hidden_texts_the_first_are_quoted_and_shortened() -> None:
    def write(document: Any) -> None:
        for number in range(5):
            document.add_paragraph().add_run(f"{number} " + "long " * 30).font.hidden = True

    (warning,) = reading_of(word(write), "x.docx").warnings
    assert warning.endswith("… » … et 2 autres")
    assert len(warning) < 300


@pytest.mark.parametrize(
    "hidden",
    [
        '<text:p text:style-name="P9">Caché.</text:p>',
        '<text:p>Vu. <text:span text:style-name="P9">Caché.</text:span></text:p>',
        '<text:section text:display="none"><text:p>Caché.</text:p></text:section>',
    ],
)
def test_text_hidden_in_an_odt_is_read_and_said(hidden: str) -> None:
    style = (
        '<style:style style:name="P9"><style:text-properties text:display="none"/></style:style>'
    )
    reading = reading_of(odt(f"{style}<text:p>Vu.</text:p>{hidden}"), "RC.odt")
    assert "Caché." in reading.documents[0].text
    assert reading.warnings == ("texte masqué, lu quand même : « Caché. »",)


class Written(Flowable):
    """A line drawn in a way that does not show, then one that does."""

    def __init__(self, mode: Literal[0, 3] = 0, size: float = 11, x: float = 0) -> None:
        super().__init__()
        self.mode, self.size, self.x = mode, size, x

    def draw(self) -> None:
        self.line(self.mode, self.size, self.x)
        self.line(0, 11, 0)

    def line(self, mode: Literal[0, 3], size: float, x: float) -> None:
        self.canv.saveState()
        text = self.canv.beginText(x, 0)
        text.setFont("Helvetica", size)
        text.setTextRenderMode(mode)
        text.textLine("Le délai est de 90 jours.")
        self.canv.drawText(text)
        self.canv.restoreState()


@pytest.mark.parametrize(
    "hidden", [Written(mode=3), Written(size=0.1), Written(x=2000)], ids=["mode", "size", "place"]
)
def test_text_that_a_pdf_does_not_show_is_read_and_said(hidden: Written) -> None:
    reading = reading_of(pdf([paragraph(), hidden]), "CCAP.pdf")
    assert reading.documents[0].text.count("90 jours") == 2
    assert reading.warnings == (UNSEEN,)


@pytest.mark.parametrize(
    ("page", "is_missing"),
    [
        ("3 Tr|Tj", True),
        ("7 Tr|TJ", True),
        ("3 Tr|q|Tj", True),
        ("q|3 Tr|Q|Tj", False),
        ("3 Tr|0 Tr|Tj", False),
        ("3 Tr", False),
        ("Q|Tr|Tj", False),
    ],
)
def test_the_way_of_painting_is_restored_as_the_page_says(page: str, is_missing: bool) -> None:
    paint = Paint()
    for step in page.split("|"):
        *operands, operator = step.split()
        paint.follow(operator.encode(), [int(operand) for operand in operands])
    assert paint.is_missing is is_missing


def test_text_that_a_pdf_shows_is_not_called_invisible() -> None:
    turned = Paragraph("Texte <super>1</super> <font size=4>petit</font>")
    assert reading_of(pdf([paragraph(), Written(), turned]), "CCAP.pdf").warnings == ()


def test_what_a_docx_would_fetch_or_run_is_left_alone_and_said() -> None:
    parts = {
        "word/_rels/settings.xml.rels": (
            f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" TargetMode="External" '
            'Type="t/attachedTemplate" Target="http://127.0.0.1:9/x.dotm"/></Relationships>'
        ),
        "word/embeddings/oleObject1.bin": "objet",
    }
    data = with_parts(word(lambda document: document.add_paragraph("Texte.")), parts)
    assert reading_of(data, "CCAP.docx").warnings == (
        "objets incorporés, non lus : 1",
        "liens vers l'extérieur, non suivis : 1",
    )


def test_a_link_to_click_and_the_letters_dde_are_no_danger() -> None:
    def write(document: Any) -> None:
        document.add_paragraph("La DDE instruit la demande.")
        document.part.relate_to("https://exemple.fr", "t/hyperlink", is_external=True)

    assert reading_of(word(write), "CCAP.docx").warnings == ()


def outcome(path: Path, folder: Path) -> FileReading:
    if path.suffix != ".zip":
        return read_bytes(path.read_bytes(), path.name, Kind.TENDER)
    members = list(unpack(path, folder))
    assert all(member.path is None for member in members)
    return FileReading(path.name, problem=members[0].refusal)


EXPECTED = {
    "d02_bomb_500MB.docx": "fichier refusé : contenu décompressé démesuré",
    "d04_xxe_file.docx": "fichier refusé : il déclare des entités XML",
    "d06_external_template.docx": "liens vers l'extérieur, non suivis : 1",
    "d08_hidden_text.docx": "texte masqué, lu quand même",
    "z02_50k_entries.zip": "archive refusée : plus de 1000 éléments",
    "z04_symlink.zip": "lien ou fichier spécial refusé",
    "x01_dimension_17e9_cells.xlsx": "",
    "c01_formula.csv": "",
    "t02_utf16_no_bom.txt": "encodage non indiqué : lu comme UTF-16",
    "o01_xxe.odt": "fichier refusé : il déclare des entités XML",
}


@pytest.mark.skipif(not OFFICE.exists(), reason=f"hostile files are not here: {OFFICE}")
def test_every_hostile_office_file_is_refused_or_read_with_its_warning(tmp_path: Path) -> None:
    paths = listed(OFFICE)
    assert {path.name for path in paths} == set(EXPECTED)
    for path in paths:
        reading = outcome(path, tmp_path)
        said = " ; ".join((reading.problem or "", *reading.warnings))
        assert EXPECTED[path.name] in said, path.name
        assert bool(said) == bool(EXPECTED[path.name]), (path.name, said)
        assert "root:" not in "".join(document.text for document in reading.documents), path.name
