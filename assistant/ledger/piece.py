"""A piece: one invoice or contract, each value with the place in the file that says it."""

from dataclasses import fields

from assistant.ledger.query.plan import Population
from assistant.ledger.stages import stage_of
from assistant.ledger.tables import Cell, Format, LedgerTable, TableColumn
from ingestion.ledger.embedded import Ledger
from ingestion.ledger.rows import (
    Invoice,
    InvoiceLine,
    Purchase,
    PurchaseChange,
    PurchaseHolder,
    StatusEvent,
    TableRow,
    VatLine,
)

_LABELS = {
    "number": "Numéro (BT-1)",
    "type": "Type (BT-3)",
    "issued": "Émise le (BT-2)",
    "received": "Reçue le",
    "delivered": "Livrée le, ou service fait (BT-72)",
    "due": "Échéance (BT-9)",
    "supplier_siren": "SIREN du fournisseur (BT-30)",
    "supplier_siret": "SIRET du fournisseur (BT-29)",
    "supplier_name": "Fournisseur (BT-27)",
    "buyer_siren": "SIREN de l'acheteur (BT-47)",
    "buyer_siret": "SIRET de l'acheteur (BT-46)",
    "buyer_name": "Acheteur (BT-44)",
    "service": "Service exécutant (BT-10)",
    "commitment": "Engagement (BT-13)",
    "preceding": "Facture antérieure (BT-25)",
    "net": "Montant HT (BT-109)",
    "vat": "TVA (BT-110)",
    "gross": "Montant TTC (BT-112)",
    "payable": "Net à payer (BT-115)",
    "currency": "Devise (BT-5)",
    "status": "Statut",
    "paid": "Payée le",
    "iban_sha256": "IBAN (BT-84), empreinte",
    "contract_id": "Numéro du marché",
    "subject": "Objet",
    "nature": "Nature",
    "procedure": "Procédure",
    "cpv": "Code CPV",
    "amount": "Montant HT",
    "months": "Durée (mois)",
    "notified": "Notifié le",
    "published": "Publié le",
    "place": "Lieu d'exécution",
    "form": "Forme de prix",
    "at": "Le",
    "label": "Désignation",
    "quantity": "Quantité",
    "unit_price": "Prix unitaire",
    "vat_rate": "Taux de TVA (%)",
    "rate": "Taux de TVA (%)",
    "category": "Catégorie de TVA",
    "base": "Base HT",
    "siret": "SIRET",
    "name": "Nom",
    "contract": "Marché (BT-12)",
}
_TITLES: dict[type[TableRow], str] = {
    InvoiceLine: "Lignes",
    VatLine: "TVA par taux",
    StatusEvent: "Statuts",
    PurchaseHolder: "Titulaires",
    PurchaseChange: "Modifications",
}
_MAIN: dict[Population, type[Invoice] | type[Purchase]] = {
    Population.INVOICES: Invoice,
    Population.PURCHASES: Purchase,
}
_PARTS: dict[Population, tuple[type[TableRow], ...]] = {
    Population.INVOICES: (InvoiceLine, VatLine, StatusEvent),
    Population.PURCHASES: (PurchaseHolder, PurchaseChange),
}
_UNSAID = {"id", "file", "invoice", "purchase", "position"}
_CELLS = """
SELECT column_name, concat(file.name, ', ', place) FROM lineage JOIN file ON sha256 = file
WHERE table_name = $1 AND "row" = $2
"""
_PART_CELLS = """
SELECT table_name, column_name, concat(file.name, ', ', place) FROM lineage
JOIN file ON sha256 = file WHERE starts_with("row", $1) ORDER BY table_name, "row", column_name
"""
_REMARKS = 'SELECT code, level, sentence FROM remark WHERE "row" = $1 ORDER BY level, code'
_DATUM, _SOURCE = TableColumn("Donnée", Format.WORDS), TableColumn("Source", Format.WORDS)
_LEVELS = {"warning": "réserve", "refused": "refus"}


def piece_tables(
    ledger: Ledger, population: Population, identifier: str
) -> tuple[LedgerTable, ...]:
    """Its values, its parts, and what the import said of it; nothing for an unknown one."""
    main = _MAIN[population]
    found = _rows(ledger, main, "id", identifier)
    if not found:
        return ()
    places: dict[str, str] = dict(ledger.rows(_CELLS, [main.table, identifier]))
    values = tuple(
        (_LABELS[name], _worded(name, value), places.get(name))
        for name, value in zip(_columns(main), found[0], strict=True)
        if value is not None and name not in _UNSAID
    )
    every = (
        LedgerTable("Valeurs", (_DATUM, TableColumn("Valeur"), _SOURCE), values),
        *(_part(ledger, each, main.table, identifier) for each in _PARTS[population]),
        _sources(ledger, identifier),
        _remarks(ledger, identifier),
    )
    return tuple(each for each in every if each.rows)


def _part(ledger: Ledger, part: type[TableRow], owner: str, identifier: str) -> LedgerTable:
    """What hangs on the piece: the columns that have a value, one row each."""
    columns, rows = _columns(part), _rows(ledger, part, owner, identifier)
    shown = [
        index
        for index, column in enumerate(columns)
        if column not in _UNSAID and any(row[index] is not None for row in rows)
    ]
    return LedgerTable(
        _TITLES[part],
        tuple(TableColumn(_LABELS[columns[index]], Format.NUMBER) for index in shown),
        tuple(tuple(_worded(columns[index], row[index]) for index in shown) for row in rows),
    )


def _sources(ledger: Ledger, identifier: str) -> LedgerTable:
    """Where the values of the parts were read."""
    titles = {part.table: title for part, title in _TITLES.items()}
    places = tuple(
        (titles[part], _LABELS[column], place)
        for part, column, place in ledger.rows(_PART_CELLS, [f"{identifier}/"])
    )
    columns = (TableColumn("Où", Format.WORDS), _DATUM, _SOURCE)
    return LedgerTable("Sources de ces lignes", columns, places)


def _remarks(ledger: Ledger, identifier: str) -> LedgerTable:
    """What the import remarked."""
    remarks = tuple(
        (code, _LEVELS[level], sentence)
        for code, level, sentence in ledger.rows(_REMARKS, [identifier])
    )
    columns = (
        TableColumn("Règle"),
        TableColumn("Niveau", Format.WORDS),
        TableColumn("Constat", Format.WORDS),
    )
    return LedgerTable("Dit à l'import", columns, remarks)


def _worded(name: str, value: Cell) -> Cell:
    """A value, or the word that its code stands for."""
    return stage_of(value) if name == "status" and isinstance(value, str) else value


def _columns(table: type[TableRow]) -> list[str]:
    return [each.name for each in fields(table)]


def _rows(
    ledger: Ledger, table: type[TableRow], key: str, identifier: str
) -> tuple[tuple[Cell, ...], ...]:
    """The rows of a table of the schema that a piece has, in the order of its fields."""
    quoted = ", ".join(f'"{name}"' for name in _columns(table))
    return ledger.rows(f"SELECT {quoted} FROM {table.table} WHERE {key} = $1", [identifier])
