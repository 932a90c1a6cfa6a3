"""The retenue de garantie: its ceiling and its repayment (R2191-33 and R2191-35)."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from assistant.calculators.amounts import euros, numeral, percent, require_positive, share
from assistant.calculators.calculation import Calculation, CalculationLine, Stated, says, yes_or_no
from assistant.calculators.constants import Law
from assistant.errors import Ungrounded


@dataclass(frozen=True, slots=True)
class RetentionAsked:
    """The amount of the contract with tax, modifications included, and who holds and buys.

    `is_large_buyer`: the State, or a public body above the running costs that R2191-33 names.
    `is_sme`: None where nobody said. `rate`: what the contract provides, in percent. `changes`: the
    modifications that are in the amount, with tax, those that lower it negative.
    """

    amount: Decimal
    is_sme: bool | None = None
    is_large_buyer: bool = False
    rate: Decimal | None = None
    changes: tuple[Decimal, ...] = ()

    def __post_init__(self) -> None:
        """Raises WrongFigures for an amount or a rate that is not positive."""
        require_positive(self.amount, "Le montant du marché")
        if self.rate is not None:
            require_positive(self.rate, "Le taux de la retenue de garantie")


def retention(asked: RetentionAsked, law: Law) -> Calculation:
    """The highest retenue de garantie, and when it is paid back."""
    is_lowered = bool(asked.is_sme) and asked.is_large_buyer
    rate = law.stated("retenue de garantie, PME" if is_lowered else "retenue de garantie")
    highest = share(asked.amount, rate.value, ROUND_DOWN)
    product = f"{percent(rate.value)} de {euros(asked.amount)} = {euros(highest)}"
    return Calculation(
        name="retenue",
        title="Retenue de garantie",
        day=law.day,
        inputs=_inputs(asked),
        steps=(
            *_summed(asked),
            says(f"{_REASONS[is_lowered]} : {percent(rate.value)} au plus.", rate),
            CalculationLine(f"{product}, au centime inférieur."),
        ),
        result=(
            *_planned(asked, rate),
            says(f"La retenue de garantie ne peut dépasser {euros(highest)}.", rate),
            *_if_sme(asked, law),
            _repayment(law),
        ),
        cautions=_CAUTIONS,
    )


_REASONS = {
    True: "Le titulaire est une PME et l'acheteur est l'État ou un grand organisme public",
    False: "Le plafond de droit commun s'applique",
}
_CAUTIONS = (
    "Elle n'est possible que si le marché la prévoit.",
    "Le titulaire peut la remplacer par une garantie à première demande.",
)


def _inputs(asked: RetentionAsked) -> tuple[tuple[str, str], ...]:
    return (
        ("montant TTC du marché, modifications comprises", euros(asked.amount)),
        ("titulaire PME", yes_or_no(asked.is_sme)),
        ("État ou grand organisme public", yes_or_no(asked.is_large_buyer)),
        ("taux prévu", "non donné" if asked.rate is None else percent(asked.rate)),
    )


def _summed(asked: RetentionAsked) -> tuple[CalculationLine, ...]:
    """How the initial amount and its modifications make the amount, nothing without any."""
    if not asked.changes:
        return ()
    terms = [euros(asked.amount - sum(asked.changes))]
    terms += [f"{'−' if each < 0 else '+'} {euros(abs(each))}" for each in asked.changes]
    total = f"{' '.join(terms)} = {euros(asked.amount)}"
    return (CalculationLine(f"Montant initial et modifications, TTC : {total}."),)


def _if_sme(asked: RetentionAsked, law: Law) -> tuple[CalculationLine, ...]:
    """The lower ceiling of a small holder, where nobody said whether it is one and there is one."""
    if asked.is_sme is not None:
        return ()
    try:
        rate = law.stated("retenue de garantie, PME")
    except Ungrounded:
        return ()
    amount = euros(share(asked.amount, rate.value, ROUND_DOWN))
    return (
        says(
            f"À vérifier : si le titulaire est une PME et que l'acheteur est l'État ou un grand "
            f"organisme public, le plafond est {percent(rate.value)}, soit {amount}.",
            rate,
        ),
    )


def _planned(asked: RetentionAsked, ceiling: Stated) -> tuple[CalculationLine, ...]:
    """Where the rate of the contract falls against the ceiling, nothing without one."""
    if asked.rate is None:
        return ()
    side = "dépasse" if asked.rate > ceiling.value else "ne dépasse pas"
    said = f"Le taux prévu, {percent(asked.rate)}, {side} le plafond de {percent(ceiling.value)}."
    return (says(said, ceiling),)


def _repayment(law: Law) -> CalculationLine:
    days = law.stated("remboursement de la retenue")
    return says(
        f"Elle est remboursée dans les {numeral(days.value)} jours qui suivent la fin du délai de "
        "garantie, ou la levée des réserves notifiées pendant ce délai.",
        days,
    )
