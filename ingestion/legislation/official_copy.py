"""The official texts: those that are kept of LEGI archives, what is installed of them, and how.

```
law/installed.json     the archives of which the library has the texts
law/unfinished/        the texts as the archives applied so far leave them, and which these are
```
The stream of an archive cannot be entered in its middle: one that is cut while it is read goes on
in the same run, one that is killed is read again, and those applied before it are not.
"""

import shutil
import tomllib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ingestion.documents.document import Kind
from ingestion.durable import alone_with, refusals_of_disk, replace_bytes
from ingestion.errors import IngestionError
from ingestion.legislation.archive_files import moment_of
from ingestion.legislation.archives import counted, read_stream
from ingestion.legislation.articles import (
    TEXT_ID,
    ArticleVersion,
    Changes,
    from_line,
    known_versions,
    merge,
    source_of,
)
from ingestion.legislation.mirror import ArchivePlan, ArchiveSource, ListedArchive
from ingestion.library.corpus import CORPUS, Addition
from ingestion.library.library import Library
from ingestion.progress import Progress


@dataclass(frozen=True, slots=True)
class ChosenText:
    """A text to keep: `id` names its folder in archives, `says` are words that its title has.

    One without is found by how its title `begins`. Without one that is `required`, a complete
    archive is not the one that was awaited.
    """

    title: str
    why: str
    says: tuple[str, ...]
    id: str = ""
    begins: str = ""
    required: bool = False

    @property
    def key(self) -> str:
        """What archives are asked for it by."""
        return self.id or self.begins

    def is_called(self, title: str) -> bool:
        """Whether a title may be that of this text."""
        folded = _folded(title)
        is_so = all(_folded(words) in folded for words in self.says)
        return is_so and folded.startswith(_folded(self.begins))


@cache
def chosen_texts() -> tuple[ChosenText, ...]:
    """The list of corpus/textes.toml, in its order."""
    rows = tomllib.loads((CORPUS / "textes.toml").read_text(encoding="utf-8"))["text"]
    return tuple(ChosenText(**{**row, "says": tuple(row["says"])}) for row in rows)


@dataclass(frozen=True, slots=True)
class Sifted:
    """What an archive has of the texts awaited.

    `absent` are those of which it has nothing; `foreign` the titles of texts that stood under the
    identifier of one and are not called like any.
    """

    changes: Changes
    absent: tuple[ChosenText, ...]
    foreign: tuple[str, ...]


def sift(changes: Changes, chosen: Sequence[ChosenText], known: Collection[str]) -> Sifted:
    """Leave out what is neither one of the texts chosen nor known already (LEGITEXT…). Pure.

    Raises IngestionError when a complete archive lacks a text that is required.
    """
    titles = {version.text_id: version.code for version in changes.versions}
    kept = {
        text_id
        for text_id, title in titles.items()
        if text_id in known or any(each.is_called(title) for each in chosen)
    }
    absent = tuple(
        each for each in chosen if not any(each.is_called(titles[text]) for text in kept)
    )
    for each in absent:
        if each.required and changes.is_complete:
            raise IngestionError(
                f"{changes.source} n'a pas le texte attendu ({each.title}, {each.key}) : ce n'est "
                "pas l'archive complète de LEGI, ou elle a changé de forme. Rien n'a été installé."
            )
    versions = tuple(version for version in changes.versions if version.text_id in kept)
    foreign = tuple(dict.fromkeys(titles[text] for text in titles.keys() - kept))
    return Sifted(replace(changes, versions=versions), absent, foreign)


def _folded(words: str) -> str:
    return " ".join(words.casefold().replace("’", "'").replace("œ", "oe").split())


# What is installed, and an installation that goes on where it stopped.


@dataclass(frozen=True, slots=True)
class InstalledArchives:
    """The archives that were applied: the complete one, the last one, and the days without one.

    `texts` are those that the library has of the law (LEGITEXT…).
    """

    complete: str
    last: str
    missing: tuple[date, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def moment(self) -> datetime:
        """When the last one was made."""
        return moment_of(self.last) or datetime.min


_installed = TypeAdapter(InstalledArchives)


class ArchiveCopy:
    """What archives of a fund come to, applied one after the other to a folder of a data folder."""

    def __init__(self, folder: Path, lock: str, what: str) -> None:
        """`lock` is the name of a file of the folder, `what` is installed, in French."""
        self.folder = folder
        """Where all of this is kept, and its lock."""
        self._lock, self._what = lock, what
        self._record = folder / "installed.json"
        self._unfinished = folder / "unfinished"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only installation in this folder; raises BusyIndex at once when another is."""
        busy = f"Une autre installation des {self._what} est en cours. Réessayez quand elle est "
        lock = alone_with(self.folder / self._lock, f"{busy}finie.")
        with refusals_of_disk(self.folder.parent), lock:
            self._unfinished.mkdir(exist_ok=True)
            yield

    @property
    def installed(self) -> InstalledArchives | None:
        """What the library has, None when nothing was installed."""
        return _read(self._record)

    @property
    def reached(self) -> InstalledArchives | None:
        """As far as an installation that did not end has come, else what is installed."""
        return _read(self._unfinished / "reached.json") or self.installed

    @property
    def moment(self) -> datetime | None:
        """When the last archive that was reached was made."""
        return reached.moment if (reached := self.reached) else None

    def finish(self) -> None:
        """The library has what was applied: what was kept to go on is no longer needed."""
        if reached := _read(self._unfinished / "reached.json"):
            replace_bytes(self._record, _installed.dump_json(self._held(reached)))
        self.abandon()

    def abandon(self) -> None:
        """What was applied and not installed is forgotten: the next installation begins anew."""
        shutil.rmtree(self._unfinished)

    def _reach(self, archive: ListedArchive, missing: Collection[date] = ()) -> None:
        """Note that an archive is applied: it need not be read again."""
        before = self.reached
        if archive.is_complete or before is None:
            before = InstalledArchives(archive.name, archive.name)
        days = {*before.missing, *(day for day in missing if day < archive.moment.date())}
        reached = replace(before, last=archive.name, missing=tuple(sorted(days)))
        replace_bytes(self._unfinished / "reached.json", _installed.dump_json(reached))

    def _held(self, reached: InstalledArchives) -> InstalledArchives:
        """The same, with what the library has of it."""
        return reached


def _read(path: Path) -> InstalledArchives | None:
    try:
        return _installed.validate_json(path.read_bytes()) if path.exists() else None
    except ValidationError:
        return None  # written by another version: it is installed again


class OfficialCopy(ArchiveCopy):
    """The official texts of one data folder."""

    def __init__(self, home: Path) -> None:
        super().__init__(home / "law", "lock", "textes officiels")
        self._library = Library(home)
        self._known: dict[str, tuple[ArticleVersion, ...]] = {}

    @property
    def installed(self) -> InstalledArchives | None:
        """What the library has, None when nothing was installed or it was taken out since."""
        found = super().installed
        return found if found and set(found.texts) <= set(self.text_ids()) else None

    def text_ids(self) -> tuple[str, ...]:
        """The official texts that the library has."""
        names = (entry.source.removesuffix(".jsonl") for entry in self._library.entries)
        return tuple(name for name in names if TEXT_ID.fullmatch(name))

    def apply(self, archive: ListedArchive, changes: Changes, missing: Collection[date]) -> None:
        """Apply what an archive holds; once this returns, it need not be read again.

        `missing` are days without an archive, those after this one among them.
        """
        for text_id in self._touched(changes):
            merged = merge(text_id, self._versions(text_id), [changes])
            replace_bytes(self._unfinished / merged.source, merged.content)
            self._known[text_id] = merged.versions
        self._reach(archive, missing)

    def versions(self) -> dict[str, tuple[ArticleVersion, ...]]:
        """Every text that changed, as the archives applied leave it."""
        return {path.stem: self._versions(path.stem) for path in self._files()}

    def additions(self) -> tuple[Addition, ...]:
        """The texts that changed, for the library."""
        return tuple(
            Addition(path, path.name, Kind.RULES) for path in self._files() if path.stat().st_size
        )

    def emptied(self) -> tuple[str, ...]:
        """The names of texts of which no version is left."""
        return tuple(path.name for path in self._files() if not path.stat().st_size)

    def abandon(self) -> None:
        """The same, and what is known of the texts with it."""
        super().abandon()
        self._known.clear()

    def _held(self, reached: InstalledArchives) -> InstalledArchives:
        texts = {*reached.texts, *(each.path.stem for each in self.additions())}
        return replace(reached, texts=tuple(sorted(texts & set(self.text_ids()))))

    def _files(self) -> list[Path]:
        return sorted(self._unfinished.glob("*.jsonl"))

    def _touched(self, changes: Changes) -> list[str]:
        gone, read = set(changes.suppressed), {version.text_id for version in changes.versions}
        known = {*self.text_ids(), *(path.stem for path in self._files())} if gone else set()
        emptied = {text for text in known if any(each.id in gone for each in self._versions(text))}
        return sorted(read | emptied)

    def _versions(self, text_id: str) -> tuple[ArticleVersion, ...]:
        if text_id not in self._known:
            path = self._unfinished / source_of(text_id)
            self._known[text_id] = (
                tuple(map(from_line, path.read_bytes().splitlines()))
                if path.exists()
                else known_versions(self._library, text_id)
            )
        return self._known[text_id]


Told = Callable[[ListedArchive, Sifted], None]
"""Told what each archive had, before it is applied."""


def take(
    copy: OfficialCopy,
    source: ArchiveSource,
    plan: ArchivePlan,
    chosen: Sequence[ChosenText],
    progress: Progress,
    told: Told,
) -> None:
    """Read the archives of a plan and apply each once it is whole; progress is in bytes.

    Nothing of an archive is written but the texts chosen, and those that the library has. Raises
    IngestionError when one cannot be had or read: those before it stay applied.
    """
    for archive, pieces in counted(source, plan, progress):
        wanted = {*(each.key for each in chosen), *copy.text_ids()}
        found = read_stream(archive.name, pieces, wanted)
        sifted = sift(found, chosen, copy.text_ids())
        told(archive, sifted)
        copy.apply(archive, sifted.changes, plan.missing)
