"""The payment of a request: the last day, and the interest and indemnity of a late one."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assistant.calculators.amounts import (
    add_days,
    euros,
    numeral,
    percent,
    require_positive,
    round_to_cents,
)
from assistant.calculators.calculation import Buyer, Calculation, CalculationLine, says
from assistant.calculators.constants import Law, Rate, Rates
from assistant.errors import WrongFigures
from ingestion.french import in_words

# The lateness of a payment: interest and indemnity (R2192-31 to R2192-36, D2192-35).

_YEAR = 365
"""Days that interest counts in a year: a usage, which the code does not state."""


@dataclass(frozen=True, slots=True)
class LatePayment:
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


def lateness(
    late: LatePayment, law: Law, rates: Rates
) -> tuple[tuple[CalculationLine, ...], tuple[CalculationLine, ...]]:
    """Steps and result: days, rate, interest where rate and amount are known, and the indemnity."""
    period = law.stated("intérêts moratoires, période").ground
    delay = f"Retard : du {late.begins:%d/%m/%Y} au {late.paid:%d/%m/%Y} inclus, {_days(late)}."
    steps, interest = _interest(late, law, rates)
    indemnity, within = law.stated("indemnité forfaitaire"), law.stated("paiement des intérêts")
    due = add_days(late.paid, int(within.value))
    return (CalculationLine(delay, (period,)), *steps), (
        CalculationLine(f"Payé le {in_words(late.paid)} : {_days(late)} de retard.", (period,)),
        interest,
        says(f"Indemnité forfaitaire : {euros(indemnity.value)}.", indemnity),
        says(
            f"Ces sommes sont à payer dans les {numeral(within.value)} jours, au plus tard le "
            f"{in_words(due)}.",
            within,
        ),
    )


def _interest(
    late: LatePayment, law: Law, rates: Rates
) -> tuple[tuple[CalculationLine, ...], CalculationLine]:
    """Steps, and the interest or what is missing to have it."""
    known = rates.on(late.begins)
    if known is None:
        half_year = law.stated("intérêts moratoires, semestre").ground
        return (), CalculationLine(rates.remedy(late.begins), (half_year,))
    rate, step = _rate(known, law)
    base = law.stated("intérêts moratoires, base").ground
    if late.amount is None:
        missing = f"Intérêts moratoires au taux de {percent(rate)} : donnez le montant TTC à payer."
        return (step,), CalculationLine(missing, (base,))
    interest = late_interest(late.amount, rate, late.days)
    product = (
        f"Intérêts sur {_YEAR} jours par an, selon l'usage : {euros(late.amount)} × "
        f"{percent(rate)} × {late.days} ÷ {_YEAR} = {euros(interest)}."
    )
    return (step, CalculationLine(product, (base,))), CalculationLine(
        f"Intérêts moratoires : {euros(interest)}.", (base,)
    )


def late_interest(amount: Decimal, rate: Decimal, days: int) -> Decimal:
    """The interest on an amount for so many days, at a yearly rate in percent, to the cent."""
    return round_to_cents(amount * rate / 100 * days / _YEAR)


def _rate(known: Rate, law: Law) -> tuple[Decimal, CalculationLine]:
    """The rate of the interest, in percent, and what it is made of."""
    added, half_year = (
        law.stated("intérêts moratoires, majoration"),
        "intérêts moratoires, semestre",
    )
    rate = known.percent + added.value
    text = (
        f"Taux : {percent(known.percent)} (taux de la Banque centrale européenne au "
        f"{known.begins:%d/%m/%Y} ; source : {known.source}) + {numeral(added.value)} points = "
        f"{percent(rate)}."
    )
    return rate, says(text, added, law.stated(half_year))


def _days(late: LatePayment) -> str:
    return f"{late.days} jour{'s' if late.days > 1 else ''}"


# The payment of a request: the last day, and what a late one costs (R2192-10 to R2192-13).


@dataclass(frozen=True, slots=True)
class PaymentAsked:
    """The days of a request for payment, and its amount with tax less the retenue de garantie.

    `delivered` is the day on which the performance ended.
    """

    received: date
    buyer: Buyer
    amount: Decimal | None
    paid: date | None = None
    delivered: date | None = None

    def __post_init__(self) -> None:
        """Raises WrongFigures for an amount not positive or a payment before its request."""
        if self.amount is not None:
            require_positive(self.amount, "Le montant à payer")
        if self.paid is not None and self.paid < self.received:
            raise WrongFigures(
                f"Le paiement ({self.paid:%d/%m/%Y}) est antérieur à la réception de la demande "
                f"({self.received:%d/%m/%Y}) : vérifiez les deux dates."
            )


def payment(asked: PaymentAsked, law: Law, rates: Rates) -> Calculation:
    """The last day to pay, and the interest and indemnity due when it was passed.

    An entity has no single time limit: its three cases are told, without interest.
    """
    start, steps = _start(asked, law)
    if asked.buyer is Buyer.ENTITY:
        result = _of_entity(start, law)
    else:
        is_health = asked.buyer is Buyer.HOSPITAL
        deadline, last = _last_day(start, _HEALTH if is_health else _ORDINARY, law)
        more, settled = _settlement(asked, deadline, law, rates)
        steps, result = (*steps, *more), (last, *settled)
    if asked.buyer is Buyer.OTHER_AUTHORITY:
        result = (*result, _of_enterprise(start, law))
    return Calculation(
        name="paiement",
        title="Délai de paiement et intérêts moratoires",
        day=law.day,
        inputs=_inputs(asked),
        steps=steps,
        result=result,
        cautions=_CAUTIONS,
    )


_ORDINARY = "délai de paiement"
_HEALTH = "délai de paiement, santé"
_ENTERPRISE = "délai de paiement, entreprise publique"
_CAUTIONS = (
    "Le marché peut fixer un délai plus court.",
    "Les jours sont ceux du calendrier : un dernier jour non ouvré n'est pas reporté.",
    "Une interruption du délai, une vérification de conformité prévue au marché et le solde d'un "
    "marché de travaux ou de maîtrise d'œuvre ne sont pas regardés.",
)


def _inputs(asked: PaymentAsked) -> tuple[tuple[str, str], ...]:
    given = (
        ("réception de la demande de paiement", asked.received),
        ("fin d'exécution des prestations", asked.delivered),
        ("mise en paiement", asked.paid),
    )
    return (
        *((name, f"{day:%d/%m/%Y}" if day else "non donnée") for name, day in given),
        ("acheteur", asked.buyer.label),
        ("montant TTC", "non donné" if asked.amount is None else euros(asked.amount)),
    )


def _start(asked: PaymentAsked, law: Law) -> tuple[date, tuple[CalculationLine, ...]]:
    """The day from which the time limit runs, and why."""
    if asked.delivered is not None and asked.delivered > asked.received:
        later = law.stated("départ à l'exécution").ground
        text = "Les prestations ont été exécutées après la demande : le délai court à partir du"
        return asked.delivered, (CalculationLine(f"{text} {in_words(asked.delivered)}.", (later,)),)
    received = law.stated("départ du délai de paiement").ground
    text = f"Le délai court à partir de la réception, le {in_words(asked.received)}."
    return asked.received, (CalculationLine(text, (received,)),)


def _last_day(start: date, name: str, law: Law, whose: str = "") -> tuple[date, CalculationLine]:
    """The last day of a time limit, and its sentence."""
    days = law.stated(name)
    last = add_days(start, int(days.value))
    lead = f"{whose} : paiement" if whose else "Paiement"
    text = f"{lead} dans les {numeral(days.value)} jours, au plus tard le {in_words(last)}."
    return last, says(text, days)


def _of_entity(start: date, law: Law) -> tuple[CalculationLine, ...]:
    """The time limits between which the nature of an entity decides."""
    authority = "À vérifier, si l'acheteur est un pouvoir adjudicateur"
    others = "À vérifier, s'il ne l'est pas : le délai est celui du code de commerce, non indexé."
    return (
        _last_day(start, _ORDINARY, law, authority)[1],
        _of_enterprise(start, law),
        says(others, law.stated("délai de paiement, autres entités")),
    )


def _of_enterprise(start: date, law: Law) -> CalculationLine:
    whose = (
        "À vérifier, si ce pouvoir adjudicateur est une entreprise publique sans être un "
        "établissement public local, comme un office public de l'habitat"
    )
    return _last_day(start, _ENTERPRISE, law, whose)[1]


def _settlement(
    asked: PaymentAsked, deadline: date, law: Law, rates: Rates
) -> tuple[tuple[CalculationLine, ...], tuple[CalculationLine, ...]]:
    """Steps and result of the payment itself, nothing when there was none."""
    if asked.paid is None:
        return (), ()
    if asked.paid <= deadline:
        return (), (CalculationLine(f"Payé le {in_words(asked.paid)} : pas de retard."),)
    return lateness(LatePayment(deadline, asked.paid, asked.amount), law, rates)
