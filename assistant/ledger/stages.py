"""Stages: where each unpaid invoice is, since when, and the days that are left to it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assistant.ledger.late import MISDATED, Payment, Undated
from assistant.ledger.query.plan import Population, rows_of
from assistant.ledger.query.sql import LateColumns
from ingestion.ledger.embedded import Ledger

RECEIVED = "reçue"
"""The stage of an invoice of which no status is dated."""

UNRECEIVED = "sans date de réception"
"""The stage of one of which nothing is dated."""

_BRACKETS = (
    (30, "en retard de plus de 30 jours"),
    (0, "en retard de 30 jours ou moins"),
    (-8, "à payer sous 7 jours"),
    (-16, "à payer sous 15 jours"),
)
_PASSED = """
SELECT invoice, status, "at" FROM status_event
WHERE invoice IN (SELECT unnest(CAST($1 AS VARCHAR[]))) ORDER BY "at", status
"""
_LATER = "à payer dans plus de 15 jours"

_UNDATED = "dernier jour inconnu"

BRACKETS = (*(said for _, said in _BRACKETS), _LATER, _UNDATED)
"""How near invoices are to their last day, those longest beyond it first."""


@dataclass(frozen=True, slots=True)
class StagePassage:
    """The day on which an invoice entered a stage."""

    stage: str
    entered: date


@dataclass(frozen=True, slots=True)
class StageWaiting:
    """The unpaid invoices of a stage that are as near to their last day, and their euros.

    `longest` is None where none of them has a day that can be.
    """

    stage: str
    bracket: str
    invoices: tuple[str, ...]
    amount: Decimal
    longest: int | None


def is_late(bracket: str) -> bool:
    """Whether the invoices of a bracket are beyond their last day."""
    return any(said == bracket and more >= 0 for more, said in _BRACKETS)


def passages(ledger: Ledger, invoices: Sequence[str]) -> Mapping[str, Sequence[StagePassage]]:
    """The stages that each of these invoices went through, the last one last, by invoice."""
    found: dict[str, list[StagePassage]] = defaultdict(list)
    for invoice, status, day in ledger.rows(_PASSED, [list(invoices)]):
        found[invoice].append(StagePassage(stage_of(status), day))
    return found


def stage_of(status: str) -> str:
    """What a status is called as a stage."""
    return rows_of(Population.INVOICES).fields["status"].words.get(status, status)


def current(payment: Payment, passed: Sequence[StagePassage]) -> StagePassage:
    """The stage that an invoice is in; received, where none is dated."""
    return passed[-1] if passed else StagePassage(RECEIVED, payment.started)


def waiting(
    found: Iterable[tuple[Payment, LateColumns]],
    passed: Mapping[str, Sequence[StagePassage]],
    today: date,
    undated: Iterable[Undated] = (),
) -> tuple[StageWaiting, ...]:
    """The unpaid invoices in euros by stage and bracket; `longest` is in days in the stage.

    `undated` are those whose time limit has no known beginning, or an impossible one.
    """
    held: dict[tuple[str, str], list[tuple[Payment | Undated, int | None]]] = defaultdict(list)
    for payment, cost in found:
        if payment.paid is None:
            last = current(payment, passed.get(payment.id, ()))
            days = (today - last.entered).days
            held[last.stage, _bracket(cost.late_days)].append((payment, days))
    for each in undated:
        if known := passed.get(each.id):
            lasted = (today - known[-1].entered).days
            held[known[-1].stage, _UNDATED].append((each, lasted))
        else:
            held[MISDATED if each.is_misdated else UNRECEIVED, _UNDATED].append((each, None))
    return tuple(_waiting(stage, bracket, held[stage, bracket]) for stage, bracket in sorted(held))


def _waiting(
    stage: str, bracket: str, held: Sequence[tuple[Payment | Undated, int | None]]
) -> StageWaiting:
    amounts = (payment.amount for payment, _ in held if payment.currency == "EUR")
    return StageWaiting(
        stage,
        bracket,
        tuple(payment.id for payment, _ in held),
        sum((amount for amount in amounts if amount is not None), Decimal(0)),
        max((days for _, days in held if days is not None), default=None),
    )


def _bracket(late_days: int) -> str:
    return next((said for more, said in _BRACKETS if late_days > more), _LATER)
