"""Listings: the invoices or contracts behind a figure, each with the place it was read in."""

from collections.abc import Iterable, Sequence
from datetime import date

from assistant.ledger.query.plan import Population, rows_of
from assistant.ledger.tables import Format, LedgerTable, TableColumn
from ingestion.errors import NothingImported
from ingestion.ledger.embedded import Ledger

_TABLES = {Population.INVOICES: "invoice", Population.PURCHASES: "purchase"}
"""Of the schema, one row each."""

_SHOWN = {
    Population.INVOICES: (
        TableColumn("Facture"),
        TableColumn("Fournisseur"),
        TableColumn("Émise", Format.DATE),
        TableColumn("Reçue", Format.DATE),
        TableColumn("Payée", Format.DATE),
        TableColumn("TTC", Format.EUROS),
        TableColumn("Marché"),
        TableColumn("Statut du", Format.DATE),
        TableColumn("Statut", Format.WORDS),
        TableColumn("Source", Format.WORDS),
    ),
    Population.PURCHASES: (
        TableColumn("Marché"),
        TableColumn("Objet"),
        TableColumn("Acheteur"),
        TableColumn("Titulaire"),
        TableColumn("Notifié", Format.DATE),
        TableColumn("Fin", Format.DATE),
        TableColumn("Montant HT", Format.EUROS),
        TableColumn("CPV"),
        TableColumn("Source", Format.WORDS),
    ),
}
_STATUS_DAY = (
    "CASE status WHEN '01' THEN received WHEN '05' THEN rejected WHEN '06' THEN suspended "
    "WHEN '07' THEN certified WHEN '08' THEN ordered WHEN '09' THEN passed_on "
    "WHEN '11' THEN paid END"
)
"""Since when a row has its status, where its day is known."""

_COLUMNS = {
    Population.INVOICES: (
        f"number, supplier_name, issued, received, paid, gross, contract, {_STATUS_DAY}, status"
    ),
    Population.PURCHASES: (
        "number, subject, coalesce(buyer_name, buyer), supplier_name, notified, ends, amount, cpv"
    ),
}
# The place of the number of each row stands for the place of the row.
_PLACES = """
SELECT "row", min(concat(file.name, ', ', place)) FROM lineage JOIN file ON sha256 = file
WHERE column_name IN ('number', 'contract_id')
    AND "row" IN (SELECT unnest(CAST($1 AS VARCHAR[])))
GROUP BY "row"
"""
_NOTHING_OF = {
    Population.INVOICES: (
        "Aucune facture n’est encore importée : il n’y a rien à compter. Lancez : sourcier "
        "invoices import FICHIER…"
    ),
    Population.PURCHASES: (
        "Aucun marché n’est encore importé : il n’y a rien à compter. Lancez : sourcier "
        "purchases import FICHIER…"
    ),
}


def has_rows(ledger: Ledger, population: Population) -> bool:
    """Whether an invoice, or a contract, was ever imported."""
    return bool(ledger.rows(f"SELECT 1 FROM {_TABLES[population]} LIMIT 1"))


def require_rows(ledger: Ledger, population: Population) -> None:
    """Raise NothingImported where there is no invoice, or no contract: nothing can be counted."""
    if not has_rows(ledger, population):
        raise NothingImported(_NOTHING_OF[population])


def listing(ledger: Ledger, population: Population, ids: Sequence[str], today: date) -> LedgerTable:
    """Invoices or contracts, each with the place where it was read, in the order of their days."""
    rows = rows_of(population)
    words = rows.fields["status"].words if "status" in rows.fields else {}
    found = ledger.rows(
        f"SELECT id, {_COLUMNS[population]} FROM ({rows.sql.replace('{today}', '$2')}) AS c "
        "WHERE id IN (SELECT unnest(CAST($1 AS VARCHAR[]))) AND $2 IS NOT NULL "
        f"ORDER BY {rows.when}, id",
        [list(ids), today],
    )
    places: dict[str, str] = dict(ledger.rows(_PLACES, [list(ids)]))
    return LedgerTable(
        rows.many.capitalize(),
        _SHOWN[population],
        tuple(
            (*values[:-1], words.get(values[-1], values[-1]), places.get(identifier))
            for identifier, *values in found
        ),
        tuple((identifier,) for identifier, *_ in found),
    )


def unread_listing(population: Population, ids: Iterable[str], note: str = "") -> LedgerTable:
    """The same, of rows already in order, each to be read where it is shown."""
    notes = (note,) if note else ()
    title, each = rows_of(population).many.capitalize(), tuple((each,) for each in ids)
    return LedgerTable(title, _SHOWN[population], (), each, notes, is_unread=True)


def in_order(ledger: Ledger, population: Population, ids: Sequence[str]) -> tuple[str, ...]:
    """Ids of invoices or contracts in the order of their days."""
    found = ledger.rows(
        f"SELECT id FROM {_TABLES[population]} WHERE id IN (SELECT unnest(CAST($1 AS VARCHAR[]))) "
        f"ORDER BY {rows_of(population).when}, id",
        [list(ids)],
    )
    return tuple(identifier for (identifier,) in found)
