"""Late payment: the last day of each invoice, and what it costs to have passed it.

Computed as assistant.calculators computes one invoice, on the same constants and rates, each read
once. A status never stops the clock: that an invoice is suspended does not prove that the time
limit lawfully was.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from assistant.calculators.amounts import add_days
from assistant.calculators.calculation import Buyer, Ground
from assistant.calculators.constants import Law, Rate, Rates
from assistant.calculators.payment import late_interest
from assistant.errors import WrongFigures
from assistant.ledger.query.plan import Population, rows_of
from assistant.ledger.query.sql import LateColumns
from ingestion.ledger.embedded import Ledger

MISDATED = "date de réception ou de livraison impossible"
"""Why an invoice has no last day whose time would begin in a year that no invoice has."""

_NO_RECEPTION = "date de réception inconnue"

_TO_PAY = f"""
SELECT id, number, coalesce(supplier_name, '') AS supplier, currency, status, started, paid,
    payable AS amount, payment_days, is_unpaid,
    CASE
        WHEN is_credit THEN 'avoir'
        WHEN payable <= 0 THEN 'rien à payer'
        WHEN status = '05' AND paid IS NULL THEN 'facture rejetée'
        WHEN status = '11' AND paid IS NULL THEN 'mise en paiement sans date'
        WHEN started IS NULL THEN '{_NO_RECEPTION}'
        WHEN started > DATE '2200-01-01' THEN '{MISDATED}'
        WHEN paid < started THEN 'payée avant sa réception ou sa livraison : dates à vérifier'
    END AS reason
"""
_KNOWN = """
SELECT id, number, supplier, currency, status, started, paid, amount FROM to_pay
WHERE reason IS NULL AND (paid IS NULL OR payment_days > $2) ORDER BY number, id
"""
_COUNTS = "SELECT reason, count(*) FROM to_pay GROUP BY reason ORDER BY min(number), reason"
_UNDATED = f"""
SELECT id, currency, amount, reason = '{MISDATED}' FROM to_pay
WHERE reason IN ('{_NO_RECEPTION}', '{MISDATED}') AND is_unpaid ORDER BY number, id
"""
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
    """An invoice to pay of which no day is known on which its time began, or an impossible one."""

    id: str
    currency: str
    amount: Decimal | None
    is_misdated: bool


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
    limit = "délai de paiement, santé" if is_health else "délai de paiement"
    stated = [law.stated(name) for name in (limit, *_TERMS)]
    days, points, indemnity = (each.value for each in stated[:3])
    return LateTerms(buyer, int(days), points, indemnity, tuple(each.ground for each in stated))


_TERMS = (
    "intérêts moratoires, majoration",
    "indemnité forfaitaire",
    "départ du délai de paiement",
    "départ à l'exécution",
    "intérêts moratoires, semestre",
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
        interest = late_interest(payment.amount, rate.percent + law.points, days)
    return LateColumns(payment.id, deadline, days, interest, law.indemnity)
