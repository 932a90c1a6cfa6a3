"""A record into the rows of an invoice, its own figures and dates compared. Pure."""

from collections.abc import Iterator

from ingestion.ledger.cells import Cells, cells
from ingestion.ledger.entries import Entry, shown
from ingestion.ledger.identifiers import SIREN_DIGITS, siren_of
from ingestion.ledger.records import Comment, Record, refused, warned
from ingestion.ledger.rows import (
    Invoice,
    InvoiceLine,
    StatusEvent,
    TableRow,
    VatLine,
    invoice_id,
)

_PARTS: dict[str, type[TableRow]] = {
    each.table: each for each in (InvoiceLine, VatLine, StatusEvent)
}
_AMOUNTS = ("net", "gross", "payable")


def invoice_entry(record: Record, file: str) -> Entry:
    """The rows of an invoice of a file, which is given by its sha256."""
    read = cells(Invoice, record.values, record.place)
    _complete(read)
    if missing := _missing(read):
        where = f" ({record.place})" if record.place else ""
        comment = refused("MANQUE", f"Il manque {missing}{where}.", record.place)
        return Entry(record.place, comments=(*read.comments, comment))
    values = read.values
    supplier = values.get("supplier_siren") or values["supplier_name"]
    key = invoice_id(supplier, values["number"], values["issued"])
    invoice = Invoice(key, file, **values)
    rows: list[TableRow] = [invoice]
    lineage = list(read.lineage(Invoice.table, key, file))
    comments = [*read.comments, *_faults(invoice, record.place)]
    for position, part in enumerate(record.parts, start=1):
        below = cells(_PARTS[part.table], part.values, record.place)
        comments += below.comments
        row, name = _part(part.table, key, position, below)
        if row:
            rows.append(row)
            lineage += below.lineage(part.table, name, file)
    return Entry(record.place, tuple(rows), tuple(lineage), tuple(comments))


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


def _missing(read: Cells) -> str:
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


def _faults(invoice: Invoice, place: str) -> Iterator[Comment]:
    """The rules that the invoice breaks by itself, under the numbers they have in the norms."""
    where = f" ({place})" if place else ""
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
