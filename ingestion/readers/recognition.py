"""Character recognition: the words of a picture, how sure each is and where. Door of Tesseract.

The library brings the program; what it knows of French comes with the system's packages.
"""

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tesserocr  # type: ignore[import-untyped]

from ingestion.errors import UnreadableFile
from ingestion.readers.scan_layout import RecognisedWord

LANGUAGE = "fra"
REMEDY = (
    "pour les lire, installez la reconnaissance de caractères (Debian, Ubuntu : sudo apt-get "
    "install tesseract-ocr tesseract-ocr-fra), retirez le fichier s'il est déjà ajouté, puis "
    "ajoutez-le de nouveau"
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


@dataclass(frozen=True, slots=True)
class GreyPicture:
    """A picture of one byte a pixel, row after row from the top, and its dots an inch."""

    pixels: bytes
    width: int
    height: int
    resolution: int


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


def words_of(picture: GreyPicture) -> tuple[RecognisedWord, ...]:
    """The words of a page, in the order of reading; none when nothing is written there.

    Pages that lie on a side or upside down are read as well.

    Raises:
        UnreadableFile: when Tesseract's French is missing.
    """
    reader = _reader()
    reader.SetImageBytes(picture.pixels, picture.width, picture.height, 1, picture.width)
    reader.SetSourceResolution(picture.resolution)
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
