"""Batches of files: shown before they are stored, stored once, of who sent them."""

import json
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from assistant.ledger.service import LedgerService
from ingestion.ledger.database import open_ledger
from ingestion.ledger.rows import FileKind
from ingestion.tenders.intake import Parcel
from tests.support.ledger_books import on_record

TODAY = date(2026, 11, 24)
CSV = "Numéro facture;Fournisseur;Date facture;Montant HT;Montant TVA;Montant TTC\n"
LINE = "N-{n};Zoé;03/02/2026;100,00;20,00;120,00\n"


def _parcel(*numbers: int, name: str = "lot.csv") -> Parcel:
    text = CSV + "".join(LINE.format(n=n) for n in numbers)
    return Parcel(name, BytesIO(text.encode()))


def _numbers(home: Path) -> list[str]:
    with open_ledger(home) as ledger:
        return [number for (number,) in ledger.rows("SELECT number FROM invoice ORDER BY number")]


def test_a_batch_is_shown_before_it_is_stored_and_stored_once(
    books: LedgerService, home: Path
) -> None:
    before = _numbers(home)
    batch = books.batches.send(FileKind.INVOICES, [_parcel(1, 2)], "u-1", TODAY)
    batch.wait(30)
    assert [(each.name, each.stored) for each in batch.reports] == [("lot.csv", 2)]
    assert _numbers(home) == before
    assert on_record(home) == []
    books.batches.store(batch, TODAY)
    books.batches.store(batch, TODAY)
    batch.wait(30)
    assert [(each.verdict, each.stored) for each in batch.reports] == [("warned", 2)]
    assert _numbers(home) == sorted([*before, "N-1", "N-2"])
    assert list((home / "incoming").iterdir()) == []
    [(kind, body, user)] = on_record(home)
    assert (kind, body["act"], user) == ("ledger", "imported", "u-1")
    assert json.dumps(body["files"]) == '[{"name": "lot.csv", "stored": 2, "verdict": "warned"}]'


def test_a_batch_belongs_to_who_sent_it(books: LedgerService) -> None:
    batch = books.batches.send(FileKind.INVOICES, [_parcel(1)], "u-1", TODAY)
    batch.wait(30)
    assert books.batches.get(batch.token, FileKind.INVOICES, "u-1") is batch
    assert books.batches.get(batch.token, FileKind.INVOICES, "u-2") is None
    assert books.batches.get(batch.token, FileKind.PURCHASES, "u-1") is None
    books.batches.drop(batch)
    assert not batch.folder.exists()
    assert books.batches.get(batch.token, FileKind.INVOICES, "u-1") is None


def test_columns_are_corrected_before_a_batch_is_stored(books: LedgerService) -> None:
    batch = books.batches.send(FileKind.INVOICES, [_parcel(1)], "u-1", TODAY)
    batch.wait(30)
    books.batches.correct(batch, {"Montant TTC": "payable"}, TODAY)
    batch.wait(30)
    [sheet] = batch.reports[0].columns
    assert next(c.field for c in sheet.columns if c.title == "Montant TTC") == "payable"
    books.batches.correct(batch, {"Inconnue": "net"}, TODAY)
    batch.wait(30)
    assert "Inconnue" in batch.failure


@pytest.mark.parametrize("name", ["../../evasion.csv", "/etc/evasion.csv", "..\\evasion.csv"])
def test_a_name_never_leads_out_of_the_batch(books: LedgerService, home: Path, name: str) -> None:
    batch = books.batches.send(FileKind.INVOICES, [_parcel(1, name=name)], "u-1", TODAY)
    batch.wait(30)
    assert [path.relative_to(batch.folder).as_posix() for path in batch.paths] == ["0/evasion.csv"]
