"""A paper: blocks that each format writes in its own way; HTML, Markdown, Word."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from docx import Document as WordDocument
from docx.document import Document as WordFile

from assistant.reports.charts import Chart, palette
from assistant.reports.markup import Html, render


@dataclass(frozen=True, slots=True)
class PaperHeading:
    """A title; level 1 opens a part, level 2 a point of it."""

    text: str
    level: int = 1

    @property
    def fragment(self) -> str:
        """The fragment of an address under which the part is found."""
        return "-".join("".join(c if c.isalnum() else " " for c in self.text.lower()).split())


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
    A table that `is_whole` stands on one sheet with its caption, where it fits on one.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class PaperFigure:
    """A drawing in SVG; formats that have no drawings leave it to the table that follows it."""

    svg: Html


Block = PaperHeading | Paragraph | Items | PaperTable | PaperFigure | Chart


@dataclass(frozen=True, slots=True)
class Paper:
    """A dated paper; `about` is the line under its title."""

    title: str
    about: str
    made: date
    blocks: tuple[Block, ...]


UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


_OPENING = re.compile(r"(?<![^\r\n])([ \t]*\d*)([-+=.)])(?=[-=\s]|$)")
"""What makes a line of Markdown an item, a rule, or a heading of the line above."""


_INNER_LINE = re.compile(r"(?<=[^\n])\n(?=[^\n])")
"""A break between two lines of a paragraph, which Markdown would join."""


def escape_markdown(text: str) -> str:
    """Text that Markdown shows as it is, a mark like "[1]" included. Pure.

    There is no image, link, target of links, HTML, emphasis, heading or list in it; its lines stay
    lines, items of a list with their dash.
    """
    for character in "\\`*_<>~|#!&":
        text = text.replace(character, f"\\{character}")
    inert = _OPENING.sub(r"\1\\\2", text.replace("](", "]\\(").replace("]:", "]\\:"))
    return _INNER_LINE.sub("\\\\\n", inert)


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
    told = ("<br>".join(map(escape_markdown, cell.split("\n"))) for cell in cells)
    return f"| {' | '.join(told)} |"


# A paper as one HTML page that opens anywhere, loads nothing and prints well. Pure.


def as_html(paper: Paper) -> bytes:
    """The whole page, its contents first."""
    parts = (each for each in paper.blocks if isinstance(each, PaperHeading) and each.level == 1)
    page = sheet(
        "paper.html",
        title=paper.title,
        contents=[(each.fragment, each.text) for each in parts],
        about=paper.about,
        blocks=[(type(each).__name__, each) for each in paper.blocks],
    )
    return page.encode(errors="replace")


def sheet(template: str, **values: object) -> str:
    """A page made from `sheet.html`: its `title`, its `contents`, and what its template needs."""
    style = files("assistant.reports").joinpath("style.css").read_text(encoding="utf-8")
    return f"{render(template, style=palette() + Html(style), **values)}\n"


def block_html(block: Block) -> Html:
    """One block, which stands in any page that has the variables of the charts."""
    return render("block.html", kind=type(block).__name__, block=block)


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
