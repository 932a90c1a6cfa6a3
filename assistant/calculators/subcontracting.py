"""Parts of a contract for others: direct payment of a subcontractor, the share of small ones."""

from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from assistant.calculators.amounts import euros, percent, require_positive, share
from assistant.calculators.calculation import Calculation, CalculationLine, says, yes_or_no
from assistant.calculators.constants import Law

# Whether the buyer pays a subcontractor directly (R2193-10).


@dataclass(frozen=True, slots=True)
class DirectPaymentAsked:
    """The amount of the contract of subcontracting.

    `is_with_tax`: whether that amount is with tax. Without tax, it is known to reach what it
    reaches, and nothing else.
    """

    amount: Decimal
    is_with_tax: bool = True

    def __post_init__(self) -> None:
        """Raises WrongFigures for an amount that is not positive."""
        require_positive(self.amount, "Le montant du contrat de sous-traitance")


def direct_payment(asked: DirectPaymentAsked, law: Law) -> Calculation:
    """Whether the contract reaches the amount from which the buyer pays directly."""
    least = law.stated("paiement direct")
    tax = "TTC" if asked.is_with_tax else "HT"
    amount, limit = f"{euros(asked.amount)} {tax}", f"{euros(least.value)} TTC"
    if asked.amount >= least.value:
        said = says(
            f"Paiement direct par l'acheteur : oui, {amount} atteignent le seuil de {limit}.", least
        )
    elif asked.is_with_tax:
        said = says(
            f"Paiement direct par l'acheteur : non, {amount} n'atteignent pas le seuil de {limit}.",
            least,
        )
    else:
        said = says(
            f"Paiement direct par l'acheteur : oui si {amount} font au moins {limit}.",
            least,
        )
    return Calculation(
        name="paiement-direct",
        title="Paiement direct d'un sous-traitant",
        day=law.day,
        inputs=(("montant du contrat de sous-traitance", amount),),
        steps=(),
        result=(said,),
        cautions=(
            "Le sous-traitant doit être de premier rang, accepté, et ses conditions de paiement "
            "agréées.",
            "Certains marchés des services de la défense ont un autre seuil.",
        ),
    )


# The part of a global contract that small firms carry out (R2171-23).


@dataclass(frozen=True, slots=True)
class SmeShareAsked:
    """The planned amount of a global contract, and whether its holder is a small firm.

    `planned`: what the holder means to entrust to small ones, in euros.
    """

    amount: Decimal
    is_sme: bool | None = None
    planned: Decimal | None = None

    def __post_init__(self) -> None:
        """Raises WrongFigures for an amount that is not positive."""
        require_positive(self.amount, "Le montant prévisionnel du marché global")
        if self.planned is not None:
            require_positive(self.planned, "La part confiée à des PME")


def sme_share(asked: SmeShareAsked, law: Law) -> Calculation:
    """What a holder that is no small firm has to entrust to small ones at least."""
    rate = law.stated("part des PME")
    least = share(asked.amount, rate.value, ROUND_UP)
    product = f"{percent(rate.value)} de {euros(asked.amount)} = {euros(least)}"
    if asked.is_sme:
        result = says(
            "Aucune part minimale n'est imposée : le titulaire est lui-même une PME ou un artisan.",
            rate,
        )
    else:
        holder = "" if asked.is_sme is False else " si le titulaire n'est ni PME ni artisan"
        result = says(f"Au moins {euros(least)} pour des PME ou des artisans{holder}.", rate)
    return Calculation(
        name="part-pme",
        title="Part des PME dans un marché global",
        day=law.day,
        inputs=(
            ("montant prévisionnel du marché global", euros(asked.amount)),
            ("titulaire PME ou artisan", yes_or_no(asked.is_sme)),
        ),
        steps=() if asked.is_sme else (CalculationLine(f"{product}."), *_planned(asked, least)),
        result=(result,),
        cautions=("Sauf si la structure économique du secteur ne permet pas cette part.",),
    )


def _planned(asked: SmeShareAsked, least: Decimal) -> tuple[CalculationLine, ...]:
    """Where what is planned falls against the least part, nothing without it."""
    if asked.planned is None:
        return ()
    side = "ne suffisent pas" if asked.planned < least else "suffisent"
    return (CalculationLine(f"Les {euros(asked.planned)} prévus {side}."),)
