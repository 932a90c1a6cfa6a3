"""What an article says, from the HTML of official sources to plain lines. Pure."""

from ingestion.reading import html
from ingestion.reading.content import UnreadableFile


def plain_lines(page: bytes) -> tuple[str, ...]:
    """The lines that a browser would show, cells between " | "; none when there is no text.

    The bytes are HTML in UTF-8.
    """
    try:
        (content,) = html.read(page).contents
    except UnreadableFile:
        return ()
    return tuple(block.text for block in content.blocks)
