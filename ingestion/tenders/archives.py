"""Archives of pieces: a ZIP opened member by member, each written or refused with a reason."""

import io
import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingestion.errors import UnreadableFile
from ingestion.readers.content import DAMAGES, clean_text, content_of
from ingestion.readers.formats import unknown_format

_NAME_IS_UTF8 = 0x800
_LONGEST_NAME = 255
_LARGEST_READ = 4_000_000
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_OF_THE_SYSTEM = re.compile(r"(?:.*/)?(?:__MACOSX|\.[^/]*|Thumbs\.db|desktop\.ini)(?:/.*)?")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is accepted of one archive: members, bytes of one, and bytes unpacked in all."""

    members: int = 1_000
    member_bytes: int = 100_000_000
    total_bytes: int = 1_000_000_000


@dataclass(frozen=True, slots=True)
class ZipMember:
    """A file of an archive: its name there, with `/` between folders, and where it was written.

    Exactly one of `path` and `refusal`, the reason in French, is not None.
    """

    name: str
    path: Path | None = None
    refusal: str | None = None


def unpack(archive: Path, folder: Path, *, bounds: Bounds = Bounds()) -> Iterator[ZipMember]:
    """Write the members to `folder`, which is empty, one after the other as they are asked for.

    An archive that is refused as a whole is one refused member, which bears its name.
    """
    try:
        with _Sparing(archive) as file, zipfile.ZipFile(file) as opened:
            entries = _entries(opened, bounds)
            yield from _Unpacking(opened, folder, bounds).members(entries)
    except UnreadableFile as error:
        yield ZipMember(archive.name, refusal=str(error))
    except (*DAMAGES, ValueError):
        yield ZipMember(archive.name, refusal="ce n'est pas une archive ZIP, ou elle est abîmée")


def _entries(archive: zipfile.ZipFile, bounds: Bounds) -> list[zipfile.ZipInfo]:
    entries = archive.infolist()
    if len(entries) > bounds.members:
        raise UnreadableFile(f"archive refusée : plus de {bounds.members} éléments")
    return entries


class _Sparing(io.FileIO):
    """A file that is not read in large pieces: zipfile takes the whole list of members at once."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            size = _LARGEST_READ  # the end of the archive, which is shorter
        if size > _LARGEST_READ:
            raise UnreadableFile("archive refusée : trop d'éléments")
        return super().read(size)

    def seek(self, position: int, whence: int = 0, /) -> int:
        try:
            return super().seek(position, whence)
        except OSError as error:  # an offset that the archive makes up, before its beginning
            raise zipfile.BadZipFile from error


class _Unpacking:
    """The names taken so far, and the bytes that may still be unpacked."""

    def __init__(self, archive: zipfile.ZipFile, folder: Path, bounds: Bounds) -> None:
        self._archive = archive
        self._folder = folder
        self._most = bounds.member_bytes
        self._left = bounds.total_bytes
        self._names: set[str] = set()

    def members(self, entries: list[zipfile.ZipInfo]) -> Iterator[ZipMember]:
        """Each file, written or refused; folders are passed over."""
        for number, entry in enumerate(entries, start=1):
            name = _name(entry)
            if name.endswith("/"):
                continue
            path = self._folder / str(number)
            refusal = _fault(name, entry) or self._taken(name) or self._written(entry, path)
            yield ZipMember(clean_text(name), None if refusal else path, refusal)

    def _taken(self, name: str) -> str | None:
        """Systems that ignore case would take two such names for one file."""
        if name.casefold() in self._names:
            return "un autre fichier de l'archive porte ce nom"
        self._names.add(name.casefold())
        return None

    def _written(self, entry: zipfile.ZipInfo, path: Path) -> str | None:
        """Write a member; the reason why not, in French."""
        most = min(self._most, self._left)
        try:
            with path.open("xb") as file:
                for piece in content_of(self._archive, entry, most_bytes=most):
                    self._left -= len(piece)
                    file.write(piece)
        except UnreadableFile as error:
            refusal = str(error)
        except (*DAMAGES, ValueError):
            refusal = "fichier abîmé dans l'archive"
        else:
            return None
        path.unlink()
        return refusal


def _name(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant: archivers do not all say how they write accents."""
    name = entry.orig_filename
    if not entry.flag_bits & _NAME_IS_UTF8:
        written = name.encode("cp437")
        try:
            name = written.decode()
        except UnicodeDecodeError:
            name = written.decode("cp850")
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _fault(name: str, entry: zipfile.ZipInfo) -> str | None:
    """Why a member is refused before it is read, in French."""
    if any(unicodedata.category(letter) in _UNSEEN for letter in name):
        return "nom refusé : caractères invisibles"
    if {"", ".", ".."} & set(name.split("/")) or re.match(r"[A-Za-z]:", name):
        return "chemin refusé : il sort de l'archive"
    if len(name) > _LONGEST_NAME:
        return "nom trop long"
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        return "lien ou fichier spécial refusé"
    if _OF_THE_SYSTEM.fullmatch(name):
        return "fichier du système, pas une pièce"
    return unknown_format(name)
