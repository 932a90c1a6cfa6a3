"""The advance: due or not, its lowest and highest amount, its repayment (R2191-3 to R2191-11)."""

from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_UP, Decimal

from assistant.calculators.amounts import (
    euros,
    numeral,
    percent,
    require_positive,
    round_to_cents,
    share,
)
from assistant.calculators.calculation import (
    Buyer,
    Calculation,
    CalculationLine,
    Stated,
    says,
    yes_or_no,
)
from assistant.calculators.constants import Law
from assistant.errors import WrongFigures


@dataclass(frozen=True, slots=True)
class AdvanceAsked:
    """The initial amounts of a contract without and with tax, its months, who holds and buys.

    `is_large_buyer`: a public body above the running costs that article R2191-7 names; None where
    nobody said.
    """

    amount: Decimal
    amount_with_tax: Decimal | None
    months: Decimal
    buyer: Buyer
    is_sme: bool = False
    is_large_buyer: bool | None = None

    def __post_init__(self) -> None:
        """Raises WrongFigures for what is not positive, or an amount with tax below the other."""
        require_positive(self.amount, "Le montant HT du marché")
        require_positive(self.months, "La durée du marché en mois")
        if self.amount_with_tax is None:
            return
        if require_positive(self.amount_with_tax, "Le montant TTC du marché") < self.amount:
            raise WrongFigures(
                f"Le montant TTC ({euros(self.amount_with_tax)}) est inférieur au montant HT "
                f"({euros(self.amount)}) : donnez les deux montants du même marché."
            )


def advance(asked: AdvanceAsked, law: Law) -> Calculation:
    """Say whether an advance is due, and between which amounts when one is paid."""
    duty, conditions = _duty(asked, law)
    base, how = _base(asked, law)
    lowest, highest, reasons = _rates(asked, law)
    # A cent less is below the lowest advance; where it is the highest too, a cent more is above it.
    at_least = ROUND_UP if lowest.value < highest.value else ROUND_DOWN
    return Calculation(
        name="avance",
        title="Avance",
        day=law.day,
        inputs=_inputs(asked),
        steps=(*conditions, how, *reasons),
        result=(
            duty,
            says(f"Avance minimale : {_part(lowest, base, at_least)}.", lowest),
            says(f"Avance maximale : {_part(highest, base, ROUND_DOWN)}.", highest),
            _beyond(law),
            _repayment(asked, law),
            *_reservations(asked, law),
        ),
        cautions=(*_CAUTIONS, _GUARANTEE) if asked.buyer is Buyer.LOCAL else _CAUTIONS,
    )


_CAUTIONS = (
    "Le délai d'exécution est supposé égal à la durée du marché.",
    "La part sous-traitée et payée directement se déduit du montant initial.",
    "Tranches, reconductions et bons de commande se calculent chacun à part.",
    "Le titulaire peut refuser l'avance.",
)
_GUARANTEE = (
    "Une collectivité peut subordonner l'avance, quel que soit son taux, à une garantie à première "
    "demande, sauf si le titulaire est une personne publique (R2191-7)."
)


def _inputs(asked: AdvanceAsked) -> tuple[tuple[str, str], ...]:
    with_tax = asked.amount_with_tax
    return (
        ("montant initial HT", euros(asked.amount)),
        ("montant initial TTC", "non donné" if with_tax is None else euros(with_tax)),
        ("durée", f"{numeral(asked.months)} mois"),
        ("acheteur", asked.buyer.label),
        ("titulaire PME", yes_or_no(asked.is_sme)),
        ("grand organisme public", yes_or_no(asked.is_large_buyer)),
    )


def _duty(
    asked: AdvanceAsked, law: Law
) -> tuple[CalculationLine, tuple[CalculationLine, CalculationLine]]:
    """Whether the advance is due, and the two conditions, both of which must be met."""
    limit, least = law.stated("avance, montant"), law.stated("avance, délai")
    is_high, is_long = asked.amount > limit.value, asked.months > least.value
    amount, months = euros(asked.amount), numeral(asked.months)
    high = f"Montant initial HT de {amount} : {_compared(is_high)} à {euros(limit.value)}."
    long = f"Délai d'exécution de {months} mois : {_compared(is_long)} à "
    conditions = says(high, limit), says(f"{long}{numeral(least.value)} mois.", least)
    if is_high and is_long:
        return says("L'avance est obligatoire.", limit, least), conditions
    optional = (
        "L'avance n'est pas obligatoire ; le marché peut la prévoir, dans les limites qui suivent."
    )
    return says(optional, limit, least, law.stated("avance facultative")), conditions


def _compared(is_above: bool) -> str:
    return "supérieur" if is_above else "inférieur ou égal"


def _base(asked: AdvanceAsked, law: Law) -> tuple[Decimal | None, CalculationLine]:
    """The amount with tax that the rates apply to, None without it, and how it is found."""
    short, amount = law.stated("avance, durée courte"), asked.amount_with_tax
    limit = f"{numeral(short.value)} mois"
    if asked.months <= short.value:
        shown = "" if amount is None else f", {euros(amount)}"
        return amount, says(f"Durée de {limit} au plus : la base est le montant TTC{shown}.", short)
    times = law.stated("avance, multiple")
    rule = (
        f"Durée de plus de {limit} : la base est {numeral(times.value)} fois le montant TTC "
        "divisé par la durée en mois"
    )
    if amount is None:
        return None, says(f"{rule}.", times)
    base = round_to_cents(amount * times.value / asked.months)
    product = f"{numeral(times.value)} × {euros(amount)} ÷ {numeral(asked.months)} = {euros(base)}"
    return base, says(f"{rule} : {product}.", times)


def _rates(asked: AdvanceAsked, law: Law) -> tuple[Stated, Stated, tuple[CalculationLine, ...]]:
    """The lowest and the highest rate, and why."""
    lowest, highest = _ordinary(asked, law)
    ordinary = says(
        f"Taux ordinaire : de {percent(lowest.value)} à {percent(highest.value)} de la base.",
        lowest,
        highest,
    )
    if not asked.is_sme:
        return lowest, highest, (ordinary,)
    raised = _raised(asked)
    if raised is None:
        same = "Le titulaire est une PME, mais le taux minimal n'est pas relevé pour cet acheteur."
        if _raised_if_large(asked) is not None:
            same = "Le titulaire est une PME : seul un grand organisme a un taux minimal relevé."
        return lowest, highest, (ordinary, CalculationLine(same))
    minimum = law.stated(raised)
    reason = f"Le titulaire est une PME : le taux minimal est porté à {percent(minimum.value)}."
    return minimum, highest, (ordinary, says(reason, minimum))


def _ordinary(asked: AdvanceAsked, law: Law) -> tuple[Stated, Stated]:
    """The lowest and the highest rate of a holder that is no SME."""
    is_short = asked.months <= law.stated("avance, durée courte").value
    length = "marché court" if is_short else "marché long"
    return law.stated(f"avance minimale, {length}"), law.stated(f"avance maximale, {length}")


def _raised(asked: AdvanceAsked) -> str | None:
    """The constant that raises the minimum of an SME for this buyer, None when none does."""
    if asked.buyer is Buyer.STATE:
        return "avance minimale, PME, État"
    if not asked.is_large_buyer or asked.buyer is Buyer.HOSPITAL:
        return None
    if asked.buyer is Buyer.OTHER_AUTHORITY:
        return "avance minimale, PME, établissements de l'État"
    return "avance minimale, PME, collectivités"


def _raised_if_large(asked: AdvanceAsked) -> str | None:
    """The constant that would raise the minimum of an SME were the buyer large, if nobody said."""
    if not asked.is_sme or asked.buyer is Buyer.STATE or asked.is_large_buyer is not None:
        return None
    return _raised(replace(asked, is_large_buyer=True))


def _part(rate: Stated, base: Decimal | None, rounding: str) -> str:
    if base is None:
        return f"{percent(rate.value)} de la base (donnez le montant TTC pour l'avoir en euros)"
    amount = share(base, rate.value, rounding)
    return f"{percent(rate.value)} de {euros(base)}, soit {euros(amount)}"


def _beyond(law: Law) -> CalculationLine:
    limit = law.stated("avance, au-delà")
    return says(
        f"L'acheteur peut porter l'avance au-delà de {percent(limit.value)} de la base, et exiger "
        "alors une garantie.",
        limit,
    )


def _repayment(asked: AdvanceAsked, law: Law) -> CalculationLine:
    """When the repayment begins, of an advance up to the ordinary highest rate."""
    limit = law.stated("remboursement de l'avance, plafond")
    begins = law.stated("remboursement de l'avance")
    amount = asked.amount_with_tax
    shown = "" if amount is None else f", soit {euros(share(amount, begins.value))}"
    return says(
        f"Si le marché ne dit rien, le remboursement d'une avance de {percent(limit.value)} au "
        f"plus du montant TTC commence quand les prestations exécutées atteignent "
        f"{percent(begins.value)} de ce montant{shown}.",
        limit,
        begins,
    )


def _reservations(asked: AdvanceAsked, law: Law) -> tuple[CalculationLine, ...]:
    """What the kind of buyer leaves open."""
    if asked.buyer is Buyer.STATE and asked.is_sme:
        return (_of_establishments(asked, law),)
    if asked.buyer is Buyer.LOCAL and (raised := _raised_if_large(asked)):
        large = law.stated(raised)
        return (
            says(
                f"À vérifier : le taux minimal est {percent(large.value)} si les dépenses de "
                "fonctionnement de l'acheteur dépassent le montant que fixe ce texte.",
                large,
            ),
        )
    if asked.buyer in {Buyer.OTHER_AUTHORITY, Buyer.ENTITY}:
        bound = law.stated("avance, acheteurs")
        return (says("À vérifier : l'acheteur est-il de ceux que lie ce texte ?", bound),)
    return ()


def _of_establishments(asked: AdvanceAsked, law: Law) -> CalculationLine:
    """The minimum of an SME that works for an establishment of the State."""
    body = law.stated("avance minimale, PME, établissements de l'État")
    ordinary, _ = _ordinary(asked, law)
    return says(
        "À vérifier : ce taux minimal est celui de l'État lui-même ; celui d'un grand "
        f"établissement public administratif de l'État est {percent(body.value)}, celui de "
        f"tout autre établissement le taux ordinaire, {percent(ordinary.value)}.",
        body,
        ordinary,
    )
