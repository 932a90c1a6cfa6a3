"""A paper in Markdown; nothing in its text is read as markup. Pure."""

from collections.abc import Sequence

from assistant.page.export import plain
from assistant.papers.paper import Block, Heading, Items, Paper, Paragraph, Table


def as_markdown(paper: Paper) -> bytes:
    """The paper; charts and drawings are left to the tables beside them."""
    blocks = (_block(each) for each in paper.blocks)
    parts = [f"# {plain(paper.title)}", f"*{plain(paper.about)}*", *filter(None, blocks)]
    return ("\n\n".join(parts) + "\n").encode(errors="replace")


def _block(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * (level + 1)} {plain(text)}"
        case Paragraph(text):
            return plain(text)
        case Items(lines):
            return "\n".join(f"- {plain(line)}" for line in lines)
        case Table(caption, columns, rows):
            ruler = "|".join(["---"] * len(columns))
            grid = [_row(columns), f"|{ruler}|", *map(_row, rows)]
            return f"**{plain(caption)}**\n\n" + "\n".join(grid)
        case _:
            return ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(plain(cell).replace(chr(10), '<br>') for cell in cells)} |"
