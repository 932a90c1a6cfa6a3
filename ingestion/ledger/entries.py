"""Records into the rows of invoices and contracts, their figures and dates compared. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from ingestion.ledger.records import (
    Comment,
    LedgerEntry,
    Record,
    RecordPart,
    refused,
    shown,
    warned,
)
from ingestion.ledger.rows import (
    Invoice,
    InvoiceLine,
    Lineage,
    Purchase,
    PurchaseChange,
    PurchaseHolder,
    StatusEvent,
    TableRow,
    VatLine,
    invoice_id,
    purchase_id,
)
from ingestion.ledger.values import SIREN_DIGITS, Cells, cells, siren_of

_PARTS: dict[str, type[TableRow]] = {
    each.table: each for each in (InvoiceLine, VatLine, StatusEvent)
}
_AMOUNTS = ("net", "gross", "payable")


def invoice_entry(record: Record, file: str) -> LedgerEntry:
    """The rows of an invoice of a file, which is given by its sha256."""
    read = cells(Invoice, record.values, record.place)
    _complete(read)
    if missing := _missing_of_invoice(read):
        comment = refused("MANQUE", f"Il manque {missing}{_at(record.place)}.", record.place)
        return LedgerEntry(record.place, comments=(*read.comments, comment))
    values = read.values
    supplier = values.get("supplier_siren") or values["supplier_name"]
    key = invoice_id(supplier, values["number"], values["issued"])
    invoice = Invoice(key, file, **values)
    rows: list[TableRow] = [invoice]
    lineage = list(read.lineage(Invoice.table, key, file))
    comments = [*read.comments, *_invoice_faults(invoice, record.place)]
    for position, part in enumerate(record.parts, start=1):
        below = cells(_PARTS[part.table], part.values, record.place)
        comments += below.comments
        row, name = _part(part.table, key, position, below)
        if row:
            rows.append(row)
            lineage += below.lineage(part.table, name, file)
    comments += _undated_payment(invoice, rows, record.place)
    return LedgerEntry(record.place, tuple(rows), tuple(lineage), tuple(comments))


def _complete(read: Cells) -> None:
    """Give each company the SIREN that its SIRET begins with, or that stands in its place."""
    for who in ("supplier", "buyer"):
        siren, siret = f"{who}_siren", f"{who}_siret"
        if siret not in read.values or siren in read.values:
            continue
        number, place = read.values[siret], read.places[siret]
        if len(number) == SIREN_DIGITS:
            del read.values[siret], read.places[siret]
            read.values[siren], read.places[siren] = number, place
        elif found := siren_of(number):
            read.values[siren], read.places[siren] = found, place


def _missing_of_invoice(read: Cells) -> str:
    """What an invoice cannot do without and this one does, in French."""
    needed = {
        "le numéro": "number" in read.values,
        "une date de facture lisible": "issued" in read.values,
        "le fournisseur": bool({"supplier_siren", "supplier_name"} & set(read.values)),
        "un montant lisible": bool(set(_AMOUNTS) & set(read.values)),
    }
    return ", ".join(what for what, is_there in needed.items() if not is_there)


def _part(table: str, invoice: str, position: int, read: Cells) -> tuple[TableRow | None, str]:
    """A row that hangs on an invoice, None without what makes it one, and its name in lineage."""
    name = f"{invoice}/{position}"
    values = read.values
    if table == VatLine.table:
        return VatLine(invoice, **values), name
    if table == InvoiceLine.table:
        return InvoiceLine(invoice, position, **values), name
    return (StatusEvent(invoice, **values), name) if len(values) > 1 else (None, name)


def _invoice_faults(invoice: Invoice, place: str) -> Iterator[Comment]:
    """The rules that the invoice breaks by itself, under the numbers they have in the norms."""
    where = _at(place)
    net, vat, gross = invoice.net, invoice.vat, invoice.gross
    if net is not None and vat is not None and gross is not None and net + vat != gross:
        said = (
            f"{shown(net)} HT + {shown(vat)} de TVA = {shown(net + vat)}, et non {shown(gross)} "
            f"TTC{where}."
        )
        yield warned("BR-CO-15", said, place)
    if invoice.due and invoice.due < invoice.issued:
        due, issued = shown(invoice.due), shown(invoice.issued)
        said = f"L'échéance ({due}) précède la facture ({issued}){where}."
        yield warned("BR-FR-CO-07", said, place)
    siret, siren = invoice.supplier_siret, invoice.supplier_siren
    if siret and siren and siren_of(siret) != siren:
        said = f"Le SIRET {siret} n'a pas 14 chiffres qui commencent par le SIREN {siren}{where}."
        yield warned("BR-FR-09", said, place)


def _undated_payment(invoice: Invoice, rows: Iterable[TableRow], place: str) -> Iterator[Comment]:
    """That an invoice is said to be paid, and on no day."""
    is_dated = any(isinstance(row, StatusEvent) and row.status == invoice.status for row in rows)
    if invoice.status == "11" and invoice.paid is None and not is_dated:
        said = f"Payée ou mise en paiement sans date : ni payée, ni à payer{_at(place)}."
        yield warned("DATE", said, place)


def _at(place: str) -> str:
    """Where a record stands, for the end of a sentence; "" for the whole file."""
    return f" ({place})" if place else ""


# Records into contracts: one however many lines and holders it has. Pure.

_FIRST_DAY = date(2016, 4, 1)
"""Before the decree of 25 March 2016 no essential data were published."""

_INCREDIBLE = Decimal(10_000_000_000)
_SHOWN = 5


@dataclass(slots=True)
class _Contract:
    """A contract as far as it has been read; `places` are those of its lines."""

    purchase: Purchase
    lineage: list[Lineage]
    comments: list[Comment]
    places: list[str] = field(default_factory=list)
    parts: dict[TableRow, list[Lineage]] = field(default_factory=dict)
    repeated: list[str] = field(default_factory=list)


def purchase_entries(records: Iterable[Record], file: str, today: date) -> tuple[LedgerEntry, ...]:
    """The contracts of a file, which is given by its sha256, in the order of their first line."""
    contracts: dict[str, _Contract] = {}
    refusals: list[LedgerEntry] = []
    for record in records:
        read = cells(Purchase, record.values, record.place)
        if missing := _missing_of_contract(read):
            comment = refused("MANQUE", f"Il manque {missing} ({record.place}).", record.place)
            refusals.append(LedgerEntry(record.place, comments=(*read.comments, comment)))
        else:
            _add(contracts, record, read, file)
    known = _by_number(contracts.values())
    entries = (_entry(each, known, file, today) for each in contracts.values())
    return (*entries, *refusals)


def _missing_of_contract(read: Cells) -> str:
    needed = {
        "le numéro du marché": "contract_id" in read.values,
        "l'acheteur": bool({"buyer_siret", "buyer_name"} & set(read.values)),
    }
    return " et ".join(what for what, is_there in needed.items() if not is_there)


def _add(contracts: dict[str, _Contract], record: Record, read: Cells, file: str) -> None:
    """Add a line: to its contract, whose holders and changes it may complete, or as a new one."""
    values = read.values
    buyer = values.get("buyer_siret") or values["buyer_name"]
    key = purchase_id(buyer, values["contract_id"], values.get("notified"), values.get("amount"))
    purchase = Purchase(key, file, **values)
    contract = contracts.get(key)
    if contract is None:
        lineage = list(read.lineage(Purchase.table, key, file))
        contract = contracts[key] = _Contract(purchase, lineage, list(read.comments))
    elif contract.purchase != purchase:
        said = f"Le marché {purchase.contract_id} est décrit autrement ({record.place})."
        contract.comments.append(warned("DESCRIPTION", said, contract.places[0]))
    known = set(contract.parts)
    for part in record.parts:
        _add_part(contract, part, record.place, file)
    if contract.places and set(contract.parts) == known:
        contract.repeated.append(record.place)
    contract.places.append(record.place)


def _add_part(contract: _Contract, part: RecordPart, place: str, file: str) -> None:
    key = contract.purchase.id
    kind = PurchaseHolder if part.table == PurchaseHolder.table else PurchaseChange
    read = cells(kind, part.values, place)
    row = kind(key, **read.values)
    if read.values and row not in contract.parts:
        name = f"{key}/{len(contract.parts) + 1}"
        contract.comments += read.comments
        contract.parts[row] = list(read.lineage(part.table, name, file))


def _by_number(contracts: Iterable[_Contract]) -> dict[tuple[str | None, str], list[str]]:
    """The place of the first line of each contract, by buyer and number."""
    found: dict[tuple[str | None, str], list[str]] = {}
    for each in contracts:
        key = (each.purchase.buyer_siret or each.purchase.buyer_name, each.purchase.contract_id)
        found.setdefault(key, []).append(each.places[0])
    return found


def _entry(
    contract: _Contract,
    known: dict[tuple[str | None, str], list[str]],
    file: str,
    today: date,
) -> LedgerEntry:
    purchase, place = contract.purchase, contract.places[0]
    comments = [*contract.comments, *_contract_faults(purchase, place, today)]
    if contract.repeated:
        said = f"En double, compté une fois : {_listed([place, *contract.repeated])}."
        comments.append(warned("DOUBLON", said, place))
    others = known[(purchase.buyer_siret or purchase.buyer_name, purchase.contract_id)]
    if len(others) > 1 and others[0] == place:
        said = (
            f"Le numéro {purchase.contract_id} désigne {len(others)} contrats de jours ou de "
            f"montants différents, tous comptés : {_listed(others)}."
        )
        comments.append(warned("MEME-NUMERO", said, place))
    if purchase.amount is not None and purchase.amount >= _INCREDIBLE:
        purchase = replace(purchase, amount=None)
    parts = (each for lineage in contract.parts.values() for each in lineage)
    return LedgerEntry(
        place, (purchase, *contract.parts), (*contract.lineage, *parts), tuple(comments)
    )


def _contract_faults(purchase: Purchase, place: str, today: date) -> Iterator[Comment]:
    """Days and amounts that cannot be true."""
    what = f"marché {purchase.contract_id}, {place}"
    notified = purchase.notified
    if notified and notified > today:
        yield warned("DATE", f"Notifié le {shown(notified)}, dans l'avenir ({what}).", place)
    elif notified and notified < _FIRST_DAY:
        said = f"Notifié le {shown(notified)}, avant les données essentielles ({what})."
        yield warned("DATE", said, place)
    if notified and purchase.published and purchase.published < notified:
        days = f"le {shown(purchase.published)}, avant sa notification le {shown(notified)}"
        said = f"Publié {days} ({what})."
        yield warned("DATE", said, place)
    if purchase.amount is not None and purchase.amount >= _INCREDIBLE:
        said = f"{shown(purchase.amount)} € n'est pas un montant ({what}) : laissé vide."
        yield warned("MONTANT", said, place)


def _listed(places: list[str]) -> str:
    rest = f" … et {len(places) - _SHOWN} autres" if len(places) > _SHOWN else ""
    return ", ".join(places[:_SHOWN]) + rest
