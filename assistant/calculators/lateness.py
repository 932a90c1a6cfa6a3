"""The lateness of a payment: interest and indemnity (R2192-31 to R2192-36, D2192-35)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assistant.calculators.amounts import euros, number, percent, rounded
from assistant.calculators.calculation import Line
from assistant.calculators.calendar import add_days, in_words
from assistant.calculators.law import Law
from assistant.calculators.rates import Rate, Rates

_YEAR = 365
"""Days that interest counts in a year: a usage, which the code does not state."""


@dataclass(frozen=True, slots=True)
class Late:
    """A payment after its last day, and the amount with tax when it is known."""

    deadline: date
    paid: date
    amount: Decimal | None

    @property
    def begins(self) -> date:
        """The first day of interest."""
        return add_days(self.deadline, 1)

    @property
    def days(self) -> int:
        """The days of interest, that of the payment included."""
        return (self.paid - self.deadline).days


def lateness(late: Late, law: Law, rates: Rates) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Steps and result: days, rate, interest where rate and amount are known, and the indemnity."""
    period = law.stated("intérêts moratoires, période").ground
    delay = f"Retard : du {late.begins:%d/%m/%Y} au {late.paid:%d/%m/%Y} inclus, {_days(late)}."
    steps, interest = _interest(late, law, rates)
    indemnity, within = law.stated("indemnité forfaitaire"), law.stated("paiement des intérêts")
    due = add_days(late.paid, int(within.value))
    return (Line(delay, (period,)), *steps), (
        Line(f"Payé le {in_words(late.paid)} : {_days(late)} de retard.", (period,)),
        interest,
        Line(f"Indemnité forfaitaire : {euros(indemnity.value)}.", (indemnity.ground,)),
        Line(
            f"Ces sommes sont à payer dans les {number(within.value)} jours, au plus tard le "
            f"{in_words(due)}.",
            (within.ground,),
        ),
    )


def _interest(late: Late, law: Law, rates: Rates) -> tuple[tuple[Line, ...], Line]:
    """Steps, and the interest or what is missing to have it."""
    known = rates.on(late.begins)
    if known is None:
        half_year = law.stated("intérêts moratoires, semestre").ground
        return (), Line(rates.remedy(late.begins), (half_year,))
    rate, step = _rate(known, law)
    base = law.stated("intérêts moratoires, base").ground
    if late.amount is None:
        missing = f"Intérêts moratoires au taux de {percent(rate)} : donnez le montant TTC à payer."
        return (step,), Line(missing, (base,))
    interest = rounded(late.amount * rate / 100 * late.days / _YEAR)
    product = (
        f"Intérêts sur {_YEAR} jours par an, selon l'usage : {euros(late.amount)} × "
        f"{percent(rate)} × {late.days} ÷ {_YEAR} = {euros(interest)}."
    )
    return (step, Line(product, (base,))), Line(
        f"Intérêts moratoires : {euros(interest)}.", (base,)
    )


def _rate(known: Rate, law: Law) -> tuple[Decimal, Line]:
    """The rate of the interest, in percent, and what it is made of."""
    added, half_year = (
        law.stated("intérêts moratoires, majoration"),
        "intérêts moratoires, semestre",
    )
    rate = known.percent + added.value
    text = (
        f"Taux : {percent(known.percent)} (taux de la Banque centrale européenne au "
        f"{known.begins:%d/%m/%Y} ; source : {known.source}) + {number(added.value)} points = "
        f"{percent(rate)}."
    )
    return rate, Line(text, (added.ground, law.stated(half_year).ground))


def _days(late: Late) -> str:
    return f"{late.days} jour{'s' if late.days > 1 else ''}"
