"""Batches: files sent for import, judged in a preview, corrected, then stored or given up.

Each is read in a thread of its own, so that who sent it can see how far it has come. What was sent
is gone once it is stored, and all of it is forgotten after a day in any case.
"""

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath
from secrets import token_urlsafe
from tempfile import mkdtemp
from threading import Lock, Thread

from ingestion.errors import IngestionError
from ingestion.ledger.importing import FileReport, ImportOrder, import_files
from ingestion.ledger.rows import FileKind
from ingestion.tenders.intake import (
    LARGEST_ARCHIVE,
    LARGEST_FILE,
    LONGEST_NAME,
    Parcel,
    copied,
    safe_name,
)

_FOLDER = "incoming"
_KEPT_SECONDS = 24 * 3600
_ARCHIVE = ".zip"

_UNWRITTEN = (
    "Le disque a refusé d'écrire ({}). Libérez de la place ou corrigez ses droits, puis "
    "enregistrez de nouveau : ce qui est déjà au registre n'y entre pas deux fois."
)
_BROKEN_OFF = (
    "L'import s'est arrêté sur une erreur imprévue. Envoyez les fichiers un à un pour trouver "
    "celui qui l'arrête, et signalez-le à l'administrateur : ce qui est déjà au registre n'y entre "
    "pas deux fois."
)

Told = Callable[[FileKind, Sequence[FileReport], str], None]
"""Hears of the reports of what was stored, and by whom."""


@dataclass(slots=True)
class Batch:
    """Files of one kind on their way into the ledger; `reports` grow while they are read.

    `failure` is a French sentence, "" as long as nothing failed. `corrections` are fields by title.
    """

    token: str
    kind: FileKind
    user: str
    folder: Path
    paths: tuple[Path, ...]
    refusals: Mapping[str, str]
    corrections: Mapping[str, str] = field(default_factory=dict)
    is_stored: bool = False
    reports: list[FileReport] = field(default_factory=list)
    failure: str = ""
    began: float = field(default_factory=time.monotonic)
    thread: Thread | None = None

    @property
    def is_read(self) -> bool:
        """Whether nothing more will be told of its files."""
        return self.thread is None or not self.thread.is_alive()

    @property
    def seconds(self) -> float:
        """Since when it is being read."""
        return time.monotonic() - self.began

    def wait(self, seconds: float) -> None:
        """Wait until it is read, at most so long."""
        if self.thread is not None:
            self.thread.join(seconds)


class Batches:
    """The batches of a data folder."""

    def __init__(self, home: Path, told: Told) -> None:
        self._home = home
        self._told = told
        self._batches: dict[str, Batch] = {}
        self._lock = Lock()

    def send(self, kind: FileKind, parcels: Sequence[Parcel], user: str, today: date) -> Batch:
        """Take files in, and begin to judge them; nothing is stored."""
        self._forget_old()
        folder = self._home / _FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        batch = _received(kind, parcels, user, Path(mkdtemp(dir=folder)))
        with self._lock:
            self._batches[batch.token] = batch
            self._read(batch, today)
        return batch

    def get(self, token: str, kind: FileKind, user: str) -> Batch | None:
        """The batch that this user sent under this name, None when there is none."""
        self._forget_old()
        batch = self._batches.get(token)
        return batch if batch and (batch.kind, batch.user) == (kind, user) else None

    def correct(self, batch: Batch, corrections: Mapping[str, str], today: date) -> None:
        """Judge the files again with other columns, unless they are stored or still judged."""
        with self._lock:
            if batch.is_stored or not batch.is_read:
                return
            batch.corrections = corrections
            self._read(batch, today)

    def store(self, batch: Batch, today: date) -> None:
        """Store what is not refused; afterwards nothing of what was sent is kept beside the ledger.

        A batch is stored once, however often that is asked for.
        """
        with self._lock:
            if batch.is_stored or not batch.is_read:
                return
            batch.is_stored = True
            self._read(batch, today)

    def drop(self, batch: Batch) -> None:
        """Give up a batch."""
        with self._lock:
            self._batches.pop(batch.token, None)
        shutil.rmtree(batch.folder, ignore_errors=True)

    def _read(self, batch: Batch, today: date) -> None:
        batch.reports, batch.failure, batch.began = [], "", time.monotonic()
        batch.thread = Thread(target=self._judge, args=(batch, today), daemon=True)
        batch.thread.start()

    def _judge(self, batch: Batch, today: date) -> None:
        order = ImportOrder(batch.kind, batch.paths, dict(batch.corrections))
        batch.failure = _BROKEN_OFF  # unless it goes well or fails in a way that is known
        try:
            import_files(
                self._home,
                order,
                today=today,
                is_preview=not batch.is_stored,
                tell=batch.reports.append,
            )
            if batch.is_stored:
                self._told(batch.kind, batch.reports, batch.user)
            batch.failure = ""
        except IngestionError as error:
            batch.failure = str(error)
        except OSError as error:
            batch.failure = _UNWRITTEN.format(error.strerror)
        finally:
            batch.is_stored = batch.is_stored and not batch.failure
        if batch.is_stored:
            shutil.rmtree(batch.folder, ignore_errors=True)

    def _forget_old(self) -> None:
        """Remove what was sent a day ago, stored or not, and what another process left."""
        batches = list(self._batches.values())
        for batch in batches:
            if batch.is_read and batch.seconds > _KEPT_SECONDS:
                self.drop(batch)
        now, known = time.time(), {batch.folder for batch in batches}
        for folder in (self._home / _FOLDER).glob("*"):
            with suppress(FileNotFoundError):  # given up or stored meanwhile
                if folder not in known and now - folder.stat().st_mtime > _KEPT_SECONDS:
                    shutil.rmtree(folder, ignore_errors=True)


def _received(kind: FileKind, parcels: Sequence[Parcel], user: str, folder: Path) -> Batch:
    """The files that may be taken in, each in a folder of its own, and why the others are not."""
    paths, refusals = [], {}
    for number, parcel in enumerate(parcels):
        name = PurePosixPath(safe_name(parcel)).name or "sans nom"
        place = folder / str(number)
        place.mkdir()
        most = LARGEST_ARCHIVE if name.lower().endswith(_ARCHIVE) else LARGEST_FILE
        if not 0 < len(name.encode()) <= LONGEST_NAME:
            refusals[name[:LONGEST_NAME]] = "nom vide ou trop long"
        elif refusal := copied(parcel, place / name, most):
            refusals[name] = refusal
        else:
            paths.append(place / name)
    return Batch(token_urlsafe(16), kind, user, folder, tuple(paths), refusals)
