"""Dossiers: tender files, each a data folder of its own, kept to its team.

```
dossiers/<id>/dossier.json      what it is about, and whose it is
dossiers/<id>/library.json …    its pieces, their readings, its own snapshots: see library.py
dossiers/<id>/records/          the texts of the answers given about it: the journal keeps hashes
```
Nothing of a dossier is written outside its folder, so that removing the folder removes the dossier.
Where the settings name a server it is there, and the folder is a copy: see server.py.
`Dossiers` is opened for the teams of one reader, and gives no other dossier whatever it is asked.
"""

import logging
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from ingestion.blobs import ArchiveBlobs
from ingestion.durable import lock_for_writing, refusals_of_disk, replace_bytes
from ingestion.errors import IngestionError, UnknownDossier
from ingestion.library.archive import Archive, archive_at
from ingestion.library.corpus import DOSSIER as DEMONSTRATION
from ingestion.library.corpus import Addition, builtin_additions
from ingestion.library.library import Library
from ingestion.postgresql import named_server
from ingestion.tenders.compartments import (
    DESCRIPTION,
    EVERYTHING,
    DossierReader,
    unknown_dossier,
)
from ingestion.tenders.server import DossierServer, remove_folder, remove_left

logger = logging.getLogger(__name__)

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DECLINED = ".demonstration-removed"
"""Beside the dossiers once somebody has removed the demonstration: it does not come back."""


class DossierStage(StrEnum):
    """How far a dossier has come; the value is the French word."""

    PREPARATION = "préparation"
    CONSULTATION = "consultation"
    ANALYSIS = "analyse"
    AWARDED = "attribué"
    PERFORMANCE = "exécution"
    CLOSED = "clos"


@dataclass(frozen=True, slots=True)
class Dossier:
    """What a dossier is about. `team` is the one whose members see it, "" for everybody.

    `sent` is the day on which the notice is sent for publication, `deadline` the last day for
    tenders, `notified` the day on which the contract is notified.
    """

    id: str
    reference: str = ""
    subject: str = ""
    buyer: str = ""
    team: str = ""
    stage: DossierStage = DossierStage.PREPARATION
    sent: date | None = None
    deadline: date | None = None
    notified: date | None = None

    @property
    def is_demonstration(self) -> bool:
        """Whether it is the fictional one that comes with the program."""
        return self.id == DEMONSTRATION


_dossier = TypeAdapter(Dossier)


class DossierPlace(Protocol):
    """Where dossiers are kept; descriptions are JSON."""

    def descriptions(self) -> Mapping[str, bytes]:
        """Those of all dossiers, by identifier and in its order."""

    def description(self, dossier_id: str) -> bytes | None:
        """That of one, None when there is none."""

    def create(self, dossier_id: str, description: bytes) -> bool:
        """Open a new one, whole or not at all; whether its identifier was free."""

    def describe(self, dossier_id: str, description: bytes) -> None:
        """Describe one otherwise."""

    def remove(self, dossier_id: str) -> None:
        """Remove one with all that it holds, gone for everybody once this returns."""

    def withdraw(self, dossier_id: str) -> None:
        """Remove one that was being opened when the disk refused, as far as it lets us."""

    def home(self, dossier_id: str) -> Path:
        """Its data folder on this machine, as the dossier stands now, to be read only."""

    def writing(self, dossier_id: str) -> AbstractContextManager[Path]:
        """The same for its only writer; what was changed is everybody's once this is left.

        Raises BusyIndex at once when there is another.
        """

    def archive(self, dossier_id: str) -> ArchiveBlobs:
        """Where evidence that was shown of it is kept."""


class DossierFolder:
    """A folder each; the descriptions are files."""

    def __init__(self, home: Path) -> None:
        self._root = home / "dossiers"

    def descriptions(self) -> Mapping[str, bytes]:
        """Those of their files, once the removals that were cut short are finished."""
        remove_left(self._root)
        found = {}
        for path in sorted(self._root.glob(f"[!.]*/{DESCRIPTION}")):
            with suppress(FileNotFoundError):  # another process removes it
                found[path.parent.name] = path.read_bytes()
        return found

    def description(self, dossier_id: str) -> bytes | None:
        """That of its file."""
        path = self._path(dossier_id)
        return path.read_bytes() if path.exists() else None

    def create(self, dossier_id: str, description: bytes) -> bool:
        """A new folder; when the disk refuses, nothing of it is left."""
        folder = self._path(dossier_id).parent
        if self._path(dossier_id).exists():
            return False
        with refusals_of_disk(self._root), ExitStack() as failing:
            failing.callback(self.withdraw, dossier_id)
            folder.mkdir(parents=True, exist_ok=True)
            replace_bytes(self._path(dossier_id), description)
            failing.pop_all()
        return True

    def describe(self, dossier_id: str, description: bytes) -> None:
        """Write its file."""
        with refusals_of_disk(self._root):
            replace_bytes(self._path(dossier_id), description)

    def remove(self, dossier_id: str) -> None:
        """Remove its folder."""
        remove_folder(self._path(dossier_id).parent)

    def withdraw(self, dossier_id: str) -> None:
        """Remove its folder at once: a disk that is full may refuse another name."""
        shutil.rmtree(self._path(dossier_id).parent, ignore_errors=True)

    def home(self, dossier_id: str) -> Path:
        """Its folder."""
        return self._path(dossier_id).parent

    @contextmanager
    def writing(self, dossier_id: str) -> Iterator[Path]:
        """Under the lock of its folder."""
        home = self.home(dossier_id)
        with lock_for_writing(home):
            yield home

    def archive(self, dossier_id: str) -> ArchiveBlobs:
        """In its folder."""
        return archive_at(self.home(dossier_id), "")

    def _path(self, dossier_id: str) -> Path:
        return self._root / dossier_id / DESCRIPTION


def place_at(home: Path, address: str, reader: DossierReader = EVERYTHING) -> DossierPlace:
    """The dossiers on a server, which are those of a reader, or in a folder for the address ""."""
    if not address:
        return DossierFolder(home)
    server = DossierServer(home, address, reader)
    server.take_over()
    return server


class Dossiers:
    """The dossiers of one data folder that the members of some teams may see."""

    def __init__(
        self,
        home: Path,
        teams: frozenset[str] | None = None,
        only: frozenset[str] | None = None,
    ) -> None:
        """`teams` None sees every dossier: that is the one user of a machine of their own.

        `only` are the identifiers of those that may be seen among these, None for all of them.
        """
        self._declined = home / "dossiers" / _DECLINED
        self._teams = teams
        self._only = only
        self._place = place_at(home, named_server(home, "store"), DossierReader(teams, only))

    def all(self) -> tuple[Dossier, ...]:
        """Those that may be seen, by identifier; `get` says of one that cannot be read."""
        return tuple(filter(self._sees, self._readable()))

    def _readable(self) -> Iterator[Dossier]:
        for dossier_id, description in self._place.descriptions().items():
            try:
                yield _read(dossier_id, description)
            except IngestionError as error:  # its team is unknown, and others have their own
                logger.warning("A dossier is left out: %s", error)

    def get(self, dossier_id: str) -> Dossier:
        """One of them; raises UnknownDossier, in the same words for one of another team."""
        found = self._place.description(dossier_id) if _ID.fullmatch(dossier_id) else None
        dossier = None if found is None else _read(dossier_id, found)
        if dossier is None or not self._sees(dossier):
            raise unknown_dossier(dossier_id)
        return dossier

    def home(self, dossier_id: str) -> Path:
        """The data folder of one of them, to be read only; raises UnknownDossier."""
        return self._place.home(self.get(dossier_id).id)

    def writing(self, dossier_id: str) -> AbstractContextManager[Path]:
        """The same for its only writer; raises UnknownDossier, or BusyIndex when entered."""
        return self._place.writing(self.get(dossier_id).id)

    def archive(self, dossier_id: str) -> Archive:
        """Where evidence shown of one of them is kept; raises UnknownDossier."""
        return Archive(self.home(dossier_id), self._place.archive(dossier_id))

    def create(self, dossier: Dossier) -> None:
        """Write a new one; raises IngestionError when the identifier is taken or is not one.

        So it does for a team that is not the reader's. When the disk refuses, nothing of it is
        left.
        """
        if not _ID.fullmatch(dossier.id):
            raise IngestionError(
                f"« {dossier.id[:64]} » ne peut pas nommer un dossier : lettres sans accent, "
                "chiffres, points, tirets et tirets bas, 64 au plus."
            )
        if not (self._sees(dossier) and self._place.create(dossier.id, _written(dossier))):
            self._require_team(dossier.team)
            raise IngestionError(
                f"Le nom « {dossier.id} » n'est pas libre. Choisissez-en un autre."
            )
        if dossier.is_demonstration:
            self._declined.unlink(missing_ok=True)

    def withdraw(self, dossier_id: str) -> None:
        """Take back one that was being opened when the disk refused, as far as it lets us."""
        self._place.withdraw(dossier_id)

    def describe(self, dossier: Dossier) -> None:
        """Write another description of one of them; raises UnknownDossier."""
        self.get(dossier.id)
        self._require_team(dossier.team)
        self._place.describe(dossier.id, _written(dossier))

    def delete(self, dossier_id: str) -> None:
        """Remove one of them with everything that it holds; raises UnknownDossier."""
        if self.get(dossier_id).is_demonstration:
            self._declined.parent.mkdir(exist_ok=True)
            self._declined.touch()
        self._place.remove(dossier_id)

    def _sees(self, dossier: Dossier) -> bool:
        is_named = self._only is None or dossier.id in self._only
        return is_named and self._is_shown_to(dossier.team)

    def _is_shown_to(self, team: str) -> bool:
        return self._teams is None or not team or team in self._teams

    def _require_team(self, team: str) -> None:
        if not self._is_shown_to(team):
            own = ", ".join(sorted(self._teams or ()))
            known = f"Les vôtres : {own}." if own else "Vous n'en avez aucune."
            raise IngestionError(f"L'équipe « {team} » n'est pas une des vôtres. {known}")


def _read(dossier_id: str, description: bytes) -> Dossier:
    try:
        # The place is the name: a description copied elsewhere does not open another dossier.
        return replace(_dossier.validate_json(description), id=dossier_id)
    except ValidationError as error:
        raise IngestionError(
            f"La description du dossier {dossier_id} est abîmée. Rétablissez-la d'une sauvegarde."
        ) from error


def _written(dossier: Dossier) -> bytes:
    return _dossier.dump_json(dossier, indent=2)


def provided_additions(home: Path) -> list[Addition]:
    """The built-in corpus, without the demonstration dossier once it has been removed."""
    declined = (home / "dossiers" / _DECLINED).exists()
    return [each for each in builtin_additions() if each.dossier is None or not declined]


@contextmanager
def library_of(home: Path, dossier_id: str | None) -> Iterator[Library]:
    """The library that a file is added to: that of the rules, or of a dossier, created if new.

    Raises BusyIndex when somebody else changes the dossier.
    """
    if dossier_id is None:
        yield Library(home)
        return
    dossiers = Dossiers(home)
    try:
        dossiers.get(dossier_id)
    except UnknownDossier:
        dossiers.create(Dossier(dossier_id))
    with dossiers.writing(dossier_id) as folder:
        yield Library(folder)
