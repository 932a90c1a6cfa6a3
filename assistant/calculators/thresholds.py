"""Thresholds: the constants that limit a procedure, and amounts compared with them. Pure."""

from decimal import Decimal

from assistant.calculators.amounts import euros, percent
from assistant.calculators.calculation import Line, Stated
from assistant.calculators.situation import Buyer, Nature

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


def european(nature: Nature, buyer: Buyer) -> str:
    """The constant from which a need follows a procédure formalisée."""
    if nature is Nature.WORKS:
        return (
            "seuil européen, travaux d'une entité adjudicatrice"
            if buyer is Buyer.ENTITY
            else "seuil européen, travaux"
        )
    return f"seuil européen, {_EUROPEAN.get(buyer, 'autre pouvoir adjudicateur')}"


def compared(subject: str, value: Decimal, limit: Stated, what: str) -> Line:
    """On which side of a threshold an amount falls; one that is equal is not below."""
    side = "inférieur" if value < limit.value else "égal ou supérieur"
    said = f"{subject} de {without_tax(value)} : {side} à {without_tax(limit.value)}, {what}."
    return Line(said, (limit.ground,))


def small_enough(
    need: Decimal, lot: Decimal, limit: Stated, part: Stated, way: str
) -> tuple[tuple[Line, Line], bool]:
    """Whether a lot is below its limit, and alone within the part that such lots have together."""
    ceiling = need * part.value / 100
    verdict = "ce lot y tient" if lot <= ceiling else "ce lot les dépasse à lui seul"
    together = (
        f"Les lots passés {way} n'excèdent pas ensemble {percent(part.value)} de tous les lots, "
        f"soit {without_tax(ceiling)} : {verdict}."
    )
    steps = (compared("Lot", lot, limit, f"limite d'un lot {way}"), Line(together, (part.ground,)))
    return steps, lot < limit.value and lot <= ceiling


def without_tax(amount: Decimal) -> str:
    """An amount in French, said to be without tax."""
    return f"{euros(amount)} HT"
