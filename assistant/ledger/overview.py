"""The overview of the invoices: how many, how much, what is unpaid, by month, supplier, status."""

from collections.abc import Sequence
from datetime import date

from assistant.ledger.exhibit import Exhibit, Shape
from assistant.ledger.fields import Population
from assistant.ledger.measures import (
    CREDIT_NOTE,
    NOT_PAID,
    PAID,
    REJECTED,
    SUSPENDED,
    told,
)
from assistant.ledger.plan import Measure, Plan, Step
from assistant.ledger.result import Result, computed_cuts
from assistant.ledger.result_view import figures
from assistant.ledger.table import Column, Format, Table
from ingestion.ledger.database import Ledger

_FIRST = 15
_ALL = Population.INVOICES
_KINDS = (
    ("Factures, avoirs déduits du montant", ()),
    ("Payées", (PAID,)),
    ("Non payées", (NOT_PAID,)),
    ("Dont suspendues", (NOT_PAID, SUSPENDED)),
    ("Rejetées", (REJECTED,)),
    ("Avoirs", (CREDIT_NOTE,)),
)
_CUTS = (
    (Plan(Measure.SUM, _ALL, "gross", group="issued", step=Step.MONTH), Shape.TIME),
    (Plan(Measure.SUM, _ALL, "gross", group="supplier", limit=_FIRST), Shape.RANKING),
    (Plan(Measure.SUM, _ALL, "gross", group="status"), Shape.RANKING),
)


def overview(ledger: Ledger, today: date) -> tuple[Exhibit, ...]:
    """What there is, then how it divides."""
    kinds = [filters for _, filters in _KINDS]
    counts = [Plan(Measure.COUNT, _ALL, filters=each) for each in kinds]
    sums = [Plan(Measure.SUM, _ALL, "gross", each) for each in kinds]
    counted = computed_cuts(counts, ledger, today)
    found = computed_cuts([*sums, *(plan for plan, _ in _CUTS)], ledger, today)
    drawn = zip(found[len(sums) :], (shape for _, shape in _CUTS), strict=True)
    cuts = (Exhibit(figures(cut), shape) for cut, shape in drawn)
    return (Exhibit(_whole(counted, found[: len(sums)])), *cuts)


def _whole(counted: Sequence[Result], summed: Sequence[Result]) -> Table:
    """One row a kind of invoice: their number and the euros that they add up to."""
    both = (*counted, *summed)
    notes = dict.fromkeys(note for each in both for note in each.notes)
    return Table(
        "Les factures en bref",
        (Column("Ensemble"), Column("Nombre", Format.COUNT), Column("TTC", Format.EUROS)),
        tuple(
            (label, len(count.total.rows), amount.total.value)
            for (label, _), count, amount in zip(_KINDS, counted, summed, strict=True)
        ),
        tuple(each.total.rows for each in counted),
        (told(*(each.plan for each in both)), *notes),
    )
