"""Files of archives as DILA publishes them: versions of articles, and lists of those suppressed.

An archive is a `.tar.gz` as published, read as a stream and never unpacked on disk, a folder into
which one was unpacked, or one article's file.
"""

import gzip
import re
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Self
from zlib import error as ZlibError  # noqa: N812 - the library's own name says nothing

from ingestion.errors import UnreadableFile
from ingestion.legislation.articles import ARTICLE_ID, SourceRefusal

_ARTICLE = re.compile(rf"{ARTICLE_ID.pattern}\.xml")
_SUPPRESSIONS = re.compile(r"liste_suppression\w*\.dat")
_NEIGHBOUR = re.compile(r"LEGI(?:TEXT|SCTA)\d{12}\.xml")
_ARCHIVE = ".tar.gz"
_SUPPRESSED = re.compile(rf"({ARTICLE_ID.pattern})(?:\.xml)?\s*$", re.MULTILINE)
_STAMP = re.compile(r"\d{8}-\d{6}")

# The whole of French law is about three million files and thirty gigabytes.
_MOST_FILES = 10_000_000
_MOST_BYTES = 100_000_000_000
_MOST_BYTES_A_FILE = 20_000_000


class DilaFund(StrEnum):
    """What DILA publishes as archives of the same kind, each in a folder of this name."""

    LEGI = "LEGI"
    JADE = "JADE"


@dataclass(frozen=True, slots=True)
class LegiMember:
    """A file of an archive, and the bytes of the archive read when it was (compressed ones)."""

    name: str
    data: bytes
    position: int

    @property
    def is_article(self) -> bool:
        """Whether it is a version of an article, and not a list of those suppressed."""
        return _ARTICLE.fullmatch(_last_name(self.name)) is not None


def sources_at(path: Path) -> tuple[Path, ...]:
    """The archives at or below a path: published ones, then the folder or file that is one."""
    if not path.is_dir():
        known = path.name.endswith(_ARCHIVE) or _is_read(path.name)
        return (path,) if known and path.is_file() else ()
    files = _below(path)
    published = tuple(file for file in files if file.name.endswith(_ARCHIVE))
    return (*published, path) if any(_is_read(file.name) for file in files) else published


def is_official(path: Path) -> bool:
    """Whether a file's name is that of an archive or of a file of one, articles or not."""
    return (
        path.name.endswith(_ARCHIVE) or _is_read(path.name) or bool(_NEIGHBOUR.fullmatch(path.name))
    )


def in_order(paths: Sequence[Path]) -> list[Path]:
    """By the moment that archives have in their name; those without, first and as given."""
    stamps = {path: _STAMP.search(path.name) for path in paths}
    return sorted(paths, key=lambda path: found[0] if (found := stamps[path]) else "")


def moment_of(name: str) -> datetime | None:
    """The moment that the name of an archive tells, None for another name, or for no moment."""
    stamp = _STAMP.search(name)
    try:
        return datetime.strptime(stamp[0], "%Y%m%d-%H%M%S") if stamp else None
    except ValueError:
        return None


def is_complete(name: str, fund: DilaFund = DilaFund.LEGI) -> bool:
    """Whether an archive of this name holds all of a fund, and not what changed in a day."""
    return name.startswith(f"Freemium_{fund.lower()}_global")


def is_incremental(name: str, fund: DilaFund = DilaFund.LEGI) -> bool:
    """Whether an archive of this name holds what changed in a day."""
    return re.match(rf"{fund}_\d{{8}}", name) is not None


def mark_of(path: Path) -> str:
    """What tells an archive from another of its name, and a folder from itself with other files."""
    if not path.is_dir():
        return f"{path.name} {path.stat().st_size}"
    files = [(file, file.stat()) for file in _below(path) if _is_read(file.name)]
    told = [(str(file.relative_to(path)), of.st_size, of.st_mtime_ns) for file, of in files]
    return f"{path.name} {sha256(repr(told).encode()).hexdigest()}"


def size_of(path: Path) -> int:
    """Bytes that reading it takes, as `LegiMember.position` counts them."""
    files = _below(path) if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if _is_read(file.name) or file == path)


def members(path: Path) -> Iterator[LegiMember | SourceRefusal]:
    """The articles and lists of suppressions, in the order of the archive.

    Raises UnreadableFile when the archive is damaged, cut short, or larger than the bounds.
    """
    if path.name.endswith(_ARCHIVE) and path.is_file():
        with path.open("rb") as file:
            yield from archive_members(path.name, file, file.tell)
    elif path.is_dir():
        yield from _of_folder(path)
    else:
        yield _from_disk(path, path.name, 0)


def suppressed(data: bytes) -> tuple[str, ...]:
    """The articles in a list of suppressions, which has a path a line. Pure."""
    return tuple(_SUPPRESSED.findall(data.decode("utf-8", errors="replace")))


def _is_read(name: str) -> bool:
    return bool(_ARTICLE.fullmatch(name) or _SUPPRESSIONS.fullmatch(name))


def _below(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    ]


def _of_folder(folder: Path) -> Iterator[LegiMember | SourceRefusal]:
    position = 0
    for path in _below(folder):
        if _is_read(path.name):
            position += path.stat().st_size
            yield _from_disk(path, path.relative_to(folder).as_posix(), position)


def _from_disk(path: Path, name: str, position: int) -> LegiMember | SourceRefusal:
    if path.is_symlink():
        return SourceRefusal(name, "lien refusé")
    if path.stat().st_size > _MOST_BYTES_A_FILE:
        return SourceRefusal(name, _too_big())
    return LegiMember(name, path.read_bytes(), position)


_NO_MEMORY = "Error -4 "
"""How zlib says that memory lacks (Z_MEM_ERROR), which is no fault of the archive."""


class _Entry(tarfile.TarInfo):
    """An entry whose header is whole: tarfile takes any other, but the first, for the end."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined] # unknown to its stub
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(str(error)) from error


def archive_members(
    name: str,
    file: BinaryIO,
    position: Callable[[], int],
    is_read: Callable[[str], bool] = _is_read,
) -> Iterator[LegiMember | SourceRefusal]:
    """The files of an archive that are read, by their own name.

    Raises UnreadableFile, and MemoryError for one that takes more than there is.
    """
    # gzip and not tarfile's own stream, which takes an archive cut short for a complete one.
    try:
        with gzip.open(file) as unpacked:
            with tarfile.open(fileobj=unpacked, mode="r|", tarinfo=_Entry) as archive:
                for entry in _entries(archive):
                    _refuse_other_day(name, entry.name)
                    if found := _of_entry(archive, entry, position(), is_read):
                        yield found
            while unpacked.read(1 << 20):
                pass  # to the end, where its checksum is
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, ZlibError) as error:
        if _NO_MEMORY in str(error):
            raise MemoryError from error
        raise UnreadableFile(f"archive abîmée ou incomplète ({type(error).__name__})") from error


def _refuse_other_day(archive: str, name: str) -> None:
    """What changed in a day is in a folder named by the moment that the archive is named by."""
    folder, outside = _STAMP.match(name), _STAMP.search(archive)
    if folder and outside and folder[0][:8] != outside[0][:8]:
        inside = moment_of(folder[0])
        told = f"le {inside:%d/%m/%Y}" if inside else f"à une date impossible ({folder[0][:8]})"
        raise UnreadableFile(f"archive d'un autre jour : elle contient ce qui a changé {told}")


def _entries(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    count = total = 0
    while (entry := archive.next()) is not None:
        archive.members.clear()  # type: ignore[attr-defined] # it would remember millions of them
        count += 1
        total += entry.size
        if count > _MOST_FILES or total > _MOST_BYTES:
            raise UnreadableFile("archive refusée : contenu démesuré")
        yield entry


def _of_entry(
    archive: tarfile.TarFile,
    entry: tarfile.TarInfo,
    position: int,
    is_read: Callable[[str], bool],
) -> LegiMember | SourceRefusal | None:
    """The file of an entry, None for folders and for files that are not read."""
    # Millions of names: cut as text, a path object costs more than the rest of the reading.
    if entry.name.startswith("/") or ".." in entry.name.split("/"):
        return SourceRefusal(entry.name, "chemin refusé : il sort de l'archive")
    if not (entry.isfile() or entry.isdir()):
        return SourceRefusal(entry.name, "lien ou fichier spécial refusé")
    if entry.isdir() or not is_read(_last_name(entry.name)):
        return None
    if entry.size > _MOST_BYTES_A_FILE:
        return SourceRefusal(entry.name, _too_big())
    content = archive.extractfile(entry)
    return LegiMember(entry.name, content.read() if content else b"", position)


def _last_name(path: str) -> str:
    return path.rpartition("/")[2]


def _too_big() -> str:
    return f"fichier trop gros (plus de {_MOST_BYTES_A_FILE // 1_000_000} Mo)"
