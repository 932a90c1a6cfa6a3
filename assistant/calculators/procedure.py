"""The procedure of a purchase, by amount, nature and buyer (article L2120-1). Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.calculators.amounts import euros, percent, require_positive
from assistant.calculators.calculation import (
    Buyer,
    Calculation,
    CalculationLine,
    Nature,
    Route,
    Stated,
    says,
    yes_or_no,
)
from assistant.calculators.constants import Law
from assistant.calculators.formalities import (
    adapted_publicity,
    formal_publicity,
    formalities,
    is_announced,
    social_publicity,
)
from assistant.calculators.verdict import with_verdict
from assistant.errors import WrongFigures
from ingestion.index.purchase_claims import PurchaseClaim

# Thresholds: the constants that limit a procedure, and amounts compared with them.

_PART = "petits lots, part"
_EUROPEAN = {Buyer.STATE: "autorité centrale", Buyer.ENTITY: "entité adjudicatrice"}


def exemption(nature: Nature) -> str:
    """The constant below which a need is exempt from publicity."""
    return "dispense travaux" if nature is Nature.WORKS else "dispense"


def innovative_lot(nature: Nature) -> str:
    """The constant below which an innovative lot is exempt from publicity."""
    return "achat innovant, lot de travaux" if nature is Nature.WORKS else "achat innovant, lot"


def small_lot(nature: Nature) -> str:
    """The constant below which a lot may leave the procédure formalisée of its contract."""
    return "petit lot de travaux" if nature is Nature.WORKS else "petit lot"


def small_lots_part() -> str:
    """The constant that bounds what small lots come to together."""
    return _PART


def european(nature: Nature, buyer: Buyer) -> str:
    """The constant from which a need follows a procédure formalisée."""
    if nature is Nature.WORKS:
        return (
            "seuil européen, travaux d'une entité adjudicatrice"
            if buyer is Buyer.ENTITY
            else "seuil européen, travaux"
        )
    return f"seuil européen, {_EUROPEAN.get(buyer, 'autre pouvoir adjudicateur')}"


def _of_nature(nature: Nature) -> str:
    """Whose threshold it is: what is bought may be told by the words around alone."""
    return "des travaux" if nature is Nature.WORKS else "des fournitures et services"


def compared(subject: str, value: Decimal, limit: Stated, what: str) -> CalculationLine:
    """On which side of a threshold an amount falls; one that is equal is not below."""
    side = "inférieur" if value < limit.value else "égal ou supérieur"
    said = f"{subject} de {without_tax(value)} : {side} à {without_tax(limit.value)}, {what}."
    return says(said, limit)


def small_enough(
    need: Decimal, lot: Decimal, limit: Stated, part: Stated, way: str
) -> tuple[tuple[CalculationLine, CalculationLine], bool]:
    """Whether a lot is below its limit, and alone within the part that such lots have together."""
    ceiling = need * part.value / 100
    verdict = "ce lot y tient" if lot <= ceiling else "ce lot les dépasse à lui seul"
    together = (
        f"Les lots passés {way} n'excèdent pas ensemble {percent(part.value)} de tous les lots, "
        f"soit {without_tax(ceiling)} : {verdict}."
    )
    steps = (compared("Lot", lot, limit, f"limite d'un lot {way}"), says(together, part))
    return steps, lot < limit.value and lot <= ceiling


def without_tax(amount: Decimal) -> str:
    """An amount in French, said to be without tax."""
    return f"{euros(amount)} HT"


# The procedure of a purchase and what goes with it.

_INNOVATION_DUTIES = "achat innovant, précautions"
_APART = (
    "Les organismes de l'article R2100-1 (Caisse des dépôts, offices publics de l'habitat…) et les "
    "établissements industriels et commerciaux de l'État suivent la publicité des autres acheteurs."
)
_PUBLICITY_CAUTIONS = {
    Buyer.STATE: (_APART,),
    Buyer.LOCAL: (_APART,),
    Buyer.ENTITY: (
        "Une entité adjudicatrice qui est elle-même l'État, une collectivité ou l'un de leurs "
        "établissements publics suit la publicité de ceux-ci.",
    ),
}


@dataclass(frozen=True, slots=True)
class ProcedureAsked:
    """The estimated value of the whole need without tax, what is bought, and who buys.

    `lot`: the value without tax of the one lot asked about. `is_innovative`: new or markedly
    improved, in the sense of article L2172-3. `vat` is the rate in percent at which the value was
    taken from one with tax, None where it was told without. `claim` is what is asked of the whole
    need, if yes or no answers it.
    """

    amount: Decimal
    nature: Nature
    buyer: Buyer
    lot: Decimal | None = None
    is_innovative: bool = False
    vat: Decimal | None = None
    claim: PurchaseClaim = PurchaseClaim.UNTOLD

    def __post_init__(self) -> None:
        """Raises WrongFigures for what is not positive, or a lot above the whole need."""
        require_positive(self.amount, "La valeur estimée du besoin")
        if self.lot is not None and require_positive(self.lot, "Le montant du lot") > self.amount:
            raise WrongFigures(
                f"Le lot ({euros(self.lot)}) dépasse le besoin ({euros(self.amount)}) : donnez la "
                "valeur de tous les lots ensemble, puis celle du lot."
            )


@dataclass(frozen=True, slots=True)
class _Choice:
    """A route, and what is said of it."""

    route: Route
    result: tuple[CalculationLine, ...]
    cautions: tuple[str, ...] = ()


_Tried = tuple[tuple[CalculationLine, ...], _Choice | None]
"""The steps of a rule, and its choice when it applies."""


def procedure(asked: ProcedureAsked, law: Law) -> Calculation:
    """The lightest procedure open to a purchase, its publicity and its formalities."""
    steps, choice = _chosen(asked, law)
    accompanying, unsaid = formalities(choice.route, asked.amount, law)
    return Calculation(
        name="procedure",
        title="Procédure et publicité",
        day=law.day,
        inputs=(
            ("valeur estimée de tout le besoin", without_tax(asked.amount)),
            ("lot demandé", "aucun" if asked.lot is None else without_tax(asked.lot)),
            ("objet", asked.nature.label),
            ("acheteur", asked.buyer.label),
            ("achat innovant", yes_or_no(asked.is_innovative)),
        ),
        steps=steps,
        result=(*_answered(asked, steps, choice, law), *accompanying),
        cautions=(*choice.cautions, *unsaid, *_cautions(asked, law)),
    )


def _answered(
    asked: ProcedureAsked, steps: Sequence[CalculationLine], choice: _Choice, law: Law
) -> tuple[CalculationLine, ...]:
    """The result of a choice, after the yes or no that is asked of the whole need.

    This rests on the limits of the steps as well: that publicity is due, on that of the dispense.
    None is told of social services: in procédure adaptée too they are announced in the JOUE, from a
    threshold that is not given (article R2131-15).
    """
    is_social = asked.nature is Nature.SOCIAL_SERVICES
    if is_social or asked.lot is not None or asked.claim is PurchaseClaim.UNTOLD:
        return choice.result
    due = is_announced(choice.route, asked.amount, asked.buyer, law)
    verdict, *others = with_verdict(asked.claim, choice.route, choice.result, due)
    grounds = (*verdict.grounds, *(ground for step in steps for ground in step.grounds))
    return (replace(verdict, grounds=tuple(dict.fromkeys(grounds))), *others)


def _chosen(asked: ProcedureAsked, law: Law) -> tuple[tuple[CalculationLine, ...], _Choice]:
    """The steps of the rules tried, lightest procedure first, and the choice of the first met."""
    steps: list[CalculationLine] = [*_before_tax(asked, law)]
    for rule in (_small_need, _innovation, _exempt_lot, _social, _below_threshold, _small_lot):
        tried, choice = rule(asked, law)
        steps += tried
        if choice:
            return tuple(steps), choice
    formalised = says(
        "Marché : procédure formalisée, par appel d'offres, négociation ou dialogue compétitif.",
        law.stated("procédure formalisée"),
    )
    result = (formalised, formal_publicity(asked.buyer, law))
    cautions = _PUBLICITY_CAUTIONS.get(asked.buyer, ())
    return tuple(steps), _Choice(Route.FORMALISED, result, cautions)


def _before_tax(asked: ProcedureAsked, law: Law) -> Iterator[CalculationLine]:
    """How the value was taken from one with tax."""
    if asked.vat is not None:
        with_tax = asked.amount * (100 + asked.vat) / 100
        yield says(
            f"Besoin : {euros(with_tax)} TTC, TVA de {percent(asked.vat)} ôtée, "
            f"= {without_tax(asked.amount)}.",
            law.stated("valeur estimée, hors taxes"),
        )


def _small_need(asked: ProcedureAsked, law: Law) -> _Tried:
    limit = law.stated(exemption(asked.nature))
    step = compared(
        "Besoin",
        asked.amount,
        limit,
        f"seuil de la dispense de publicité {_of_nature(asked.nature)}",
    )
    is_met = asked.amount < limit.value
    return (step,), _exempt("Marché", "dispense, précautions", law, limit) if is_met else None


def _innovation(asked: ProcedureAsked, law: Law) -> _Tried:
    if not asked.is_innovative:
        return (), None
    limit = law.stated("achat innovant")
    step = compared("Besoin", asked.amount, limit, "seuil de la dispense des achats innovants")
    is_met = asked.amount < limit.value
    return (step,), _exempt("Marché", _INNOVATION_DUTIES, law, limit) if is_met else None


def _exempt_lot(asked: ProcedureAsked, law: Law) -> _Tried:
    if asked.lot is None:
        return (), None
    name = innovative_lot(asked.nature) if asked.is_innovative else exemption(asked.nature)
    duties = _INNOVATION_DUTIES if asked.is_innovative else "dispense, précautions"
    limit, part = law.stated(name), law.stated(_PART)
    steps, is_met = small_enough(asked.amount, asked.lot, limit, part, "sans publicité")
    return steps, _exempt("Lot", duties, law, limit, part) if is_met else None


def _exempt(subject: str, duties: str, law: Law, *limits: Stated) -> _Choice:
    possible = f"{subject} : possible sans publicité ni mise en concurrence préalables."
    careful = (
        "Acheteur : une offre pertinente, un bon emploi de l'argent public, pas toujours le même "
        "opérateur."
    )
    result = (says(possible, *limits), says(careful, law.stated(duties)))
    return _Choice(Route.EXEMPT, result)


def _social(asked: ProcedureAsked, law: Law) -> _Tried:
    if asked.nature is not Nature.SOCIAL_SERVICES:
        return (), None
    stated = law.stated("procédure adaptée, services sociaux")
    step = says("Services sociaux et spécifiques : procédure adaptée à tout montant.", stated)
    result = (says("Marché : procédure adaptée possible.", stated), social_publicity(law))
    caution = "Le montant du seuil européen propre à ces services n'est pas donné."
    return (step,), _Choice(Route.ADAPTED, result, (caution,))


def _below_threshold(asked: ProcedureAsked, law: Law) -> _Tried:
    threshold = law.stated(european(asked.nature, asked.buyer))
    step = compared("Besoin", asked.amount, threshold, f"seuil européen {_of_nature(asked.nature)}")
    if asked.amount >= threshold.value:
        return (step,), None
    adapted = says(
        "Marché : procédure adaptée possible.", threshold, law.stated("procédure adaptée")
    )
    result = (adapted, adapted_publicity(asked.amount, asked.buyer, law))
    cautions = _PUBLICITY_CAUTIONS.get(asked.buyer, ())
    return (step,), _Choice(Route.ADAPTED, result, cautions)


def _small_lot(asked: ProcedureAsked, law: Law) -> _Tried:
    if asked.lot is None:
        return (), None
    limit, part = law.stated(small_lot(asked.nature)), law.stated(_PART)
    steps, is_met = small_enough(asked.amount, asked.lot, limit, part, "en procédure adaptée")
    result = says("Lot : procédure adaptée possible.", limit, part)
    caution = "La publicité d'un tel lot, que le code règle selon tout le besoin, n'est pas donnée."
    return steps, _Choice(Route.ADAPTED, (result,), (caution,)) if is_met else None


def _cautions(asked: ProcedureAsked, law: Law) -> tuple[str, ...]:
    """What was not looked at, whatever the route."""
    said = [
        "La valeur du besoin (lots, options, reconductions, achats homogènes) n'est pas vérifiée.",
        "Les dispenses par objet ou circonstance (urgence, exclusivité, échec d'une première "
        "procédure, livres) ne sont pas regardées.",
    ]
    if asked.nature is Nature.WORKS and (
        law.stated(exemption(Nature.WORKS)).value == law.stated(exemption(Nature.SUPPLIES)).value
    ):
        said.append(
            "Travaux : une dispense temporaire plus large, prise ce jour-là hors du code, n'est "
            "pas calculée."
        )
    if asked.nature is Nature.SUPPLIES and asked.buyer is Buyer.STATE:
        said.append("Des fournitures de défense peuvent relever d'un autre seuil européen.")
    return tuple(said)
