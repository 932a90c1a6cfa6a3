"""Before signature: the standstill, and the highest turnover that may be required."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from assistant.calculators.amounts import (
    add_days,
    euros,
    numeral,
    require_positive,
    round_to_cents,
)
from assistant.calculators.calculation import (
    Calculation,
    CalculationLine,
    Stated,
    says,
    yes_or_no,
)
from assistant.calculators.constants import Law
from assistant.errors import WrongFigures
from ingestion.french import in_words

# The standstill: the earliest day of signature after the losers are told (R2182-1, R2182-2).
#
# The period runs from date to date, the day of sending included, and neither weekends nor public
# holidays move it: Conseil d'État, 2 août 2011, n° 347526.


_OF_ADAPTED = "Une procédure adaptée n'a pas de délai minimal avant la signature."


@dataclass(frozen=True, slots=True)
class StandstillAsked:
    """The day the rejections are sent, how, what exempts from waiting, and the day of signature.

    `is_only_tenderer`: the contract goes to the only one who took part. `sent` is None where there
    is nothing to wait for.
    """

    sent: date | None
    is_electronic: bool = True
    is_formalised: bool = True
    is_only_tenderer: bool = False
    signed: date | None = None

    def __post_init__(self) -> None:
        """Raises WrongFigures for a wait that has no day to run from."""
        if self.sent is None and self.is_formalised and not self.is_only_tenderer:
            raise WrongFigures("Donnez le jour d'envoi des notifications de rejet.")


def standstill(asked: StandstillAsked, law: Law) -> Calculation:
    """The earliest day of signature, or why there is nothing to wait for."""
    steps, *result = _waiting(asked, law)
    return Calculation(
        name="standstill",
        title="Délai avant la signature",
        day=law.day,
        inputs=(
            (
                "envoi de la notification du rejet",
                in_words(asked.sent) if asked.sent else "non donné",
            ),
            ("voie électronique", yes_or_no(asked.is_electronic)),
            ("procédure formalisée", yes_or_no(asked.is_formalised)),
            ("seul participant", yes_or_no(asked.is_only_tenderer)),
            *((("signature", in_words(asked.signed)),) if asked.signed else ()),
        ),
        steps=(steps,),
        result=tuple(result),
        cautions=(
            *((_OF_ADAPTED,) if asked.is_formalised else ()),
            "Quand les notifications partent à plusieurs dates, comptez de la dernière.",
            "Les marchés subséquents et spécifiques, dispensés du délai, ne sont pas demandés ici.",
            "Un référé, qui suspend la signature, n'est pas pris en compte.",
        ),
    )


def _waiting(asked: StandstillAsked, law: Law) -> tuple[CalculationLine, ...]:
    """The step and its result, whether it was kept first."""
    if not asked.is_formalised:
        stated = law.stated("suspension")
        return (
            says("Le délai n'est imposé qu'aux procédures formalisées.", stated),
            says("Aucun délai minimal n'est imposé avant la signature.", stated),
        )
    if asked.is_only_tenderer or asked.sent is None:
        stated = law.stated("suspension, seul opérateur")
        return (
            says("Le délai n'est pas exigé quand un seul opérateur a participé.", stated),
            says("Le marché peut être signé sans attendre.", stated),
        )
    days = law.stated("suspension" if asked.is_electronic else "suspension, sans voie électronique")
    earliest = add_days(asked.sent, int(days.value))
    way = "par voie électronique" if asked.is_electronic else "autrement que par voie électronique"
    return (
        says(
            f"Procédure formalisée, notification envoyée {way} : {numeral(days.value)} jours entre "
            "l'envoi et la signature, comptés de date à date.",
            days,
        ),
        *_kept(asked.signed, earliest, days),
        says(f"Le marché peut être signé à partir du {in_words(earliest)}.", days),
    )


def _kept(signed: date | None, earliest: date, days: Stated) -> tuple[CalculationLine, ...]:
    """Whether the day of signature is late enough, where there is one."""
    if signed is None:
        return ()
    if signed < earliest:
        return (says(f"Trop tôt : signer le {in_words(signed)} ne respecte pas le délai.", days),)
    return (says(f"Délai respecté : signer le {in_words(signed)} est possible.", days),)


# The minimum turnover: the highest that may be required of candidates (article R2142-7).


@dataclass(frozen=True, slots=True)
class TurnoverAsked:
    """The estimated amount of the contract, or of the lot, without tax.

    `required`: the yearly turnover that the buyer requires.
    """

    amount: Decimal
    required: Decimal | None = None

    def __post_init__(self) -> None:
        """Raises WrongFigures for an amount that is not positive."""
        require_positive(self.amount, "Le montant estimé du marché ou du lot")
        if self.required is not None:
            require_positive(self.required, "Le chiffre d'affaires exigé")


def turnover(asked: TurnoverAsked, law: Law) -> Calculation:
    """The highest yearly turnover that may be required without giving reasons."""
    times = law.stated("chiffre d'affaires minimal")
    # A ceiling: half a cent more would be above it.
    highest = round_to_cents(asked.amount * times.value, ROUND_DOWN)
    amount, factor = euros(asked.amount), numeral(times.value)
    return Calculation(
        name="chiffre-affaires",
        title="Chiffre d'affaires minimal",
        day=law.day,
        inputs=(("montant estimé HT du marché ou du lot", amount),),
        steps=(
            says(f"Plafond : {factor} fois le montant estimé du marché ou du lot.", times),
            CalculationLine(f"{factor} × {amount} = {euros(highest)}, au centime inférieur."),
        ),
        result=(
            *_required(asked, highest, times),
            says(f"Le chiffre d'affaires annuel exigé ne peut dépasser {euros(highest)}.", times),
        ),
        cautions=(
            "L'objet ou les conditions d'exécution peuvent justifier davantage : les raisons se "
            "donnent dans les documents de la consultation.",
            "Le plafond se calcule lot par lot ; celui d'un groupe de lots, d'un accord-cadre ou "
            "d'un système d'acquisition dynamique a ses propres règles.",
        ),
    )


def _required(asked: TurnoverAsked, highest: Decimal, times: Stated) -> tuple[CalculationLine, ...]:
    """Where what is required falls against the ceiling, nothing without it."""
    if asked.required is None:
        return ()
    if asked.required > highest:
        said = "dépassent le plafond de", " : il y faut des justifications"
    else:
        said = "ne dépassent pas le plafond de", ""
    return (
        says(f"Les {euros(asked.required)} exigés {said[0]} {euros(highest)}{said[1]}.", times),
    )
