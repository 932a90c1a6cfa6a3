"""The estimated value of a need, from its parts (R2121-1 to R2121-8), and what it leads to."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from assistant.calculators.amounts import euros, numeral, require_positive, round_to_cents
from assistant.calculators.calculation import (
    Buyer,
    Calculation,
    CalculationLine,
    LabelledWord,
    Nature,
    says,
)
from assistant.calculators.constants import Law
from assistant.calculators.procedure import ProcedureAsked, procedure, without_tax
from assistant.errors import WrongFigures

_YEAR = Decimal(12)


class ValueBasis(LabelledWord):
    """By what rule the parts of a need are counted; the value is its word on the command line."""

    DURATION = "duree", "toute la durée, reconductions comprises"
    FRAMEWORK = "accord-cadre", "maximum de l'accord-cadre sur toute sa durée"
    OPERATION = "operation", "opération de travaux, avec ce qui est mis à disposition du titulaire"
    HOMOGENEOUS = "homogenes", "fournitures ou services homogènes, additionnés"
    LOTS = "lots", "tous les lots, additionnés"
    TRANCHES = "tranches", "tranche ferme et tranches optionnelles, additionnées"
    OPTIONS = "options", "options comprises, qu'elles soient levées ou non"


RULES = {
    ValueBasis.DURATION: "valeur estimée, reconductions",
    ValueBasis.FRAMEWORK: "valeur estimée, accord-cadre",
    ValueBasis.OPERATION: "valeur estimée, opération de travaux",
    ValueBasis.HOMOGENEOUS: "valeur estimée, achats homogènes",
    ValueBasis.LOTS: "valeur estimée, lots",
    ValueBasis.TRANCHES: "valeur estimée, options",
    ValueBasis.OPTIONS: "valeur estimée, options",
}

_SHORT = {
    Buyer.STATE: "État ou établissement public administratif de l'État",
    Buyer.LOCAL: "collectivité",
    Buyer.HOSPITAL: "hôpital",
    Buyer.OTHER_AUTHORITY: "autre pouvoir adjudicateur",
    Buyer.ENTITY: "entité adjudicatrice",
}

_TAKEN_AS_TOLD = {
    ValueBasis.OPERATION: "Ces travaux sont tenus pour une même opération, et ce qui est mis à "
    "disposition pour nécessaire à leur exécution : à vérifier.",
    ValueBasis.HOMOGENEOUS: "Ces achats sont tenus pour homogènes : à vérifier, comme l'autonomie "
    "d'un service qui achèterait seul (art. R2121-2).",
}


@dataclass(frozen=True, slots=True)
class EstimateAsked:
    """The parts of a need in euros without tax, what is bought, who buys, how they are counted.

    Without nature or buyer, every case is told, but that of works where they cannot be. With
    `months`, the whole duration, renewals included, each part comes back every `period` months;
    `once` are those that are bought once beside them.
    """

    amounts: tuple[Decimal, ...]
    nature: Nature | None
    buyer: Buyer | None
    basis: ValueBasis
    months: Decimal | None = None
    period: Decimal = _YEAR
    may_be_works: bool = True
    once: tuple[Decimal, ...] = ()

    def __post_init__(self) -> None:
        """Raises WrongFigures without a part, or for what is not positive."""
        if not self.amounts:
            raise WrongFigures("Donnez au moins un montant HT.")
        for amount in (*self.amounts, *self.once):
            require_positive(amount, "Chaque montant")
        if self.months is not None:
            require_positive(self.months, "La durée")

    @property
    def value(self) -> Decimal:
        """The estimated value in euros without tax."""
        coming_back = sum(self.amounts, Decimal(0)) * self._times
        return round_to_cents(coming_back + sum(self.once, Decimal(0)))

    @property
    def _times(self) -> Decimal:
        return Decimal(1) if self.months is None else self.months / self.period

    @property
    def told(self) -> str:
        """The sum, as French texts write it."""
        parts = " + ".join(map(euros, self.amounts))
        if self.months is not None:
            parts = f"({parts})" if len(self.amounts) > 1 else parts
            times, unit = self._times, "ans" if self.period == _YEAR else "mois"
            if self.period not in {Decimal(1), _YEAR}:
                unit = "périodes"
            parts += f" × {numeral(times.normalize())} {unit if times > 1 else unit.rstrip('s')}"
        parts = " + ".join((*map(euros, self.once), parts))
        is_sum = len(self.amounts) > 1 or self.months is not None
        return f"{parts} = {without_tax(self.value)}" if is_sum else without_tax(self.value)


def estimate(asked: EstimateAsked, law: Law) -> Calculation:
    """The value to compare with the thresholds, and the procedure that it leads to."""
    value = says(
        f"Valeur à retenir : {asked.told} ({asked.basis.label}).", law.stated(RULES[asked.basis])
    )
    once = [("montant HT payé une fois", euros(each)) for each in asked.once]
    inputs = (
        ("montants HT", " ; ".join(map(euros, asked.amounts))),
        *once,
        ("durée totale", _duration(asked)),
        ("compte", asked.basis.label),
        ("objet", _bought(asked)),
        ("acheteur", asked.buyer.label if asked.buyer else "non donné"),
    )
    told = _TAKEN_AS_TOLD.get(asked.basis)
    cautions = (told,) if told else ()
    name, title = "valeur-estimee", "Valeur estimée du besoin"
    if asked.nature is None or asked.buyer is None:
        lines = (value, *_by_case(asked, law))
        return Calculation(name, title, law.day, inputs, (), lines, cautions)
    found = procedure(ProcedureAsked(asked.value, asked.nature, asked.buyer), law)
    return Calculation(
        name,
        title,
        law.day,
        inputs,
        found.steps,
        (value, *found.result),
        (*cautions, *found.cautions),
    )


def _by_case(asked: EstimateAsked, law: Law) -> Iterator[CalculationLine]:
    """The procedure of each nature and buyer between whom it differs, those alike together."""
    likely = (Nature.WORKS, Nature.SUPPLIES) if asked.may_be_works else (Nature.SUPPLIES,)
    natures = (asked.nature,) if asked.nature else likely
    buyers = (asked.buyer,) if asked.buyer else tuple(Buyer)
    for nature in natures:
        bought = "Travaux" if nature is Nature.WORKS else "Fournitures ou services"
        alike: dict[str, list[Buyer]] = {}
        lines: dict[str, CalculationLine] = {}
        for buyer in buyers:
            told = procedure(ProcedureAsked(asked.value, nature, buyer), law).result[:2]
            text = " ".join(line.text for line in told)
            alike.setdefault(text, []).append(buyer)
            grounds = tuple(ground for line in told for ground in line.grounds)
            lines[text] = CalculationLine(text, grounds)
        for text, same in alike.items():
            who = "" if len(alike) == 1 else f", {', '.join(map(_SHORT.__getitem__, same))}"
            said = text.removeprefix("Marché : ")
            yield CalculationLine(f"{bought}{who} : {said}", lines[text].grounds)


def _bought(asked: EstimateAsked) -> str:
    if asked.nature:
        return asked.nature.label
    return "non donné" if asked.may_be_works else "fournitures ou services"


def _duration(asked: EstimateAsked) -> str:
    return "sans objet" if asked.months is None else f"{numeral(asked.months)} mois"
