"""The rows of the ledger, one class a table of schema.sql, one field a column. Pure."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar


class Level(StrEnum):
    """What a remark does to the row or the file that it is about."""

    WARNING = "warning"
    REFUSED = "refused"


class FileKind(StrEnum):
    """What a file holds."""

    INVOICES = "invoices"
    PURCHASES = "purchases"


@dataclass(frozen=True, slots=True)
class File:
    """A file that was stored; `name` is the one it had then."""

    table: ClassVar = "file"
    sha256: str
    name: str
    kind: FileKind
    imported_at: datetime
    verdict: str
    format: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What was warned or refused: a rule's code and a French sentence.

    `row` is an id, the place of a row that was not stored, or None for the whole file.
    """

    table: ClassVar = "remark"
    file: str
    row: str | None
    code: str
    level: Level
    sentence: str


CREDIT_TYPES = "('261', '262', '381', '396', '502', '503')"
"""In SQL, those of credit notes among the types that the French rules allow (BR-FR-04)."""


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice, or a credit note by its type; `paid` is None as long as no day is known."""

    table: ClassVar = "invoice"
    id: str
    file: str
    number: str
    issued: date
    type: str = "380"
    received: date | None = None
    delivered: date | None = None
    due: date | None = None
    supplier_siren: str | None = None
    supplier_siret: str | None = None
    supplier_name: str | None = None
    buyer_siren: str | None = None
    buyer_siret: str | None = None
    buyer_name: str | None = None
    service: str | None = None
    commitment: str | None = None
    contract: str | None = None
    preceding: str | None = None
    net: Decimal | None = None
    vat: Decimal | None = None
    gross: Decimal | None = None
    payable: Decimal | None = None
    currency: str = "EUR"
    status: str | None = None
    paid: date | None = None
    iban_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A line of an invoice; `position` counts from 1, `vat_rate` is in percent."""

    table: ClassVar = "invoice_line"
    invoice: str
    position: int
    label: str | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    net: Decimal | None = None
    vat_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class VatLine:
    """The tax of one rate (percent) and category."""

    table: ClassVar = "vat_line"
    invoice: str
    rate: Decimal | None = None
    category: str | None = None
    base: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """A status that an invoice took one day."""

    table: ClassVar = "status_event"
    invoice: str
    status: str
    at: date


@dataclass(frozen=True, slots=True)
class Purchase:
    """A contract; `amount` is that of the whole, however many hold it."""

    table: ClassVar = "purchase"
    id: str
    file: str
    contract_id: str
    buyer_siret: str | None = None
    buyer_name: str | None = None
    subject: str | None = None
    nature: str | None = None
    procedure: str | None = None
    cpv: str | None = None
    amount: Decimal | None = None
    months: int | None = None
    notified: date | None = None
    published: date | None = None
    place: str | None = None
    form: str | None = None


@dataclass(frozen=True, slots=True)
class PurchaseHolder:
    """One of those who hold a contract."""

    table: ClassVar = "purchase_holder"
    purchase: str
    siret: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class PurchaseChange:
    """A modification of a contract: what is not None is what it became."""

    table: ClassVar = "purchase_change"
    purchase: str
    at: date | None = None
    amount: Decimal | None = None
    months: int | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where the value of a cell was read."""

    table: ClassVar = "lineage"
    table_name: str
    row: str
    column_name: str
    file: str
    place: str


@dataclass(frozen=True, slots=True)
class AnalystFinding:
    """An analyst's explanation of an anomaly."""

    table: ClassVar = "finding"
    id: str
    rule: str
    key: str
    explained_by: str
    reason: str
    at: datetime


TableRow = (
    File
    | Remark
    | Invoice
    | InvoiceLine
    | VatLine
    | StatusEvent
    | Purchase
    | PurchaseHolder
    | PurchaseChange
    | Lineage
    | AnalystFinding
)


def invoice_id(supplier: str, number: str, issued: date) -> str:
    """The key of an invoice: its supplier (SIREN, else name), its number and its year (G1.45)."""
    return _key(folded(supplier), number.strip(), str(issued.year))


def purchase_id(buyer: str, contract_id: str, notified: date | None, amount: Decimal | None) -> str:
    """The key of a contract: its buyer, its number, its day and its amount.

    Buyers give one number to the lots of a procedure, which the day and the amount tell apart.
    """
    known = (None if amount is None else amount.normalize(), notified)
    return _key(folded(buyer), contract_id.strip(), *map(str, known))


def folded(text: str) -> str:
    """A name without what two writings of it differ by: case, accents, spaces, punctuation."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter if letter.isalnum() else " " for letter in plain if letter.isascii())
    return " ".join(kept.split())


def _key(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()
