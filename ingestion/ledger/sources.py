"""The files to import behind what a person names: files, folders, ZIP archives of them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ingestion.parcels import unpack

_ARCHIVE = ".zip"


@dataclass(frozen=True, slots=True)
class Source:
    """A file and the name it is known by; `refusal` says in French why there is no file."""

    name: str
    path: Path | None
    refusal: str = ""


@contextmanager
def sources(paths: Iterable[Path]) -> Iterator[Iterator[Source]]:
    """The files at the paths, one after the other; those of archives are gone once this ends."""
    with TemporaryDirectory() as folder:
        yield _sources(paths, Path(folder))


def _sources(paths: Iterable[Path], folder: Path) -> Iterator[Source]:
    for path in paths:
        for source in _files(path):
            if source.path and source.path.suffix.lower() == _ARCHIVE:
                yield from _members(source.path, source.name, folder)
            else:
                yield source


def _files(path: Path) -> Iterator[Source]:
    """The files of a folder, hidden ones left out, or the file itself."""
    if not path.is_dir():
        refusal = "" if path.is_file() else "Ce fichier n'existe pas."
        yield Source(_told(path.name), path if path.is_file() else None, refusal)
        return
    for file in sorted(path.rglob("*")):
        below = file.relative_to(path)
        if file.is_file() and not any(part.startswith(".") for part in below.parts):
            yield Source(_told(f"{path.name}/{below.as_posix()}"), file)


def _told(name: str) -> str:
    """A name that can be written: on the disk it is bytes, which may be no text."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _members(archive: Path, name: str, folder: Path) -> Iterator[Source]:
    with TemporaryDirectory(dir=folder) as place:
        for member in unpack(archive, Path(place)):
            reason = member.refusal or ""
            refusal = f"{reason[:1].upper()}{reason[1:]}." if reason else ""
            yield Source(f"{name}/{member.name}", member.path, refusal)
