"""Invoices and contracts sent again: the same is known, another under the same key is reported."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

from ingestion.ledger.columns import french_name
from ingestion.ledger.database import Ledger
from ingestion.ledger.entries import Entry, shown
from ingestion.ledger.records import refused, warned
from ingestion.ledger.rows import FileKind, Invoice, Purchase

_RULE = "G1.45"
"""The official key of duplicates: supplier, number and year."""

_KINDS = {Invoice: FileKind.INVOICES, Purchase: FileKind.PURCHASES}
_OWN = frozenset({"id", "file"})


@dataclass(frozen=True, slots=True)
class _Known:
    """A row of the ledger, or of the file itself, and where it was read."""

    row: Invoice | Purchase
    where: str


def resent(ledger: Ledger, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries, those marked whose key the ledger, or an earlier entry, has already.

    One with other contents is refused, and says in which columns.
    """
    known = {each.row.id: each for each in _known(ledger, entries)}
    told = []
    for entry in entries:
        main = entry.main
        if main is not None and main.id in known:
            told.append(_again(entry, main, known[main.id]))
            continue
        if main is not None and not entry.is_refused:
            known[main.id] = _Known(main, entry.place)
        told.append(entry)
    return tuple(told)


def _again(entry: Entry, main: Invoice | Purchase, known: _Known) -> Entry:
    if isinstance(main, Invoice):
        code, what, key = _RULE, f"Facture {main.number}", "fournisseur, numéro et année"
    else:
        code, what, key = (
            "DOUBLON",
            f"Marché {main.contract_id}",
            "acheteur, numéro, jour et montant",
        )
    where = f"{entry.place}, " if entry.place else ""
    said = f"{what} ({where}déjà dans {known.where})"
    if differing := ", ".join(_differing(main, known.row)):
        said = (
            f"{said} : mêmes {key}, mais {differing}. Non enregistré : doublon, renvoi ou "
            "correction, à vérifier."
        )
        return replace(entry, comments=(*entry.comments, refused(code, said, entry.place)))
    comment = warned(code, f"{said}, à l'identique : compté une fois.", entry.place)
    return replace(entry, comments=(*entry.comments, comment), is_known=True)


def _differing(new: Invoice | Purchase, old: Invoice | Purchase) -> Iterator[str]:
    for field in fields(new):
        if field.name not in _OWN:
            before, after = getattr(old, field.name), getattr(new, field.name)
            if before != after:
                name = french_name(_KINDS[type(new)], field.name)
                yield f"{name} {shown(after)} au lieu de {shown(before)}"


def _known(ledger: Ledger, entries: Sequence[Entry]) -> Iterator[_Known]:
    """The rows of the ledger that have the keys of the entries."""
    mains = [each.main for each in entries if each.main is not None]
    for kind in (Invoice, Purchase):
        ids = [each.id for each in mains if isinstance(each, kind)]
        if not ids:
            continue
        columns = ", ".join(f"t.{field.name}" for field in fields(kind))
        found = ledger.rows(
            f"SELECT {columns}, f.name FROM {kind.table} t JOIN file f ON f.sha256 = t.file "
            "WHERE t.id IN (SELECT unnest(CAST($1 AS VARCHAR[])))",
            [ids],
        )
        for *values, name in found:
            yield _Known(kind(*values), name)
