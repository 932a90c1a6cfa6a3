"""The advance: due or not, its lowest and highest amount, its repayment (R2191-3 to R2191-11)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from typing import Self

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
from assistant.errors import Ungrounded, WrongFigures


@dataclass(frozen=True, slots=True)
class AdvanceAsked:
    """The initial amounts of a contract without and with tax, its months, who holds and buys.

    `amount`: None where only the one with tax is known. `is_large_buyer`: a public body above the
    running costs that article R2191-7 names. `is_sme` and `is_large_buyer` are None where nobody
    said. `rate`: what the contract provides, in percent. `subcontracted`: the part without tax that
    is paid directly to subcontractors; `subcontracted_with_tax` where only that with tax is known,
    of an amount with tax. `least_said`: what somebody holds to be the lowest rate, in percent.
    """

    amount: Decimal | None
    amount_with_tax: Decimal | None
    months: Decimal
    buyer: Buyer
    is_sme: bool | None = None
    is_large_buyer: bool | None = None
    rate: Decimal | None = None
    subcontracted: Decimal | None = None
    subcontracted_with_tax: Decimal | None = None
    least_said: Decimal | None = None

    def __post_init__(self) -> None:
        """Raises WrongFigures for what is not positive, or amounts that are not of one contract."""
        require_positive(self.months, "La durée du marché en mois")
        if self.rate is not None:
            require_positive(self.rate, "Le taux de l'avance")
        if self.amount_with_tax is not None:
            require_positive(self.amount_with_tax, "Le montant TTC du marché")
            _require_smaller(self.subcontracted_with_tax, self.amount_with_tax, "TTC")
        if self.amount is None:
            return
        require_positive(self.amount, "Le montant HT du marché")
        _require_smaller(self.subcontracted, self.amount, "HT")
        if self.amount_with_tax is not None and self.amount_with_tax < self.amount:
            raise WrongFigures(
                f"Le montant TTC ({euros(self.amount_with_tax)}) est inférieur au montant HT "
                f"({euros(self.amount)}) : donnez les deux montants du même marché."
            )

    def net(self) -> Self:
        """What is not paid directly to subcontractors, the tax being the same on every part."""
        if self.subcontracted_with_tax is not None and self.amount_with_tax is not None:
            return self._net_of_tax(self.subcontracted_with_tax, self.amount_with_tax)
        if self.amount is None or self.subcontracted is None:
            return self
        amount, taxed = self.amount - self.subcontracted, self.amount_with_tax
        if taxed is not None:
            taxed = round_to_cents(taxed * amount / self.amount)
        return replace(self, amount=amount, amount_with_tax=taxed, subcontracted=None)

    def _net_of_tax(self, part: Decimal, taxed: Decimal) -> Self:
        left, amount = taxed - part, self.amount
        if amount is not None:
            amount = round_to_cents(amount * left / taxed)
        return replace(self, amount=amount, amount_with_tax=left, subcontracted_with_tax=None)


def _require_smaller(part: Decimal | None, amount: Decimal, tax: str) -> None:
    """Raises WrongFigures for a part that is as large as its contract."""
    if part is not None and require_positive(part, "La part sous-traitée") >= amount:
        raise WrongFigures(
            f"La part sous-traitée ({euros(part)}) n'est pas inférieure au montant {tax} du marché "
            f"({euros(amount)})."
        )


def advance(asked: AdvanceAsked, law: Law) -> Calculation:
    """Say whether an advance is due, and between which amounts when one is paid."""
    inputs, parts = _inputs(asked), _without_part(asked, law)
    asked = asked.net()
    duty, conditions = _duty(asked, law)
    base, how = _base(asked, law)
    lowest, highest, reasons = _rates(asked, law)
    # A cent less is below the lowest advance; where it is the highest too, a cent more is above it.
    at_least = ROUND_UP if lowest.value < highest.value else ROUND_DOWN
    return Calculation(
        name="avance",
        title="Avance",
        day=law.day,
        inputs=inputs,
        steps=(*parts, *conditions, how, *reasons),
        result=(
            *_least(asked, lowest),
            duty,
            *_planned(asked, base, (lowest, highest), law),
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
    "La part sous-traitée et payée directement se déduit du montant initial, au même taux de TVA.",
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
        ("montant initial HT", "non donné" if asked.amount is None else euros(asked.amount)),
        ("montant initial TTC", "non donné" if with_tax is None else euros(with_tax)),
        *_given("part sous-traitée payée directement, HT", asked.subcontracted, euros),
        *_given("part sous-traitée payée directement, TTC", asked.subcontracted_with_tax, euros),
        *_given("taux prévu", asked.rate, percent),
        ("durée", f"{numeral(asked.months)} mois"),
        ("acheteur", asked.buyer.label),
        ("titulaire PME", yes_or_no(asked.is_sme)),
        ("grand organisme public", yes_or_no(asked.is_large_buyer)),
    )


def _given(
    name: str, value: Decimal | None, told: Callable[[Decimal], str]
) -> tuple[tuple[str, str], ...]:
    return () if value is None else ((name, told(value)),)


def _without_part(asked: AdvanceAsked, law: Law) -> tuple[CalculationLine, ...]:
    """What is left of the amount when the part of subcontractors is taken off."""
    whole, part, tax = asked.amount, asked.subcontracted, "HT"
    if asked.subcontracted_with_tax is not None:
        whole, part, tax = asked.amount_with_tax, asked.subcontracted_with_tax, "TTC"
    if whole is None or part is None:
        return ()
    taken = f"{euros(whole)} − {euros(part)} = {euros(whole - part)}"
    return (
        says(
            f"Part sous-traitée payée directement déduite : {taken} {tax}.",
            law.stated("avance, part sous-traitée"),
        ),
    )


def _duty(
    asked: AdvanceAsked, law: Law
) -> tuple[CalculationLine, tuple[CalculationLine, CalculationLine]]:
    """Whether the advance is due, and the two conditions, both of which must be met."""
    limit, least = law.stated("avance, montant"), law.stated("avance, délai")
    is_high, high = _is_high(asked, limit.value)
    is_long = asked.months > least.value
    long = f"Délai d'exécution de {numeral(asked.months)} mois : {_compared(is_long)} à "
    conditions = says(high, limit), says(f"{long}{numeral(least.value)} mois.", least)
    if is_long and is_high is None:
        known = f"L'avance est obligatoire si le montant initial HT dépasse {euros(limit.value)}."
        return says(known, limit, least), conditions
    if is_high and is_long:
        return says("L'avance est obligatoire.", limit, least), conditions
    why = high if is_high is False else f"{long}{numeral(least.value)} mois."
    optional = (
        f"L'avance n'est pas obligatoire ({why[0].lower()}{why[1:-1]}) ; le marché peut la "
        "prévoir, dans les limites qui suivent."
    )
    return says(optional, limit, least, law.stated("avance facultative")), conditions


def _is_high(asked: AdvanceAsked, limit: Decimal) -> tuple[bool | None, str]:
    """Whether the amount without tax is above the limit, None where it may be, and why."""
    if asked.amount is not None:
        is_high = asked.amount > limit
        amount = euros(asked.amount)
        return is_high, f"Montant initial HT de {amount} : {_compared(is_high)} à {euros(limit)}."
    if asked.amount_with_tax is not None and asked.amount_with_tax <= limit:
        amount = euros(asked.amount_with_tax)
        return False, f"Montant initial TTC de {amount} : le HT ne dépasse pas {euros(limit)}."
    return None, f"Montant initial HT non donné : il est à comparer à {euros(limit)}."


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


def _if_sme(asked: AdvanceAsked, law: Law) -> tuple[CalculationLine, ...]:
    """The minimum of a small holder, where nobody said whether it is one."""
    if asked.is_sme is not None or (asked.buyer is Buyer.LOCAL and asked.is_large_buyer is False):
        return ()
    try:
        state = law.stated("avance minimale, PME, État")
        large = law.stated("avance minimale, PME, collectivités")
    except Ungrounded:
        return ()
    return (
        says(
            f"À vérifier : si le titulaire est une PME, le taux minimal est {percent(state.value)} "
            f"pour l'État et {percent(large.value)} pour un grand organisme public.",
            state,
            large,
        ),
    )


def _least(asked: AdvanceAsked, lowest: Stated) -> tuple[CalculationLine, ...]:
    """Whether the lowest rate is what somebody holds it to be, nothing where nobody does."""
    if asked.least_said is None:
        return ()
    if asked.least_said == lowest.value:
        return (says(f"Oui : le taux minimal est de {percent(lowest.value)}.", lowest),)
    said = f"de {percent(lowest.value)}, et non de {percent(asked.least_said)}"
    return (says(f"Non : le taux minimal est {said}.", lowest),)


def _planned(
    asked: AdvanceAsked, base: Decimal | None, bounds: tuple[Stated, Stated], law: Law
) -> tuple[CalculationLine, ...]:
    """The advance at the rate of the contract, and whether it is within the bounds."""
    if asked.rate is None:
        return ()
    lowest, highest = bounds
    shown = percent(asked.rate)
    amount = f"{shown} de la base"
    if base is not None:
        amount = f"{shown} de {euros(base)} = {euros(share(base, asked.rate))}"
    said = f"Au taux prévu de {shown}, l'avance est : {amount}."
    if asked.rate < lowest.value:
        return (
            says(
                f"Le taux de {shown} est inférieur au minimum de {percent(lowest.value)}.", lowest
            ),
        )
    if asked.rate > highest.value:
        return (says(said, law.stated("avance, au-delà")),)
    return (says(said, lowest, highest),)


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
    if whose := _if_sme(asked, law):
        return (*whose, *_of_other_buyers(asked, law))
    if asked.buyer is Buyer.LOCAL and (raised := _raised_if_large(asked)):
        large = law.stated(raised)
        return (
            says(
                f"À vérifier : le taux minimal est {percent(large.value)} si les dépenses de "
                "fonctionnement de l'acheteur dépassent le montant que fixe ce texte.",
                large,
            ),
        )
    return _of_other_buyers(asked, law)


def _of_other_buyers(asked: AdvanceAsked, law: Law) -> tuple[CalculationLine, ...]:
    """Whether a buyer of another kind is bound at all."""
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
