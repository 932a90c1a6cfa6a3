"""Charts: measures and amounts in a page or on a sheet, with real text. Door of matplotlib."""

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any

from matplotlib import get_data_path, rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from assistant.confidence import Estimate
from assistant.reports.findings import percent
from assistant.reports.markup import Html, render

# A chart: what it says in words, and its drawing in a page or on a sheet.
#
# In a page, colours are its variables (`--ink`, `--quiet`, `--rule`, `--accent`, and `--alert`
# where something is late), so that a chart follows light, dark and print. The numbers stand beside
# it too, in a table.

FONTS = Path(get_data_path()) / "fonts" / "ttf"
"""The fonts that come with the library, wherever the program runs."""

WIDTH = 5.0
ROW = 0.56
AXIS = 0.32
"""Inches of 72 units of the drawing: a whole row and the scale are readable on a phone."""

PRINTED = 2 / 3
"""Size on a sheet, where the text of a chart has 8 points, of what has one in a page."""

COLOURS = {
    "ink": "#1c1e23",
    "quiet": "#5b606b",
    "rule": "#e2ded3",
    "accent": "#24508f",
    "alert": "#8d2b20",
}
"""Those of palette.css in light, by their variable: a page puts its own instead."""

INK, QUIET, RULE, ACCENT, ALERT = COLOURS.values()


def palette() -> Html:
    """The colours and the fonts of all pages, as a style."""
    file = files("assistant.web").joinpath("static", "palette.css")
    return Html(file.read_text(encoding="utf-8"))


_STYLE: dict[Any, Any] = {
    "lines.solid_capstyle": "butt",  # a band ends where its interval does
    "svg.fonttype": "none",
    "pdf.fonttype": 42,  # its text can be copied, and searched
    "font.family": "DejaVu Sans",  # comes with matplotlib; what is shown is in the page's font
    "font.size": 12,
    "text.parse_math": False,
    "xtick.labelcolor": QUIET,
}
_METADATA = ("Date", "Creator", "Format", "Type")
_SIZE = re.compile(r' width="[^"]*" height="[^"]*"')
_SHEET = re.compile(r"<style.*?</style>")  # would be that of the whole page
_NAMED = re.compile(r'(?<=<g) id="[^"]*"')
_FONT = re.compile(r"font-family: [^;\"]*")
_PAINT = re.compile(r' (?:style|fill|stroke)="[^"<>]*"(?=[^<>]*>)')  # in a tag, not in a label
_SHORTEST = 0.001  # a logarithm has no zero
_WIDE = 200  # times the shortest: room for one mark a decade only
MARGIN = 0.05  # of the width, where half of "100 %" finds room
_LONGEST = 36  # characters of a label that leave room for what it says
_drawing = Lock()


@dataclass(frozen=True, slots=True)
class Chart:
    """What `draw` draws above a scale, said by a title and words.

    `height`, and `axis` which is the part of it that the scale takes, are in inches.
    """

    title: str
    said: str
    height: float
    draw: Callable[[Axes], None]
    axis: float = AXIS

    @property
    def svg(self) -> Html:
        """An element of a page, as wide as what holds it, which is read by its title and words."""
        return self._element()

    @property
    def image(self) -> Html:
        """An image of its own, which brings the colours that a page would give it."""
        return self._element(palette())

    def _element(self, style: str = "") -> Html:
        drawn = self._drawn("svg", WIDTH).decode()
        svg = _SIZE.sub("", drawn[drawn.index("<svg") :], count=1)
        svg = _PAINT.sub(_of_page, _NAMED.sub("", _SHEET.sub("", svg)))
        attributes, drawing = map(Html, svg.removeprefix("<svg").split(">", 1))
        name = f"chart-{sha256(self.title.encode()).hexdigest()[:8]}"
        return render(
            "chart.html",
            chart=self,
            name=name,
            style=style,
            attributes=attributes,
            drawing=drawing,
        )

    @property
    def printed_height(self) -> float:
        """How high it is on a sheet, in points."""
        return self.height * 72 * PRINTED

    def pdf(self, width: float) -> bytes:
        """A sheet of its own, so many points wide, to be laid on another."""
        return self._drawn("pdf", width / 72 / PRINTED)

    def _drawn(self, file_format: str, width: float) -> bytes:
        """A file of so many inches. One at a time: the style is that of the whole process."""
        written = io.BytesIO()
        with _drawing, rc_context(_STYLE | {"svg.hashsalt": self.title}):
            figure = Figure(figsize=(width, self.height), facecolor="none")
            share = self.axis / self.height
            axes = figure.add_axes((0, share, 1, 1 - share), facecolor="none")
            axes.spines[:].set_visible(False)
            axes.tick_params(axis="x", length=0)
            axes.grid(axis="x", color=RULE, linewidth=0.8)
            axes.set_axisbelow(True)
            self.draw(axes)
            unsaid = dict.fromkeys(_METADATA) if file_format == "svg" else {}
            figure.savefig(written, format=file_format, metadata=unsaid)
        return written.getvalue()


def _of_page(paint: re.Match[str]) -> str:
    """An attribute that paints, with the font and the colours of the page."""
    painted = _FONT.sub("font-family: var(--sans)", paint[0])
    for variable, colour in COLOURS.items():
        painted = painted.replace(colour, f"var(--{variable})")
    return painted


# Rows: what charts are drawn from, each with a label and its values in words.


@dataclass(frozen=True, slots=True)
class Interval:
    """A row: a label, a value between two others, all from 0 to 1, and the value in words."""

    label: str
    low: float
    value: float
    high: float
    said: str


@dataclass(frozen=True, slots=True)
class Shift:
    """A row: a label, a value before and after, from 0 to 1, and both in words."""

    label: str
    before: float
    after: float
    said: str


@dataclass(frozen=True, slots=True)
class Spread:
    """A row: a label, durations in seconds, their median and 95th percentile, both in words."""

    label: str
    values: tuple[float, ...]
    median: float
    high: float
    said: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A label, a value, and the value in words."""

    label: str
    value: float
    said: str


@dataclass(frozen=True, slots=True)
class Stack:
    """A label, a value for each part of its whole, and the whole in words."""

    label: str
    parts: tuple[float, ...]
    said: str


@dataclass(frozen=True, slots=True)
class ChartPart:
    """A part that every stack has: its name, and whether it is what should not be."""

    name: str
    is_alarming: bool


Row = Interval | Shift | Spread | Bar | Stack


# Charts of measures: intervals, shifts and spreads, a line a row.


def intervals(title: str, rows: Sequence[Interval]) -> Chart:
    """Each value as a dot on its interval, from 0 to 100 %."""

    def draw(axes: Axes) -> None:
        _percents(axes)
        for height, row in enumerate(rows):
            _mark(axes, height, (row.low, row.high), row.value)

    return _chart(title, rows, draw)


def estimates_chart(title: str, rows: Sequence[tuple[str, Estimate | None]]) -> Chart | None:
    """Estimates on their intervals, if enough was counted; None where none has a value."""
    known = [_interval(label, each) for label, each in rows if each]
    return intervals(title, known) if known else None


def _interval(label: str, each: Estimate) -> Interval:
    low, high = (each.low, each.high) if each.is_telling else (each.value, each.value)
    return Interval(label, low, each.value, high, f"{percent(each.value)} (n = {each.whole})")


def shifts(title: str, rows: Sequence[Shift]) -> Chart:
    """Each value before, hollow, and after, full, from 0 to 100 %."""

    def draw(axes: Axes) -> None:
        _percents(axes)
        for height, row in enumerate(rows):
            _mark(axes, height, (row.before, row.after), row.after)
            axes.plot([row.before], [height], "o", color=QUIET, fillstyle="none", markersize=10)

    return _chart(title, rows, draw)


def spreads(title: str, rows: Sequence[Spread]) -> Chart:
    """Each duration as a thin line, the median and the 95th percentile as thick ones, log scale."""
    known = [max(value, _SHORTEST) for row in rows for value in row.values]
    low, high = min(known), max(known)

    def draw(axes: Axes) -> None:
        axes.set_xscale("log")
        axes.set_xlim(low / 1.2, high * 1.2)
        axes.xaxis.set_major_locator(LogLocator(subs=(1,) if high / low > _WIDE else (1, 2, 5)))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g} s".replace(".", ","))
        axes.minorticks_off()
        for height, row in enumerate(rows):
            values = [max(value, _SHORTEST) for value in row.values]
            axes.vlines(values, height - 0.12, height + 0.12, color=ACCENT, alpha=0.35)
            marks = [max(row.median, _SHORTEST), max(row.high, _SHORTEST)]
            axes.vlines(marks, height - 0.2, height + 0.2, color=INK, linewidth=2.5)

    return _chart(title, rows, draw)


def _mark(axes: Axes, height: int, ends: tuple[float, float], value: float) -> None:
    """A dot at a value, on a pale line from one end to the other."""
    axes.plot(ends, [height] * 2, color=ACCENT, linewidth=4, alpha=0.3)
    axes.plot([value], [height], "o", color=ACCENT, markersize=8)


def _percents(axes: Axes) -> None:
    reach = MARGIN / (1 - 2 * MARGIN)
    axes.set_xlim(-reach, 1 + reach)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])


def _chart(
    title: str, rows: Sequence[Row], draw: Callable[[Axes], None], axis: float = AXIS
) -> Chart:
    """A line a row, the first on top: its label and what it says, above what `draw` puts there."""

    def draw_rows(axes: Axes) -> None:
        draw(axes)
        label_rows(axes, rows)

    return Chart(title, _said(rows), ROW * len(rows) + axis, draw_rows, axis)


def label_rows(axes: Axes, rows: Sequence[Row]) -> None:
    """Write the label and the words of each row above its place, the first on top."""
    axes.set_ylim(len(rows) - 0.65, -0.65)
    axes.set_yticks([])
    across = axes.get_yaxis_transform()
    for position, row in enumerate(rows):
        above = position - 0.33
        axes.text(MARGIN, above, short(row.label), transform=across, ha="left", color=INK)
        axes.text(1 - MARGIN, above, row.said, transform=across, ha="right", color=QUIET)


def short(label: str) -> str:
    """A label that fits, its middle left out when it is long: paths and titles keep both ends."""
    half = _LONGEST // 2
    return label if len(label) <= _LONGEST else f"{label[:half]}…{label[-half:]}"


# Charts of amounts and counts; those below zero are drawn on the other side of a line.

_TALL = 2.6
_MOST_LABELS = 7
_KEY = 0.3
_SHADES = (0.85, 0.45, 1.0, 0.65, 0.35)


def ranks(title: str, rows: Sequence[Bar]) -> Chart:
    """A horizontal bar a row, in their order."""

    def draw(axes: Axes) -> None:
        values = [row.value for row in rows]
        _across(axes, min([0.0, *values]), max([0.0, *values]))
        axes.barh(range(len(rows)), values, height=0.3, color=ACCENT, alpha=0.8)

    return _chart(title, rows, draw, axis=0)


def whole(number: float) -> str:
    """A number of things on a scale, "" for what no number of things is."""
    return f"{number:g}" if number == int(number) else ""


def timeline(title: str, rows: Sequence[Bar], scale: Callable[[float], str] = whole) -> Chart:
    """A column a period from left to right; `scale` writes a value of the vertical scale."""

    def draw(axes: Axes) -> None:
        values = [row.value for row in rows]
        axes.bar(range(len(rows)), values, width=0.72, color=ACCENT, alpha=0.8)
        axes.set_xlim(-0.6 - 0.12 * len(rows), len(rows) - 0.4)
        low, high = min([0.0, *values]), max([0.0, *values]) or 1.0
        axes.set_ylim(low * 1.1, high * 1.15)
        axes.grid(visible=False, axis="x")
        axes.locator_params(axis="y", nbins=4)
        across = axes.get_yaxis_transform()
        for value in axes.get_yticks():
            if low <= value <= high:
                axes.axhline(value, color=RULE if value else QUIET, linewidth=0.8, zorder=0)
                axes.text(0, value, scale(value), transform=across, va="bottom", color=QUIET)
        axes.set_yticks([])
        shown = range(0, len(rows), -(-len(rows) // _MOST_LABELS) if rows else 1)
        axes.set_xticks(list(shown), [rows[place].label for place in shown])

    return Chart(title, _said(rows), _TALL, draw)


def ageing(title: str, parts: Sequence[ChartPart], rows: Sequence[Stack]) -> Chart:
    """A bar a row, made of its parts in their order, with the key of the parts below."""

    def draw(axes: Axes) -> None:
        _across(axes, 0.0, max([1.0, *(sum(row.parts) for row in rows)]))
        for position, row in enumerate(rows):
            left = 0.0
            for place, (part, value) in enumerate(zip(parts, row.parts, strict=True)):
                axes.barh(position, value, left=left, height=0.3, color=_fill(part, place))
                left += value
        label_rows(axes, rows)
        axes.set_ylim(len(rows) - 0.65 + len(parts) * _KEY / ROW + 0.2, -0.65)
        below = axes.get_yaxis_transform()
        for place, part in enumerate(parts):
            height, color = len(rows) - 0.35 + place * _KEY / ROW, _fill(part, place)
            axes.barh(height, 0.04, left=MARGIN, height=0.3, transform=below, color=color)
            axes.text(MARGIN + 0.06, height, part.name, transform=below, va="center", color=INK)

    height = ROW * len(rows) + _KEY * len(parts) + 0.2
    return Chart(title, _said(rows), height, draw, axis=0)


def _fill(part: ChartPart, place: int) -> tuple[str, float]:
    """The colour of a part and how much of it shows."""
    return ALERT if part.is_alarming else ACCENT, _SHADES[place % len(_SHADES)]


def _across(axes: Axes, low: float, high: float) -> None:
    """Zero and the highest value at the margins, and no scale: the rows say their values."""
    span = (high - low) or 1.0
    reach = span * MARGIN / (1 - 2 * MARGIN)
    axes.set_xlim(low - reach, high + reach)
    axes.set_xticks([])
    if low < 0:
        axes.axvline(0, color=QUIET, linewidth=0.8)


def _said(rows: Sequence[Row]) -> str:
    return " ; ".join(f"{row.label} : {row.said}" for row in rows)
