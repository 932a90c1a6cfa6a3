"""The overview of the invoices: how many, how much, what is unpaid, by month, supplier, status."""

from collections.abc import Sequence
from datetime import date

from assistant.ledger.exhibit import Exhibit, Shape
from assistant.ledger.fields import Population
from assistant.ledger.plan import Filter, Measure, Operator, Plan, Step
from assistant.ledger.result import Result, computed_cuts
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
    kinds = [Plan(Measure.SUM, _ALL, "gross", filters) for _, filters in _KINDS]
    plans = [*kinds, *(plan for plan, _ in _CUTS)]
    found = computed_cuts(plans, ledger, today)
    drawn = zip(found[len(kinds) :], (shape for _, shape in _CUTS), strict=True)
    cuts = (Exhibit(figures(cut), shape) for cut, shape in drawn)
    return (Exhibit(_whole(found[: len(kinds)])), *cuts)


def _whole(found: Sequence[Result]) -> Table:
    """One row a kind of invoice: their number and the euros that they add up to."""
    totals = [each.total for each in found]
    notes = dict.fromkeys(note for each in found for note in each.notes)
    return Table(
        "Les factures en bref",
        (Column("Ensemble"), Column("Nombre", Format.COUNT), Column("TTC", Format.EUROS)),
        tuple(
            (label, len(total.rows), total.value)
            for (label, _), total in zip(_KINDS, totals, strict=True)
        ),
        tuple(total.rows for total in totals),
        tuple(notes),
    )
