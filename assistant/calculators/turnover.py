"""The minimum turnover: the highest that may be required of candidates (article R2142-7)."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from assistant.calculators.amounts import CENT, euros, number, positive
from assistant.calculators.calculation import Calculation, Line
from assistant.calculators.law import Law


@dataclass(frozen=True, slots=True)
class TurnoverAsked:
    """The estimated amount of the contract, or of the lot, without tax."""

    amount: Decimal

    def __post_init__(self) -> None:
        """Raises WrongFigures for an amount that is not positive."""
        positive(self.amount, "Le montant estimé du marché ou du lot")


def turnover(asked: TurnoverAsked, law: Law) -> Calculation:
    """The highest yearly turnover that may be required without giving reasons."""
    times = law.stated("chiffre d'affaires minimal")
    # A ceiling: half a cent more would be above it.
    highest = (asked.amount * times.value).quantize(CENT, ROUND_DOWN)
    amount, factor = euros(asked.amount), number(times.value)
    return Calculation(
        name="chiffre-affaires",
        title="Chiffre d'affaires minimal",
        day=law.day,
        inputs=(("montant estimé HT du marché ou du lot", amount),),
        steps=(
            Line(
                f"Plafond : {factor} fois le montant estimé du marché ou du lot.", (times.ground,)
            ),
            Line(f"{factor} × {amount} = {euros(highest)}, au centime inférieur."),
        ),
        result=(
            Line(
                f"Le chiffre d'affaires annuel exigé ne peut dépasser {euros(highest)}.",
                (times.ground,),
            ),
        ),
        cautions=(
            "L'objet ou les conditions d'exécution peuvent justifier davantage : les raisons se "
            "donnent dans les documents de la consultation.",
            "Le plafond se calcule lot par lot ; celui d'un groupe de lots, d'un accord-cadre ou "
            "d'un système d'acquisition dynamique a ses propres règles.",
        ),
    )
