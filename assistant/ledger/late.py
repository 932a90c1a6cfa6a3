"""Late payment: last days and their cost, the stage an invoice waits in, a forecast."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from assistant.calculators.amounts import add_days, round_to_cents
from assistant.calculators.calculation import Buyer, Ground
from assistant.calculators.constants import Law, Rate, Rates
from assistant.confidence import Estimate, share
from assistant.errors import WrongFigures
from assistant.ledger.query.plan import Population, rows_of
from assistant.ledger.query.sql import LateColumns
from ingestion.ledger.embedded import Ledger

# Late payment: the last day of each invoice, and what it costs to have passed it.
#
# Computed as assistant.calculators computes one invoice, on the same constants and rates, each read
# once. A status never stops the clock: that an invoice is suspended does not prove that the time
# limit lawfully was.

_TO_PAY = """
SELECT id, number, coalesce(supplier_name, '') AS supplier, currency, status, started, paid,
    payable AS amount, payment_days, is_unpaid,
    CASE
        WHEN is_credit THEN 'avoir'
        WHEN payable <= 0 THEN 'rien à payer'
        WHEN status = '05' AND paid IS NULL THEN 'facture rejetée'
        WHEN status = '11' AND paid IS NULL THEN 'mise en paiement sans date'
        WHEN started IS NULL THEN 'date de réception inconnue'
        WHEN paid < started THEN 'payée avant sa réception ou sa livraison : dates à vérifier'
    END AS reason
"""
_KNOWN = """
SELECT id, number, supplier, currency, status, started, paid, amount FROM to_pay
WHERE reason IS NULL AND (paid IS NULL OR payment_days > $2) ORDER BY number, id
"""
_COUNTS = "SELECT reason, count(*) FROM to_pay GROUP BY reason ORDER BY min(number), reason"
_UNDATED = """
SELECT id, currency, amount FROM to_pay WHERE reason = 'date de réception inconnue' AND is_unpaid
ORDER BY number, id
"""
_YEAR = 365
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class LateTerms:
    """What the law of a day says of late payment by a buyer: days, points, euros, its words."""

    buyer: Buyer
    days: int
    points: Decimal
    indemnity: Decimal
    grounds: tuple[Ground, ...]


class Payment(NamedTuple):
    """An invoice to pay or paid; its time runs from the end of the day `started`.

    A tuple, as there are as many as invoices.
    """

    id: str
    number: str
    supplier: str
    currency: str
    status: str | None
    started: date
    paid: date | None
    amount: Decimal | None


class Undated(NamedTuple):
    """An invoice to pay of which no day is known on which its time began."""

    id: str
    currency: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Basis:
    """The day, the law and the rates by which lateness is computed."""

    today: date
    terms: LateTerms
    rates: Rates

    def costs(self, found: Iterable[Payment]) -> tuple[LateColumns, ...]:
        """The last day of each, its days beyond it (negative: left), interest and indemnity."""
        rate_on = cache(self.rates.on)
        return tuple(_cost(each, self.today, self.terms, rate_on) for each in found)

    def costs_of_all(self, ledger: Ledger) -> tuple[LateColumns, ...]:
        """Those of every invoice that is to be paid within a time limit."""
        return self.costs(payments(ledger, self.today).known)


@dataclass(frozen=True, slots=True)
class Payments:
    """Invoices that have a last day, how many have one, and how many have none, by reason."""

    known: tuple[Payment, ...]
    count: int
    without: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class LateInvoice:
    """An invoice paid or not after its last day; `interest` is None without rate or amount.

    An unpaid one costs what it would if it were paid today.
    """

    payment: Payment
    cost: LateColumns


def terms(buyer: Buyer, law: Law) -> LateTerms:
    """The terms of a kind of buyer.

    Raises:
        WrongFigures: for an entity, whose time limit its nature decides.
        Ungrounded: when no text in force states one of them.
    """
    if buyer is Buyer.ENTITY:
        raise WrongFigures(
            "Une entité adjudicatrice n'a pas un délai de paiement unique : sa nature en décide. "
            "Lisez « sourcier calc paiement --acheteur entite »."
        )
    is_health = buyer is Buyer.HOSPITAL
    named = (
        "délai de paiement, santé" if is_health else "délai de paiement",
        "intérêts moratoires, majoration",
        "indemnité forfaitaire",
    )
    days, points, indemnity = (law.stated(name) for name in named)
    more = ("départ du délai de paiement", "départ à l'exécution", "intérêts moratoires, semestre")
    grounds = (days.ground, points.ground, indemnity.ground)
    return LateTerms(
        buyer,
        int(days.value),
        points.value,
        indemnity.value,
        (*grounds, *(law.stated(name).ground for name in more)),
    )


def payments(ledger: Ledger, today: date, beyond: int = -1) -> Payments:
    """Every invoice to be paid within a time limit, but those paid in so many days or fewer."""
    rows = ledger.rows(to_pay(_KNOWN), (today, beyond))
    counts = ledger.rows(to_pay(_COUNTS), (today,))
    without = tuple((reason, count) for reason, count in counts if reason)
    count = sum(count for reason, count in counts if not reason)
    return Payments(tuple(map(Payment._make, rows)), count, without)


def undated(ledger: Ledger, today: date) -> tuple[Undated, ...]:
    """The unpaid invoices whose last day is not known."""
    return tuple(map(Undated._make, ledger.rows(to_pay(_UNDATED), (today,))))


def to_pay(select: str) -> str:
    """A SELECT of `to_pay`, every invoice with the reason why it has no last day; `$1` is today."""
    counted = rows_of(Population.INVOICES).sql.replace("{today}", "$1")
    return f"WITH to_pay AS ({_TO_PAY} FROM ({counted}) AS counted) {select}"


def late_invoices(found: Iterable[tuple[Payment, LateColumns]]) -> tuple[LateInvoice, ...]:
    """Those beyond their last day, the longest first."""
    late = [LateInvoice(payment, cost) for payment, cost in found if cost.late_days > 0]
    return tuple(sorted(late, key=lambda one: -one.cost.late_days))


def missing_rates(late: Iterable[LateInvoice], rates: Rates) -> tuple[str, ...]:
    """What to write down to have the interest of every half-year."""
    begins = {add_days(one.cost.deadline, 1) for one in late}
    missing = [day for day in begins if rates.on(day) is None]
    return (rates.remedy(*missing),) if missing else ()


def _cost(
    payment: Payment, today: date, law: LateTerms, rate_on: Callable[[date], Rate | None]
) -> LateColumns:
    deadline = add_days(payment.started, law.days)
    days = ((payment.paid or today) - deadline).days
    if days <= 0:
        return LateColumns(payment.id, deadline, days, _NOTHING, _NOTHING)
    rate, interest = rate_on(add_days(deadline, 1)), None
    if rate and payment.amount is not None:
        percent = rate.percent + law.points
        interest = round_to_cents(payment.amount * percent / 100 * days / _YEAR)
    return LateColumns(payment.id, deadline, days, interest, law.indemnity)


# Stages: where each unpaid invoice is, since when, and the days that are left to it.

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

_STAGES_UNDATED = "dernier jour inconnu"

BRACKETS = (*(said for _, said in _BRACKETS), _LATER, _STAGES_UNDATED)
"""How near invoices are to their last day, those longest beyond it first."""


@dataclass(frozen=True, slots=True)
class StagePassage:
    """The day on which an invoice entered a stage."""

    stage: str
    entered: date


@dataclass(frozen=True, slots=True)
class StageWaiting:
    """The unpaid invoices of a stage that are as near to their last day, and their euros.

    `longest` is None where no day is known on which one of them came.
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

    `undated` are those whose time limit has no known beginning.
    """
    held: dict[tuple[str, str], list[tuple[Payment | Undated, int | None]]] = defaultdict(list)
    for payment, cost in found:
        if payment.paid is None:
            stage = current(payment, passed.get(payment.id, ()))
            days = (today - stage.entered).days
            held[stage.stage, _bracket(cost.late_days)].append((payment, days))
    for each in undated:
        known = passed.get(each.id, ())
        stage_name = known[-1].stage if known else UNRECEIVED
        lasted = (today - known[-1].entered).days if known else None
        held[stage_name, _STAGES_UNDATED].append((each, lasted))
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


# A forecast: which unpaid invoices will be late at the current pace of the stage they are in.
#
# The pace of a stage is how long the invoices paid within a year took from entering it until they
# were paid. Of those that took at least as long as an invoice has already waited, the share that
# took longer than it may is its risk, with the interval of that share. An invoice still unpaid says
# nothing yet, so that a pace which has just slowed down is seen late.

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
