"""Pages of plain lines, as a PDF gives them, into blocks. Pure."""

from collections.abc import Mapping

from ingestion.documents import Block
from ingestion.headings import with_headings
from ingestion.reading.furniture import without_furniture
from ingestion.reading.paragraphs import Joiner


def blocks_of_pages(pages: Mapping[int, str]) -> tuple[Block, ...]:
    """Headings, paragraphs, items and rows of pages keyed by number (1-based, increasing)."""
    lines = without_furniture({number: text.split("\n") for number, text in pages.items()})
    joiner = Joiner.for_lines(line for page in lines.values() for line in page)
    blocks = [block for number, page in lines.items() for block in joiner.blocks(page, number)]
    return with_headings(blocks)
