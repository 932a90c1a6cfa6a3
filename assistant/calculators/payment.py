"""The payment of a request: the last day, and what a late one costs (R2192-10 to R2192-13)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assistant.calculators.amounts import euros, number, positive
from assistant.calculators.calculation import Calculation, Line
from assistant.calculators.calendar import add_days, in_words
from assistant.calculators.lateness import Late, lateness
from assistant.calculators.law import Law
from assistant.calculators.rates import Rates
from assistant.calculators.situation import Buyer
from assistant.errors import WrongFigures


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
            positive(self.amount, "Le montant à payer")
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


def _start(asked: PaymentAsked, law: Law) -> tuple[date, tuple[Line, ...]]:
    """The day from which the time limit runs, and why."""
    if asked.delivered is not None and asked.delivered > asked.received:
        later = law.stated("départ à l'exécution").ground
        text = "Les prestations ont été exécutées après la demande : le délai court à partir du"
        return asked.delivered, (Line(f"{text} {in_words(asked.delivered)}.", (later,)),)
    received = law.stated("départ du délai de paiement").ground
    text = f"Le délai court à partir de la réception, le {in_words(asked.received)}."
    return asked.received, (Line(text, (received,)),)


def _last_day(start: date, name: str, law: Law, whose: str = "") -> tuple[date, Line]:
    """The last day of a time limit, and its sentence."""
    days = law.stated(name)
    last = add_days(start, int(days.value))
    lead = f"{whose} : paiement" if whose else "Paiement"
    text = f"{lead} dans les {number(days.value)} jours, au plus tard le {in_words(last)}."
    return last, Line(text, (days.ground,))


def _of_entity(start: date, law: Law) -> tuple[Line, ...]:
    """The time limits between which the nature of an entity decides."""
    authority = "À vérifier, si l'acheteur est un pouvoir adjudicateur"
    others = "À vérifier, s'il ne l'est pas : le délai est celui du code de commerce, non indexé."
    return (
        _last_day(start, _ORDINARY, law, authority)[1],
        _of_enterprise(start, law),
        Line(others, (law.stated("délai de paiement, autres entités").ground,)),
    )


def _of_enterprise(start: date, law: Law) -> Line:
    whose = "À vérifier, si ce pouvoir adjudicateur est une entreprise publique"
    return _last_day(start, _ENTERPRISE, law, whose)[1]


def _settlement(
    asked: PaymentAsked, deadline: date, law: Law, rates: Rates
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Steps and result of the payment itself, nothing when there was none."""
    if asked.paid is None:
        return (), ()
    if asked.paid <= deadline:
        return (), (Line(f"Payé le {in_words(asked.paid)} : pas de retard."),)
    return lateness(Late(deadline, asked.paid, asked.amount), law, rates)
