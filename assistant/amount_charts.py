"""Charts of amounts and counts: ranks, shares, time and ageing, as `charts` draws them.

Values of which a part is below zero are drawn on both sides of a line at zero.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from assistant.charts import ACCENT, ALERT, INK, MARGIN, QUIET, ROW, RULE, drawing, label_rows

_TALL = 2.6
_MOST_LABELS = 7
_KEY = 0.3
_SHADES = (0.85, 0.45, 1.0, 0.65, 0.35)


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
class Part:
    """A part that every stack has: its name, and whether it is what should not be."""

    name: str
    is_alarming: bool


def ranks(title: str, rows: Sequence[Bar]) -> str:
    """A horizontal bar a row, in their order."""

    def draw(axes: Axes) -> None:
        values = [row.value for row in rows]
        _across(axes, min([0.0, *values]), max([0.0, *values]))
        axes.barh(range(len(rows)), values, height=0.3, color=ACCENT, alpha=0.8)
        label_rows(axes, [(row.label, row.said) for row in rows])

    return drawing(title, _said(rows), ROW * len(rows), draw, axis=0)


def timeline(title: str, rows: Sequence[Bar], scale: Callable[[float], str]) -> str:
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

    return drawing(title, _said(rows), _TALL, draw)


def ageing(title: str, parts: Sequence[Part], rows: Sequence[Stack]) -> str:
    """A bar a row, made of its parts in their order, with the key of the parts below."""

    def draw(axes: Axes) -> None:
        _across(axes, 0.0, max([1.0, *(sum(row.parts) for row in rows)]))
        for position, row in enumerate(rows):
            left = 0.0
            for place, (part, value) in enumerate(zip(parts, row.parts, strict=True)):
                axes.barh(position, value, left=left, height=0.3, color=_fill(part, place))
                left += value
        label_rows(axes, [(row.label, row.said) for row in rows])
        axes.set_ylim(len(rows) - 0.65 + len(parts) * _KEY / ROW + 0.2, -0.65)
        below = axes.get_yaxis_transform()
        for place, part in enumerate(parts):
            height = len(rows) - 0.35 + place * _KEY / ROW
            axes.barh(
                height, 0.04, left=MARGIN, height=0.3, transform=below, color=_fill(part, place)
            )
            axes.text(MARGIN + 0.06, height, part.name, transform=below, va="center", color=INK)

    height = ROW * len(rows) + _KEY * len(parts) + 0.2
    return drawing(title, _said(rows), height, draw, axis=0)


def _fill(part: Part, place: int) -> tuple[str, float]:
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


def _said(rows: Sequence[Bar] | Sequence[Stack]) -> str:
    return " ; ".join(f"{row.label} : {row.said}" for row in rows)
