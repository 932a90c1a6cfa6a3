"""A paper as a PDF: real text, bookmarks, charts; formats by suffix. Door of reportlab."""

import io
from collections.abc import Iterator
from enum import StrEnum
from html import escape
from typing import Any

from pikepdf import Page, Pdf
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    ListFlowable,
    PageTemplate,
    Spacer,
)
from reportlab.platypus import Paragraph as Written
from reportlab.platypus import Table as Grid

from assistant.reports.charts import COLOURS, FONTS, PRINTED, Chart
from assistant.reports.markup import set_no_break_spaces
from assistant.reports.paper import (
    Block,
    Items,
    Paper,
    PaperFigure,
    PaperHeading,
    PaperTable,
    Paragraph,
    as_docx,
    as_html,
    as_markdown,
    strip_controls,
)

FONT = "DejaVuSans"
INK, QUIET, RULE, ACCENT = (HexColor(COLOURS[each]) for each in ("ink", "quiet", "rule", "accent"))

MARGIN = 20 * mm
WIDTH = A4[0] - 2 * MARGIN

_BODY = ParagraphStyle("body", fontName=FONT, fontSize=9.5, leading=14, textColor=INK, spaceAfter=6)
_TITLE = ParagraphStyle(
    "title", _BODY, fontName="DejaVuSerif-Bold", fontSize=20, leading=25, textColor=ACCENT
)
_ABOUT = ParagraphStyle("about", _BODY, textColor=QUIET, spaceAfter=10)
_PART = ParagraphStyle("part", _TITLE, fontSize=13.5, leading=18, spaceBefore=14)
_POINT = ParagraphStyle("point", _PART, fontSize=10.5, leading=14, spaceBefore=8)
_LEVELS = (_PART, _POINT)
_CAPTION = ParagraphStyle("caption", _BODY, fontSize=8, leading=11, textColor=QUIET)
_CELL = ParagraphStyle("cell", _BODY, fontSize=7.5, leading=10, spaceAfter=0, splitLongWords=1)
_HEAD = ParagraphStyle("head", _CELL, textColor=QUIET)
_LINES: list[Any] = [
    ("LINEBELOW", (0, 0), (-1, -1), 0.5, RULE),
    ("LINEBELOW", (0, 0), (-1, 0), 0.8, QUIET),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 6),
    ("TOPPADDING", (0, 0), (-1, -1), 3),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
]


def as_pdf(paper: Paper) -> bytes:
    """The paper on A4 sheets, laid out a first time to know how many there are."""
    _load_fonts()
    file, _ = _laid_out(paper, _laid_out(paper, 0)[1])
    written = io.BytesIO()
    with Pdf.open(file) as sheets:
        for page in sheets.pages:
            _put_charts(sheets, page, paper)
        sheets.save(written)
    return written.getvalue()


def _put_charts(sheets: Pdf, page: Page, paper: Paper) -> None:
    """Put each chart into the form that stands where it is to be."""
    for number, block in enumerate(paper.blocks):
        name = f"/FormXob.{number}"
        if isinstance(block, Chart) and name in page.form_xobjects:
            drawn = Pdf.open(io.BytesIO(block.pdf(WIDTH)))
            form = sheets.copy_foreign(drawn.pages[0].as_form_xobject())
            page.resources["/XObject"][name] = form


def _laid_out(paper: Paper, pages: int) -> tuple[io.BytesIO, int]:
    """The file, each page numbered out of so many, and how many pages it has."""
    file = io.BytesIO()
    sheets = _Sheets(paper, file, pages)
    sheets.build(list(_story(paper)))
    return file, sheets.page


class _Sheets(BaseDocTemplate):
    """The sheets of a paper, whose parts are its bookmarks."""

    def __init__(self, paper: Paper, file: io.BytesIO, pages: int) -> None:
        super().__init__(
            file,
            pagesize=A4,
            title=strip_controls(paper.title),
            author="Sourcier",
            subject=strip_controls(paper.about),
            lang="fr-FR",
        )
        frame = Frame(MARGIN, MARGIN, WIDTH, A4[1] - 2 * MARGIN, 0, 0, 0, 0)
        self.addPageTemplates(PageTemplate("sheet", [frame], onPage=self._foot))
        self._line = strip_controls(f"{paper.title} – {paper.made:%d/%m/%Y}")
        self._pages = pages
        self._parts = 0

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - the library's name
        """Put a title among the bookmarks once its page is known."""
        if isinstance(flowable, Written) and flowable.style in _LEVELS:
            self._parts += 1
            name = f"part-{self._parts}"
            self.canv.bookmarkPage(name)
            self.canv.addOutlineEntry(flowable.getPlainText(), name, _LEVELS.index(flowable.style))

    def _foot(self, canvas: Canvas, _: BaseDocTemplate) -> None:
        canvas.setFont(FONT, 7.5)
        canvas.setFillColor(QUIET)
        canvas.drawString(MARGIN, MARGIN / 2, self._line)
        canvas.drawRightString(A4[0] - MARGIN, MARGIN / 2, f"{self.page} / {self._pages}")


class _ChartPlace(Flowable):
    """The place of a chart: a form that is empty yet, by the number of its block."""

    def __init__(self, chart: Chart, number: int) -> None:
        super().__init__()
        self.width, self.height = WIDTH, chart.printed_height
        self._name = str(number)

    def draw(self) -> None:
        """Leave the form, as large as the sheet of the chart."""
        self.canv.scale(PRINTED, PRINTED)
        self.canv.beginForm(self._name, 0, 0, self.width / PRINTED, self.height / PRINTED)
        self.canv.endForm()
        self.canv.doForm(self._name)


def _story(paper: Paper) -> Iterator[Flowable]:
    yield Written(_markup(paper.title), _TITLE)
    yield Written(_markup(paper.about), _ABOUT)
    for number, block in enumerate(paper.blocks):
        yield from _flowables(block, number)


def _flowables(block: Block, number: int) -> Iterator[Flowable]:
    match block:
        case PaperHeading(text, level):
            yield CondPageBreak(40 * mm)
            yield Written(_markup(text), _LEVELS[level - 1])
        case Paragraph(text):
            yield Written(_markup(text), _BODY)
        case Items(lines):
            points = [Written(_markup(line), _BODY) for line in lines]
            yield ListFlowable(points, bulletType="bullet", start="–", leftIndent=12)
        case PaperTable():
            parts = [Written(_markup(block.caption), _CAPTION), _grid(block), Spacer(0, 8)]
            if block.is_whole:
                yield KeepTogether(parts)
            else:
                yield CondPageBreak(25 * mm)
                yield from parts
        case Chart():
            caption = Written(_markup(block.title), _CAPTION)
            yield KeepTogether([caption, _ChartPlace(block, number), Spacer(0, 8)])
        case PaperFigure():
            pass  # the table that follows says the same


def _grid(table: PaperTable) -> Grid:
    shares = table.widths or (1,) * len(table.columns)
    rows = [[Written(_markup(each), _HEAD) for each in table.columns]]
    rows += [[Written(_markup(cell), _CELL) for cell in row] for row in table.rows]
    widths = [WIDTH * share / sum(shares) for share in shares]
    return Grid(rows, widths, repeatRows=1, splitInRow=1, style=_LINES)


def _markup(text: str) -> str:
    """Text that the library reads as it is, with French no-break spaces."""
    return escape(set_no_break_spaces(strip_controls(text)), quote=False).replace("\n", "<br/>")


def _load_fonts() -> None:
    for name in (FONT, "DejaVuSans-Bold", "DejaVuSerif-Bold"):
        registerFont(TTFont(name, FONTS / f"{name}.ttf"))
    registerFontFamily(FONT, normal=FONT, bold="DejaVuSans-Bold", italic=FONT, boldItalic=FONT)


# The formats of a paper, by the suffix of the file.


class PaperFormat(StrEnum):
    """What a paper is written as; the value is the suffix of the file."""

    HTML = "html"
    DOCX = "docx"
    PDF = "pdf"
    MARKDOWN = "md"


def rendered(paper: Paper, paper_format: PaperFormat) -> bytes:
    """The paper as a file."""
    match paper_format:
        case PaperFormat.HTML:
            return as_html(paper)
        case PaperFormat.DOCX:
            return as_docx(paper)
        case PaperFormat.PDF:
            return as_pdf(paper)
        case PaperFormat.MARKDOWN:
            return as_markdown(paper)
