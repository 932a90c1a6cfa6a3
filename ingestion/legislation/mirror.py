"""Where LEGI archives are taken from, and which of them are to be taken, in what order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from ingestion.errors import IngestionError
from ingestion.legislation.archive_files import DilaFund, is_complete, is_incremental, moment_of

BLOCK_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class ListedArchive:
    """An archive that is offered; `size` in bytes, as nearly as its list tells it."""

    name: str
    size: int

    @property
    def moment(self) -> datetime:
        """When it was made, by its name."""
        return moment_of(self.name) or datetime.min

    @property
    def is_complete(self) -> bool:
        """Whether it holds all of its fund, and not what changed in a day."""
        return any(is_complete(self.name, each) for each in DilaFund)


class ArchiveSource(Protocol):
    """A place that offers archives."""

    def listing(self) -> tuple[ListedArchive, ...]:
        """Those that there are; raises IngestionError where that cannot be told."""

    def pieces(self, archive: ListedArchive) -> Iterator[bytes]:
        """The bytes of one of them as they come; raises IngestionError unless they are whole."""


class ArchiveFolder:
    """A folder with archives, carried here on a disk."""

    def __init__(self, folder: Path, fund: DilaFund = DilaFund.LEGI) -> None:
        self._folder = folder
        self._fund = fund

    def listing(self) -> tuple[ListedArchive, ...]:
        """The archives in it; raises IngestionError when there is no such folder."""
        if not self._folder.is_dir():
            raise IngestionError(f"Le dossier {self._folder} n'existe pas.")
        files = (path for path in sorted(self._folder.iterdir()) if path.is_file())
        return tuple(
            ListedArchive(path.name, path.stat().st_size)
            for path in files
            if is_offered(path.name, self._fund)
        )

    def pieces(self, archive: ListedArchive) -> Iterator[bytes]:
        """The bytes of one of them."""
        with (self._folder / archive.name).open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                yield block


def is_offered(name: str, fund: DilaFund = DilaFund.LEGI) -> bool:
    """Whether a name is that of an archive of a fund which tells its moment."""
    known = name.endswith(".tar.gz") and (is_complete(name, fund) or is_incremental(name, fund))
    return known and moment_of(name) is not None


# What to take: a complete archive, then what changed since. Pure.

BETWEEN = timedelta(hours=40)
"""More than there is between an archive and that of the next day, whenever either was made."""

LONGEST_HOLE = timedelta(days=8)
"""Never did a week go by without a change: what comes after such a hole is not applied."""


@dataclass(frozen=True, slots=True)
class ArchivePlan:
    """Archives in the order in which they are applied.

    `missing` are the days of which there is none between them. `beyond` is the first one after a
    hole so long that it and those after it are left.
    """

    archives: tuple[ListedArchive, ...]
    missing: tuple[date, ...] = ()
    beyond: ListedArchive | None = None

    @property
    def size(self) -> int:
        """Bytes to be read, about."""
        return sum(archive.size for archive in self.archives)


def plan_installation(offered: Sequence[ListedArchive], reached: datetime | None) -> ArchivePlan:
    """The newest complete archive unless it is older than what is here, and those after it.

    `reached` is the moment of the last archive applied, None where there is none. Raises
    IngestionError where nothing can be installed from what is offered.
    """
    whole = _newest_whole(offered)
    if whole is None or (reached and reached >= whole.moment):
        return plan_update(offered, reached)
    return _followed(whole.moment, offered, (whole,))


def plan_update(offered: Sequence[ListedArchive], reached: datetime | None) -> ArchivePlan:
    """The archives made after the last one applied.

    Raises IngestionError where none was, and where all that is offered is older.
    """
    if reached is None:
        raise IngestionError(
            "Aucune archive complète (Freemium_legi_global_….tar.gz) n'est installée ni proposée. "
            "Commencez par : sourcier law install"
        )
    newest = max(map(_moment, offered), default=datetime.min)
    if newest < reached:
        offers = f"date du {newest:%d/%m/%Y}" if offered else "manque"
        raise IngestionError(
            f"L'archive la plus récente qui est proposée {offers}, et les textes installés sont "
            f"ceux du {reached:%d/%m/%Y} : rien n'a été changé."
        )
    return _followed(reached, offered, ())


def plan_gathering(offered: Sequence[ListedArchive], reached: datetime | None) -> ArchivePlan:
    """The newest complete archive unless what is here is newer, and all of those after it.

    For a fund whose files do not change one another, and that is not published every day: what is
    missing cannot be told, and keeps nothing else back. Raises IngestionError where nothing can be
    begun from what is offered.
    """
    whole = _newest_whole(offered)
    first = () if whole is None or (reached and reached >= whole.moment) else (whole,)
    begun = first[0].moment if first else reached
    if begun is None:
        raise IngestionError(
            "Aucune archive complète (Freemium_jade_global_….tar.gz) n'est installée ni proposée."
        )
    later = (each for each in offered if not each.is_complete and each.moment > begun)
    return ArchivePlan((*first, *sorted(later, key=_moment)))


def _newest_whole(offered: Sequence[ListedArchive]) -> ListedArchive | None:
    return max((each for each in offered if each.is_complete), key=_moment, default=None)


def _followed(
    begun: datetime, offered: Sequence[ListedArchive], first: tuple[ListedArchive, ...]
) -> ArchivePlan:
    """The daily archives after a moment, up to a hole too long."""
    daily = [each for each in offered if not each.is_complete and each.moment > begun]
    taken, missing = list(first), list[date]()
    moments = [begun, *sorted(each.moment for each in daily)]
    for archive, (before, after) in zip(sorted(daily, key=_moment), pairwise(moments), strict=True):
        if after - before > LONGEST_HOLE:
            return ArchivePlan(tuple(taken), tuple(missing), archive)
        if after - before > BETWEEN:
            between = (after.date() - before.date()).days
            missing += [before.date() + timedelta(days=each) for each in range(1, between)]
        taken.append(archive)
    return ArchivePlan(tuple(taken), tuple(missing))


def _moment(archive: ListedArchive) -> datetime:
    return archive.moment
