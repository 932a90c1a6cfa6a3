"""What a late payment costs by the days that a question gives: interest, indemnity, last day."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from assistant.calculators.amounts import add_days, euros, numeral, percent, require_positive
from assistant.calculators.calculation import Calculation, CalculationLine, says
from assistant.calculators.constants import Law, Rates, half_year
from assistant.calculators.payment import (
    NO_TERMS,
    InterestTerms,
    LatePayment,
    LateSum,
    given_rate,
    indemnity,
    interest_of,
    lateness,
)
from assistant.errors import WrongFigures
from ingestion.french import in_words


@dataclass(frozen=True, slots=True)
class InterestAsked:
    """A payment so many days after its last day, or after a last day that is known.

    `amount` is with tax, retenue de garantie included; `paid` the day on which the principal was
    paid; `payments` how many were late, of which interest is only counted of one.
    """

    amount: Decimal | None = None
    days: int | None = None
    deadline: date | None = None
    paid: date | None = None
    payments: int = 1
    terms: InterestTerms = NO_TERMS

    def __post_init__(self) -> None:
        """Raises WrongFigures for what cannot be true, and where nothing is given."""
        if self.amount is not None:
            require_positive(self.amount, "Le montant à payer")
            require_positive(self.amount - self.terms.retained, "Le montant hors retenue")
        if self.deadline and self.paid and self.paid <= self.deadline:
            raise WrongFigures(
                f"Le paiement ({self.paid:%d/%m/%Y}) n'est pas postérieur à l'échéance "
                f"({self.deadline:%d/%m/%Y}) : il n'y a pas de retard."
            )
        if self.days is not None and self.days < 1:
            raise WrongFigures("Le retard doit être d'un jour au moins.")
        given = (self.days, self.paid, *self.terms.rates)
        if self.payments == 1 and all(each is None for each in given):
            raise WrongFigures("Donnez les jours de retard, ou le jour du paiement.")

    @property
    def begins(self) -> date | None:
        """The first day of interest, None if unknown."""
        if self.deadline is not None:
            return add_days(self.deadline, 1)
        if self.days is not None and self.paid is not None:
            return add_days(self.paid, 1 - self.days)
        return None


def interest(asked: InterestAsked, law: Law, rates: Rates) -> Calculation:
    """The interest and indemnity of a late payment, or the last day to pay them."""
    if asked.deadline is not None and asked.paid is not None:
        late = LatePayment(asked.deadline, asked.paid, asked.amount, asked.terms)
        steps, result = lateness(late, law, rates)
        result = (result[1], result[0], *result[2:])
        if not any("Taux" in step.text for step in steps):
            result = (*_half_year(asked, law), *result)
    elif asked.days is not None:
        owed = LateSum(asked.amount, asked.days, asked.begins, asked.terms)
        steps, told, amount = interest_of(owed, law, rates)
        result = (told, *indemnity(asked.payments, amount, law))
    elif asked.payments > 1:
        steps, result = (), indemnity(asked.payments, None, law)
    elif asked.paid is not None:
        steps, result = (), _due(asked.paid, law)
    else:
        steps, result = (), _rate(asked, law)
    return Calculation(
        name="interets",
        title="Intérêts moratoires et indemnité forfaitaire",
        day=law.day,
        inputs=_inputs(asked),
        steps=(*steps, *(line for line in _half_year(asked, law) if line not in result)),
        result=result,
        cautions=_CAUTIONS,
    )


_CAUTIONS = (
    "Les jours de retard se comptent du lendemain de l'échéance au jour du paiement inclus.",
    "Révision, pénalités et désaccord sur le montant ne sont pas regardés.",
)


def _due(paid: date, law: Law) -> tuple[CalculationLine, ...]:
    """The last day to pay what is due for a payment of a known day, that day first."""
    within = law.stated("paiement des intérêts")
    text = (
        f"Au plus tard le {in_words(add_days(paid, int(within.value)))} : "
        f"{numeral(within.value)} jours après la mise en paiement du principal, le "
        f"{in_words(paid)}."
    )
    return (says(text, within), *indemnity(1, None, law))


def _rate(asked: InterestAsked, law: Law) -> tuple[CalculationLine, ...]:
    """The rate of the interest by that of the question, and which half-year it has to be of."""
    found = given_rate(asked.terms.rates[0], None, law)
    half = law.stated("intérêts moratoires, semestre")
    return (
        replace(found[1], text=f"Taux des intérêts moratoires : {percent(found[0])}."),
        found[1],
        says("Ce taux est celui du premier jour du semestre où le retard a commencé.", half),
    )


def _half_year(asked: InterestAsked, law: Law) -> tuple[CalculationLine, ...]:
    """Which half-year gives the rate, where the first day of interest is known."""
    if asked.begins is None:
        return ()
    text = (
        f"Les intérêts ont commencé à courir le {asked.begins:%d/%m/%Y} : le taux est celui du "
        f"{half_year(asked.begins):%d/%m/%Y}."
    )
    return (says(text, law.stated("intérêts moratoires, semestre")),)


def _inputs(asked: InterestAsked) -> tuple[tuple[str, str], ...]:
    return (
        ("montant TTC", "non donné" if asked.amount is None else euros(asked.amount)),
        ("jours de retard", "non donnés" if asked.days is None else str(asked.days)),
        ("échéance", f"{asked.deadline:%d/%m/%Y}" if asked.deadline else "non donnée"),
        ("mise en paiement", f"{asked.paid:%d/%m/%Y}" if asked.paid else "non donnée"),
        ("paiements en retard", str(asked.payments)),
    )
