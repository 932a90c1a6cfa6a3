"""Charts of a PDF, drawn with real text. Door of reportlab, for charts."""

from collections.abc import Iterator, Sequence
from typing import Literal

from reportlab.graphics.shapes import Circle, Drawing, Line, Rect, Shape, String
from reportlab.lib.colors import Color, HexColor

from assistant.amount_charts import Bar
from assistant.charts import Interval
from assistant.papers.paper import Bars, Chart, Shares, Timeline

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
