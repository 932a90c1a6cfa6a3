"""Plain text: lines joined into paragraphs, headings recognised."""

from ingestion.headings import with_headings
from ingestion.reading.content import Content, FileContent, UnreadableFile
from ingestion.reading.encodings import decoded
from ingestion.reading.paragraphs import Joiner


def read(data: bytes) -> FileContent:
    """Read a text in any usual encoding; one that had to be guessed is said."""
    text, warnings = decoded(data)
    lines = text.split("\n")
    blocks = with_headings(tuple(Joiner.for_lines(lines).blocks(lines)))
    if not blocks:
        raise UnreadableFile("aucun texte dans le fichier")
    return FileContent((Content(blocks),), warnings)
