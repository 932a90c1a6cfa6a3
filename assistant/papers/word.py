"""A paper as a Word file. Door of python-docx, for papers."""

import io

from docx import Document as WordDocument
from docx.document import Document as WordFile

from assistant.page.export import printable
from assistant.papers.paper import Block, Heading, Items, Paper, Paragraph, Table


def as_docx(paper: Paper) -> bytes:
    """The paper; charts and drawings are left to the tables beside them."""
    file = WordDocument()
    file.core_properties.title = printable(paper.title)
    file.core_properties.author = "Sourcier"
    file.core_properties.language = "fr-FR"
    file.add_heading(printable(paper.title), level=0)
    file.add_paragraph(printable(paper.about), style="Subtitle")
    for block in paper.blocks:
        _add(file, block)
    written = io.BytesIO()
    file.save(written)
    return written.getvalue()


def _add(file: WordFile, block: Block) -> None:
    match block:
        case Heading(text, level):
            file.add_heading(printable(text), level=level)
        case Paragraph(text):
            file.add_paragraph(printable(text))
        case Items(lines):
            for line in lines:
                file.add_paragraph(printable(line), style="List Bullet")
        case Table():
            _add_table(file, block)
        case _:
            pass


def _add_table(file: WordFile, table: Table) -> None:
    file.add_paragraph(printable(table.caption), style="Caption")
    grid = file.add_table(rows=0, cols=len(table.columns), style="Light Grid Accent 1")
    for row in (table.columns, *table.rows):
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            cell.text = printable(text)
