"""The payment of a request: the last day, and the interest and indemnity of a late one."""

from collections.abc import Iterator
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
from assistant.calculators.constants import Law, Rate, Rates, half_year
from assistant.calculators.payment_term import Interruption, PaymentEvent, PaymentTerm, start_of
from assistant.errors import WrongFigures
from ingestion.french import in_words

# The interest of a late payment (R2192-31 to R2192-33).

_YEAR = 365
"""Days that interest counts in a year: a usage, which the code does not state."""


@dataclass(frozen=True, slots=True)
class GivenRate:
    """A yearly rate that a question gives, in percent, of a half-year where it says which.

    `begins` is the first day of that half-year. The rate of the Central Bank, unless it
    `is_increased` already.
    """

    percent: Decimal
    begins: date | None = None
    is_increased: bool = False


@dataclass(frozen=True, slots=True)
class InterestTerms:
    """What a question gives to count interest with: rates, and euros of retenue de garantie."""

    rates: tuple[GivenRate, ...] = ()
    retained: Decimal = Decimal(0)

    def rate_on(self, begins: date | None) -> GivenRate | None:
        """The rate given for interest that begins on a day, None where none is or several may."""
        known = [
            each
            for each in self.rates
            if begins is None or each.begins in (None, half_year(begins))
        ]
        return known[0] if len(known) == 1 else None


NO_TERMS = InterestTerms()


@dataclass(frozen=True, slots=True)
class LateSum:
    """An amount with tax, None if unknown, that was paid so many days late.

    `begins` is the first day of interest, None if unknown.
    """

    amount: Decimal | None
    days: int
    begins: date | None
    terms: InterestTerms = NO_TERMS

    @property
    def base(self) -> Decimal | None:
        """What bears interest: the amount less the retenue de garantie."""
        return None if self.amount is None else self.amount - self.terms.retained


def interest_of(
    late: LateSum, law: Law, rates: Rates
) -> tuple[tuple[CalculationLine, ...], CalculationLine, Decimal | None]:
    """Steps, the interest or what lacks to have it, and its amount where it is known."""
    found = _rate_of(late, law, rates)
    half = law.stated("intérêts moratoires, semestre").ground
    if found is None:
        return (), CalculationLine(_remedy(late, law, rates), (half,)), None
    rate, step = found
    rule = law.stated("intérêts moratoires, base").ground
    if late.base is None:
        missing = f"Intérêts moratoires au taux de {percent(rate)} : donnez le montant TTC à payer."
        return (step,), CalculationLine(missing, (rule,)), None
    interest = late_interest(late.base, rate, late.days)
    product = (
        f"Intérêts sur {_YEAR} jours par an, selon l'usage : {euros(late.base)} × "
        f"{percent(rate)} × {late.days} ÷ {_YEAR} = {euros(interest)}."
    )
    on = f" sur {euros(late.base)}" if late.terms.retained else ""
    text = f"Intérêts moratoires : {euros(interest)}, au taux de {percent(rate)}{on}."
    told = CalculationLine(text, tuple(dict.fromkeys((rule, *step.grounds))))
    steps = (*_base(late, law), step, CalculationLine(product, (rule,)))
    return steps, told, interest


def late_interest(amount: Decimal, rate: Decimal, days: int) -> Decimal:
    """The interest on an amount for so many days, at a yearly rate in percent, to the cent."""
    return round_to_cents(amount * rate / 100 * days / _YEAR)


def _base(late: LateSum, law: Law) -> tuple[CalculationLine, ...]:
    """The amount less the retenue de garantie, where there is one."""
    if late.amount is None or late.base is None or not late.terms.retained:
        return ()
    text = (
        f"Base des intérêts : {euros(late.amount)} − {euros(late.terms.retained)} de retenue de "
        f"garantie = {euros(late.base)}."
    )
    return (CalculationLine(text, (law.stated("intérêts moratoires, base").ground,)),)


def _rate_of(late: LateSum, law: Law, rates: Rates) -> tuple[Decimal, CalculationLine] | None:
    """The rate of the interest, in percent, and what it is made of; that of the question first."""
    given = late.terms.rate_on(late.begins)
    if given is not None:
        return given_rate(given, late.begins, law)
    known = rates.on(late.begins) if late.begins is not None else None
    return None if known is None else _rate(known, law)


def given_rate(given: GivenRate, begins: date | None, law: Law) -> tuple[Decimal, CalculationLine]:
    """The rate of interest that begins on a day by the rate of a question, and its sentence."""
    added, half = (
        law.stated("intérêts moratoires, majoration"),
        law.stated("intérêts moratoires, semestre"),
    )
    if given.is_increased:
        text = f"Taux : {percent(given.percent)}, déjà majoré, donné par la question."
        return given.percent, says(text, added, half)
    when = f" au {given.begins:%d/%m/%Y}" if given.begins else ""
    counts = f" ; c'est celui du {half_year(begins):%d/%m/%Y} qui compte" if begins else ""
    rate = given.percent + added.value
    text = (
        f"Taux : {percent(given.percent)} (taux de la Banque centrale européenne{when}, donné par "
        f"la question{counts}) + {numeral(added.value)} points = {percent(rate)}."
    )
    return rate, says(text, added, half)


def _rate(known: Rate, law: Law) -> tuple[Decimal, CalculationLine]:
    """The rate of the interest, in percent, and what it is made of."""
    added, half = (
        law.stated("intérêts moratoires, majoration"),
        law.stated("intérêts moratoires, semestre"),
    )
    rate = known.percent + added.value
    text = (
        f"Taux : {percent(known.percent)} (taux de la Banque centrale européenne au "
        f"{known.begins:%d/%m/%Y} ; source : {known.source}) + {numeral(added.value)} points = "
        f"{percent(rate)}."
    )
    return rate, says(text, added, half)


def _remedy(late: LateSum, law: Law, rates: Rates) -> str:
    """Whose rate lacks, and what it will be multiplied by."""
    if late.begins is not None:
        return rates.remedy(late.begins)
    added = numeral(law.stated("intérêts moratoires, majoration").value)
    base = euros(late.base) if late.base is not None else "montant TTC"
    return (
        "Il manque le taux de la Banque centrale européenne au premier jour du semestre où le "
        f"retard a commencé, à majorer de {added} points : intérêts moratoires = {base} × taux "
        f"majoré × {late.days} ÷ {_YEAR}."
    )


# The lateness of a payment whose days are known: interest and indemnity (D2192-35, R2192-36).


@dataclass(frozen=True, slots=True)
class LatePayment:
    """A payment after its last day, and the amount with tax when it is known."""

    deadline: date
    paid: date
    amount: Decimal | None
    terms: InterestTerms = NO_TERMS
    payments: int = 1

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
    owed = LateSum(late.amount, late.days, late.begins, late.terms)
    steps, told, interest = interest_of(owed, law, rates)
    return (CalculationLine(delay, (period,)), *steps), (
        CalculationLine(f"Payé le {in_words(late.paid)} : {_days(late)} de retard.", (period,)),
        told,
        *indemnity(late.payments, interest, law),
        due_day(late.paid, law),
    )


def indemnity(payments: int, interest: Decimal | None, law: Law) -> tuple[CalculationLine, ...]:
    """The indemnity of so many late payments, and what it makes with the interest, if known."""
    each = law.stated("indemnité forfaitaire")
    total = payments * each.value
    if payments > 1:
        text = f"{euros(total)} ({payments} paiements en retard × {euros(each.value)})"
    else:
        text = euros(total)
    told = says(f"Indemnité forfaitaire : {text}.", each)
    if interest is None:
        return (told,)
    both = f"Intérêts et indemnité, en tout : {euros(interest)} + {euros(total)} = "
    return told, says(f"{both}{euros(interest + total)}.", each)


def due_day(paid: date, law: Law) -> CalculationLine:
    """The last day to pay interest and indemnity, after the payment of the principal."""
    within = law.stated("paiement des intérêts")
    due = add_days(paid, int(within.value))
    return says(
        f"Ces sommes sont à payer dans les {numeral(within.value)} jours, au plus tard le "
        f"{in_words(due)}.",
        within,
    )


def _days(late: LatePayment) -> str:
    return f"{late.days} jour{'s' if late.days > 1 else ''}"


# The payment of a request: the last day, and what a late one costs (R2192-10 to R2192-29).


@dataclass(frozen=True, slots=True)
class PaymentAsked:
    """The days of a request for payment, and its amount with tax, retenue de garantie included.

    `received` is the day of the `event` from which the time limit runs. `delivered` is the day on
    which the performance ended, `guaranteed` that on which the guarantee of an advance was
    received, `agreed` the days that the contract gives to pay.
    `payments` is how many requests had these same days.
    """

    received: date
    buyer: Buyer
    amount: Decimal | None
    paid: date | None = None
    delivered: date | None = None
    event: PaymentEvent = PaymentEvent.REQUEST
    guaranteed: date | None = None
    agreed: int | None = None
    interruption: Interruption | None = None
    terms: InterestTerms = NO_TERMS
    payments: int = 1

    def __post_init__(self) -> None:
        """Raises WrongFigures for an amount not positive or a payment before its request."""
        if self.amount is not None:
            require_positive(self.amount, "Le montant à payer")
            require_positive(self.amount - self.terms.retained, "Le montant hors retenue")
        if self.paid is not None and self.paid < self.received:
            raise WrongFigures(
                f"Le paiement ({self.paid:%d/%m/%Y}) est antérieur à la réception de la demande "
                f"({self.received:%d/%m/%Y}) : vérifiez les deux dates."
            )


def payment(asked: PaymentAsked, law: Law, rates: Rates) -> Calculation:
    """The last day to pay, and the interest and indemnity due when it was passed.

    An entity has no single time limit: its three cases are told, without interest.
    """
    later = asked.guaranteed if asked.event.is_of_advance else asked.delivered
    start, steps = start_of(asked.event, asked.received, law, later)
    term = PaymentTerm(start, asked.agreed, asked.interruption)
    if asked.buyer is Buyer.ENTITY:
        result = _of_entity(term, law)
    else:
        name = _HEALTH if asked.buyer is Buyer.HOSPITAL else _ORDINARY
        is_dated = asked.event is PaymentEvent.DATED
        whose = "Si la réception n'a pas été constatée" if is_dated else ""
        deadline, last = term.last_day(name, law, whose)
        more, settled = _settlement(asked, deadline, law, rates)
        steps, result = (*steps, *term.steps(name, law), *more), (last, *settled)
        result = (_not_of_its_date(name, law), *result) if is_dated else result
    if asked.buyer is Buyer.OTHER_AUTHORITY:
        result = (*result, _of_enterprise(term, law))
    return Calculation(
        name="paiement",
        title="Délai de paiement et intérêts moratoires",
        day=law.day,
        inputs=_inputs(asked),
        steps=steps,
        result=result,
        cautions=tuple(_cautions(asked)),
    )


_ORDINARY = "délai de paiement"
_HEALTH = "délai de paiement, santé"
_ENTERPRISE = "délai de paiement, entreprise publique"


def _cautions(asked: PaymentAsked) -> Iterator[str]:
    """What was not looked at."""
    if asked.agreed is None:
        yield "Le marché peut fixer un délai plus court."
    yield "Les jours sont ceux du calendrier : un dernier jour non ouvré n'est pas reporté."
    if asked.interruption is not None:
        yield (
            "Le délai n'est interrompu qu'une fois, et avant l'ordonnancement si l'acheteur a un "
            "comptable public ; un délai de règlement convenu avec celui-ci n'est pas regardé."
        )
    elif asked.event is PaymentEvent.DATED:
        yield "Si les prestations sont exécutées plus tard, le délai court de leur exécution."
    elif asked.event.is_of_advance and asked.guaranteed is None:
        yield "Si une garantie est exigée, le délai de l'avance ne court pas avant sa réception."
    elif asked.event is PaymentEvent.REQUEST:
        yield (
            "Une interruption du délai, une vérification de conformité prévue au marché et le "
            "solde d'un marché de travaux ou de maîtrise d'œuvre ne sont pas regardés."
        )


def _inputs(asked: PaymentAsked) -> tuple[tuple[str, str], ...]:
    given = (
        (asked.event.label, asked.received),
        ("fin d'exécution des prestations", asked.delivered),
        ("mise en paiement", asked.paid),
    )
    added = (
        ("réception de la garantie", asked.guaranteed),
        ("notification de l'interruption", asked.interruption and asked.interruption.notified),
        ("réception de toutes les pièces", asked.interruption and asked.interruption.completed),
    )
    return (
        *((name, f"{day:%d/%m/%Y}" if day else "non donnée") for name, day in given),
        *((name, f"{day:%d/%m/%Y}") for name, day in added if day),
        ("acheteur", asked.buyer.label),
        ("montant TTC", "non donné" if asked.amount is None else euros(asked.amount)),
    )


def _not_of_its_date(name: str, law: Law) -> CalculationLine:
    """That the day of reception lacks, from which alone the time limit runs."""
    days = law.stated(name)
    text = (
        f"Les {numeral(days.value)} jours courent de la réception de la facture, et non de sa "
        "date : donnez le jour de réception."
    )
    return says(text, days, law.stated("départ du délai de paiement"))


def _of_entity(term: PaymentTerm, law: Law) -> tuple[CalculationLine, ...]:
    """The time limits between which the nature of an entity decides."""
    authority = "À vérifier, si l'acheteur est un pouvoir adjudicateur"
    others = "À vérifier, s'il ne l'est pas : le délai est celui du code de commerce, non indexé."
    return (
        term.last_day(_ORDINARY, law, authority)[1],
        _of_enterprise(term, law),
        says(others, law.stated("délai de paiement, autres entités")),
    )


def _of_enterprise(term: PaymentTerm, law: Law) -> CalculationLine:
    whose = (
        "À vérifier, si ce pouvoir adjudicateur est une entreprise publique sans être un "
        "établissement public local, comme un office public de l'habitat"
    )
    return term.last_day(_ENTERPRISE, law, whose)[1]


def _settlement(
    asked: PaymentAsked, deadline: date, law: Law, rates: Rates
) -> tuple[tuple[CalculationLine, ...], tuple[CalculationLine, ...]]:
    """Steps and result of the payment itself, nothing when there was none."""
    if asked.paid is None:
        return (), ()
    if asked.paid <= deadline:
        return (), (CalculationLine(f"Payé le {in_words(asked.paid)} : pas de retard."),)
    late = LatePayment(deadline, asked.paid, asked.amount, asked.terms, asked.payments)
    return lateness(late, law, rates)
