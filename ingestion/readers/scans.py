"""Pages that are pictures: found in a file, drawn and read. Door of Tesseract.

What a page writes itself is left out of its drawing, so that it keeps that text and nothing is read
twice.

Run in a child process of `sandbox`. The library brings the program; what it knows of French comes
with the system's packages.
"""

import json
import math
import os
from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from statistics import median

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]
import tesserocr  # type: ignore[import-untyped]

from ingestion.errors import UnreadableFile
from ingestion.readers.content import is_pdf
from ingestion.readers.pictures import LARGEST_SIDE, Picture, frame, frames, sized, turned
from ingestion.readers.scanned import Box, RecognisedWord, arranged
from ingestion.readers.visibility import text_objects

_RESOLUTION = 300  # dots an inch
_POINTS_AN_INCH = 72
_LEAST_SLOPE = 0.4  # degrees: what slopes less is read as well as what does not
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
    picture = _drawn(drawn) if drawn else sized(frame(data, page).convert("L"))
    words = _read_straight(picture)
    yield json.dumps(asdict(arranged(words, *picture.size, int(number)))).encode()


def _read_straight(drawn: Picture) -> Iterator[RecognisedWord]:
    """The words of a page, which is put straight first where its lines turn out to slope."""
    words = words_of(drawn)
    slope = median([word.slope for word in words]) if words else 0.0
    if abs(slope) < _LEAST_SLOPE:
        yield from words
        return
    straight = turned(drawn, slope)
    for word in words_of(straight):
        yield replace(word, box=_turned_back(word.box, slope, drawn.size))


def _turned_back(box: Box, degrees: float, size: tuple[int, int]) -> Box:
    """The box of a picture that was turned about its middle, back on the picture as it was."""
    left, top, right, bottom = box
    x, y = (left + right - size[0]) / 2, (top + bottom - size[1]) / 2
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    across = round(cosine * x - sine * y + (size[0] - (right - left)) / 2)
    down = round(sine * x + cosine * y + (size[1] - (bottom - top)) / 2)
    return across, down, across + right - left, down + bottom - top


def _is_picture(page: pypdfium2.PdfPage) -> bool:
    """Whether a page writes next to nothing itself and draws something.

    Of a page that is a picture, a stamp or a reference number laid over it is no text; what another
    program recognised there, and laid under it unpainted, is.
    """
    written = sum(map(str.isalnum, page.get_textpage().get_text_range()))
    if written < _FEWEST_LETTERS:
        return any(each.type != pdfium.FPDF_PAGEOBJ_TEXT for each in page.get_objects())
    is_short = written < _FEWEST_LETTERS_ON_PICTURE
    return is_short and _is_covered(page) and not any(map(_is_unpainted, text_objects(page)))


def _is_unpainted(text: object) -> bool:
    mode = pdfium.FPDFTextObj_GetTextRenderMode(text)
    return bool(mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE)


def _is_covered(page: pypdfium2.PdfPage) -> bool:
    """Whether one picture takes most of the page."""
    whole = page.get_width() * page.get_height()
    pictures = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])
    return any(_area(each.get_bounds()) > _MOST_OF_PAGE * whole for each in pictures)


def _area(bounds: tuple[float, float, float, float]) -> float:
    left, bottom, right, top = bounds
    return abs(right - left) * abs(top - bottom)


def _drawn(page: pypdfium2.PdfPage) -> Picture:
    for each in list(text_objects(page)):
        pdfium.FPDFPageObj_SetIsActive(each, False)
    scale = _RESOLUTION / _POINTS_AN_INCH
    scale = min(scale, LARGEST_SIDE / max(page.get_width(), page.get_height()))
    drawn: Picture = page.render(scale=scale, grayscale=True).to_pil().convert("L")
    return drawn


# Character recognition: the words of a picture, how sure each is and where.

LANGUAGE = "fra"
INSTALL_FRENCH = "apt-get install tesseract-ocr tesseract-ocr-fra"
"""What brings Tesseract's French on Debian and Ubuntu."""

REMEDY = (
    f"pour les lire, installez la reconnaissance de caractères (Debian, Ubuntu : sudo "
    f"{INSTALL_FRENCH}), retirez le fichier s'il est déjà ajouté, puis ajoutez-le de nouveau"
)
"""What to do where Tesseract's French is missing, to follow what could not be read."""

_NEEDED = (f"{LANGUAGE}.traineddata", "osd.traineddata")
_FOLDERS = (
    "/usr/share/tesseract-ocr/*/tessdata",
    "/usr/share/tesseract-ocr/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
_WORD, _LINE = tesserocr.RIL.WORD, tesserocr.RIL.TEXTLINE


def folder_of_languages() -> Path | None:
    """Where Tesseract's French and its sense of up and down are; None when they are nowhere.

    Only TESSDATA_PREFIX is looked in where the environment has it.
    """
    named = os.environ.get("TESSDATA_PREFIX")
    patterns = (named,) if named else _FOLDERS
    found = (
        folder
        for pattern in patterns
        for folder in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    )
    return next((each for each in found if all((each / name).exists() for name in _NEEDED)), None)


def words_of(picture: Picture) -> tuple[RecognisedWord, ...]:
    """The words of a grey page, in the order of reading; none when nothing is written there.

    Pages that lie on a side or upside down are read as well.

    Raises UnreadableFile when Tesseract's French is missing.
    """
    reader = _reader()
    reader.SetImageBytes(picture.tobytes(), *picture.size, 1, picture.width)
    reader.SetSourceResolution(_RESOLUTION)
    reader.Recognize()
    return tuple(_words(reader))


@cache
def _reader() -> tesserocr.PyTessBaseAPI:
    folder = folder_of_languages()
    if folder is None:
        raise UnreadableFile(REMEDY)
    return tesserocr.PyTessBaseAPI(path=f"{folder}/", lang=LANGUAGE, psm=tesserocr.PSM.AUTO_OSD)


def _words(reader: tesserocr.PyTessBaseAPI) -> Iterator[RecognisedWord]:
    found = reader.GetIterator()
    if found is None or found.Empty(_WORD):
        return
    line, slope = -1, 0.0
    for each in tesserocr.iterate_level(found, _WORD):
        if each.IsAtBeginningOf(_LINE):
            line, slope = line + 1, _slope(each.Baseline(_LINE))
        text = each.GetUTF8Text(_WORD).strip()
        if text:
            top, *_ = each.Orientation()
            confidence = round(each.Confidence(_WORD))
            yield RecognisedWord(text, confidence, each.BoundingBox(_WORD), line, top, slope)


def _slope(baseline: tuple[tuple[int, int], tuple[int, int]] | None) -> float:
    """Degrees by which a line leaves the nearer of the horizontal and the vertical."""
    if baseline is None:
        return 0.0
    (left, top), (right, bottom) = baseline
    return (math.degrees(math.atan2(bottom - top, right - left)) + 45) % 90 - 45
