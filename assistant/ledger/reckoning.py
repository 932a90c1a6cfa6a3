"""A reckoning: what a plan comes to, as sentences that each rest on rows of the ledger."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from assistant.ledger.addresses import ROOTS, piece_address
from assistant.ledger.late import Basis, late_invoices, missing_rates, payments
from assistant.ledger.query.listing import listing
from assistant.ledger.query.plan import Plan, PlanMeasure, Population, rows_of
from assistant.ledger.query.result import PlanResult, compute_result
from assistant.ledger.query.wording import counted, figure, headline, is_told_whole, ranked
from assistant.ledger.tables import LedgerTable, written
from assistant.ledger.views import Sight
from assistant.retrieval.evidence import Evidence
from ingestion.chunking.passages import Passage
from ingestion.documents.document import Block, Document, Kind, Role, assemble
from ingestion.ledger.embedded import Ledger

MOST_ROWS = 8
"""Rows shown beside an answer; the page of the ledger shows them all."""

_GROUPS_TOLD = 6
_SOURCE = -1
"""The column of a listing that says where its row was read."""

_KINDS = {Population.INVOICES: Kind.INVOICES, Population.PURCHASES: Kind.PURCHASES}


@dataclass(frozen=True, slots=True)
class Told:
    """A French sentence, the ids of the rows that it is computed from, and some of them shown."""

    text: str
    rows: tuple[str, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Reckoning:
    """What a plan comes to, the document whose lines its sentences cite, and the law behind it.

    `basis` is None where the law computes nothing; `notes` are what the figures leave out.
    """

    plan: Plan
    told: tuple[Told, ...]
    document: Document
    basis: Basis | None
    notes: tuple[str, ...]

    @property
    def over(self) -> Population:
        """What was counted."""
        return self.plan.over

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What is cited, once each, in the order of its numbers."""
        found = {item.number: item for each in self.told for item in each.evidence}
        return tuple(found[number] for number in sorted(found))


@dataclass(frozen=True, slots=True)
class _Cited:
    """A line of the document: the row that it is of, "" for all, its text, place and address."""

    row: str
    text: str
    place: str
    address: str


def reckoned(sight: Sight) -> Reckoning:
    """What the plan of a sight comes to; raises as `Sight.result` and `Sight.basis` do."""
    result, plan = sight.result, sight.plan
    lines = [*_lines(result), *_indemnities(sight)]
    each = max(MOST_ROWS // len(lines), 1)
    ids = dict.fromkeys(row for _, rows in lines for row in rows[:each])
    cited = _cited(listing(sight.ledger, plan.over, list(ids), sight.today), plan.over)
    if not all(rows for _, rows in lines):
        cited.append(_searched(sight, plan.over))
    document = _document(plan.over, cited)
    by_row = dict(zip([each.row for each in cited], _evidence(document, cited), strict=True))
    told = tuple(
        Told(text, rows, tuple(by_row[row] for row in by_row if row in (rows or ("",))))
        for text, rows in lines
    )
    basis = sight.basis if plan.is_computed else None
    missing = _missing(sight.ledger, basis) if basis and plan.of == "interest" else ()
    notes = (*result.told, *missing)
    return Reckoning(plan, told, document, basis, notes)


def _lines(result: PlanResult) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What answers, then the first groups that it does not name all, each with its rows."""
    yield headline(result), tuple(row for line in ranked(result) for row in line.rows)
    for line in () if is_told_whole(result) else result.lines[:_GROUPS_TOLD]:
        yield f"- {line.label} : {counted(line, result.plan)}", line.rows


def _indemnities(sight: Sight) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is owed beside the interest that a plan adds up: a lump sum for each late invoice."""
    plan = sight.plan
    if plan.of == "interest" and plan.measure is PlanMeasure.SUM and not plan.compared:
        other = replace(plan, of="indemnity", group=None, step=None, limit=None, bound=None)
        found = replace(sight, plan=other).result
        yield (
            f"S'y ajoutent les indemnités forfaitaires : {figure(found.total.value, other)}.",
            found.total.rows,
        )


def _cited(table: LedgerTable, over: Population) -> list[_Cited]:
    """The rows of a listing, each in a line that names its values."""
    return [
        _Cited(
            identifier,
            " ; ".join(
                f"{column.heading} : {written(cell, column.format)}"
                for column, cell in list(zip(table.columns, row, strict=True))[:_SOURCE]
                if cell is not None
            ),
            str(row[_SOURCE] or "").partition(", colonne ")[0],
            piece_address(over, identifier),
        )
        for (identifier,), row in zip(table.rows_of, table.rows, strict=True)
    ]


def _searched(sight: Sight, over: Population) -> _Cited:
    """What a sentence about no row rests on: how much was searched."""
    every = compute_result(Plan(PlanMeasure.COUNT, over), sight.ledger, sight.today)
    count, rows = len(every.total.rows), rows_of(over)
    text = f"Registre : {count} {rows.many if count > 1 else rows.one}."
    return _Cited("", text, "registre", f"{ROOTS[over]}/liste")


def _document(over: Population, cited: Sequence[_Cited]) -> Document:
    """The lines as a text that can be cited, which its own bytes name."""
    rows = rows_of(over)
    title = f"{rows.many.capitalize()} importé{'e' if rows.is_feminine else ''}s"
    blocks = [Block(each.text, Role.ROW, mark=each.place) for each in cited]
    text, _, _ = assemble(blocks)
    digest = sha256(text.encode()).hexdigest()
    return Document(digest, title, "registre", _KINDS[over], text)


def _evidence(document: Document, cited: Sequence[_Cited]) -> Iterator[Evidence]:
    """Each line of the document as a passage of its own, numbered in their order."""
    start = 0
    for number, each in enumerate(cited, 1):
        end = start + len(each.text)
        passage = Passage(
            f"{document.id[:16]}:{start}-{end}",
            document.id,
            document.title,
            document.source,
            document.kind,
            each.place,
            (),
            (),
            document.text[start:end],
            start,
            end,
            address=each.address,
        )
        yield Evidence(number, passage, 1.0, document.id)
        start = end + 1


def _missing(ledger: Ledger, basis: Basis) -> tuple[str, ...]:
    """The rates without which some interest is not known."""
    known = payments(ledger, basis.today, basis.terms.days).known
    both = zip(known, basis.costs(known), strict=True)
    return missing_rates(late_invoices(both), basis.rates)
