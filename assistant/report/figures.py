"""Figures: a chart and the table of its numbers, side by side. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.charts import Interval, intervals
from assistant.confidence import Estimate
from assistant.findings import NONE, counted, interval, percent
from assistant.page.markup import Html, element, joined, unbroken
from assistant.page.table import table as page_table


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report; `name` is what the contents lead to."""

    name: str
    title: str
    body: Html

    @property
    def html(self) -> Html:
        """The part under its title."""
        return element("section", element("h2", self.title), self.body, id=self.name)


def section(name: str, title: str, *children: str) -> Section:
    """A part made of these pieces."""
    return Section(name, title, joined(children))


def note(text: str) -> Html:
    """A paragraph that explains."""
    return element("p", unbroken(text), class_="note")


def table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Html:
    """A table whose first column names the rows; it scrolls in its own frame when it is wide."""
    built = page_table(heads, rows, caption, names_rows=True, shows_caption=True)
    return element("div", built, class_="scroll", tabindex=0, role="group", aria_label=caption)


def side_by_side(chart: str, numbers: Html) -> Html:
    """A chart, which is SVG, and its numbers."""
    return element("div", element("figure", Html(chart)), numbers, class_="beside")


def estimated(caption: str, rows: Sequence[tuple[str, Estimate | None]]) -> Html:
    """Estimates with their intervals, as a chart and as a table; those without value in it only."""
    drawn = [
        Interval(label, each.low, each.value, each.high, percent(each.value))
        for label, each in rows
        if each
    ]
    numbers = table(
        caption,
        ("", "Valeur", "Intervalle à 95 %", "Compté"),
        [
            (label, percent(each.value), interval(each), counted(each))
            if each
            else (label, NONE, NONE, NONE)
            for label, each in rows
        ],
    )
    return side_by_side(intervals(caption, drawn), numbers) if drawn else numbers
