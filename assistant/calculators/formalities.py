"""Formalities of an award: publicity, dossier online, written contract, essential data. Pure."""

from collections.abc import Iterator
from decimal import Decimal

from assistant.calculators.amounts import euros, numeral
from assistant.calculators.calculation import Buyer, CalculationLine, Route, says
from assistant.calculators.constants import Law
from assistant.errors import Ungrounded

_PUBLIC_BODIES = frozenset({Buyer.STATE, Buyer.LOCAL, Buyer.HOSPITAL})
"""Those whose publicity articles R2131-12 and R2131-16 (1°) govern."""


def is_announced(route: Route, amount: Decimal, buyer: Buyer, law: Law) -> bool | None:
    """Whether a notice is due in the BOAMP, or in a journal of legal notices that may stand for it.

    None for buyers whose publicity other rules govern.
    """
    if route is Route.EXEMPT:
        return False
    if buyer not in _PUBLIC_BODIES:
        return None
    return route is Route.FORMALISED or amount >= law.stated("publicité libre").value


def adapted_publicity(amount: Decimal, buyer: Buyer, law: Law) -> CalculationLine:
    """Where a procédure adaptée is announced, for a need of this amount without tax."""
    if buyer not in _PUBLIC_BODIES:
        stated = law.stated("publicité libre des autres acheteurs")
        return says(
            "Publicité : librement choisie, selon le montant et la nature du marché.", stated
        )
    free = law.stated("publicité libre")
    if amount < free.value:
        return says(
            f"Publicité : librement adaptée, le besoin étant inférieur à {euros(free.value)} HT.",
            free,
        )
    announced = law.stated("publicité nationale")
    return says(
        "Publicité : un avis au BOAMP ou dans un journal d'annonces légales, le besoin atteignant "
        f"{euros(announced.value)} HT ; et, si le marché le justifie, dans un journal spécialisé "
        "ou au JOUE.",
        announced,
    )


def formal_publicity(buyer: Buyer, law: Law) -> CalculationLine:
    """Where a procédure formalisée is announced."""
    if buyer in _PUBLIC_BODIES:
        stated = law.stated("publicité européenne et nationale")
        return says("Publicité : un avis de marché au BOAMP et au JOUE.", stated)
    return says("Publicité : un avis de marché au JOUE.", law.stated("publicité européenne"))


def social_publicity(law: Law) -> CalculationLine:
    """Where social and other specific services are announced, below and from their threshold."""
    below, above = (
        law.stated("publicité des services sociaux"),
        law.stated("publicité européenne des services sociaux"),
    )
    return says(
        "Publicité : adaptée au montant et à la nature des services sous le seuil européen qui "
        "leur est propre ; à partir de ce seuil, un avis au JOUE.",
        below,
        above,
    )


def formalities(
    route: Route, amount: Decimal, law: Law
) -> tuple[tuple[CalculationLine, ...], tuple[str, ...]]:
    """What else a need of this amount requires, and what no text in force that day states.

    A formality that is not stated stops neither the others nor the calculation of the procedure.
    """
    lines: list[CalculationLine] = []
    unsaid: list[str] = []
    for formality in (_written, _online, _data):
        try:
            lines += formality(route, amount, law)
        except Ungrounded as refusal:
            unsaid.append(f"Une formalité manque. {refusal}")
    return tuple(lines), tuple(unsaid)


def _written(_: Route, amount: Decimal, law: Law) -> Iterator[CalculationLine]:
    written = law.stated("écrit")
    limit = f"{euros(written.value)} HT"
    said = (
        f"Contrat : écrit, le besoin atteignant {limit}."
        if amount >= written.value
        else f"Contrat : l'écrit n'est obligatoire qu'à partir de {limit}."
    )
    yield says(said, written)


def _online(route: Route, amount: Decimal, law: Law) -> Iterator[CalculationLine]:
    if route is Route.EXEMPT:
        return
    online = law.stated("dossier en ligne")
    if amount >= online.value:
        yield says(
            "Dossier de consultation : gratuit, sur le profil d'acheteur dès qu'un avis d'appel à "
            f"la concurrence est publié, le besoin atteignant {euros(online.value)} HT.",
            online,
        )


def _data(route: Route, amount: Decimal, law: Law) -> Iterator[CalculationLine]:
    data = law.stated("données essentielles")
    dispensed = law.stated("données essentielles, marchés dispensés")
    limit = data if amount >= data.value or route is not Route.EXEMPT else dispensed
    if amount < limit.value:
        return
    months = law.stated("données essentielles, délai")
    yield says(
        f"Données essentielles : à publier dans les {numeral(months.value)} mois de la "
        f"notification, la valeur atteignant {euros(limit.value)} HT.",
        limit,
        months,
    )
    if limit is dispensed:
        stated = law.stated("données essentielles, liste annuelle")
        yield says("Une liste annuelle des marchés peut en tenir lieu.", stated)
