"""The parts of a zipped document, unpacked within bounds.

Sizes are counted while unpacking: those that the archive declares may lie.
"""

import io
import zipfile
from zlib import error as ZlibError  # noqa: N812 - the library's own name says nothing

from ingestion.reading.content import UnreadableFile

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_MOST_PARTS = 5_000
_MOST_BYTES = 200_000_000
_MOST_BYTES_A_PART = 60_000_000
_HIGHEST_RATIO = 200
_RATIO_COUNTS_FROM = 1_000_000
_ENTITY_MARKS = (b"<!DOCTYPE", b"<!ENTITY")


def unpacked(data: bytes) -> dict[str, bytes]:
    """The parts by name.

    Raises:
        UnreadableFile: not an archive, protected, damaged, or larger than the bounds.
    """
    if data.startswith(_OLE):
        raise UnreadableFile("protégé par mot de passe, ou ancien format Word")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_PARTS:
                raise UnreadableFile(f"archive refusée : plus de {_MOST_PARTS} éléments")
            return _read(archive, entries)
    except (zipfile.BadZipFile, ZlibError, NotImplementedError, EOFError, ValueError) as error:
        raise UnreadableFile(f"fichier corrompu ({type(error).__name__})") from error


def refuse_entities(part: bytes) -> None:
    """Refuse XML that declares entities: no office program writes any.

    Raises:
        UnreadableFile: when there is such a declaration.
    """
    plain = part.replace(b"\0", b"")
    if any(mark in plain for mark in _ENTITY_MARKS):
        raise UnreadableFile("fichier refusé : il déclare des entités XML")


def _read(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    parts: dict[str, bytes] = {}
    total = 0
    for entry in entries:
        if entry.flag_bits & 1:
            raise UnreadableFile("protégé par mot de passe")
        with archive.open(entry) as part:
            content = part.read(_MOST_BYTES_A_PART + 1)
        total += len(content)
        ratio = len(content) / max(entry.compress_size, 1)
        if len(content) > _MOST_BYTES_A_PART or total > _MOST_BYTES:
            raise UnreadableFile("archive refusée : contenu décompressé démesuré")
        if len(content) > _RATIO_COUNTS_FROM and ratio > _HIGHEST_RATIO:
            raise UnreadableFile(
                f"archive refusée : contenu compressé plus de {_HIGHEST_RATIO} fois"
            )
        parts[entry.filename] = content
    return parts
