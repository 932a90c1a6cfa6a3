"""A paper: blocks that each format writes in its own way; HTML, Markdown, Word."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from docx import Document as WordDocument
from docx.document import Document as WordFile

from assistant.reports.charts import Bar, Interval, intervals, ranks, timeline
from assistant.reports.evaluation import style
from assistant.reports.findings import table
from assistant.reports.markup import Html, element, set_no_break_spaces

# A paper: blocks one after the other, which each format writes in its own way. Values.


@dataclass(frozen=True, slots=True)
class PaperHeading:
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
class PaperTable:
    """Rows under named columns, the first of which names the row.

    `widths` are the shares of the columns in the width of a sheet, all alike when there are none.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperFigure:
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
Block = PaperHeading | Paragraph | Items | PaperTable | PaperFigure | Chart


@dataclass(frozen=True, slots=True)
class Paper:
    """A dated paper; `about` is the line under its title."""

    title: str
    about: str
    made: date
    blocks: tuple[Block, ...]


UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def escape_markdown(text: str) -> str:
    """Text that Markdown shows as it is: no image, link target, HTML or emphasis in it. Pure."""
    for character in "\\`*_<>~|#!":
        text = text.replace(character, f"\\{character}")
    return text.replace("](", "]\\(")


def strip_controls(text: str) -> str:
    """Text without the control characters that XML refuses. Pure."""
    return UNPRINTABLE.sub("", text)


# A paper in Markdown; nothing in its text is read as markup. Pure.


def as_markdown(paper: Paper) -> bytes:
    """The paper; charts and drawings are left to the tables beside them."""
    blocks = (_block(each) for each in paper.blocks)
    parts = [
        f"# {escape_markdown(paper.title)}",
        f"*{escape_markdown(paper.about)}*",
        *filter(None, blocks),
    ]
    return ("\n\n".join(parts) + "\n").encode(errors="replace")


def _block(block: Block) -> str:
    match block:
        case PaperHeading(text, level):
            return f"{'#' * (level + 1)} {escape_markdown(text)}"
        case Paragraph(text):
            return escape_markdown(text)
        case Items(lines):
            return "\n".join(f"- {escape_markdown(line)}" for line in lines)
        case PaperTable(caption, columns, rows):
            ruler = "|".join(["---"] * len(columns))
            grid = [_row(columns), f"|{ruler}|", *map(_row, rows)]
            return f"**{escape_markdown(caption)}**\n\n" + "\n".join(grid)
        case _:
            return ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(escape_markdown(cell).replace(chr(10), '<br>') for cell in cells)} |"


# A paper as one HTML page that opens anywhere, loads nothing and prints well. Pure.

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Nothing is loaded and no script runs."""

PROSE = """
body { max-width: 64rem; }
h2 { margin-top: 3rem; }
main > p, main > ul { max-width: 46rem; }
table { width: 100%; }
.scroll + .scroll { margin-top: 1.75rem; }
figure { max-width: 46rem; margin: 1rem 0; }
td { white-space: pre-line; overflow-wrap: anywhere; min-width: 7rem; }
"""
"""Cells of a paper are sentences: they wrap, where those of the report are numbers."""


def as_html(paper: Paper) -> bytes:
    """The whole page, its contents first."""
    titles = [each for each in paper.blocks if isinstance(each, PaperHeading) and each.level == 1]
    contents = (element("li", element("a", each.text, href=f"#{_name(each)}")) for each in titles)
    body = element(
        "body",
        element(
            "header", element("h1", paper.title), element("p", set_no_break_spaces(paper.about))
        ),
        element("nav", element("ol", *contents), aria_label="Sommaire"),
        element("main", *map(block_html, paper.blocks)),
    )
    page = element("html", _head(paper.title), body, lang="fr")
    return f"<!doctype html>\n{page}\n".encode(errors="replace")


def block_html(block: Block) -> Html:
    """One block, which stands in any page that has the variables of the charts."""
    match block:
        case PaperHeading(text, level):
            return element(
                f"h{level + 1}", set_no_break_spaces(text), id=_name(block) if level == 1 else None
            )
        case Paragraph(text):
            return element("p", set_no_break_spaces(text))
        case Items(lines):
            return element("ul", *(element("li", set_no_break_spaces(line)) for line in lines))
        case PaperTable(caption, columns, rows):
            return table(caption, columns, [tuple(map(set_no_break_spaces, row)) for row in rows])
        case PaperFigure(svg):
            return element("figure", Html(svg))
        case Bars(title, found):
            return element("figure", Html(ranks(title, found)))
        case Shares(title, estimated):
            return element("figure", Html(intervals(title, estimated)))
        case Timeline(title, points):
            return element("figure", Html(timeline(title, points, _whole)))


def _whole(number: float) -> str:
    """A number of things on a scale, "" for what no number of things is."""
    return f"{number:g}" if number == int(number) else ""


def _name(heading: PaperHeading) -> str:
    """The fragment under which a part is found."""
    return "-".join("".join(c if c.isalnum() else " " for c in heading.text.lower()).split())


def _head(title: str) -> Html:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("title", title),
        element("style", Html(style() + PROSE)),
    )


# A paper as a Word file. Door of python-docx, for papers.


def as_docx(paper: Paper) -> bytes:
    """The paper; charts and drawings are left to the tables beside them."""
    file = WordDocument()
    file.core_properties.title = strip_controls(paper.title)
    file.core_properties.author = "Sourcier"
    file.core_properties.language = "fr-FR"
    file.add_heading(strip_controls(paper.title), level=0)
    file.add_paragraph(strip_controls(paper.about), style="Subtitle")
    for block in paper.blocks:
        _add(file, block)
    written = io.BytesIO()
    file.save(written)
    return written.getvalue()


def _add(file: WordFile, block: Block) -> None:
    match block:
        case PaperHeading(text, level):
            file.add_heading(strip_controls(text), level=level)
        case Paragraph(text):
            file.add_paragraph(strip_controls(text))
        case Items(lines):
            for line in lines:
                file.add_paragraph(strip_controls(line), style="List Bullet")
        case PaperTable():
            _add_table(file, block)
        case _:
            pass


def _add_table(file: WordFile, table: PaperTable) -> None:
    file.add_paragraph(strip_controls(table.caption), style="Caption")
    grid = file.add_table(rows=0, cols=len(table.columns), style="Light Grid Accent 1")
    for row in (table.columns, *table.rows):
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            cell.text = strip_controls(text)
