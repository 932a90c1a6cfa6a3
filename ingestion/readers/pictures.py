"""Pictures of pages, as scanners and telephones write them: PNG, JPEG, TIFF of several pages."""

import io
from collections.abc import Mapping

from PIL import Image, ImageOps, UnidentifiedImageError

from ingestion.errors import UnreadableFile
from ingestion.readers.content import FileContent, ReaderContent
from ingestion.readers.paragraphs import blocks_of_pages, remarks_on

_FORMATS = ("PNG", "JPEG", "TIFF")


def frames(data: bytes) -> int:
    """How many pages a picture has; raises UnreadableFile for what is none."""
    return int(getattr(_opened(data), "n_frames", 1))


def frame(data: bytes, number: int) -> Image.Image:
    """One of its pages (from 1), turned as its camera says; raises UnreadableFile, EOFError."""
    picture = _opened(data)
    picture.seek(number - 1)
    return ImageOps.exif_transpose(picture)


def _opened(data: bytes) -> Image.Image:
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
