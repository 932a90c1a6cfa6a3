"""The procedure of a purchase and what goes with it, by amount, nature, buyer (article L2120-1)."""

from dataclasses import dataclass
from decimal import Decimal

from assistant.calculators.amounts import euros, positive
from assistant.calculators.calculation import Calculation, Line, Stated
from assistant.calculators.formalities import (
    Route,
    adapted_publicity,
    formal_publicity,
    formalities,
    social_publicity,
)
from assistant.calculators.law import Law
from assistant.calculators.situation import Buyer, Nature
from assistant.calculators.thresholds import (
    compared,
    european,
    exemption,
    innovative_lot,
    small_enough,
    small_lot,
    without_tax,
)
from assistant.errors import WrongFigures

_INNOVATION_DUTIES = "achat innovant, précautions"
_PART = "petits lots, part"
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
    improved, in the sense of article L2172-3.
    """

    amount: Decimal
    nature: Nature
    buyer: Buyer
    lot: Decimal | None = None
    is_innovative: bool = False

    def __post_init__(self) -> None:
        """Raises WrongFigures for what is not positive, or a lot above the whole need."""
        positive(self.amount, "La valeur estimée du besoin")
        if self.lot is not None and positive(self.lot, "Le montant du lot") > self.amount:
            raise WrongFigures(
                f"Le lot ({euros(self.lot)}) dépasse le besoin ({euros(self.amount)}) : donnez la "
                "valeur de tous les lots ensemble, puis celle du lot."
            )


@dataclass(frozen=True, slots=True)
class _Choice:
    """A route, and what is said of it."""

    route: Route
    result: tuple[Line, ...]
    cautions: tuple[str, ...] = ()


_Tried = tuple[tuple[Line, ...], _Choice | None]
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
            ("achat innovant", "oui" if asked.is_innovative else "non"),
        ),
        steps=steps,
        result=(*choice.result, *accompanying),
        cautions=(*choice.cautions, *unsaid, *_cautions(asked, law)),
    )


def _chosen(asked: ProcedureAsked, law: Law) -> tuple[tuple[Line, ...], _Choice]:
    """The steps of the rules tried, lightest procedure first, and the choice of the first met."""
    steps: list[Line] = []
    for rule in (_small_need, _innovation, _exempt_lot, _social, _below_threshold, _small_lot):
        tried, choice = rule(asked, law)
        steps += tried
        if choice:
            return tuple(steps), choice
    formalised = Line(
        "Marché : procédure formalisée, par appel d'offres, négociation ou dialogue compétitif.",
        (law.stated("procédure formalisée").ground,),
    )
    result = (formalised, formal_publicity(asked.buyer, law))
    cautions = _PUBLICITY_CAUTIONS.get(asked.buyer, ())
    return tuple(steps), _Choice(Route.FORMALISED, result, cautions)


def _small_need(asked: ProcedureAsked, law: Law) -> _Tried:
    limit = law.stated(exemption(asked.nature))
    step = compared("Besoin", asked.amount, limit, "seuil de la dispense de publicité")
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
    grounds = tuple(limit.ground for limit in limits)
    result = (Line(possible, grounds), Line(careful, (law.stated(duties).ground,)))
    return _Choice(Route.EXEMPT, result)


def _social(asked: ProcedureAsked, law: Law) -> _Tried:
    if asked.nature is not Nature.SOCIAL_SERVICES:
        return (), None
    grounds = (law.stated("procédure adaptée, services sociaux").ground,)
    step = Line("Services sociaux et spécifiques : procédure adaptée à tout montant.", grounds)
    result = (Line("Marché : procédure adaptée possible.", grounds), social_publicity(law))
    caution = "Le montant du seuil européen propre à ces services n'est pas donné."
    return (step,), _Choice(Route.ADAPTED, result, (caution,))


def _below_threshold(asked: ProcedureAsked, law: Law) -> _Tried:
    threshold = law.stated(european(asked.nature, asked.buyer))
    step = compared("Besoin", asked.amount, threshold, "seuil européen")
    if asked.amount >= threshold.value:
        return (step,), None
    grounds = (threshold.ground, law.stated("procédure adaptée").ground)
    adapted = Line("Marché : procédure adaptée possible.", grounds)
    result = (adapted, adapted_publicity(asked.amount, asked.buyer, law))
    cautions = _PUBLICITY_CAUTIONS.get(asked.buyer, ())
    return (step,), _Choice(Route.ADAPTED, result, cautions)


def _small_lot(asked: ProcedureAsked, law: Law) -> _Tried:
    if asked.lot is None:
        return (), None
    limit, part = law.stated(small_lot(asked.nature)), law.stated(_PART)
    steps, is_met = small_enough(asked.amount, asked.lot, limit, part, "en procédure adaptée")
    result = Line("Lot : procédure adaptée possible.", (limit.ground, part.ground))
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
