"""Pages that are pictures: found in a PDF, drawn and read. Run in a child process of `sandbox`.

What a page writes itself is left out of its drawing, so that it keeps that text and nothing is read
twice.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict

import numpy as np
import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

from ingestion.readers.recognition import GreyPicture, words_of
from ingestion.readers.scan_layout import arranged
from ingestion.readers.visibility import text_objects

_RESOLUTION = 300  # dots an inch
_POINTS_AN_INCH = 72
_LARGEST_SIDE = 5000  # pixels: a page of A3; larger ones are drawn smaller
_FEWEST_LETTERS = 20
_FEWEST_LETTERS_ON_PICTURE = 400
_MOST_OF_PAGE = 0.6


def tell_pages(path: str) -> Iterator[bytes]:
    """In the child: the numbers of the pages of a PDF that are to be read from their picture."""
    document = pypdfium2.PdfDocument(path)
    numbers = [n for n in range(1, len(document) + 1) if _is_picture(document[n - 1])]
    yield json.dumps(numbers).encode()


def tell(path: str, number: str) -> Iterator[bytes]:
    """In the child: what was read on a page of a PDF, as JSON."""
    page = pypdfium2.PdfDocument(path)[int(number) - 1]
    picture = _drawn(page)
    read = arranged(words_of(picture), picture.width, picture.height, int(number))
    yield json.dumps(asdict(read)).encode()


def _is_picture(page: pypdfium2.PdfPage) -> bool:
    """Whether a page writes next to nothing itself and draws something.

    Of a page that is a picture, a stamp or a reference number laid over it is no text.
    """
    written = sum(map(str.isalnum, page.get_textpage().get_text_range()))
    if written < _FEWEST_LETTERS:
        return any(each.type != pdfium.FPDF_PAGEOBJ_TEXT for each in page.get_objects())
    return written < _FEWEST_LETTERS_ON_PICTURE and _is_covered(page)


def _is_covered(page: pypdfium2.PdfPage) -> bool:
    """Whether one picture takes most of the page."""
    whole = page.get_width() * page.get_height()
    pictures = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])
    return any(_area(each.get_bounds()) > _MOST_OF_PAGE * whole for each in pictures)


def _area(bounds: tuple[float, float, float, float]) -> float:
    left, bottom, right, top = bounds
    return abs(right - left) * abs(top - bottom)


def _drawn(page: pypdfium2.PdfPage) -> GreyPicture:
    for each in list(text_objects(page)):
        pdfium.FPDFPageObj_SetIsActive(each, False)
    scale = _RESOLUTION / _POINTS_AN_INCH
    scale = min(scale, _LARGEST_SIDE / max(page.get_width(), page.get_height()))
    drawn = page.render(scale=scale, grayscale=True).to_numpy()
    pixels = np.ascontiguousarray(drawn.reshape(*drawn.shape[:2], -1)[..., 0])
    height, width = pixels.shape
    return GreyPicture(pixels.tobytes(), width, height, round(scale * _POINTS_AN_INCH))
