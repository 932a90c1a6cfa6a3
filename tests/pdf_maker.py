"""Small PDFs for tests, one line of text under another."""

import ctypes
import io
from collections.abc import Sequence

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

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
