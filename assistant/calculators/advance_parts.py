"""The advance where parts are judged each by itself: orders, phases, renewals (R2191-13 to 17)."""

import re
from dataclasses import dataclass
from decimal import Decimal

from assistant.calculators.advance import AdvanceAsked, advance
from assistant.calculators.amounts import euros, numeral
from assistant.calculators.calculation import (
    Buyer,
    Calculation,
    CalculationLine,
    LabelledWord,
    Stated,
)
from assistant.calculators.constants import Law
from assistant.errors import WrongFigures


class AdvancePart(LabelledWord):
    """What is judged by itself; the value is its word on the command line."""

    ORDER = "bon", "bon de commande d'un accord-cadre sans minimum"
    PHASE = "tranche", "tranche affermie"
    LEAST = "minimum", "minimum d'un accord-cadre à bons de commande"


_RULES = {
    AdvancePart.ORDER: "avance, bon par bon",
    AdvancePart.PHASE: "avance, tranche par tranche",
    AdvancePart.LEAST: "avance, minimum de l'accord-cadre",
}


@dataclass(frozen=True, slots=True)
class AdvancePartsAsked:
    """Parts of one kind, each with its amount without tax and its months, in one order.

    `taxed`: their amounts with tax, none or as many. `labels`: how the question names them.
    """

    kind: AdvancePart
    amounts: tuple[Decimal, ...]
    months: tuple[Decimal, ...]
    buyer: Buyer
    taxed: tuple[Decimal, ...] = ()
    labels: tuple[str, ...] = ()
    is_sme: bool | None = None
    is_large_buyer: bool | None = None
    rate: Decimal | None = None

    def __post_init__(self) -> None:
        """Raises WrongFigures for parts of which some lack what others have."""
        sizes = {len(each) for each in (self.amounts, self.months, self.taxed) if each}
        if len(sizes) != 1 or not self.amounts or not self.months:
            raise WrongFigures("Donnez autant de montants que de durées, dans le même ordre.")

    def parts(self) -> tuple[AdvanceAsked, ...]:
        """Each part as a contract of its own."""
        taxed = self.taxed or (None,) * len(self.amounts)
        return tuple(
            AdvanceAsked(
                amount, with_tax, months, self.buyer, self.is_sme, self.is_large_buyer, self.rate
            )
            for amount, with_tax, months in zip(self.amounts, taxed, self.months, strict=True)
        )

    def label(self, place: int) -> str:
        """The name of a part."""
        if self.labels:
            return self.labels[place]
        return f"{self.kind.capitalize()} {place + 1}"


def advance_parts(asked: AdvancePartsAsked, law: Law) -> Calculation:
    """Whether an advance is due for each part, and how much."""
    rule = law.stated(_RULES[asked.kind])
    each = [advance(part, law) for part in asked.parts()]
    return Calculation(
        name="avance-par-part",
        title="Avance d'une part",
        day=law.day,
        inputs=tuple(
            (
                asked.label(place),
                f"{euros(part.amount or Decimal(0))} HT, {numeral(part.months)} mois",
            )
            for place, part in enumerate(asked.parts())
        ),
        steps=(CalculationLine(f"{_TOLD[asked.kind]}.", (rule.ground,)), *_steps(each)),
        result=tuple(_line(asked.label(place), found, rule) for place, found in enumerate(each)),
        cautions=each[0].cautions,
    )


_TOLD = {
    AdvancePart.ORDER: "Sans minimum, l'avance s'apprécie bon de commande par bon de commande",
    AdvancePart.PHASE: "L'avance s'apprécie tranche affermie par tranche affermie",
    AdvancePart.LEAST: "Avec un tel minimum, l'avance est accordée en une seule fois, sur celui-ci",
}


def _line(label: str, found: Calculation, rule: Stated) -> CalculationLine:
    """What is due for a part; how much only where it is."""
    told = [found.result[0]]
    if found.result[0].text == "L'avance est obligatoire.":
        told += [line for line in found.result[1:] if line.text.startswith(_AMOUNTS)]
    text = " ".join([_DUE.sub(".", told[0].text), *(line.text for line in told[1:])])
    grounds = dict.fromkeys((rule.ground, *(ground for line in told for ground in line.grounds)))
    return CalculationLine(f"{label} : {text[0].lower()}{text[1:]}", tuple(grounds))


# Of a part, what the contract may provide instead is not told.
_DUE = re.compile(r" ; le marché .*")
_AMOUNTS = ("Au taux prévu", "Le taux de", "Avance minimale", "Avance maximale", "À vérifier")


def _steps(each: list[Calculation]) -> tuple[CalculationLine, ...]:
    """The steps of the parts, those that are the same once."""
    return tuple({line.text: line for found in each for line in found.steps}.values())
