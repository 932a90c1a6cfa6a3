"""CSV and TSV: one line of text a row, so that a line's number is the row's in a spreadsheet."""

import csv
import io

from ingestion.documents import Block, Role
from ingestion.reading.content import Content, FileContent, UnreadableFile
from ingestion.reading.encodings import decoded

_DELIMITERS = ";,\t|"
_SAMPLE = 20_000


def read(data: bytes) -> FileContent:
    """Read the rows as "a | b | c"; the first one is the heading of the others."""
    text, warnings = decoded(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        rows = [" | ".join(" ".join(cell.split()) for cell in row) for row in reader]
    except csv.Error as error:
        raise UnreadableFile(f"tableau illisible ({error})") from error
    if not any(rows):
        raise UnreadableFile("aucun texte dans le fichier")
    first, *others = rows
    blocks = [Block(row, Role.ROW) for row in others]
    heading = Block(first, Role.HEADING, level=1) if others and first else Block(first, Role.ROW)
    return FileContent((Content((heading, *blocks)),), warnings)


def _delimiter(text: str) -> str:
    """The mark that is most frequent in the first line that has any."""
    for line in text[:_SAMPLE].split("\n"):
        counts = {mark: line.count(mark) for mark in _DELIMITERS}
        if any(counts.values()):
            return max(counts, key=lambda mark: counts[mark])
    return _DELIMITERS[0]
