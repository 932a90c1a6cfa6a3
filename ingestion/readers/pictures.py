"""Pictures of pages, as scanners and telephones write them: PNG, JPEG, TIFF of several pages."""

import io
from collections.abc import Mapping

from PIL import Image, ImageOps, UnidentifiedImageError

from ingestion.errors import UnreadableFile
from ingestion.readers.content import FileContent, ReaderContent
from ingestion.readers.paragraphs import blocks_of_pages, remarks_on

Picture = Image.Image

LARGEST_SIDE = 5000
"""Pixels of a page of A3 as it is drawn to be read; larger ones are drawn smaller."""

_USUAL_SIDE = 3500
_FORMATS = ("PNG", "JPEG", "TIFF")
_PAPER = 255


def frames(data: bytes) -> int:
    """How many pages a picture has; raises UnreadableFile for what is none."""
    return int(getattr(_opened(data), "n_frames", 1))


def frame(data: bytes, number: int) -> Picture:
    """One of its pages (from 1), turned as its camera says; raises UnreadableFile, EOFError."""
    picture = _opened(data)
    picture.seek(number - 1)
    return ImageOps.exif_transpose(picture)


def _opened(data: bytes) -> Picture:
    try:
        return Image.open(io.BytesIO(data), formats=_FORMATS)
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise UnreadableFile("le contenu n'est pas une image PNG, JPEG ou TIFF") from error


def read_picture(data: bytes, scanned: Mapping[int, str]) -> FileContent:
    """What was read from the pages of a picture, by number, in `scanned`."""
    frames(data)
    if not any(scanned.values()):
        raise UnreadableFile("aucun texte n'est reconnu dans l'image")
    blocks = blocks_of_pages(scanned)
    return FileContent((ReaderContent(blocks),), remarks=remarks_on(blocks))


# Grey pictures made ready for reading.


def sized(picture: Picture) -> Picture:
    """A picture as large as a page of A4 is drawn, if it is smaller, or too large."""
    longest = max(picture.size)
    if _USUAL_SIDE <= longest <= LARGEST_SIDE:
        return picture
    return ImageOps.scale(picture, min(max(longest, _USUAL_SIDE), LARGEST_SIDE) / longest)


def turned(picture: Picture, degrees: float) -> Picture:
    """A picture turned about its middle against the clock, as large as before."""
    return picture.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=_PAPER)
