"""Text that a page does not show."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pikepdf
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from hypothesis import given
from hypothesis import strategies as st
from reportlab.platypus import Paragraph
from reportlab.platypus.flowables import Flowable

from ingestion.chunking.passages import passages_of
from ingestion.documents.document import Document, FileReading, Hidden, Kind, Page
from ingestion.readers.concealed import UNSEEN, PageSight, Run, flagged, sights
from ingestion.readers.formats import read_bytes, to_json
from ingestion.readers.pdf import Paint
from ingestion.readers.reading import read_file, reading_json
from ingestion.readers.visibility import hidden_text
from ingestion.tenders.archives import unpack
from tests.ingestion.readers.test_hostile_files import listed
from tests.support.paths import ROOT
from tests.support.reading_files import odt, paragraph, pdf, reading_of, with_parts, word
from tests.support.shared_texts import SHARED

SEEN = "Le prix est ferme pour la duree du marche."
TOLD = "Le prix est revisable chaque mois."
SYNTHETIC = SHARED / "data/security/pdfs/MANIFEST.csv"


def shown(text: str = SEEN, *, before: str = "", y: int = 700, size: float = 12) -> str:
    """A line of text as a page writes it, in black unless said otherwise."""
    return f"q {before} BT /F1 {size} Tf 60 {y} Td ({text}) Tj ET Q "


def paper(*pages: str) -> bytes:
    """A PDF whose pages draw this; /Off is a layer that is off, /Photo a picture of stripes."""
    pdf = pikepdf.new()
    layer = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="calque"))
    state = pikepdf.Dictionary(OFF=pikepdf.Array([layer]), Order=pikepdf.Array([layer]))
    pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=pikepdf.Array([layer]), D=state)
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    photo = pdf.make_stream(b"\0\377" * 8192, Width=128, Height=128, BitsPerComponent=8)
    photo.Type, photo.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    photo.ColorSpace = pikepdf.Name.DeviceGray
    for drawn in pages:
        page = pdf.add_blank_page(page_size=(595, 842)).obj
        page.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(F1=font),
            XObject=pikepdf.Dictionary(Photo=photo),
            Properties=pikepdf.Dictionary(Off=layer),
        )
        page.Contents = pdf.make_stream(drawn.encode())
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def hidden(*pages: str) -> list[str]:
    sights = list(hidden_text(paper(*pages), seconds=1e9))
    assert [sight.number for sight in sights] == list(range(1, len(pages) + 1))
    return [run.text.strip().rstrip(".") for sight in sights for run in sight.runs]


WAYS = {
    "paper": shown(TOLD, before="1 g", y=600),
    "nearly paper": shown(TOLD, before="0.97 0.98 1 rg", y=600),
    "covered": shown(TOLD, y=600) + "0.9 g 40 580 400 50 re f",
    "layer off": f"/OC /Off BDC {shown(TOLD, y=600)} EMC",
    "mode": shown(TOLD, before="3 Tr", y=600),
    "clipped": f"q 0 0 10 10 re W n {shown(TOLD, y=600)} Q",
    "off the page": shown(TOLD, y=2000),
    "tiny": shown(TOLD, size=0.1, y=600),
    "on its own colour": "0 0 1 rg 40 580 400 50 re f " + shown(TOLD, before="0 0 1 rg", y=600),
    "same place, below": shown(TOLD, before="1 g"),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_text_that_a_page_does_not_show_is_seen_to_be_hidden(way: str) -> None:
    assert hidden(f"{way} {shown()}") == [TOLD.rstrip(".")]


def test_a_word_laid_in_white_upon_a_line_is_hidden_and_the_line_is_not() -> None:
    assert hidden(shown() + "q 1 g BT /F1 12 Tf 150 700 Td (non) Tj ET Q") == ["non"]


def test_words_hidden_within_a_line_are_told_apart() -> None:
    line = "BT /F1 12 Tf 60 700 Td (Le prix est ) Tj 1 g (revisable, jamais ) Tj 0 g (ferme) Tj ET"
    assert hidden(line) == ["revisable, jamais"]


@pytest.mark.parametrize(
    "page",
    [
        shown(),
        shown() + shown(),
        "0.1 0.2 0.5 rg 40 680 400 50 re f " + shown(before="1 g"),
        shown(before="0.85 g"),
        shown(size=5),
        "q 500 0 0 500 40 300 cm /Photo Do Q " + shown(before="1 0 0 rg"),
        f"/OC /Off BDC EMC {shown()}",
        "",
    ],
    ids=["plain", "twice", "white on blue", "pale", "small", "on a picture", "layer", "blank"],
)
def test_text_that_a_page_shows_is_not_called_hidden(page: str) -> None:
    assert hidden(page) == []


def test_text_under_a_picture_may_be_what_was_recognised_on_it() -> None:
    page = shown(TOLD, y=600) + "q 500 0 0 500 40 300 cm /Photo Do Q"
    (sight,) = hidden_text(paper(page), seconds=1e9)
    assert [run.is_under_picture for run in sight.runs] == [True]


def test_pages_are_looked_at_until_time_is_up() -> None:
    assert not list(hidden_text(paper(shown()), seconds=0))


def test_a_file_is_read_with_its_hidden_text_flagged_and_said(tmp_path: Path) -> None:
    path = tmp_path / "CCAP.pdf"
    path.write_bytes(paper(shown(), shown() + shown(TOLD, before="3 Tr", y=600)))
    reading = read_file(path, path.name, Kind.TENDER)
    (document,) = reading.documents
    assert [document.text[each.start : each.end] for each in document.hidden] == [TOLD.rstrip(".")]
    assert document.hidden[0].start > document.pages[1].start
    assert reading.warnings == (f"texte masqué, lu quand même : « p. 2 : {TOLD[:-1]} »",)
    passage = passages_of(document)[-1]
    assert passage.hidden == document.hidden
    assert reading_json.validate_json(to_json(reading)) == reading


def reading_by_lines(text: str, *warnings: str) -> FileReading:
    """A reading of one page a line."""
    ends = [0]
    for line in text.splitlines():
        ends.append(ends[-1] + len(line) + 1)
    pages = tuple(Page(n, ends[n - 1], ends[n] - 1) for n in range(1, len(ends)))
    document = Document("d", "CCAP", "CCAP.pdf", Kind.TENDER, text, pages)
    return FileReading("CCAP.pdf", (document,), warnings)


def flags(text: str, *runs: Run) -> list[str]:
    (document,) = flagged(reading_by_lines(text), [PageSight(1, runs)]).documents
    return [text[each.start : each.end] for each in document.hidden]


def test_hidden_text_is_found_whatever_the_reader_made_of_its_breaks() -> None:
    text = "Début. La péna-lité est | de 100 € par jour. Fin."
    run = Run("La pénalité\r\nest de\r\n100 € par jour.", 0.2, False)
    assert flags(text, run) == ["La péna-lité est | de 100 € par jour"]


def test_of_equal_texts_the_one_at_that_place_is_flagged() -> None:
    text = "Délai : 30 jours. Puis, plus loin, délai : 30 jours."
    (document,) = flagged(
        reading_by_lines(text), [PageSight(1, (Run("30 jours", 0.9, False),))]
    ).documents
    assert document.hidden == (Hidden(text.rindex("30"), len(text) - 1),)


def test_hidden_lines_between_which_the_reader_put_others_are_flagged_one_by_one() -> None:
    text = "une première ligne cachée VISIBLE une seconde ligne cachée"
    run = Run("une première ligne cachée\nune seconde ligne cachée", 0.0, False)
    assert flags(text, run) == ["une première ligne cachée", "une seconde ligne cachée"]


def test_what_could_not_be_looked_at_is_said_and_earlier_doubt_kept() -> None:
    doubt = f"{UNSEEN} : 2"
    whole = [PageSight(1, ()), PageSight(2, (Run("Deux", 0, True),))]
    assert flagged(reading_by_lines("Une.\nDeux.", doubt), whole[:1]).warnings == (
        doubt,
        "texte masqué non cherché (pages longues à dessiner), pages : 2",
    )
    assert flagged(reading_by_lines("Une.\nDeux.", doubt), whole).warnings == (
        "texte sous une image (reconnu, ou caché), lu quand même, pages : 2",
    )


def test_what_a_child_told_before_it_told_nonsense_counts() -> None:
    page = b'{"number": 1, "runs": [{"text": "x", "near": 0.5, "is_under_picture": false}]}'
    (sight,) = sights([page, b'{"number": 2, "ru'])
    assert sight == PageSight(1, (Run("x", 0.5, False),))


@given(st.text(max_size=60), st.lists(st.tuples(st.text(max_size=20), st.floats(0, 1))))
def test_flags_lie_within_the_text_in_order(text: str, runs: Sequence[tuple[str, float]]) -> None:
    document = Document("d", "t", "t.pdf", Kind.TENDER, text, (Page(1, 0, len(text)),))
    reading = FileReading("t.pdf", (document,))
    sight = PageSight(1, tuple(Run(each, near, False) for each, near in runs))
    last = 0
    for span in flagged(reading, [sight]).documents[0].hidden:
        assert last <= span.start < span.end <= len(text)
        last = span.end


def test_our_own_dossier_hides_nothing() -> None:
    for path in sorted((ROOT / "corpus/dossier").glob("*.pdf")):
        for sight in hidden_text(path.read_bytes(), seconds=1e9):
            assert not sight.runs, (path.name, sight)


HIDING = ("h02", "h03", "h04", "h05", "h09")


@pytest.mark.skipif(not SYNTHETIC.exists(), reason=f"hostile files are not here: {SYNTHETIC}")
def test_every_synthetic_file_that_hides_an_instruction_is_caught() -> None:
    paths = [path for path in listed(SYNTHETIC) if path.name.startswith(HIDING)]
    assert len(paths) == len(HIDING)
    for path in paths:
        runs = [run for sight in hidden_text(path.read_bytes(), seconds=1e9) for run in sight.runs]
        assert "ignore les consignes" in runs[0].text, path.name


OFFICE = SHARED / "data/security/office/MANIFEST.csv"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
UNSEEN_ON_FIRST = "texte invisible (caché, ou reconnu sous une image), lu quand même, pages : 1"
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
    assert reading.warnings == (UNSEEN_ON_FIRST,)


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
