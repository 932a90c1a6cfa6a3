"""Dossiers: the tender files of this machine, each a data folder of its own, kept to its team.

```
dossiers/<id>/dossier.json      what it is about, and whose it is
dossiers/<id>/library.json …    its pieces, their readings, its own snapshots: see library.py
dossiers/<id>/records/          the texts of the answers given about it: the journal keeps hashes
```
Nothing of a dossier is written outside its folder, so that removing the folder removes the dossier.
`Dossiers` is opened for the teams of one reader, and gives no other dossier whatever it is asked.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ingestion.durable import refusals_of_disk, replace_bytes, sync
from ingestion.errors import IngestionError, UnknownDossier
from ingestion.library.library import DOSSIER as DEMONSTRATION
from ingestion.library.library import Addition, Library, builtin_additions

DESCRIPTION = "dossier.json"
RECORDS = "records"

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DECLINED = ".demonstration-removed"
"""Beside the dossiers once somebody has removed the demonstration: it does not come back."""

_REMOVED = ".removed-"
"""Start of the name of a dossier whose removal has begun: it is finished at the next opening."""


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
        self._root = home / "dossiers"
        self._teams = teams
        self._only = only

    def all(self) -> tuple[Dossier, ...]:
        """Those that may be seen, by identifier."""
        return tuple(dossier for dossier in self._stored() if self._sees(dossier))

    def get(self, dossier_id: str) -> Dossier:
        """One of them; raises UnknownDossier, in the same words for one of another team."""
        path = self._path(dossier_id) if _ID.fullmatch(dossier_id) else None
        dossier = self._read(path) if path and path.exists() else None
        if dossier is None or not self._sees(dossier):
            raise UnknownDossier(f"Il n'y a pas de dossier {dossier_id[:64]!r}.")
        return dossier

    def home(self, dossier_id: str) -> Path:
        """The data folder of one of them; raises UnknownDossier."""
        return self._root / self.get(dossier_id).id

    def create(self, dossier: Dossier) -> None:
        """Write a new one; raises IngestionError when the identifier is taken or is not one.

        When the disk refuses, nothing of it is left.
        """
        if not _ID.fullmatch(dossier.id):
            raise IngestionError(
                f"« {dossier.id[:64]} » ne peut pas nommer un dossier : lettres sans accent, "
                "chiffres, points, tirets et tirets bas, 64 au plus."
            )
        if self._path(dossier.id).exists() or not self._sees(dossier):
            raise IngestionError(
                f"Le nom « {dossier.id} » n'est pas libre. Choisissez-en un autre."
            )
        with refusals_of_disk(self._root):
            self._path(dossier.id).parent.mkdir(parents=True, exist_ok=True)
        try:
            self._write(dossier)
        except IngestionError:
            self.withdraw(dossier.id)
            raise
        if dossier.is_demonstration:
            (self._root / _DECLINED).unlink(missing_ok=True)

    def withdraw(self, dossier_id: str) -> None:
        """Take back one that was being opened when the disk refused, as far as it lets us."""
        shutil.rmtree(self._path(dossier_id).parent, ignore_errors=True)

    def describe(self, dossier: Dossier) -> None:
        """Write another description of one of them; raises UnknownDossier."""
        self.get(dossier.id)
        if not self._sees(dossier):
            raise IngestionError(f"L'équipe « {dossier.team} » n'est pas une des vôtres.")
        self._write(dossier)

    def delete(self, dossier_id: str) -> None:
        """Remove one of them with everything that it holds; raises UnknownDossier."""
        folder = self.home(dossier_id)
        if dossier_id == DEMONSTRATION:
            (self._root / _DECLINED).touch()
        removed = folder.with_name(_REMOVED + dossier_id)
        folder.rename(removed)  # at once gone for everybody; what follows may be cut short
        sync(self._root)
        shutil.rmtree(removed)

    def _stored(self) -> Iterator[Dossier]:
        for left in self._root.glob(f"{_REMOVED}*"):
            shutil.rmtree(left, ignore_errors=True)
        for path in sorted(self._root.glob(f"*/{DESCRIPTION}")):
            yield self._read(path)

    def _sees(self, dossier: Dossier) -> bool:
        is_named = self._only is None or dossier.id in self._only
        return is_named and (self._teams is None or not dossier.team or dossier.team in self._teams)

    def _path(self, dossier_id: str) -> Path:
        return self._root / dossier_id / DESCRIPTION

    def _read(self, path: Path) -> Dossier:
        try:
            # The folder is the name: a description copied elsewhere does not open another dossier.
            return replace(_dossier.validate_json(path.read_bytes()), id=path.parent.name)
        except ValidationError as error:
            raise IngestionError(f"{path} est abîmé. Rétablissez-le d'une sauvegarde.") from error

    def _write(self, dossier: Dossier) -> None:
        with refusals_of_disk(self._root):
            replace_bytes(self._path(dossier.id), _dossier.dump_json(dossier, indent=2))


def provided_additions(home: Path) -> list[Addition]:
    """The built-in corpus, without the demonstration dossier once it has been removed."""
    declined = (home / "dossiers" / _DECLINED).exists()
    return [each for each in builtin_additions() if each.dossier is None or not declined]


def library_of(home: Path, dossier_id: str | None) -> Library:
    """The library that a file is added to: that of the rules, or of a dossier, created if new."""
    if dossier_id is None:
        return Library(home)
    dossiers = Dossiers(home)
    if dossier_id not in {known.id for known in dossiers.all()}:
        dossiers.create(Dossier(dossier_id))
    return Library(dossiers.home(dossier_id))
