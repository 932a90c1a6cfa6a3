"""The retenue de garantie: its ceiling and its repayment (R2191-33 and R2191-35)."""

from dataclasses import dataclass
from decimal import Decimal

from assistant.calculators.amounts import euros, number, percent, positive, share
from assistant.calculators.calculation import Calculation, Line, Stated
from assistant.calculators.law import Law


@dataclass(frozen=True, slots=True)
class RetentionAsked:
    """The amount of the contract with tax, modifications included, and who holds and buys.

    `is_large_buyer`: the State, or a public body above the running costs that R2191-33 names.
    `rate`: what the contract provides, in percent.
    """

    amount: Decimal
    is_sme: bool = False
    is_large_buyer: bool = False
    rate: Decimal | None = None

    def __post_init__(self) -> None:
        """Raises WrongFigures for an amount or a rate that is not positive."""
        positive(self.amount, "Le montant du marché")
        if self.rate is not None:
            positive(self.rate, "Le taux de la retenue de garantie")


def retention(asked: RetentionAsked, law: Law) -> Calculation:
    """The highest retenue de garantie, and when it is paid back."""
    is_lowered = asked.is_sme and asked.is_large_buyer
    rate = law.stated("retenue de garantie, PME" if is_lowered else "retenue de garantie")
    days = law.stated("remboursement de la retenue")
    highest = share(asked.amount, rate.value)
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
            ("montant TTC du marché, modifications comprises", euros(asked.amount)),
            ("titulaire PME", "oui" if asked.is_sme else "non"),
            ("État ou grand organisme public", "oui" if asked.is_large_buyer else "non"),
            ("taux prévu", "non donné" if asked.rate is None else percent(asked.rate)),
        ),
        steps=(
            Line(f"{reason} : {percent(rate.value)} au plus.", (rate.ground,)),
            Line(f"{percent(rate.value)} de {euros(asked.amount)} = {euros(highest)}."),
        ),
        result=(
            *_planned(asked, rate),
            Line(f"La retenue de garantie ne peut dépasser {euros(highest)}.", (rate.ground,)),
            Line(
                f"Elle est remboursée dans les {number(days.value)} jours qui suivent la fin du "
                "délai de garantie, ou la levée des réserves notifiées pendant ce délai.",
                (days.ground,),
            ),
        ),
        cautions=(
            "Elle n'est possible que si le marché la prévoit.",
            "Le titulaire peut la remplacer par une garantie à première demande.",
        ),
    )


def _planned(asked: RetentionAsked, ceiling: Stated) -> tuple[Line, ...]:
    """Where the rate of the contract falls against the ceiling, nothing without one."""
    if asked.rate is None:
        return ()
    side = "dépasse" if asked.rate > ceiling.value else "ne dépasse pas"
    said = f"Le taux prévu, {percent(asked.rate)}, {side} le plafond de {percent(ceiling.value)}."
    return (Line(said, (ceiling.ground,)),)
