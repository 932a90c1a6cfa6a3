"""Formalities of an award: publicity, dossier online, written contract, essential data."""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum

from assistant.calculators.amounts import euros, number
from assistant.calculators.calculation import Line
from assistant.calculators.law import Law
from assistant.calculators.situation import Buyer
from assistant.errors import Ungrounded


class Route(StrEnum):
    """The three ways to award a contract (article L2120-1)."""

    EXEMPT = "sans publicité ni mise en concurrence"
    ADAPTED = "procédure adaptée"
    FORMALISED = "procédure formalisée"


_PUBLIC_BODIES = frozenset({Buyer.STATE, Buyer.LOCAL, Buyer.HOSPITAL})
"""Those whose publicity articles R2131-12 and R2131-16 (1°) govern."""


def adapted_publicity(amount: Decimal, buyer: Buyer, law: Law) -> Line:
    """Where a procédure adaptée is announced, for a need of this amount without tax."""
    if buyer not in _PUBLIC_BODIES:
        grounds = (law.stated("publicité libre des autres acheteurs").ground,)
        return Line(
            "Publicité : librement choisie, selon le montant et la nature du marché.", grounds
        )
    free = law.stated("publicité libre")
    if amount < free.value:
        return Line(
            f"Publicité : librement adaptée, le besoin étant inférieur à {euros(free.value)} HT.",
            (free.ground,),
        )
    announced = law.stated("publicité nationale")
    return Line(
        "Publicité : un avis au BOAMP ou dans un journal d'annonces légales, le besoin atteignant "
        f"{euros(announced.value)} HT ; et, si le marché le justifie, dans un journal spécialisé "
        "ou au JOUE.",
        (announced.ground,),
    )


def formal_publicity(buyer: Buyer, law: Law) -> Line:
    """Where a procédure formalisée is announced."""
    if buyer in _PUBLIC_BODIES:
        grounds = (law.stated("publicité européenne et nationale").ground,)
        return Line("Publicité : un avis de marché au BOAMP et au JOUE.", grounds)
    return Line(
        "Publicité : un avis de marché au JOUE.", (law.stated("publicité européenne").ground,)
    )


def social_publicity(law: Law) -> Line:
    """Where social and other specific services are announced, below and from their threshold."""
    below, above = (
        law.stated("publicité des services sociaux"),
        law.stated("publicité européenne des services sociaux"),
    )
    return Line(
        "Publicité : adaptée au montant et à la nature des services sous le seuil européen qui "
        "leur est propre ; à partir de ce seuil, un avis au JOUE.",
        (below.ground, above.ground),
    )


def formalities(
    route: Route, amount: Decimal, law: Law
) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """What else a need of this amount requires, and what no text in force that day states.

    A formality that is not stated stops neither the others nor the calculation of the procedure.
    """
    lines: list[Line] = []
    unsaid: list[str] = []
    for formality in (_written, _online, _data):
        try:
            lines += formality(route, amount, law)
        except Ungrounded as refusal:
            unsaid.append(f"Une formalité manque. {refusal}")
    return tuple(lines), tuple(unsaid)


def _written(_: Route, amount: Decimal, law: Law) -> Iterator[Line]:
    written = law.stated("écrit")
    limit = f"{euros(written.value)} HT"
    said = (
        f"Contrat : écrit, le besoin atteignant {limit}."
        if amount >= written.value
        else f"Contrat : l'écrit n'est obligatoire qu'à partir de {limit}."
    )
    yield Line(said, (written.ground,))


def _online(route: Route, amount: Decimal, law: Law) -> Iterator[Line]:
    if route is Route.EXEMPT:
        return
    online = law.stated("dossier en ligne")
    if amount >= online.value:
        yield Line(
            "Dossier de consultation : gratuit, sur le profil d'acheteur dès qu'un avis d'appel à "
            f"la concurrence est publié, le besoin atteignant {euros(online.value)} HT.",
            (online.ground,),
        )


def _data(route: Route, amount: Decimal, law: Law) -> Iterator[Line]:
    data = law.stated("données essentielles")
    dispensed = law.stated("données essentielles, marchés dispensés")
    limit = data if amount >= data.value or route is not Route.EXEMPT else dispensed
    if amount < limit.value:
        return
    months = law.stated("données essentielles, délai")
    yield Line(
        f"Données essentielles : à publier dans les {number(months.value)} mois de la "
        f"notification, la valeur atteignant {euros(limit.value)} HT.",
        (limit.ground, months.ground),
    )
    if limit is dispensed:
        grounds = (law.stated("données essentielles, liste annuelle").ground,)
        yield Line("Une liste annuelle des marchés peut en tenir lieu.", grounds)
