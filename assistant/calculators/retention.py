"""The retenue de garantie: its ceiling for a contract (articles R2191-32 and R2191-33)."""

from dataclasses import dataclass
from decimal import Decimal

from assistant.calculators.amounts import euros, percent, positive, share
from assistant.calculators.calculation import Calculation, Line
from assistant.calculators.law import Law


@dataclass(frozen=True, slots=True)
class RetentionAsked:
    """The amount of the contract with tax, modifications included, and who holds and buys.

    `is_large_buyer`: the State, or a public body above 60 million euros of running costs.
    """

    amount: Decimal
    is_sme: bool = False
    is_large_buyer: bool = False


def retention(asked: RetentionAsked, law: Law) -> Calculation:
    """The highest retenue de garantie; raises WrongFigures for an amount that is not positive."""
    amount = positive(asked.amount, "Le montant du marché")
    is_lowered = asked.is_sme and asked.is_large_buyer
    rate = law.stated("retenue de garantie PME" if is_lowered else "retenue de garantie")
    highest = share(amount, rate.value)
    reason = (
        "Le titulaire est une PME et l'acheteur est l'État ou un grand organisme public"
        if is_lowered
        else "Le plafond de droit commun s'applique"
    )
    return Calculation(
        name="retenue",
        title="Retenue de garantie",
        day=law.day,
        inputs=(
            ("montant TTC du marché, modifications comprises", euros(amount)),
            ("titulaire PME", "oui" if asked.is_sme else "non"),
            ("État ou grand organisme public", "oui" if asked.is_large_buyer else "non"),
        ),
        steps=(
            Line(f"{reason} : {percent(rate.value)} au plus.", (rate.ground,)),
            Line(f"{percent(rate.value)} de {euros(amount)} = {euros(highest)}."),
        ),
        result=(
            Line(f"La retenue de garantie ne peut dépasser {euros(highest)}.", (rate.ground,)),
        ),
        cautions=("Elle n'est possible que si le marché la prévoit.",),
    )
