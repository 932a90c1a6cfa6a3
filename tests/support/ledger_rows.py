"""A ledger filled from Python values."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from assistant.answering.pipeline import Assistant
from ingestion.ledger.database import rewriting
from ingestion.ledger.rows import (
    File,
    FileKind,
    Invoice,
    Purchase,
    PurchaseHolder,
    TableRow,
    invoice_id,
    purchase_id,
)
from ingestion.library.corpus import CORPUS
from tests.support.fakes import WordEmbedder
from tests.support.index_home import add, build_and_publish
from tests.support.small_index import assistant_over

FILE = "f" * 64
SUPPLIER = "732829320"


def filled(home: Path, *rows: TableRow) -> Path:
    """A data folder whose ledger has these rows added."""
    with rewriting(home) as draft, draft.transaction():
        draft.append(rows)
    return home


def file_row(kind: FileKind = FileKind.INVOICES, sha256: str = FILE) -> File:
    return File(sha256, "essai.csv", kind, datetime(2026, 11, 24, 12), "accepted", "csv")


def invoice(
    number: str = "F-1",
    issued: date = date(2026, 3, 2),
    *,
    net: Decimal | str | int = 100,
    vat: Decimal | str | int = 20,
    **others: object,
) -> Invoice:
    """An invoice whose other columns are those given, its totals and its key made to agree."""
    net, vat = Decimal(net), Decimal(vat)
    plain = Invoice(
        "",
        FILE,
        number,
        issued,
        received=issued,
        supplier_siren=SUPPLIER,
        supplier_name="Brelan SARL",
        net=net,
        vat=vat,
        gross=net + vat,
        payable=net + vat,
    )
    made = replace(plain, **others)  # type: ignore[arg-type]
    key = made.supplier_siren or made.supplier_name or ""
    return made if made.id else replace(made, id=invoice_id(key, number, issued))


def purchase(
    contract_id: str = "2026-01",
    amount: Decimal | str | int = 1000,
    holders: Iterable[str] = ("73282932000074",),
    **others: object,
) -> tuple[Purchase | PurchaseHolder, ...]:
    """A contract and those who hold it, by their SIRET."""
    plain = Purchase(
        "",
        FILE,
        contract_id,
        buyer_siret="21350238800019",
        buyer_name="Ville d'essai",
        subject="Fournitures de bureau",
        cpv="30192000",
        amount=Decimal(amount),
        notified=date(2026, 2, 1),
    )
    made = replace(plain, **others)  # type: ignore[arg-type]
    key = purchase_id(made.buyer_siret or "", contract_id, made.notified, made.amount)
    made = replace(made, id=key)
    return (made, *(PurchaseHolder(made.id, siret, f"Entreprise {siret}") for siret in holders))


# An assistant over the sheets on late payment, and the rates that interest is computed by


TODAY = date(2026, 9, 15)
RATES = '[[rate]]\nfrom = 2026-01-01\npercent = "2.15"\nsource = "essai"\n'
ARTICLES = ("R2192-", "D2192-35", "R2122-8")


def add_sheets(home: Path) -> None:
    """Put those on late payment in the library."""
    for path in sorted((CORPUS / "fiches").glob("*.md")):
        if any(name in path.read_text(encoding="utf-8") for name in ARTICLES):
            add(home, path)


def assistant_of(home: Path) -> Assistant:
    """It answers as on one day; its ledger is that of the data folder, empty at first."""
    add_sheets(home)
    build_and_publish(home)
    (home / "taux.toml").write_text(RATES, encoding="utf-8")
    return assistant_over(home, embedder=WordEmbedder(), day=TODAY)
