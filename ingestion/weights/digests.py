"""Hashes of weights, remembered until the file changes.

Hashing a gigabyte takes a second or more; a file whose size, date and inode are those of the last
time is not read again, unless asked.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ingestion.durable import file_sha256, replace_bytes

MEMORY = ".digests.json"


@dataclass(frozen=True, slots=True)
class Digests:
    """Hashes of files and folders, remembered in `folder`."""

    folder: Path

    def of(self, path: Path, *, fresh: bool = False) -> str:
        """The sha256 of a file, or of the list of a folder's files; `fresh` reads every byte."""
        known = {} if fresh else self._known()
        if path.is_dir():
            lines = [f"{self._file(file, known)}  {name}\n" for name, file in _files(path)]
            digest = sha256("".join(lines).encode()).hexdigest()
        else:
            digest = self._file(path, known)
        self._remember(known)
        return digest

    def _file(self, path: Path, known: dict[str, list[int | str]]) -> str:
        stat = path.stat()
        seen: list[int | str] = [stat.st_size, stat.st_mtime_ns, stat.st_ino]
        key = str(path.resolve())
        *last, digest = known.get(key, [""])
        if last != seen:
            digest = file_sha256(path)
        known[key] = [*seen, digest]
        return str(digest)

    def _known(self) -> dict[str, list[int | str]]:
        try:
            return dict(json.loads((self.folder / MEMORY).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return {}

    def _remember(self, known: dict[str, list[int | str]]) -> None:
        before = self._known()
        table = {key: seen for key, seen in (before | known).items() if Path(key).exists()}
        if table != before:
            with suppress(OSError):  # a data folder that is read-only is hashed each time
                replace_bytes(self.folder / MEMORY, json.dumps(table).encode())


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path
