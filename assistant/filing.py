"""Filing: dossiers created, filled, corrected, summed up and removed.

What changes one is on record, and so is what leaves it as a file.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.allowance import require_allowed
from assistant.fiche import Fiche, fiche
from assistant.fiche_export import FileFormat, exported
from assistant.journal import Journal
from ingestion.build import Progress
from ingestion.dossiers import RECORDS, Dossier, Dossiers
from ingestion.durable import writing
from ingestion.embedding import Embedder
from ingestion.errors import IngestionError
from ingestion.intake import (
    Parcel,
    Receipt,
    awaits_index,
    changing,
    index,
    receive,
    set_aside,
)
from ingestion.library import Holding, Library
from ingestion.passages import passages_of
from ingestion.piece_kinds import PieceKind
from ingestion.readings import Entry


def untold(*_: object) -> None:
    """The progress of what nobody watches."""


class Filing:
    """The dossiers that one reader may see, and what they do with them.

    Every method raises UnknownDossier for a dossier that is not theirs, and IngestionError with a
    French sentence when what is asked cannot be done.
    """

    def __init__(
        self,
        home: Path,
        journal: Journal,
        embedder: Callable[[], Embedder],
        teams: frozenset[str] | None = None,
        user: str = "",
        most: int | None = None,
    ) -> None:
        """`embedder` is asked for when pieces are indexed; `teams` None sees every dossier.

        `user` is the pseudonym of the reader, and `most` the bytes of pieces that they may keep, to
        the last sending; None for all that the disk takes.
        """
        self._journal = journal
        self._embedder = embedder
        self._user = user
        self._most = most
        self._dossiers = Dossiers(home, teams)

    def all(self) -> tuple[Dossier, ...]:
        """The dossiers, by identifier."""
        return self._dossiers.all()

    def get(self, dossier_id: str) -> Dossier:
        """One of them."""
        return self._dossiers.get(dossier_id)

    def pieces(self, dossier_id: str) -> tuple[Holding, ...]:
        """The files of a dossier, in the order of adding."""
        home = self._dossiers.home(dossier_id)
        aside = set_aside(home)
        return tuple(
            replace(each, aside=aside.get(each.entry.source, ""))
            for each in Library(home).holdings()
        )

    def count(self, dossier_id: str) -> int:
        """How many files there are."""
        return len(Library(self._dossiers.home(dossier_id)).entries)

    def fiche(self, dossier_id: str) -> Fiche:
        """What the pieces of a dossier state, subject by subject."""
        home = self._dossiers.home(dossier_id)
        return _fiche_of(home, Library(home).entries)

    def export(self, dossier_id: str, file_format: FileFormat) -> bytes:
        """Its fiche as a file."""
        dossier = self._dossiers.get(dossier_id)
        file = exported(self.fiche(dossier_id), dossier.reference or dossier.id, file_format)
        told = {"dossier": dossier_id, "format": file_format.value}
        self._record("export", told, dossier_id)
        return file

    def create(self, dossier: Dossier) -> None:
        """Open a new one; when the disk refuses, it is not opened."""
        self._dossiers.create(dossier)
        try:
            self._tell("created", dossier)
        except IngestionError:
            self._dossiers.withdraw(dossier.id)
            raise

    def describe(self, dossier: Dossier) -> None:
        """Describe one of them otherwise."""
        self._dossiers.describe(dossier)
        self._tell("described", dossier)

    def add(
        self,
        dossier_id: str,
        parcels: Iterable[Parcel],
        told: Callable[[Receipt], None] = untold,
        progress: Progress = untold,
    ) -> tuple[Receipt, ...]:
        """Take in files and ZIPs, then index what was kept; `told` hears of each file in turn.

        A file that cannot be indexed is among the receipts as one that is kept and not searched.
        """
        home = self._dossiers.home(dossier_id)
        if self._most is not None:
            require_allowed(self._journal, self._user, self._most)
        receipts: list[Receipt] = []
        with writing(home):
            with changing(home, self._embedder, progress):
                for receipt in receive(home, dossier_id, parcels):
                    if receipt.entry and not receipt.known:
                        sent = {"file": receipt.entry.source, "sha256": receipt.entry.sha256}
                        self._record("upload", sent, dossier_id)
                    receipts.append(receipt)
                    told(receipt)
            aside = set_aside(home)
        return tuple(
            replace(each, aside=aside.get(each.entry.source, "")) if each.entry else each
            for each in receipts
        )

    def set_piece(
        self, dossier_id: str, source: str, piece: PieceKind, progress: Progress = untold
    ) -> None:
        """Correct the kind of a piece, under which it is cited from now on."""
        home = self._dossiers.home(dossier_id)
        with writing(home), changing(home, self._embedder, progress):
            Library(home).set_piece(source, piece)
            corrected = {"act": "piece_set", "file": source, "piece": piece.value}
            self._record("dossier", corrected, dossier_id)

    def remove(
        self, dossier_id: str, sources: Iterable[str], progress: Progress = untold
    ) -> tuple[str, ...]:
        """Take files, or all those of folders, out of what is searched; the names removed."""
        home = self._dossiers.home(dossier_id)
        with writing(home), changing(home, self._embedder, progress):
            removed = Library(home).remove(tuple(sources))
            if not removed:
                raise IngestionError("Aucune pièce de ce dossier ne porte ce nom.")
            self._record("dossier", {"act": "pieces_removed", "files": list(removed)}, dossier_id)
        return removed

    def index(self, dossier_id: str, progress: Progress = untold) -> None:
        """Make the pieces searchable as they stand, after a change that was cut short."""
        home = self._dossiers.home(dossier_id)
        with writing(home):
            index(home, self._embedder(), progress)

    def awaits_index(self, dossier_id: str) -> bool:
        """Whether the pieces are not searched as they stand now."""
        return awaits_index(self._dossiers.home(dossier_id))

    def delete(self, dossier_id: str) -> None:
        """Remove a dossier with everything in it; the record of it holds its identifier only."""
        self._dossiers.delete(dossier_id)
        self._journal.append("dossier", {"act": "deleted", "dossier": dossier_id}, user=self._user)

    def _tell(self, act: str, dossier: Dossier) -> None:
        described = {name: str(value or "") for name, value in asdict(dossier).items()}
        self._record("dossier", {"act": act, "dossier": described}, dossier.id)

    def _record(self, kind: str, body: Mapping[str, Any], dossier_id: str) -> None:
        """Keep what was done, in the dossier."""
        home = self._dossiers.home(dossier_id)
        self._journal.append(kind, body, home / RECORDS, user=self._user)


@lru_cache(maxsize=16)
def _fiche_of(home: Path, entries: tuple[Entry, ...]) -> Fiche:
    """The fiche of a data folder, made once as long as the entries of its library are the same.

    A page shows it each time, and it takes seconds to read.
    """
    documents = Library(home).documents()
    return fiche([(document, passages_of(document)) for document in documents])
