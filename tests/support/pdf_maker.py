"""Small PDFs for tests, and pages as a recogniser that is not real reads them."""

import ctypes
import io
from collections.abc import Sequence

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from ingestion.documents.document import Document, FileReading, Kind
from ingestion.readers.formats import read_bytes
from ingestion.readers.scanned import SeenPage, SeenWord, placed

LEFT, TOP, LEADING = 60, 780, 18  # points


def pdf_of(pages: Sequence[Sequence[str]], size: float = 11) -> bytes:
    """An A4 PDF with these lines on its pages."""
    document = pypdfium2.PdfDocument.new()
    for lines in pages:
        page = document.new_page(595, 842)
        for row, line in enumerate(lines):
            if line:
                write(document, page, line, TOP - row * LEADING, size)
        page.gen_content()
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def write(
    document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, line: str, height: float, size: float
) -> None:
    drawn = pdfium.FPDFPageObj_NewTextObj(document, b"Helvetica", size)
    encoded = (line + "\0").encode("utf-16-le")
    buffer = ctypes.cast(ctypes.create_string_buffer(encoded), ctypes.POINTER(ctypes.c_ushort))
    pdfium.FPDFText_SetText(drawn, buffer)
    pdfium.FPDFPageObj_Transform(drawn, 1, 0, 0, 1, LEFT, height)
    pdfium.FPDFPage_InsertObject(page, drawn)


# Pages as a recogniser that is not real reads them


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
