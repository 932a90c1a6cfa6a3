"""A paper as a PDF: real text, bookmarks, page numbers. Door of reportlab."""

import io
from collections.abc import Iterator
from html import escape
from typing import Any

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

from assistant.charts import FONTS
from assistant.page.export import printable
from assistant.page.markup import unbroken
from assistant.papers.paper import (
    Bars,
    Block,
    Figure,
    Heading,
    Items,
    Paper,
    Paragraph,
    Shares,
    Table,
    Timeline,
)
from assistant.papers.pdf_charts import ACCENT, FONT, INK, QUIET, RULE, chart

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
    return _laid_out(paper, _laid_out(paper, 0)[1])[0]


def _laid_out(paper: Paper, pages: int) -> tuple[bytes, int]:
    """The file, each page numbered out of so many, and how many pages it has."""
    file = io.BytesIO()
    sheets = _Sheets(paper, file, pages)
    sheets.build(list(_story(paper)))
    return file.getvalue(), sheets.page


class _Sheets(BaseDocTemplate):
    """The sheets of a paper, whose parts are its bookmarks."""

    def __init__(self, paper: Paper, file: io.BytesIO, pages: int) -> None:
        super().__init__(
            file,
            pagesize=A4,
            title=printable(paper.title),
            author="Sourcier",
            subject=printable(paper.about),
            lang="fr-FR",
        )
        frame = Frame(MARGIN, MARGIN, WIDTH, A4[1] - 2 * MARGIN, 0, 0, 0, 0)
        self.addPageTemplates(PageTemplate("sheet", [frame], onPage=self._foot))
        self._line = printable(f"{paper.title} – {paper.made:%d/%m/%Y}")
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


def _story(paper: Paper) -> Iterator[Flowable]:
    yield Written(_markup(paper.title), _TITLE)
    yield Written(_markup(paper.about), _ABOUT)
    for block in paper.blocks:
        yield from _flowables(block)


def _flowables(block: Block) -> Iterator[Flowable]:
    match block:
        case Heading(text, level):
            yield CondPageBreak(40 * mm)
            yield Written(_markup(text), _LEVELS[level - 1])
        case Paragraph(text):
            yield Written(_markup(text), _BODY)
        case Items(lines):
            points = [Written(_markup(line), _BODY) for line in lines]
            yield ListFlowable(points, bulletType="bullet", start="–", leftIndent=12)
        case Table():
            yield CondPageBreak(25 * mm)
            yield Written(_markup(block.caption), _CAPTION)
            yield _grid(block)
            yield Spacer(0, 8)
        case Bars(title) | Shares(title) | Timeline(title):
            caption = Written(_markup(title), _CAPTION)
            yield KeepTogether([caption, chart(block, WIDTH), Spacer(0, 8)])
        case Figure():
            pass  # the table that follows says the same


def _grid(table: Table) -> Grid:
    shares = table.widths or (1,) * len(table.columns)
    rows = [[Written(_markup(each), _HEAD) for each in table.columns]]
    rows += [[Written(_markup(cell), _CELL) for cell in row] for row in table.rows]
    widths = [WIDTH * share / sum(shares) for share in shares]
    return Grid(rows, widths, repeatRows=1, splitInRow=1, style=_LINES)


def _markup(text: str) -> str:
    """Text that the library reads as it is, with French no-break spaces."""
    return escape(unbroken(printable(text)), quote=False).replace("\n", "<br/>")


def _load_fonts() -> None:
    for name in (FONT, "DejaVuSans-Bold", "DejaVuSerif-Bold"):
        registerFont(TTFont(name, FONTS / f"{name}.ttf"))
    registerFontFamily(FONT, normal=FONT, bold="DejaVuSans-Bold", italic=FONT, boldItalic=FONT)
