"""The articles of a LEGI archive, and its list of those suppressed, one file at a time.

An archive is a `.tar.gz` as published, read as a stream and never unpacked on disk, a folder into
which one was unpacked, or one article's file.
"""

import gzip
import re
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zlib import error as ZlibError  # noqa: N812 - the library's own name says nothing

from ingestion.official.article import ARTICLE_ID
from ingestion.official.changes import Refusal
from ingestion.reading.content import UnreadableFile

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


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive, and the bytes of the archive read when it was (compressed ones)."""

    name: str
    data: bytes
    position: int

    @property
    def is_article(self) -> bool:
        """Whether it is a version of an article, and not a list of those suppressed."""
        return _ARTICLE.fullmatch(PurePosixPath(self.name).name) is not None


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


def is_complete(name: str) -> bool:
    """Whether an archive of this name holds all of the law, and not what changed in a day."""
    return name.startswith("Freemium_legi_global")


def is_incremental(name: str) -> bool:
    """Whether an archive of this name holds what changed in a day."""
    return re.match(r"LEGI_\d{8}", name) is not None


def size_of(path: Path) -> int:
    """Bytes that reading it takes, as `Member.position` counts them."""
    files = _below(path) if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if _is_read(file.name) or file == path)


def members(path: Path) -> Iterator[Member | Refusal]:
    """The articles and lists of suppressions, in the order of the archive.

    Raises:
        UnreadableFile: when the archive is damaged, cut short, or larger than the bounds.
    """
    if path.name.endswith(_ARCHIVE) and path.is_file():
        yield from _of_archive(path)
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


def _of_folder(folder: Path) -> Iterator[Member | Refusal]:
    position = 0
    for path in _below(folder):
        if _is_read(path.name):
            position += path.stat().st_size
            yield _from_disk(path, path.relative_to(folder).as_posix(), position)


def _from_disk(path: Path, name: str, position: int) -> Member | Refusal:
    if path.is_symlink():
        return Refusal(name, "lien refusé")
    if path.stat().st_size > _MOST_BYTES_A_FILE:
        return Refusal(name, _too_big())
    return Member(name, path.read_bytes(), position)


def _of_archive(path: Path) -> Iterator[Member | Refusal]:
    # gzip and not tarfile's own stream, which takes an archive cut short for a complete one.
    try:
        with path.open("rb") as file, gzip.open(file) as unpacked:
            with tarfile.open(fileobj=unpacked, mode="r|") as archive:
                for entry in _entries(archive):
                    if found := _of_entry(archive, entry, file.tell()):
                        yield found
            while unpacked.read(1 << 20):
                pass  # to the end, where its checksum is
    except (tarfile.TarError, gzip.BadGzipFile, EOFError, ZlibError) as error:
        raise UnreadableFile(f"archive abîmée ou incomplète ({type(error).__name__})") from error


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
    archive: tarfile.TarFile, entry: tarfile.TarInfo, position: int
) -> Member | Refusal | None:
    """The file of an entry, None for folders and for files that are not read."""
    name = PurePosixPath(entry.name)
    if name.is_absolute() or ".." in name.parts:
        return Refusal(entry.name, "chemin refusé : il sort de l'archive")
    if not (entry.isfile() or entry.isdir()):
        return Refusal(entry.name, "lien ou fichier spécial refusé")
    if entry.isdir() or not _is_read(name.name):
        return None
    if entry.size > _MOST_BYTES_A_FILE:
        return Refusal(entry.name, _too_big())
    content = archive.extractfile(entry)
    return Member(entry.name, content.read() if content else b"", position)


def _too_big() -> str:
    return f"fichier trop gros (plus de {_MOST_BYTES_A_FILE // 1_000_000} Mo)"
