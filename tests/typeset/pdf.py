"""A source laid out as a PDF; the same source gives the same bytes."""

from functools import partial
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib import colors, pagesizes
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table, TableStyle

from tests.typeset.source import MARGIN_CM, WIDTH_CM, Block, read

FRAME_PADDING = 6  # points that platypus adds inside its margins
BLUE = colors.HexColor("#1f3a5f")
BODY = ParagraphStyle("p", fontSize=10.5, leading=14.5, spaceAfter=7, alignment=TA_JUSTIFY)
CELL = ParagraphStyle("td", fontSize=9, leading=11.5)
BOLD = ParagraphStyle("th", CELL, fontName="Helvetica-Bold", spaceBefore=6, keepWithNext=1)
STYLES = {
    "title": ParagraphStyle("title", BOLD, fontSize=18, leading=23, alignment=TA_CENTER),
    "h1": ParagraphStyle("h1", BOLD, fontSize=14, leading=20, textColor=BLUE, spaceBefore=16),
    "h2": ParagraphStyle("h2", BOLD, fontSize=12, leading=17, spaceBefore=12),
    "h3": ParagraphStyle("h3", BOLD, fontSize=10.5, leading=15, textColor=BLUE, spaceAfter=3),
    "p": BODY,
    "li": ParagraphStyle("li", BODY, leftIndent=16, bulletIndent=5, spaceAfter=4),
    "td": CELL,
    "right": ParagraphStyle("right", CELL, alignment=TA_RIGHT),
    "th": BOLD,
}

GRID = TableStyle(
    [("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
)
HEADED = TableStyle([("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#e4eaf2"))], GRID)


def flow(block: Block) -> Flowable:
    """Return the block as reportlab lays it out."""
    if block.style != "table":
        bullet = "–" if block.style == "li" else None
        return Paragraph(escape(block.text), STYLES[block.style], bulletText=bullet)
    cells = [[Paragraph(escape(text), STYLES[style]) for style, text in row] for row in block.rows]
    headed = all(style == "th" for style, _ in block.rows[0])
    widths = [width * cm for width in block.widths]
    style = HEADED if headed else GRID
    return Table(cells, widths, None, style, int(headed), spaceBefore=4, spaceAfter=10)


def margins(head: dict[str, str], pages: int, canvas: Canvas, document: SimpleDocTemplate) -> None:
    """Draw the header and the footer that every page of a PDF repeats."""
    canvas.setFont("Helvetica", 8)
    left, right, top = MARGIN_CM * cm, (MARGIN_CM + WIDTH_CM) * cm, pagesizes.A4[1] - 1.4 * cm
    canvas.drawString(left, top, head["reference"])
    canvas.drawRightString(right, top, head["objet"])
    canvas.line(left, top - 5, right, top - 5)
    footer = f"{head['acheteur']} – {head['sigle']} – Page {document.page} sur {pages}"
    canvas.drawCentredString((left + right) / 2, 1.2 * cm, footer)


def to_pdf(source: str) -> bytes:
    """Return the PDF of a source; it is laid out twice, since the footer tells the page count."""
    head, content = read(source)
    pages = 0
    for _ in range(2):
        out = BytesIO()
        document = SimpleDocTemplate(out, pagesize=pagesizes.A4, invariant=1, lang="fr")
        document.title, document.author = f"{head['sigle']} – {head['titre']}", head["acheteur"]
        document.leftMargin = document.rightMargin = MARGIN_CM * cm - FRAME_PADDING
        draw = partial(margins, head, pages)
        document.build([flow(block) for block in content], onFirstPage=draw, onLaterPages=draw)
        pages = document.page
    return out.getvalue()
