"""Snapshots: holds published indexes open, and opens the next one as it is about to be."""

import logging
import weakref
from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TypeVar

from ingestion.case_law.installation import case_law_home
from ingestion.errors import (
    DamagedSnapshot,
    EmbedderMismatch,
    IngestionError,
    UnknownSnapshot,
)
from ingestion.index.publication import (
    announced_name,
    current_name,
    open_snapshot,
    read_manifest,
    served_name,
)
from ingestion.index.search import Embedder
from ingestion.index.snapshot import IndexSnapshot
from ingestion.library.archive import Archive, archive_of
from ingestion.tenders.dossiers import Dossiers
from ingestion.tenders.intake import awaits_index

Told = TypeVar("Told")

LOOK = 1.0
"""Seconds between two looks at what is about to be published, which takes more to be verified."""


class SnapshotHolder:
    """Gives each question one snapshot of the rules, and of a dossier, for its whole length."""

    def __init__(self, home: Path, embedder: Embedder, name: str | None = None) -> None:
        """`name` pins one snapshot of the rules instead of the published one."""
        self.home = home
        self._embedder = embedder
        self._rules = _Held(home, embedder, name)
        self._dossiers: dict[Path, _Held] = {}
        self._case_law = _Held(
            case_law_home(home), embedder, of="des décisions", remedy="sourcier decisions install"
        )

    def current(self) -> IndexSnapshot:
        """The snapshot of the rules to use now.

        Raises UnknownSnapshot when none is published, DamagedSnapshot, or EmbedderMismatch.
        """
        return self._rules.current()

    def follow(self) -> Thread:
        """Open beside the rules about to be published, and those in use, from now on.

        It ends with the holder.
        """
        thread = Thread(target=_follow, args=(weakref.ref(self),), name="publications", daemon=True)
        thread.start()
        return thread

    def open_ahead(self) -> None:
        """Open the rules that are about to be in use, else take up those that are.

        What could not be opened is not tried again. Raises as `current` does.
        """
        self._rules.open_ahead()

    def dossiers(self, teams: frozenset[str] | None) -> Dossiers:
        """The dossiers that the members of these teams may see; all of them for None."""
        return Dossiers(self.home, teams)

    def archive(self, dossier_id: str | None, teams: frozenset[str] | None) -> Archive:
        """Where evidence of the rules, or of a dossier, is kept; raises UnknownDossier."""
        return self.dossiers(teams).archive(dossier_id) if dossier_id else archive_of(self.home)

    def dossier(self, dossier_id: str, teams: frozenset[str] | None) -> IndexSnapshot:
        """What may be searched of a dossier.

        Raises UnknownDossier when there is none for these teams, UnknownSnapshot when its pieces
        are not indexed yet, DamagedSnapshot, or EmbedderMismatch.
        """
        folder = self.dossiers(teams).home(dossier_id)
        # Other threads add and remove as well: the walk is over a copy, which is made at once.
        for gone in [each for each in tuple(self._dossiers) if not each.exists()]:
            self._dossiers.pop(gone, None)  # files are only freed once nobody holds them open
        if served_name(folder) is None:
            remedy = (
                f"Indexez-les : sourcier dossier index {dossier_id}"
                if awaits_index(folder)
                else f"Ajoutez-les : sourcier dossier add {dossier_id} FICHIER…"
            )
            raise UnknownSnapshot(
                f"Les pièces du dossier {dossier_id} ne sont pas encore indexées. {remedy}"
            )
        of, remedy = f"du dossier {dossier_id}", f"sourcier dossier index {dossier_id}"
        held = _Held(folder, self._embedder, of=of, remedy=remedy)
        return self._dossiers.setdefault(folder, held).current()

    def case_law(self) -> IndexSnapshot | None:
        """What courts decided; None where it is not installed.

        Raises DamagedSnapshot, or EmbedderMismatch.
        """
        is_installed = (case_law_home(self.home) / "current").exists()
        return self._case_law.current() if is_installed else None

    def awaits_index(self, dossier_id: str, teams: frozenset[str] | None) -> bool:
        """Whether a dossier holds other pieces than those that may be searched of it now."""
        return awaits_index(self.dossiers(teams).home(dossier_id))


def _follow(following: "weakref.ref[SnapshotHolder]") -> None:
    """What cannot be opened is told again to who asks for it."""
    while (holder := following()) is not None:
        try:
            holder.open_ahead()
        except (IngestionError, OSError) as failure:
            logging.getLogger(__name__).warning("Ouverture de l'index : %s", str(failure))
        del holder
        Event().wait(LOOK)


class _Held:
    """The open snapshot of one data folder."""

    def __init__(
        self,
        home: Path,
        embedder: Embedder,
        name: str | None = None,
        *,
        of: str = "",
        remedy: str = "sourcier index build",
    ) -> None:
        """`of` says whose index it is, "" for that of the rules, the only one to be rolled back."""
        self._home = home
        self._of = of
        self._remedy = remedy
        self._embedder = embedder
        self._pinned = name
        self._open: IndexSnapshot | None = None
        self._ahead: IndexSnapshot | None = None
        self._failed: str | None = None
        self._opening = Lock()

    def current(self) -> IndexSnapshot:
        name = self._pinned or current_name(self._home)
        held = self._open
        if held is not None and _is(held, name):
            return held
        with self._opening:  # somebody else may have opened it meanwhile
            held = next((each for each in (self._open, self._ahead) if _is(each, name)), None)
            self._open, self._ahead = held or self._checked(name), None
            return self._open

    def open_ahead(self) -> None:
        announced, served = announced_name(self._home), served_name(self._home)
        coming = announced or served
        with self._opening:
            is_there = any(_is(each, coming) for each in (self._open, self._ahead))
            if coming is not None and not is_there and coming != self._failed:
                self._ahead, self._failed = None, coming
                self._ahead, self._failed = self._checked(coming), None
            if announced is None:
                if _is(self._ahead, served):
                    self._open = self._ahead
                self._ahead = None

    def _checked(self, name: str) -> IndexSnapshot:
        """Open one; that it is another embedder's is seen before all of it is read."""
        built_by = self._asked(read_manifest, name).embedder
        if built_by != self._embedder.name:
            raise EmbedderMismatch(
                f"L'index {name} a été construit avec {built_by}, mais le modèle de vecteurs "
                f"choisi est {self._embedder.name}. Reconstruisez-le : {self._remedy}"
            )
        return self._asked(open_snapshot, name)

    def _asked(self, ask: Callable[[Path, str], Told], name: str) -> Told:
        try:
            return ask(self._home, name)
        except DamagedSnapshot as error:
            if not self._of:
                raise
            raise DamagedSnapshot(
                f"L'index {self._of} est abîmé, ou d'une autre version de Sourcier. "
                f"Reconstruisez-le : {self._remedy}"
            ) from error


def _is(snapshot: IndexSnapshot | None, name: str | None) -> bool:
    return snapshot is not None and snapshot.manifest.name == name
