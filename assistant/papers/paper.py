"""A paper: blocks one after the other, which each format writes in its own way. Values."""

from dataclasses import dataclass
from datetime import date

from assistant.amount_charts import Bar
from assistant.charts import Interval


@dataclass(frozen=True, slots=True)
class Heading:
    """A title; level 1 opens a part, level 2 a point of it."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some prose."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list without order."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns, the first of which names the row.

    `widths` are the shares of the columns in the width of a sheet, all alike when there are none.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing in SVG; formats that have no drawings leave it to the table that follows it."""

    svg: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Numbers of things, one bar a row."""

    title: str
    rows: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares with their intervals, one a row."""

    title: str
    rows: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Numbers of things in time, the earliest first."""

    title: str
    points: tuple[Bar, ...]


Chart = Bars | Shares | Timeline
Block = Heading | Paragraph | Items | Table | Figure | Chart


@dataclass(frozen=True, slots=True)
class Paper:
    """A dated paper; `about` is the line under its title."""

    title: str
    about: str
    made: date
    blocks: tuple[Block, ...]
