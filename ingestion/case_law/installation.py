"""What is installed of case law, and an installation that goes on where it stopped.

```
case-law/                 a data folder of its own: its library, its index snapshots
case-law/installed.json   the archives of which the library has the decisions
case-law/unfinished/      decisions as the archives applied so far leave them, and which these are
case-law/unfinished/coming/   those of the archive that is being read, as they come
```
"""

import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ingestion.case_law.jade import RULING_ID
from ingestion.documents.document import Kind
from ingestion.durable import replace_bytes
from ingestion.errors import IngestionError
from ingestion.index.build import build
from ingestion.index.publication import current_name, publish
from ingestion.index.search import Embedder
from ingestion.index.store import Manifest
from ingestion.legislation.archives import counted, pour
from ingestion.legislation.articles import SourceRefusal
from ingestion.legislation.mirror import ArchivePlan, ArchiveSource, ListedArchive
from ingestion.legislation.official_copy import ArchiveCopy
from ingestion.library.library import Library
from ingestion.progress import Progress, StepProgress

_CHILD = "ingestion.case_law.jade:tell_rulings"
_MOST_REFUSALS = 10_000


def case_law_home(home: Path) -> Path:
    """The data folder of case law below another."""
    return home / "case-law"


@dataclass(frozen=True, slots=True)
class RulingsFound:
    """What an archive had: how many decisions were kept, which were withdrawn, what was refused."""

    kept: int
    suppressed: tuple[str, ...] = ()
    refused: tuple[SourceRefusal, ...] = ()


class CaseLawCopy(ArchiveCopy):
    """The decisions of one data folder."""

    def __init__(self, home: Path) -> None:
        """`home` is the data folder of the rules; nothing is read before it is asked for."""
        super().__init__(case_law_home(home), "installing", "décisions")
        self._coming = self._unfinished / "coming"

    def take(self, archive: ListedArchive, pieces: Iterable[bytes]) -> RulingsFound:
        """Read an archive as its bytes come and apply it once it is whole.

        Once this returns, it need not be read again. Raises IngestionError when it cannot be read.
        """
        shutil.rmtree(self._coming, ignore_errors=True)
        self._coming.mkdir(parents=True)
        found = _Coming(archive.name, self._coming)
        pour(archive.name, pieces, (_CHILD, archive.name), found.collect)
        for path in sorted(self._coming.iterdir()):
            self._merge(path.name, path.read_bytes().splitlines())
        self._withdraw(frozenset(found.suppressed))
        self._reach(archive)
        shutil.rmtree(self._coming)
        return RulingsFound(found.kept, tuple(found.suppressed), tuple(found.refused))

    def keep(self) -> tuple[str, ...]:
        """Put the decisions that changed into the library; the caller holds the writer's lock.

        Returns the names of the files that changed. Raises IngestionError for one that cannot be
        read.
        """
        library, names = Library(self.folder), []
        for path in sorted(self._unfinished.glob("*.jsonl")):
            if not path.stat().st_size:
                library.remove([path.name])
            elif (added := library.add(path, path.name, Kind.RULINGS)).entry is None:
                raise IngestionError(f"{path.name} : {added.reading.problem}.")
            names.append(path.name)
        self.finish()
        return tuple(names)

    def _merge(self, name: str, lines: Iterable[bytes], gone: frozenset[str] = frozenset()) -> None:
        """Replace what a file has of these decisions, and leave out those that are gone."""
        known = {_id(line): line for line in self._lines(name)}
        known |= {_id(line): line for line in lines}
        left = (line for ruling, line in sorted(known.items()) if ruling not in gone)
        replace_bytes(self._unfinished / name, b"".join(line + b"\n" for line in left))

    def _withdraw(self, gone: frozenset[str]) -> None:
        if not gone:
            return
        names = {path.name for path in self._unfinished.glob("*.jsonl")}
        names |= {entry.source for entry in Library(self.folder).entries}
        for name in sorted(names):
            if any(_id(line) in gone for line in self._lines(name)):
                self._merge(name, (), gone)

    def _lines(self, name: str) -> list[bytes]:
        """The decisions of a file as the archives applied leave it."""
        path, library = self._unfinished / name, Library(self.folder)
        if path.exists():
            return path.read_bytes().splitlines()
        kept = [entry.sha256 for entry in library.entries if entry.source == name]
        return [line for each in kept for line in (library.original(each) or b"").splitlines()]


Told = Callable[[ListedArchive, RulingsFound], None]
"""Told what each archive had, once it is applied."""


def gather(
    copy: CaseLawCopy, source: ArchiveSource, plan: ArchivePlan, progress: Progress, told: Told
) -> None:
    """Read the archives of a plan and apply each once it is whole; progress is in bytes.

    Raises IngestionError when one cannot be had or read: those before it stay applied.
    """
    for archive, pieces in counted(source, plan, progress):
        told(archive, copy.take(archive, pieces))


class _Coming:
    """Writes the decisions of one archive, a file for each court and year, as they are told."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name, self._folder = name, folder
        self.kept = 0
        self.suppressed: list[str] = []
        self.refused: list[SourceRefusal] = []

    def collect(self, told: Iterable[bytes]) -> None:
        """Take in what the child tells, to its end."""
        for event in map(json.loads, told):
            match event:
                case ["ruling", str(file), str(line)]:
                    with (self._folder / Path(file).name).open("ab") as coming:
                        coming.write(line.encode() + b"\n")
                    self.kept += 1
                case ["suppressed", str(ruling)]:
                    self.suppressed.append(ruling)
                case ["refused", str(name), str(reason)]:
                    self.refused.append(SourceRefusal(name, reason))
            if len(self.refused) > _MOST_REFUSALS:
                raise IngestionError(f"{self._name} : plus de {_MOST_REFUSALS} fichiers refusés.")


def make_searchable(home: Path, embedder: Embedder, progress: StepProgress) -> Manifest:
    """Make the decisions searchable as the library has them; the caller holds the writer's lock."""
    folder = case_law_home(home)
    manifest = build(folder, embedder, progress)
    if not (folder / "current").exists() or current_name(folder) != manifest.name:
        publish(folder, manifest.name)
    return manifest


def _id(line: bytes) -> str:
    found = RULING_ID.search(line[:100].decode(errors="replace"))
    return found[0] if found else ""
