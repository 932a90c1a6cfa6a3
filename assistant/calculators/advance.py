"""The advance: due or not, its lowest and highest amount, its repayment (R2191-3 to R2191-11)."""

from dataclasses import dataclass
from decimal import Decimal

from assistant.calculators.amounts import euros, number, percent, positive, rounded, share
from assistant.calculators.calculation import Calculation, Line, Stated
from assistant.calculators.law import Law
from assistant.calculators.situation import Buyer
from assistant.errors import WrongFigures


@dataclass(frozen=True, slots=True)
class AdvanceAsked:
    """The initial amounts of a contract without and with tax, its months, who holds and buys.

    `is_large_buyer`: a public body above the running costs that article R2191-7 names.
    """

    amount: Decimal
    amount_with_tax: Decimal | None
    months: Decimal
    buyer: Buyer
    is_sme: bool = False
    is_large_buyer: bool = False

    def __post_init__(self) -> None:
        """Raises WrongFigures for what is not positive, or an amount with tax below the other."""
        positive(self.amount, "Le montant HT du marché")
        positive(self.months, "La durée du marché en mois")
        if self.amount_with_tax is None:
            return
        if positive(self.amount_with_tax, "Le montant TTC du marché") < self.amount:
            raise WrongFigures(
                f"Le montant TTC ({euros(self.amount_with_tax)}) est inférieur au montant HT "
                f"({euros(self.amount)}) : donnez les deux montants du même marché."
            )


def advance(asked: AdvanceAsked, law: Law) -> Calculation:
    """Say whether an advance is due, and between which amounts when one is paid."""
    duty, conditions = _duty(asked, law)
    base, how = _base(asked, law)
    lowest, highest, reasons = _rates(asked, law)
    return Calculation(
        name="avance",
        title="Avance",
        day=law.day,
        inputs=_inputs(asked),
        steps=(*conditions, how, *reasons),
        result=(
            duty,
            Line(f"Avance minimale : {_part(lowest, base)}.", (lowest.ground,)),
            Line(f"Avance maximale : {_part(highest, base)}.", (highest.ground,)),
            _beyond(law),
            _repayment(asked, law),
            *_reservations(asked, law),
        ),
        cautions=(
            "Le délai d'exécution est supposé égal à la durée du marché.",
            "La part sous-traitée et payée directement se déduit du montant initial.",
            "Tranches, reconductions et bons de commande se calculent chacun à part.",
            "Le titulaire peut refuser l'avance.",
        ),
    )


def _inputs(asked: AdvanceAsked) -> tuple[tuple[str, str], ...]:
    with_tax = asked.amount_with_tax
    return (
        ("montant initial HT", euros(asked.amount)),
        ("montant initial TTC", "non donné" if with_tax is None else euros(with_tax)),
        ("durée", f"{number(asked.months)} mois"),
        ("acheteur", asked.buyer.label),
        ("titulaire PME", "oui" if asked.is_sme else "non"),
        ("grand organisme public", "oui" if asked.is_large_buyer else "non"),
    )


def _duty(asked: AdvanceAsked, law: Law) -> tuple[Line, tuple[Line, Line]]:
    """Whether the advance is due, and the two conditions, both of which must be met."""
    limit, least = law.stated("avance, montant"), law.stated("avance, délai")
    is_high, is_long = asked.amount > limit.value, asked.months > least.value
    conditions = (
        Line(
            f"Montant initial HT de {euros(asked.amount)} : {_compared(is_high)} à "
            f"{euros(limit.value)}.",
            (limit.ground,),
        ),
        Line(
            f"Délai d'exécution de {number(asked.months)} mois : {_compared(is_long)} à "
            f"{number(least.value)} mois.",
            (least.ground,),
        ),
    )
    if is_high and is_long:
        return Line("L'avance est obligatoire.", (limit.ground, least.ground)), conditions
    optional = law.stated("avance facultative").ground
    return (
        Line(
            "L'avance n'est pas obligatoire ; le marché peut la prévoir, dans les limites "
            "qui suivent.",
            (limit.ground, least.ground, optional),
        ),
        conditions,
    )


def _compared(is_above: bool) -> str:
    return "supérieur" if is_above else "inférieur ou égal"


def _base(asked: AdvanceAsked, law: Law) -> tuple[Decimal | None, Line]:
    """The amount with tax that the rates apply to, None without it, and how it is found."""
    short, amount = law.stated("avance, durée courte"), asked.amount_with_tax
    limit = f"{number(short.value)} mois"
    if asked.months <= short.value:
        shown = "" if amount is None else f", {euros(amount)}"
        return amount, Line(
            f"Durée de {limit} au plus : la base est le montant TTC{shown}.", (short.ground,)
        )
    times = law.stated("avance, multiple")
    rule = (
        f"Durée de plus de {limit} : la base est {number(times.value)} fois le montant TTC "
        "divisé par la durée en mois"
    )
    if amount is None:
        return None, Line(f"{rule}.", (times.ground,))
    base = rounded(amount * times.value / asked.months)
    product = f"{number(times.value)} × {euros(amount)} ÷ {number(asked.months)} = {euros(base)}"
    return base, Line(f"{rule} : {product}.", (times.ground,))


def _rates(asked: AdvanceAsked, law: Law) -> tuple[Stated, Stated, tuple[Line, ...]]:
    """The lowest and the highest rate, and why."""
    is_short = asked.months <= law.stated("avance, durée courte").value
    length = "marché court" if is_short else "marché long"
    lowest = law.stated(f"avance minimale, {length}")
    highest = law.stated(f"avance maximale, {length}")
    ordinary = Line(
        f"Taux ordinaire : de {percent(lowest.value)} à {percent(highest.value)} de la base.",
        (lowest.ground, highest.ground),
    )
    if not asked.is_sme:
        return lowest, highest, (ordinary,)
    raised = _raised(asked)
    if raised is None:
        same = "Le titulaire est une PME, mais le taux minimal n'est pas relevé pour cet acheteur."
        return lowest, highest, (ordinary, Line(same))
    minimum = law.stated(raised)
    reason = f"Le titulaire est une PME : le taux minimal est porté à {percent(minimum.value)}."
    return minimum, highest, (ordinary, Line(reason, (minimum.ground,)))


def _raised(asked: AdvanceAsked) -> str | None:
    """The constant that raises the minimum of an SME for this buyer, None when none does."""
    if asked.buyer is Buyer.STATE:
        return "avance minimale, PME, État"
    if not asked.is_large_buyer or asked.buyer is Buyer.HOSPITAL:
        return None
    if asked.buyer is Buyer.OTHER_AUTHORITY:
        return "avance minimale, PME, établissements de l'État"
    return "avance minimale, PME, collectivités"


def _part(rate: Stated, base: Decimal | None) -> str:
    if base is None:
        return f"{percent(rate.value)} de la base (donnez le montant TTC pour l'avoir en euros)"
    return f"{percent(rate.value)} de {euros(base)}, soit {euros(share(base, rate.value))}"


def _beyond(law: Law) -> Line:
    limit = law.stated("avance, au-delà")
    return Line(
        f"L'acheteur peut porter l'avance au-delà de {percent(limit.value)} de la base, et exiger "
        "alors une garantie.",
        (limit.ground,),
    )


def _repayment(asked: AdvanceAsked, law: Law) -> Line:
    """When the repayment begins, of an advance up to the ordinary highest rate."""
    limit = law.stated("remboursement de l'avance, plafond")
    begins = law.stated("remboursement de l'avance")
    amount = asked.amount_with_tax
    shown = "" if amount is None else f", soit {euros(share(amount, begins.value))}"
    return Line(
        f"Si le marché ne dit rien, le remboursement d'une avance de {percent(limit.value)} au "
        f"plus du montant TTC commence quand les prestations exécutées atteignent "
        f"{percent(begins.value)} de ce montant{shown}.",
        (limit.ground, begins.ground),
    )


def _reservations(asked: AdvanceAsked, law: Law) -> tuple[Line, ...]:
    """What the kind of buyer leaves open."""
    if asked.buyer is Buyer.STATE and asked.is_sme:
        body = law.stated("avance minimale, PME, établissements de l'État")
        return (
            Line(
                "À vérifier : ce taux minimal est celui de l'État lui-même ; celui d'un grand "
                f"établissement public administratif de l'État est {percent(body.value)}.",
                (body.ground,),
            ),
        )
    if asked.buyer in {Buyer.OTHER_AUTHORITY, Buyer.ENTITY}:
        bound = law.stated("avance, acheteurs").ground
        return (Line("À vérifier : l'acheteur est-il de ceux que lie ce texte ?", (bound,)),)
    return ()
