"""Pages that are pictures: found in a file, drawn and read. Run in a child process of `sandbox`.

What a page writes itself is left out of its drawing, so that it keeps that text and nothing is read
twice.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]
from PIL import Image, ImageOps

from ingestion.readers.content import is_pdf
from ingestion.readers.pictures import frame, frames
from ingestion.readers.recognition import GreyPicture, words_of
from ingestion.readers.scan_layout import Box, RecognisedWord, arranged
from ingestion.readers.visibility import text_objects

_RESOLUTION = 300  # dots an inch
_POINTS_AN_INCH = 72
_USUAL_SIDE = 3500  # pixels
_LARGEST_SIDE = 5000  # pixels: a page of A3; larger ones are drawn smaller
_LEAST_SLOPE = 0.4  # degrees: what slopes less is read as well as what does not
_PAPER = 255
_FEWEST_LETTERS = 20
_FEWEST_LETTERS_ON_PICTURE = 400
_MOST_OF_PAGE = 0.6


def tell_pages(path: str) -> Iterator[bytes]:
    """In the child: the numbers of the pages of a file that are to be read from their picture."""
    data = Path(path).read_bytes()
    if is_pdf(data):
        document = pypdfium2.PdfDocument(data)
        numbers = [n for n in range(1, len(document) + 1) if _is_picture(document[n - 1])]
    else:
        numbers = list(range(1, frames(data) + 1))
    yield json.dumps(numbers).encode()


def tell(path: str, number: str) -> Iterator[bytes]:
    """In the child: what was read on a page of a file, as JSON."""
    data, page = Path(path).read_bytes(), int(number)
    drawn = pypdfium2.PdfDocument(data)[page - 1] if is_pdf(data) else None
    picture = _drawn(drawn) if drawn else _sized(frame(data, page).convert("L"))
    words = _read_straight(picture)
    yield json.dumps(asdict(arranged(words, *picture.size, int(number)))).encode()


def _read_straight(drawn: Image.Image) -> Iterator[RecognisedWord]:
    """The words of a page, which is put straight first where its lines turn out to slope."""
    words = words_of(_grey(drawn))
    slope = median([word.slope for word in words]) if words else 0.0
    if abs(slope) < _LEAST_SLOPE:
        yield from words
        return
    straight = drawn.rotate(slope, Image.Resampling.BICUBIC, fillcolor=_PAPER)
    for word in words_of(_grey(straight)):
        yield replace(word, box=_turned(word.box, slope, drawn.size))


def _grey(drawn: Image.Image) -> GreyPicture:
    return GreyPicture(drawn.tobytes(), *drawn.size, _RESOLUTION)


def _turned(box: Box, degrees: float, size: tuple[int, int]) -> Box:
    """The box of a picture that was turned about its middle, back on the picture as it was."""
    left, top, right, bottom = box
    x, y = (left + right - size[0]) / 2, (top + bottom - size[1]) / 2
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    across = round(cosine * x - sine * y + (size[0] - (right - left)) / 2)
    down = round(sine * x + cosine * y + (size[1] - (bottom - top)) / 2)
    return across, down, across + right - left, down + bottom - top


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


def _drawn(page: pypdfium2.PdfPage) -> Image.Image:
    for each in list(text_objects(page)):
        pdfium.FPDFPageObj_SetIsActive(each, False)
    scale = _RESOLUTION / _POINTS_AN_INCH
    scale = min(scale, _LARGEST_SIDE / max(page.get_width(), page.get_height()))
    drawn: Image.Image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
    return drawn


def _sized(picture: Image.Image) -> Image.Image:
    """A picture as large as a page of A4 is drawn, if it is smaller, or too large."""
    longest = max(picture.size)
    if _USUAL_SIDE <= longest <= _LARGEST_SIDE:
        return picture
    return ImageOps.scale(picture, min(max(longest, _USUAL_SIDE), _LARGEST_SIDE) / longest)
