"""A source laid out as a DOCX; the same source gives the same bytes."""

import zipfile
from datetime import datetime
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from tests.typeset.source import MARGIN_CM, Block, read

LAUNCHED = datetime(2026, 10, 8)
WORD_STYLES = {"title": "Title", "h1": "Heading 1", "h2": "Heading 2", "h3": "Heading 3"}
WORD_STYLES |= {"p": "Normal", "li": "List Bullet"}


def add_field(paragraph: Paragraph, instruction: str) -> None:
    """Append a field that Word computes, such as PAGE."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    paragraph._p.append(field)


def add_table(document: WordDocument, block: Block) -> None:
    """Append a bordered table whose first row, when it is a header, repeats on every page."""
    table = document.add_table(rows=0, cols=len(block.widths), style="Table Grid")
    table.autofit = False
    for cells in block.rows:
        row = table.add_row()
        for cell, (style, text), width in zip(row.cells, cells, block.widths, strict=True):
            cell.width, paragraph = Cm(width), cell.paragraphs[0]
            run = paragraph.add_run(text)
            run.bold, run.font.size = style == "th", Pt(9)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if style == "right" else None
        if all(style == "th" for style, _ in cells):
            row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    document.add_paragraph()


def to_docx(source: str) -> bytes:
    """Return the DOCX of a source."""
    head, content = read(source)
    document = Document()
    section, properties = document.sections[0], document.core_properties
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(MARGIN_CM)
    document.styles["Normal"].font.size = Pt(10.5)
    properties.title, properties.author = f"{head['sigle']} – {head['titre']}", head["acheteur"]
    properties.created = properties.modified = LAUNCHED
    section.header.paragraphs[0].text = f"{head['reference']} – {head['objet']}"
    footer = section.footer.paragraphs[0]
    footer.add_run(f"{head['acheteur']} – {head['sigle']} – Page ")
    add_field(footer, "PAGE")
    footer.add_run(" sur ")
    add_field(footer, "NUMPAGES")
    for block in content:
        if block.style == "table":
            add_table(document, block)
        else:
            document.add_paragraph(block.text, WORD_STYLES[block.style])
    out = BytesIO()
    document.save(out)
    return dated(out)


def dated(package: BytesIO) -> bytes:
    """Return a zip package again with one fixed time on every entry."""
    out = BytesIO()
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, LAUNCHED.timetuple()[:6])
            new.writestr(entry, old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
