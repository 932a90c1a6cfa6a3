"""The result of a plan as tables: its figures, and the rows that they are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from assistant.ledger.fields import Kind, Population, rows_of
from assistant.ledger.lineage import places
from assistant.ledger.plan import Measure, Plan
from assistant.ledger.result import Line, Result
from assistant.ledger.table import Cell, Column, Format, Table
from assistant.ledger.wording import figure, said
from ingestion.errors import NothingImported
from ingestion.ledger.database import Ledger

_TOLD = 3

TABLES = {Population.INVOICES: "invoice", Population.PURCHASES: "purchase"}
"""Of the schema, one row each."""

_SHOWN = {
    Population.INVOICES: (
        Column("Facture"),
        Column("Fournisseur"),
        Column("Émise", Format.DATE),
        Column("Reçue", Format.DATE),
        Column("Payée", Format.DATE),
        Column("TTC", Format.EUROS),
        Column("Statut"),
        Column("Source"),
    ),
    Population.PURCHASES: (
        Column("Marché"),
        Column("Objet"),
        Column("Acheteur"),
        Column("Titulaire"),
        Column("Notifié", Format.DATE),
        Column("Montant HT", Format.EUROS),
        Column("CPV"),
        Column("Source"),
    ),
}
_COLUMNS = {
    Population.INVOICES: "number, supplier_name, issued, received, paid, gross, status",
    Population.PURCHASES: (
        "number, subject, coalesce(buyer_name, buyer), supplier_name, notified, amount, cpv"
    ),
}


def require_rows(ledger: Ledger, population: Population) -> None:
    """Raise NothingImported where there is no invoice, or no contract: nothing can be counted."""
    if not ledger.rows(f"SELECT 1 FROM {TABLES[population]} LIMIT 1"):
        raise NothingImported(NOTHING_OF[population])


NOTHING_OF = {
    Population.INVOICES: (
        "Aucune facture n’est encore importée : il n’y a rien à compter. Lancez : sourcier "
        "invoices import FICHIER…"
    ),
    Population.PURCHASES: (
        "Aucun marché n’est encore importé : il n’y a rien à compter. Lancez : sourcier "
        "purchases import FICHIER…"
    ),
}


def answer(result: Result) -> str:
    """The figure of all rows in words, or where ranks are asked for those of the first ones."""
    told = [_told(each, result.plan) for each in ranked(result)[:_TOLD]]
    return f"{' ; '.join(told) or 'Aucune ligne'} ({said(result.plan)})."


def ranked(result: Result) -> Sequence[Line]:
    """The lines that answer: those of the groups asked for, else the whole."""
    return result.lines if result.plan.is_of_some else (result.total,)


def _told(line: Line, plan: Plan) -> str:
    value = figure(line.value, plan)
    if plan.compared:
        value += f" contre {figure(line.before, plan)}"
    return f"{line.label} : {value}" if plan.is_of_some else value


def figures(result: Result) -> Table:
    """The figures by group, or the only one."""
    plan = result.plan
    form = _format(plan)
    columns = [Column("Groupe"), Column("Valeur", form)]
    columns += [Column("Période comparée", form)] if plan.compared else []
    columns.append(Column("Lignes", Format.COUNT))
    lines = result.lines or (replace(result.total, label="Ensemble"),)
    return Table(
        _titled(said(plan)),
        tuple(columns),
        tuple(_row(line, plan) for line in lines),
        tuple(line.rows for line in lines),
        result.told,
    )


def listing(ledger: Ledger, population: Population, ids: Sequence[str], today: date) -> Table:
    """Invoices or contracts, each with the place where it was read, in the order of their days."""
    rows = rows_of(population)
    words = rows.fields["status"].words if "status" in rows.fields else {}
    found = ledger.rows(
        f"SELECT id, {_COLUMNS[population]} FROM ({rows.sql.replace('{today}', '$2')}) AS c "
        "WHERE id IN (SELECT unnest(CAST($1 AS VARCHAR[]))) AND $2 IS NOT NULL "
        f"ORDER BY {rows.when}, id",
        [list(ids), today],
    )
    read = places(ledger, ids)
    return Table(
        rows.many.capitalize(),
        _SHOWN[population],
        tuple(
            (*values[:-1], words.get(values[-1], values[-1]), read.get(identifier))
            for identifier, *values in found
        ),
        tuple((identifier,) for identifier, *_ in found),
    )


def unread(population: Population, ids: Iterable[str]) -> Table:
    """The same, of rows already in order, each to be read where it is shown."""
    title, each = rows_of(population).many.capitalize(), tuple((each,) for each in ids)
    return Table(title, _SHOWN[population], (), each, is_unread=True)


def in_order(ledger: Ledger, population: Population, ids: Sequence[str]) -> tuple[str, ...]:
    """Ids of invoices or contracts in the order of their days."""
    found = ledger.rows(
        f"SELECT id FROM {TABLES[population]} WHERE id IN (SELECT unnest(CAST($1 AS VARCHAR[]))) "
        f"ORDER BY {rows_of(population).when}, id",
        [list(ids)],
    )
    return tuple(identifier for (identifier,) in found)


def _titled(text: str) -> str:
    return text[0].upper() + text[1:]


def _row(line: Line, plan: Plan) -> tuple[Cell, ...]:
    before = (line.before,) if plan.compared else ()
    return (line.label, line.value, *before, len(line.rows))


def _format(plan: Plan) -> Format:
    if plan.measure is Measure.SHARE:
        return Format.PERCENT
    if plan.field is None:
        return Format.COUNT
    return Format.EUROS if plan.field.kind is Kind.AMOUNT else Format.NUMBER
