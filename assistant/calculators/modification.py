"""The modification of a contract: which grounds its amount leaves open (R2194-1 to R2194-10)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from assistant.calculators.amounts import (
    euros,
    percent,
    percent_of,
    plausible,
    require_positive,
)
from assistant.calculators.calculation import (
    Buyer,
    Calculation,
    CalculationLine,
    Nature,
    Stated,
    says,
    yes_or_no,
)
from assistant.calculators.constants import Law
from assistant.calculators.procedure import european, without_tax
from assistant.errors import WrongFigures


@dataclass(frozen=True, slots=True)
class ModificationAsked:
    """The initial amount of a contract and its modifications in order, without tax, less as minus.

    Without an initial amount, the modifications are in percent of it; without modifications, the
    amount that they may reach is meant. `is_unforeseen`: made
    necessary by additional works, supplies or services, or by circumstances that could not be
    foreseen.
    """

    initial: Decimal | None
    changes: tuple[Decimal, ...]
    nature: Nature
    buyer: Buyer
    is_unforeseen: bool = False

    def __post_init__(self) -> None:
        """Raises WrongFigures for an initial amount that is not positive, or nothing at all."""
        if self.initial is not None:
            require_positive(self.initial, "Le montant initial du marché")
        if not self.changes and self.initial is None:
            raise WrongFigures(
                "Donnez le montant initial HT du marché, ou au moins une modification."
            )
        for change in self.changes:
            plausible(change, "Le montant d'une modification")

    @property
    def net(self) -> Decimal:
        """What the modifications change together, less as minus."""
        return sum(self.changes, Decimal(0))

    @property
    def gross(self) -> Decimal:
        """What they change where a decrease does not make up for an increase, never below zero."""
        return sum(map(abs, self.changes), Decimal(0))

    def share(self, rate: Decimal) -> Decimal:
        """`rate` percent of the initial amount, in what the modifications are given in."""
        return rate if self.initial is None else self.initial * rate / 100

    def told(self, value: Decimal) -> str:
        """A value in what the modifications are given in, as French texts write it."""
        return percent(value) if self.initial is None else euros(value)

    def part(self, value: Decimal, rate: Decimal) -> str:
        """What share of the initial amount a value is, to be told from the limit of `rate`."""
        if self.initial is None:
            return percent(value)
        return percent_of(abs(value), self.initial, rate)

    def limit(self, rate: Decimal) -> str:
        """`rate` percent of the initial amount in words, with what it comes to."""
        if self.initial is None:
            return f"{percent(rate)} du montant initial"
        return f"{percent(rate)} de {euros(self.initial)} = {euros(self.share(rate))}"


def modification(asked: ModificationAsked, law: Law) -> Calculation:
    """Say which grounds of modification are open, closed, or to be verified by the buyer."""
    steps, small, is_small = _small(asked, law)
    more, unforeseen = _unforeseen(asked, law)
    # The ground that was named answers, unless no ground is needed.
    leads = (small, *unforeseen) if is_small or not asked.is_unforeseen else (*unforeseen, small)
    return Calculation(
        name="modification",
        title="Modification du marché",
        day=law.day,
        inputs=(
            ("montant initial HT", "non donné" if asked.initial is None else euros(asked.initial)),
            ("modifications HT", " ; ".join(map(asked.told, asked.changes)) or "aucune"),
            ("nature", asked.nature.label),
            ("acheteur", asked.buyer.label),
            ("besoin supplémentaire ou imprévu", yes_or_no(asked.is_unforeseen)),
        ),
        steps=(*steps, *more),
        result=(*leads, *_whatever_the_amount(law)),
        cautions=(
            "Les montants doivent comprendre l'effet de la clause de variation des prix.",
            "Une modification ne peut changer la nature globale du marché.",
            "Le remplacement du titulaire n'est pas regardé.",
        ),
    )


def _small(
    asked: ModificationAsked, law: Law
) -> tuple[tuple[CalculationLine, ...], CalculationLine, bool]:
    """The ground of a small amount, every modification together below two limits, and if it is."""
    is_works = asked.nature is Nature.WORKS
    rate = law.stated(f"modification, {'travaux' if is_works else 'fournitures et services'}")
    threshold = _threshold(asked, law)
    added = law.stated("modifications cumulées").ground
    part, second = asked.share(rate.value), "seuil européen de ces services, non donné ici"
    if threshold is not None:
        second = f"seuil européen de {without_tax(threshold.value)}"
    steps = (
        *((CalculationLine(_total(asked, rate.value), (added,)),) if asked.changes else ()),
        says(f"Première limite : {asked.limit(rate.value)}.", rate),
    )
    grounds = (rate.ground, *((threshold.ground,) if threshold else ()), added)
    if asked.initial is None or threshold is None:
        # What a share comes to, or the second limit, is not known: only the first can close it.
        also = f", et à condition de l'être aussi au {second}" if abs(asked.net) < part else ""
        verdict = f"Modification de faible montant : {_standing(asked, part, rate)}{also}."
        return steps, CalculationLine(verdict, grounds), False
    limit = min(part, threshold.value)
    which = ", seuil européen" if threshold.value < part else ""
    standing = _standing(asked, limit, rate, which)
    verdict = f"Modification de faible montant : {standing}{_room(asked, limit)}."
    if threshold.value > part:
        second = "le seuil européen, plus élevé"
    lines = (*steps, says(f"Seconde limite : {second}.", threshold))
    return lines, CalculationLine(verdict, grounds), asked.gross < limit


def _total(asked: ModificationAsked, rate: Decimal) -> str:
    total = f"Ensemble des modifications : {asked.told(asked.net)}"
    if asked.initial is not None:
        if len(asked.changes) > 1:
            total = f"Ensemble des modifications : {_added(asked)} = {asked.told(asked.net)}"
        total += f", soit {asked.part(asked.net, rate)} de {euros(asked.initial)}"
    if asked.gross != abs(asked.net):
        total += f", ou {asked.told(asked.gross)} sans compenser les plus par les moins"
    return f"{total}."


def _added(asked: ModificationAsked) -> str:
    """The modifications as a sum, what takes away as minus."""
    first, *others = asked.changes
    signed = (f" {'-' if each < 0 else '+'} {asked.told(abs(each))}" for each in others)
    return "".join([asked.told(first), *signed])


def _threshold(asked: ModificationAsked, law: Law) -> Stated | None:
    """The European threshold; None of social services, whose own no constant states."""
    if asked.nature is Nature.SOCIAL_SERVICES:
        return None
    return law.stated(european(asked.nature, asked.buyer))


def _standing(asked: ModificationAsked, limit: Decimal, rate: Stated, which: str = "") -> str:
    """On which side of a limit all modifications are, with what share of the contract they are."""
    said = f"{asked.told(limit)}{which}"
    if not asked.changes:
        return f"possible si l'ensemble est inférieur à {said}"
    share = ""
    if asked.initial is not None:
        share = f" ({asked.part(asked.net, rate.value)} du montant initial)"
    if asked.gross < limit:
        return f"possible, l'ensemble{share} est inférieur à {said}"
    if abs(asked.net) < limit:
        return (
            f"à vérifier, l'ensemble n'est inférieur à {said} que si les moins compensent les plus"
        )
    return f"exclue, l'ensemble{share} n'est pas inférieur à {said}"


def _room(asked: ModificationAsked, limit: Decimal) -> str:
    """What modifications may still come to, where none takes away."""
    if not asked.changes or asked.gross != asked.net or asked.net >= limit:
        return ""
    return f" ; il reste moins de {euros(limit - asked.net)}"


def _unforeseen(
    asked: ModificationAsked, law: Law
) -> tuple[tuple[CalculationLine, ...], tuple[CalculationLine, ...]]:
    """The grounds of additional and unforeseen needs: each modification up to its own limit."""
    needs = law.stated("prestations supplémentaires"), law.stated("circonstances imprévues")
    lead = "Prestations supplémentaires ou circonstances imprévues"
    if not asked.is_unforeseen:
        return (), (says(f"{lead} : à vérifier, selon la cause des modifications.", *needs),)
    rate = law.stated("modification imprévue")
    step = says(
        f"Limite de chaque modification : {asked.limit(rate.value)}.",
        rate,
        law.stated("modification imprévue, une à une"),
        law.stated("circonstances imprévues, plafond"),
    )
    verdict = f"{lead} : {_verdict(asked, rate.value)}."
    notice = (
        "À vérifier : si le marché a été passé en procédure formalisée, un avis de modification "
        "est à publier."
    )
    return (step,), (
        says(verdict, rate, *needs),
        says(notice, law.stated("avis de modification")),
    )


def _verdict(asked: ModificationAsked, rate: Decimal) -> str:
    limit = asked.share(rate)
    if not asked.changes:
        return f"possible si aucune modification ne dépasse {asked.told(limit)}, selon la cause"
    above = [change for change in asked.changes if abs(change) > limit]
    if not above:
        within = f"aucune modification ne dépasse {asked.told(limit)}"
        return (
            f"possible selon la cause, à vérifier : {within}{_shares(asked, asked.changes, rate)}"
        )
    listed = " ; ".join(map(asked.told, above))
    beyond = f"{listed}, au-dessus de {asked.told(limit)}{_shares(asked, above, rate)}"
    if asked.buyer is Buyer.ENTITY:
        return f"à vérifier pour {beyond}, limite qui ne lie que les pouvoirs adjudicateurs"
    return f"exclu pour {beyond}"


def _shares(asked: ModificationAsked, changes: Iterable[Decimal], rate: Decimal) -> str:
    """What share of the initial amount each modification is, in brackets."""
    if asked.initial is None:
        return ""
    shares = " ; ".join(f"{asked.told(each)} = {asked.part(each, rate)}" for each in changes)
    return f" ({shares}, limite {percent(rate)} pour chacune)"


def _whatever_the_amount(law: Law) -> tuple[CalculationLine, CalculationLine]:
    """The grounds that no amount closes."""
    return (
        says(
            "Clause de réexamen : à vérifier, si le marché l'a prévue, quel que soit le montant.",
            law.stated("clause de réexamen"),
        ),
        says(
            "Modification non substantielle : à vérifier, quel que soit le montant.",
            law.stated("modification non substantielle"),
        ),
    )
