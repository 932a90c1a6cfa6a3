"""The overview of the invoices: how many, how much, what is unpaid, by month, supplier, status."""

from datetime import date

from assistant.ledger.exhibit import Exhibit, Shape
from assistant.ledger.fields import Population
from assistant.ledger.plan import Filter, Measure, Operator, Plan, Step
from assistant.ledger.result import computed, computed_cuts
from assistant.ledger.result_view import figures
from assistant.ledger.table import Column, Format, Table
from ingestion.ledger.database import Ledger

_FIRST = 15
_ALL = Population.INVOICES
_INVOICE = Filter("is_credit", Operator.UNKNOWN)
_KINDS = (
    ("Factures reçues, avoirs déduits", ()),
    ("Payées", (Filter("paid", Operator.KNOWN),)),
    ("Non payées", (_INVOICE, Filter("paid", Operator.UNKNOWN))),
    (
        "Dont suspendues",
        (_INVOICE, Filter("paid", Operator.UNKNOWN), Filter("status", Operator.IS, ("06",))),
    ),
    ("Avoirs", (Filter("is_credit", Operator.KNOWN),)),
)
_CUTS = (
    (Plan(Measure.SUM, _ALL, "gross", group="issued", step=Step.MONTH), Shape.TIME),
    (Plan(Measure.SUM, _ALL, "gross", group="supplier", limit=_FIRST), Shape.RANKING),
    (Plan(Measure.SUM, _ALL, "gross", group="status"), Shape.RANKING),
)


def overview(ledger: Ledger, today: date) -> tuple[Exhibit, ...]:
    """What there is, then how it divides."""
    cuts = computed_cuts([plan for plan, _ in _CUTS], ledger, today)
    shapes = (shape for _, shape in _CUTS)
    drawn = (Exhibit(figures(cut), shape) for cut, shape in zip(cuts, shapes, strict=True))
    return (Exhibit(_whole(ledger, today)), *drawn)


def _whole(ledger: Ledger, today: date) -> Table:
    """One row a kind of invoice: their number and the euros that they add up to."""
    rows, ids, notes = [], [], dict[str, None]()
    for label, filters in _KINDS:
        found = computed(Plan(Measure.SUM, _ALL, "gross", filters), ledger, today)
        rows.append((label, len(found.total.rows), found.total.value))
        ids.append(found.total.rows)
        notes |= dict.fromkeys(found.notes)
    columns = (Column("Ensemble"), Column("Nombre", Format.COUNT), Column("TTC", Format.EUROS))
    return Table("Les factures en bref", columns, tuple(rows), tuple(ids), tuple(notes))
