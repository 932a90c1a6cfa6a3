"""A forecast: which unpaid invoices will be late at the current pace of the stage they are in.

The pace of a stage is how long the invoices paid within a year took from entering it until they
were paid. Of those that took at least as long as an invoice has already waited, the share that
took longer than it may is its risk, with the interval of that share. An invoice still unpaid says
nothing yet, so that a pace which has just slowed down is seen late.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.confidence import Estimate, share
from assistant.ledger.late import Payment, to_pay
from assistant.ledger.query.sql import LateColumns
from assistant.ledger.stages import RECEIVED, StagePassage, current, stage_of
from ingestion.ledger.embedded import Ledger

LEAST = 20
"""Paid invoices below which nothing is foreseen."""

METHOD = (
    "Rythme de chaque étape : durées entre l'entrée dans l'étape et le paiement, pour les factures "
    f"payées depuis un an et qui ont attendu au moins autant ; intervalle de Wilson à 95 %, rien "
    f"sous {LEAST} factures comparables. Les factures encore impayées n'y sont pas : un "
    "ralentissement récent se voit avec retard."
)

SUMMED = "somme des bornes de chaque facture, plus large qu'un intervalle à 95 %"
"""What the bounds of `expected` are."""

_RECENT = timedelta(days=365)

_PACES = """
, recent AS (
    SELECT id, started, paid FROM to_pay WHERE reason IS NULL AND paid > $2 AND paid <= $1
)
SELECT NULL, paid - started AS days, count(*) FROM recent GROUP BY days
UNION ALL
SELECT status_event.status, paid - "at" AS days, count(*)
FROM recent JOIN status_event ON invoice = id WHERE "at" <= paid GROUP BY status_event.status, days
"""

Paces = Mapping[str, Sequence[int]]
"""Days until payment from each stage, sorted."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The risk that an unpaid invoice is late; None where too few are comparable."""

    payment: Payment
    deadline: date
    stage: StagePassage
    risk: Estimate | None


def paces(ledger: Ledger, today: date) -> Paces:
    """How long the invoices paid within a year took from each stage."""
    days: dict[str, list[int]] = defaultdict(list)
    for status, taken, count in ledger.rows(to_pay(_PACES), (today, today - _RECENT)):
        days[RECEIVED if status is None else stage_of(status)] += [taken] * count
    return {stage: sorted(each) for stage, each in days.items()}


def forecasts(
    found: Iterable[tuple[Payment, LateColumns]],
    passed: Mapping[str, Sequence[StagePassage]],
    pace: Paces,
    today: date,
) -> tuple[Forecast, ...]:
    """The unpaid invoices that are not late yet, the nearest to it first."""
    open_ones = [
        _forecast(payment, cost, current(payment, passed.get(payment.id, ())), pace, today)
        for payment, cost in found
        if payment.paid is None and cost.late_days <= 0
    ]
    return tuple(sorted(open_ones, key=lambda one: (one.deadline, one.payment.number)))


def expected(found: Iterable[Forecast]) -> tuple[float, float, float] | None:
    """How many are expected to be late: fewest, likely, most; None where nothing is foreseen."""
    risks = [each.risk for each in found if each.risk]
    if not risks:
        return None
    return (
        sum(risk.low for risk in risks),
        sum(risk.value for risk in risks),
        sum(risk.high for risk in risks),
    )


def _forecast(
    payment: Payment, cost: LateColumns, stage: StagePassage, pace: Paces, today: date
) -> Forecast:
    days = pace.get(stage.stage, ())
    waited, allowed = (today - stage.entered).days, (cost.deadline - stage.entered).days
    comparable = len(days) - bisect_left(days, waited)
    longer = len(days) - bisect_right(days, allowed)
    risk = share(longer, comparable) if comparable >= LEAST else None
    return Forecast(payment, cost.deadline, stage, risk)
