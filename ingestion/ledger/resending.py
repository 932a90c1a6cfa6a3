"""Invoices and contracts sent again: known, moved on, or another under the same key."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from itertools import groupby

from ingestion.ledger.columns import french_name
from ingestion.ledger.embedded import Ledger
from ingestion.ledger.records import LedgerEntry, refused, shown, warned
from ingestion.ledger.rows import FileKind, Invoice, Lineage, Purchase, StatusEvent

_RULE = "G1.45"
"""The official key of duplicates: supplier, number and year."""

_MOVED = "MISE-A-JOUR"
_KINDS = {Invoice: FileKind.INVOICES, Purchase: FileKind.PURCHASES}
_OWN = frozenset({"id", "file"})
_MOVING = frozenset({"status", "paid"})
_COURSE = (("01",), ("03",), ("06", "32", "07"), ("08",), ("09",), ("10",), ("11",), ("05",))
"""The statuses in the order in which an invoice takes them; some come and go."""

_PLACE = {status: place for place, together in enumerate(_COURSE) for status in together}


@dataclass(frozen=True, slots=True)
class _Past:
    """An invoice of the ledger, the days of its statuses, and where its own values were read."""

    row: Invoice
    events: list[StatusEvent] = field(default_factory=list)
    lineage: list[Lineage] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Known:
    """A row of the ledger, or of the file itself, and where it was read.

    `past` is that of an invoice of the ledger which the file says at another time.
    """

    row: Invoice | Purchase
    where: str
    past: _Past | None = None


def resent(ledger: Ledger, entries: Sequence[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    """The entries, those marked whose key the ledger, or an earlier entry, has already.

    An invoice of the ledger takes a later status, its payment and what it lacked. Any other
    difference is refused, and says in which columns; so is one between two entries.
    """
    known = _known(ledger, entries)
    told = []
    for entry in entries:
        main, found = entry.main, entry
        if main is not None and main.id in known:
            found = _again(entry, main, known[main.id])
        if main is not None and not found.is_refused:
            known[main.id] = _Known(main, entry.place)
        told.append(found)
    return tuple(told)


def _again(entry: LedgerEntry, main: Invoice | Purchase, known: _Known) -> LedgerEntry:
    if isinstance(main, Invoice):
        code, what, key = _RULE, f"Facture {main.number}", "fournisseur, numéro et année"
    else:
        code, what = "DOUBLON", f"Marché {main.contract_id}"
        key = "acheteur, numéro, jour et montant"
    where = f"{entry.place}, " if entry.place else ""
    said = f"{what} ({where}déjà dans {known.where})"
    if isinstance(main, Invoice) and known.past:
        return _moved(entry, main, known.past, said)
    differing = ", ".join(_differing(main, known.row))
    if not differing:
        return _left(entry, code, f"{said}, à l'identique : compté une fois.")
    said = (
        f"{said} : mêmes {key}, mais {differing}. Non enregistré : doublon, renvoi ou "
        "correction, à vérifier."
    )
    return replace(entry, comments=(*entry.comments, refused(code, said, entry.place)))


def _left(entry: LedgerEntry, code: str, said: str) -> LedgerEntry:
    """An entry that says no more than the ledger."""
    comment = warned(code, said, entry.place)
    return replace(entry, comments=(*entry.comments, comment), is_known=True)


def _differing(new: Invoice | Purchase, old: Invoice | Purchase) -> Iterator[str]:
    for name in _unlike(new, old):
        before, after = getattr(old, name), getattr(new, name)
        called = french_name(_KINDS[type(new)], name)
        yield f"{called} {shown(after)} au lieu de {shown(before)}"


def _unlike(new: Invoice | Purchase, old: Invoice | Purchase) -> list[str]:
    """The columns in which two rows of one key differ."""
    names = (each.name for each in fields(new) if each.name not in _OWN)
    return [name for name in names if getattr(old, name) != getattr(new, name)]


# An invoice that has moved on since it was imported.


def _moved(entry: LedgerEntry, new: Invoice, past: _Past, said: str) -> LedgerEntry:
    """The entry as what replaces the row of the ledger, unless that says as much or is later."""
    old = past.row
    whole = replace(new, status=new.status or old.status, paid=new.paid or old.paid)
    fresh = [(event, read) for event, read in _events(entry) if event not in past.events]
    differing = ", ".join(_differing(whole, old))
    if not differing and not fresh:
        return _left(entry, _RULE, f"{said}, à l'identique : compté une fois.")
    said = f"{said} : {differing or 'un statut de plus'}"
    if _is_earlier((new, [event for event, _ in _events(entry)]), (old, past.events)):
        return _left(entry, _MOVED, f"{said}. État antérieur : rien n'est changé.")
    own = [each for each in entry.lineage if each.table_name == Invoice.table]
    read_again = {each.column_name for each in own}
    own += [each for each in past.lineage if each.column_name not in read_again]
    return LedgerEntry(
        entry.place,
        (whole, *(event for event, _ in fresh)),
        (*own, *(cell for _, read in fresh for cell in read)),
        (*entry.comments, warned(_MOVED, f"{said}. Mise à jour.", entry.place)),
        is_moved=True,
    )


def _events(entry: LedgerEntry) -> list[tuple[StatusEvent, list[Lineage]]]:
    """Each status that an entry gives a day, and where it was read."""
    events = (each for each in entry.rows if isinstance(each, StatusEvent))
    cells = (each for each in entry.lineage if each.table_name == StatusEvent.table)
    read = (list(group) for _, group in groupby(cells, key=lambda each: each.row))
    return [*zip(events, read, strict=True)]


_Stage = tuple[Invoice, Collection[StatusEvent]]


def _is_earlier(new: _Stage, old: _Stage) -> bool:
    """Whether an invoice is less advanced than the other, unless it has a later day."""
    ahead = _advance(new[0], old[0])
    one, other = _last_day(new), _last_day(old)
    if one is None or other is None or one == other:
        return ahead < 0
    return ahead <= 0 and one < other


def _advance(new: Invoice, old: Invoice) -> int:
    """How many stages the first is beyond the second; negative when it is behind."""
    if new.status and old.status and new.status != old.status:
        return _PLACE[new.status] - _PLACE[old.status]
    return (new.paid is not None) - (old.paid is not None)


def _last_day(stage: _Stage) -> date | None:
    invoice, events = stage
    days = [*(each.at for each in events), *([invoice.paid] if invoice.paid else [])]
    return max(days, default=None)


# What the ledger has under the keys of the entries.

_AT_ONCE = 10_000
_EVENTS = """
SELECT invoice, status, "at" FROM status_event
WHERE invoice IN (SELECT unnest(CAST($1 AS VARCHAR[])))
"""
_LINEAGE = """
SELECT table_name, "row", column_name, file, place FROM lineage
WHERE table_name = 'invoice' AND column_name IN ('status', 'paid')
    AND "row" IN (SELECT unnest(CAST($1 AS VARCHAR[])))
"""


def _known(ledger: Ledger, entries: Sequence[LedgerEntry]) -> dict[str, _Known]:
    """The rows of the ledger that have the keys of the entries, by these."""
    mains = [each.main for each in entries if each.main is not None]
    known = {each.row.id: each for each in _rows(ledger, mains)}
    for past in _pasts(ledger, _at_other_times(mains, known)):
        known[past.row.id] = replace(known[past.row.id], past=past)
    return known


def _at_other_times(
    mains: Iterable[Invoice | Purchase], known: Mapping[str, _Known]
) -> Iterator[Invoice]:
    """The invoices of the ledger of which the entries differ as one does from itself later."""
    for new in mains:
        old = known[new.id].row if new.id in known else None
        if isinstance(old, Invoice) and all(
            name in _MOVING or getattr(old, name) is None for name in _unlike(new, old)
        ):
            yield old


def _rows(ledger: Ledger, mains: Sequence[Invoice | Purchase]) -> Iterator[_Known]:
    for kind in (Invoice, Purchase):
        ids = [each.id for each in mains if isinstance(each, kind)]
        if not ids:
            continue
        columns = ", ".join(f"t.{each.name}" for each in fields(kind))
        found = ledger.rows(
            f"SELECT {columns}, f.name FROM {kind.table} t JOIN file f ON f.sha256 = t.file "
            "WHERE t.id IN (SELECT unnest(CAST($1 AS VARCHAR[])))",
            [ids],
        )
        for *values, name in found:
            yield _Known(kind(*values), name)


def _pasts(ledger: Ledger, rows: Iterable[Invoice]) -> Iterable[_Past]:
    found = {each.id: _Past(each) for each in rows}
    ids = list(found)
    for start in range(0, len(ids), _AT_ONCE):
        some = [ids[start : start + _AT_ONCE]]
        for values in ledger.rows(_EVENTS, some):
            event = StatusEvent(*values)
            found[event.invoice].events.append(event)
        for values in ledger.rows(_LINEAGE, some):
            cell = Lineage(*values)
            found[cell.row].lineage.append(cell)
    return found.values()
