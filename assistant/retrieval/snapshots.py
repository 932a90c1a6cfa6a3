"""Snapshots: holds published indexes open, and opens the next one as it is about to be."""

import weakref
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread

from ingestion.case_law.installation import case_law_home
from ingestion.errors import (
    DamagedSnapshot,
    EmbedderMismatch,
    IngestionError,
    UnknownSnapshot,
)
from ingestion.index.publication import announced_name, current_name, open_snapshot, served_name
from ingestion.index.search import Embedder
from ingestion.index.snapshot import IndexSnapshot
from ingestion.library.archive import Archive, archive_of
from ingestion.tenders.dossiers import Dossiers
from ingestion.tenders.intake import awaits_index

LOOK = 0.5
"""Seconds between two looks at what is about to be published."""


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

    def follow(self) -> None:
        """Open beside, from now on, what is about to be published: nobody waits for it then.

        It ends with the holder.
        """
        arguments = (weakref.ref(self), Event())
        Thread(target=_follow, args=arguments, name="publications", daemon=True).start()

    def open_ahead(self) -> None:
        """Open what is about to be published, and take up what has been.

        Raises as `current` does.
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


def _follow(following: "weakref.ref[SnapshotHolder]", never: Event) -> None:
    """What cannot be opened is told to who asks for it."""
    while not never.wait(LOOK):
        holder = following()
        if holder is None:
            return
        with suppress(IngestionError):
            holder.open_ahead()
        del holder


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
        self._lock = Lock()

    def current(self) -> IndexSnapshot:
        name = self._pinned or current_name(self._home)
        with self._lock:
            held = self._open
            if held is None or held.manifest.name != name:
                ahead, self._ahead = self._ahead, None
                held = ahead if ahead and ahead.manifest.name == name else self._checked(name)
                self._open = held
            return held

    def open_ahead(self) -> None:
        name = announced_name(self._home)
        if name is None:
            self.current()
            self._ahead = None
        elif all(each is None or each.manifest.name != name for each in (self._open, self._ahead)):
            self._ahead = self._checked(name)

    def _checked(self, name: str) -> IndexSnapshot:
        generation = self._opened(name)
        built_by = generation.manifest.embedder
        if built_by != self._embedder.name:
            raise EmbedderMismatch(
                f"L'index {name} a été construit avec {built_by}, mais le modèle de vecteurs "
                f"choisi est {self._embedder.name}. Reconstruisez-le : {self._remedy}"
            )
        return generation

    def _opened(self, name: str) -> IndexSnapshot:
        try:
            return open_snapshot(self._home, name)
        except DamagedSnapshot as error:
            if not self._of:
                raise
            raise DamagedSnapshot(
                f"L'index {self._of} est abîmé, ou d'une autre version de Sourcier. "
                f"Reconstruisez-le : {self._remedy}"
            ) from error
