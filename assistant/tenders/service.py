"""Dossiers: created, filled within an allowance, corrected, summed up on paper, removed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.journal.journal import Journal
from assistant.tenders.conformity.review import contract_day
from assistant.tenders.fiche import Fiche, fiche
from assistant.tenders.fiche_export import FileFormat, exported
from ingestion.chunking.passages import passages_of
from ingestion.documents.document import Document
from ingestion.documents.pieces import PieceKind
from ingestion.errors import IngestionError
from ingestion.index.search import Embedder
from ingestion.library.library import Holding, Library
from ingestion.library.readings import LibraryEntry
from ingestion.progress import StepProgress, untold
from ingestion.setup.preflight import gigabytes
from ingestion.tenders.compartments import RECORDS
from ingestion.tenders.dossiers import Dossier, Dossiers
from ingestion.tenders.intake import (
    Parcel,
    Receipt,
    awaits_index,
    changing,
    index,
    receive,
    set_aside,
)

# Allowance: how many bytes of pieces one person may keep, in all the dossiers together.


def kept_by(journal: Journal, user: str) -> int:
    """Bytes of the pieces that someone sent to dossiers which are still there.

    A piece taken out of a dossier is kept with it, since answers point into it. One sent longer ago
    than the journal keeps its words is no longer anybody's.
    """
    sent = set()
    for entry in journal.entries():
        if entry["kind"] == "upload" and entry["user"] == user and (body := journal.body(entry)):
            records = journal.apart(entry)
            if records is not None:
                sent.add((records.parent, str(body["sha256"])))
    # A dossier on a server may have no copy here yet.
    copies = {home: Dossiers(home.parents[1]).home(home.name) for home, _ in sent}
    return sum(Library(copies[home]).size(digest) for home, digest in sent)


def require_allowed(journal: Journal, user: str, most: int) -> None:
    """Raise IngestionError when someone keeps as many bytes as they may."""
    kept = kept_by(journal, user)
    if kept >= most:
        raise IngestionError(
            f"Les pièces que vous avez déposées occupent {gigabytes(kept)}, et chacun a droit à "
            f"{gigabytes(most)}. Effacez un dossier devenu inutile, ou demandez à "
            "l'administrateur d'augmenter « personal_gigabytes » dans settings.toml."
        )


# Filing: dossiers created, filled, corrected, summed up and removed.
#
# What changes one is on record, and so is what leaves it as a file.


class DossierService:
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
        only: frozenset[str] | None = None,
    ) -> None:
        """`embedder` is asked for when pieces are indexed; `teams` None sees every dossier.

        `user` is the pseudonym of the reader, and `most` the bytes of pieces that they may keep, to
        the last sending; None for all that the disk takes. `only` are those of their dossiers that
        are shown, by identifier, None for all of them.
        """
        self._journal = journal
        self._embedder = embedder
        self._user = user
        self._most = most
        self._dossiers = Dossiers(home, teams, only)

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

    def documents(self, dossier_id: str) -> tuple[Document, ...]:
        """What its pieces say, as they were read."""
        return tuple(Library(self._dossiers.home(dossier_id)).documents())

    def fiche(self, dossier_id: str) -> Fiche:
        """What the pieces of a dossier state, subject by subject."""
        home = self._dossiers.home(dossier_id)
        return _fiche_of(home, Library(home).entries, self.get(dossier_id))

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
        progress: StepProgress = untold,
    ) -> tuple[Receipt, ...]:
        """Take in files and ZIPs, then index what was kept; `told` hears of each file in turn.

        A file that cannot be indexed is among the receipts as one that is kept and not searched.
        """
        self._dossiers.get(dossier_id)
        if self._most is not None:
            require_allowed(self._journal, self._user, self._most)
        receipts: list[Receipt] = []
        with self._dossiers.writing(dossier_id) as home:
            with changing(home, self._embedder, progress):
                for receipt in receive(home, dossier_id, parcels, progress):
                    self._tell_upload(receipt, dossier_id)
                    receipts.append(receipt)
                    told(receipt)
            aside = set_aside(home)
        return tuple(
            replace(each, aside=aside.get(each.entry.source, "")) if each.entry else each
            for each in receipts
        )

    def set_piece(
        self, dossier_id: str, source: str, piece: PieceKind, progress: StepProgress = untold
    ) -> None:
        """Correct the kind of a piece, under which it is cited from now on."""
        with (
            self._dossiers.writing(dossier_id) as home,
            changing(home, self._embedder, progress),
        ):
            Library(home).set_piece(source, piece)
            corrected = {"act": "piece_set", "file": source, "piece": piece.value}
            self._record("dossier", corrected, dossier_id)

    def remove(
        self, dossier_id: str, sources: Iterable[str], progress: StepProgress = untold
    ) -> tuple[str, ...]:
        """Take files, or all those of folders, out of what is searched; the names removed."""
        with (
            self._dossiers.writing(dossier_id) as home,
            changing(home, self._embedder, progress),
        ):
            removed = Library(home).remove(tuple(sources))
            if not removed:
                raise IngestionError("Aucune pièce de ce dossier ne porte ce nom.")
            self._record("dossier", {"act": "pieces_removed", "files": list(removed)}, dossier_id)
        return removed

    def index(self, dossier_id: str, progress: StepProgress = untold) -> None:
        """Make the pieces searchable as they stand, after a change that was cut short."""
        with self._dossiers.writing(dossier_id) as home:
            index(home, self._embedder(), progress)

    def awaits_index(self, dossier_id: str) -> bool:
        """Whether the pieces are not searched as they stand now."""
        return awaits_index(self._dossiers.home(dossier_id))

    def delete(self, dossier_id: str) -> None:
        """Remove a dossier with everything in it; the record of it holds its identifier only."""
        self._dossiers.delete(dossier_id)
        self._journal.append("dossier", {"act": "deleted", "dossier": dossier_id}, user=self._user)

    def _tell_upload(self, receipt: Receipt, dossier_id: str) -> None:
        """Keep that a file was sent, unless it was there or was refused."""
        if receipt.entry and not receipt.known:
            sent = {"file": receipt.entry.source, "sha256": receipt.entry.sha256}
            self._record("upload", sent, dossier_id)

    def _tell(self, act: str, dossier: Dossier) -> None:
        described = {name: str(value or "") for name, value in asdict(dossier).items()}
        self._record("dossier", {"act": act, "dossier": described}, dossier.id)

    def _record(self, kind: str, body: Mapping[str, Any], dossier_id: str) -> None:
        """Keep what was done, in the dossier."""
        home = self._dossiers.home(dossier_id)
        self._journal.append(kind, body, home / RECORDS, user=self._user)


@lru_cache(maxsize=16)
def _fiche_of(home: Path, entries: tuple[LibraryEntry, ...], description: Dossier) -> Fiche:
    """The fiche of a data folder, made once as long as its library and description are the same.

    A page shows it each time, and it takes seconds to read.
    """
    documents = [*Library(home).documents()]
    day = contract_day(documents, description)
    return fiche([(document, passages_of(document)) for document in documents], day)
