"""Pages of plain lines, as a PDF gives them, into blocks. Pure."""

from collections.abc import Mapping

from ingestion.documents import Block, Role
from ingestion.headings import with_headings
from ingestion.reading.furniture import set_apart
from ingestion.reading.paragraphs import Joiner


def blocks_of_pages(pages: Mapping[int, str]) -> tuple[Block, ...]:
    """Headings, paragraphs, items and rows of pages keyed by number (1-based, increasing).

    Furniture comes last, so that what the pages say runs on from one to the next.
    """
    lines = set_apart({number: text.split("\n") for number, text in pages.items()})
    joiner = Joiner.for_lines(line for page in lines.body.values() for line in page)
    blocks = [block for number, page in lines.body.items() for block in joiner.blocks(page, number)]
    aside = (Block(line, Role.FURNITURE, page=number) for number, line in lines.aside)
    return (*with_headings(blocks), *aside)
