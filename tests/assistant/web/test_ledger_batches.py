"""Batches of files behind the page of an import: read, corrected, stored, forgotten."""

import errno
import io
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from assistant.identity import ALONE
from assistant.ledger import batches as batches_module
from assistant.ledger.batches import Batch, Batches
from ingestion.ledger.importing import FileReport
from ingestion.ledger.rows import FileKind
from ingestion.tenders.intake import Parcel
from tests.assistant.web.test_ledger import DAY, INVOICES


def _sent_to(batches: Batches) -> Batch:
    parcels = [Parcel("factures.csv", io.BytesIO(INVOICES))]
    batch = batches.send(FileKind.INVOICES, parcels, ALONE.user, DAY)
    batch.wait(60)
    return batch


def test_an_import_that_is_not_on_record_is_not_said_to_be_stored(tmp_path: Path) -> None:
    def full(kind: FileKind, reports: Sequence[FileReport], user: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    batches = Batches(tmp_path, full)
    batch = _sent_to(batches)
    batches.store(batch, DAY)
    batch.wait(60)
    assert not batch.is_stored
    assert "enregistrez de nouveau" in batch.failure
    assert batch.paths[0].exists()


def test_what_is_stored_is_not_judged_again(tmp_path: Path) -> None:
    told: list[int] = []
    batches = Batches(tmp_path, lambda kind, reports, user: told.append(len(reports)))
    batch = _sent_to(batches)
    batches.store(batch, DAY)
    batch.wait(60)
    batches.correct(batch, {"number": "Objet"}, DAY)
    batch.wait(60)
    assert (batch.is_stored, batch.failure, told) == (True, "", [1])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_reading_that_breaks_off_says_so_and_stores_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("essai")

    monkeypatch.setattr(batches_module, "import_files", broken)
    told: list[str] = []
    batches = Batches(tmp_path, lambda kind, reports, user: told.append(user))
    batch = _sent_to(batches)
    assert "erreur imprévue" in batch.failure
    batches.store(batch, DAY)
    batch.wait(60)
    assert (batch.is_stored, told) == (False, [])
    assert "erreur imprévue" in batch.failure
    assert batch.paths[0].exists()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_failed_can_be_read_again(tmp_path: Path) -> None:
    failures = [ValueError("essai")]

    def told(kind: FileKind, reports: Sequence[FileReport], user: str) -> None:
        if failures:
            raise failures.pop()

    batches = Batches(tmp_path, told)
    batch = _sent_to(batches)
    for is_stored in (False, False, True):
        batch.wait(60)
        assert batch.is_stored is is_stored
        batches.store(batch, DAY)
    assert batch.failure == ""


def test_a_batch_is_read_by_one_thread_at_a_time(tmp_path: Path) -> None:
    held: list[bool] = []

    class Watched(Batches):
        def _read(self, batch: Batch, today: date) -> None:
            held.append(self._lock.locked())
            super()._read(batch, today)

    batches = Watched(tmp_path, lambda kind, reports, user: None)
    batch = _sent_to(batches)
    batches.correct(batch, {}, DAY)
    batch.wait(60)
    batches.store(batch, DAY)
    batch.wait(60)
    assert held == [True, True, True]


@pytest.mark.parametrize("is_stored", [True, False])
def test_a_batch_is_forgotten_after_a_day(tmp_path: Path, is_stored: bool) -> None:
    batches = Batches(tmp_path, lambda kind, reports, user: None)
    batch = _sent_to(batches)
    if is_stored:
        batches.store(batch, DAY)
        batch.wait(60)
    assert batches.get(batch.token, FileKind.INVOICES, ALONE.user) is batch
    batch.began -= 24 * 3600
    assert batches.get(batch.token, FileKind.INVOICES, ALONE.user) is None
    assert not batch.folder.exists()


def test_what_another_process_left_is_removed_after_a_day(tmp_path: Path) -> None:
    old, new = tmp_path / "incoming" / "old", tmp_path / "incoming" / "new"
    for folder in (old, new):
        folder.mkdir(parents=True)
    os.utime(old, (0, 0))
    (tmp_path / "incoming" / "gone").symlink_to("nowhere")
    batches = Batches(tmp_path, lambda kind, reports, user: None)
    assert batches.get("", FileKind.INVOICES, ALONE.user) is None
    assert (old.exists(), new.exists()) == (False, True)
