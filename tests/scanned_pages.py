"""Pages as a recogniser that is not real reads them, and the documents made of them."""

from collections.abc import Sequence

from ingestion.readers.documents import Document, FileReading, Kind
from ingestion.readers.formats import read_bytes
from ingestion.readers.scanned import SeenPage, SeenWord, placed
from tests.pdf_maker import pdf_of

SURE, UNSURE = 96, 40


def page_of(*lines: str, doubtful: Sequence[str] = ()) -> SeenPage:
    """A page of these lines, the words named read with little confidence.

    The words of a line are 200 wide and stand 300 apart, the lines 100 high and 200 apart.
    """
    return SeenPage(
        1,
        tuple(
            SeenWord(
                word,
                UNSURE if word in doubtful else SURE,
                (100 + 300 * at, 100 + 200 * row, 300 + 300 * at, 200 + 200 * row),
                row,
                0,
            )
            for row, line in enumerate(lines)
            for at, word in enumerate(line.split())
        ),
    )


def read_as(page: SeenPage, name: str = "CCAP.pdf") -> FileReading:
    """A PDF whose only page writes nothing, and is read so."""
    reading = read_bytes(pdf_of([[]]), name, Kind.TENDER, {page.number: page.text})
    return placed(reading, [page])


def doubts(document: Document) -> list[str]:
    """The figures that were read with doubt."""
    return [
        document.text[each.start : each.end] for each in document.recognised if each.is_doubtful
    ]
