"""A paper as a PDF: real text, bookmarks, charts; formats by suffix. Door of reportlab."""

import io
from collections.abc import Iterator, Sequence
from enum import StrEnum
from html import escape
from typing import Any, Literal

from reportlab.graphics.shapes import Circle, Drawing, Line, Rect, Shape, String
from reportlab.lib.colors import Color, HexColor
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

from assistant.reports.charts import FONTS, Bar, Interval
from assistant.reports.markup import set_no_break_spaces
from assistant.reports.paper import (
    Bars,
    Block,
    Chart,
    Items,
    Paper,
    PaperFigure,
    PaperHeading,
    PaperTable,
    Paragraph,
    Shares,
    Timeline,
    strip_controls,
)

# Charts of a PDF, drawn with real text. Door of reportlab, for charts.

FONT = "DejaVuSans"
INK, QUIET, RULE, ACCENT = map(HexColor, ("#1c1e23", "#5b606b", "#e2ded3", "#24508f"))
BAND = HexColor("#c3d0e4")

_ROW = 26.0
_TALL = 110.0
_SMALL = 8.0
_NAMED = 8
"""Points: a row of a chart, the columns of a timeline, its text; labels side by side."""


def chart(block: Chart, width: float) -> Drawing:
    """The drawing of a chart as wide as that, in points."""
    match block:
        case Bars(_, rows):
            return _rows(rows, width, max((row.value for row in rows), default=0) or 1)
        case Shares(_, rows):
            return _rows(rows, width, 1)
        case Timeline(_, points):
            return _columns(points, width)


def _rows(rows: Sequence[Bar | Interval], width: float, most: float) -> Drawing:
    drawing = Drawing(width, _ROW * len(rows) + 4)
    scale = width / most
    for position, row in enumerate(rows, 1):
        bottom = drawing.height - _ROW * position
        drawing.add(_text(0, bottom + 14, row.label, INK))
        drawing.add(_text(width, bottom + 14, row.said, QUIET, "end"))
        for shape in _marks(row, bottom + 5, scale, width):
            drawing.add(shape)
    return drawing


def _marks(row: Bar | Interval, height: float, scale: float, width: float) -> Iterator[Shape]:
    yield _box(0, height - 2.5, width, 5, RULE)
    if isinstance(row, Interval):
        across = (row.high - row.low) * scale
        yield _box(row.low * scale, height - 2.5, across, 5, BAND)
        yield Circle(row.value * scale, height, 3.5, fillColor=ACCENT, strokeColor=None)
    else:
        yield _box(0, height - 2.5, row.value * scale, 5, ACCENT)


def _columns(points: Sequence[Bar], width: float) -> Drawing:
    """Columns from left to right, the highest with its number, some with their day."""
    drawing = Drawing(width, _TALL)
    most = max((point.value for point in points), default=0)
    foot, step = 14.0, -(-len(points) // _NAMED)
    across = width / max(len(points), 1)
    drawing.add(Line(0, foot, width, foot, strokeColor=RULE))
    for position, point in enumerate(points):
        tall = (_TALL - foot - 14) * point.value / (most or 1)
        left = position * across
        drawing.add(_box(left + 0.15 * across, foot, 0.7 * across, tall, ACCENT))
        middle = left + across / 2
        if point.value and (len(points) <= 2 * _NAMED or point.value == most):
            drawing.add(_text(middle, foot + tall + 3, point.said, QUIET, "middle"))
        if position % step == 0:
            drawing.add(_text(left + 0.15 * across, 2, point.label, QUIET))
    return drawing


def _box(x: float, y: float, width: float, height: float, colour: Color) -> Rect:
    box = Rect(x, y, width, height)
    box.fillColor, box.strokeColor = colour, None
    return box


def _text(
    x: float,
    y: float,
    text: str,
    colour: Color,
    anchor: Literal["start", "middle", "end"] = "start",
) -> String:
    return String(x, y, text, fontName=FONT, fontSize=_SMALL, fillColor=colour, textAnchor=anchor)


# A paper as a PDF: real text, bookmarks, page numbers. Door of reportlab.

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


def _story(paper: Paper) -> Iterator[Flowable]:
    yield Written(_markup(paper.title), _TITLE)
    yield Written(_markup(paper.about), _ABOUT)
    for block in paper.blocks:
        yield from _flowables(block)


def _flowables(block: Block) -> Iterator[Flowable]:
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
            yield CondPageBreak(25 * mm)
            yield Written(_markup(block.caption), _CAPTION)
            yield _grid(block)
            yield Spacer(0, 8)
        case Bars(title) | Shares(title) | Timeline(title):
            caption = Written(_markup(title), _CAPTION)
            yield KeepTogether([caption, chart(block, WIDTH), Spacer(0, 8)])
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
            from assistant.reports.paper import as_html

            return as_html(paper)
        case PaperFormat.DOCX:
            from assistant.reports.paper import as_docx

            return as_docx(paper)
        case PaperFormat.PDF:
            return as_pdf(paper)
        case PaperFormat.MARKDOWN:
            from assistant.reports.paper import as_markdown

            return as_markdown(paper)
