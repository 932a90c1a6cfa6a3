"""The parts of a zipped document, unpacked within bounds.

Sizes are judged as declared, then counted while unpacking: what is declared may lie.
"""

import io
import zipfile
from collections.abc import Iterator
from zlib import error as ZlibError  # noqa: N812 - the library's own name says nothing

from ingestion.reading.content import UnreadableFile

DAMAGES = (zipfile.BadZipFile, ZlibError, NotImplementedError, EOFError)
"""What the library raises on an archive that is damaged or not a usual ZIP."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_MOST_PARTS = 5_000
_MOST_BYTES = 200_000_000
_MOST_BYTES_A_PART = 60_000_000
_HIGHEST_RATIO = 200
_RATIO_COUNTS_FROM = 1_000_000
_PIECE = 1 << 16
_ENTITY_MARKS = (b"<!DOCTYPE", b"<!ENTITY")


def unpacked(data: bytes) -> dict[str, bytes]:
    """The parts by name.

    Raises:
        UnreadableFile: not an archive, protected, damaged, or larger than the bounds.
    """
    if data.startswith(_OLE):
        raise UnreadableFile("protégé par mot de passe, ou ancien format Office")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > _MOST_PARTS:
                raise UnreadableFile(f"fichier refusé : plus de {_MOST_PARTS} éléments")
            return _read(archive)
    except (*DAMAGES, ValueError) as error:
        raise UnreadableFile(f"fichier corrompu ({type(error).__name__})") from error


def refuse_entities(part: bytes) -> None:
    """Refuse XML that declares entities: no office program writes any.

    Raises:
        UnreadableFile: when there is such a declaration.
    """
    plain = part.replace(b"\0", b"")
    if any(mark in plain for mark in _ENTITY_MARKS):
        raise UnreadableFile("fichier refusé : il déclare des entités XML")


def content_of(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, most_bytes: int
) -> Iterator[bytes]:
    """The content of an entry, in pieces of bounded size.

    Raises:
        UnreadableFile: protected, longer than `most_bytes`, or compressed more than any text.
        zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError: damaged, or not a usual ZIP.
    """
    if entry.flag_bits & 1:
        raise UnreadableFile("protégé par mot de passe")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableFile("compression inhabituelle")  # others may claim gigabytes of memory
    _judge(entry.file_size, entry, most_bytes)
    length = 0
    with archive.open(entry) as part:
        while piece := part.read(_PIECE):
            length += len(piece)
            _judge(length, entry, most_bytes)
            yield piece


def _judge(length: int, entry: zipfile.ZipInfo, most_bytes: int) -> None:
    if length > most_bytes:
        raise UnreadableFile("fichier refusé : contenu décompressé démesuré")
    if length > max(_RATIO_COUNTS_FROM, _HIGHEST_RATIO * entry.compress_size):
        raise UnreadableFile(f"fichier refusé : contenu compressé plus de {_HIGHEST_RATIO} fois")


def _read(archive: zipfile.ZipFile) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    left = _MOST_BYTES
    for entry in archive.infolist():
        most = min(left, _MOST_BYTES_A_PART)
        parts[entry.filename] = b"".join(content_of(archive, entry, most_bytes=most))
        left -= len(parts[entry.filename])
    return parts
