"""Needs: what a buyer bought of one category in a year, against the thresholds of those days.

Supplies and services are estimated by homogeneous category (R2121-6), for which the CPV group
stands here, or alike subjects where there is no code; the buyer's own list may cut otherwise. Works
are estimated by operation (R2121-5), which no published figure names, and are left out.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assistant.ledger.likeness import groups
from assistant.ledger.limits import Limits
from assistant.ledger.purchases import Contract
from assistant.words import plain

METHOD = (
    "Catégorie homogène (R2121-6) approchée par le groupe CPV (trois chiffres) ou, sans code, par "
    "des objets proches ; année de notification ; montants HT initiaux, un marché compté une fois. "
    "Signalé : au moins deux marchés, chacun sous un seuil du jour de sa notification et passé par "
    "une procédure plus légère ou inconnue, dont le cumul atteint ce seuil. Laissés de "
    "côté : les travaux, estimés par opération (R2121-5), reconnus à leurs mots quand ni code ni "
    "nature ne le disent ; et, sans procédure connue, les lots et les marchés subséquents, qui "
    "relèvent d'une consultation dont la valeur est estimée en entier. À vérifier sur les pièces."
)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold, and how the procedures that are only open below it are named, in folded words.

    `limit` is that of a day.
    """

    name: str
    procedures: tuple[str, ...]
    limit: Callable[[date], Decimal | None]


@dataclass(frozen=True, slots=True)
class Need:
    """Contracts of one buyer, category and year, each below a threshold that their sum reaches.

    `limit` is the threshold on `reached`, the day on which the sum reached it.
    """

    threshold: str
    category: str
    contracts: tuple[Contract, ...]
    amount: Decimal
    limit: Decimal
    reached: date

    @property
    def buyer(self) -> str:
        """Who bought."""
        return self.contracts[0].buyer_name


def thresholds(limits: Limits) -> tuple[Threshold, ...]:
    """Those below which a lighter procedure is open, the lowest first."""
    free = ("sans publicite",)
    return (
        Threshold("dispense de publicité", free, limits.exemption),
        Threshold("procédure formalisée", (*free, "adaptee"), limits.european),
    )


def split_needs(found: Sequence[Contract], limits: Limits) -> tuple[Need, ...]:
    """The needs that were bought in parts below a threshold, the largest first."""
    needs = [
        need
        for category, contracts in _categories(found)
        for threshold in thresholds(limits)
        for need in _needs(category, contracts, threshold)
    ]
    return tuple(sorted(needs, key=lambda need: (-need.amount, need.category, need.threshold)))


def _categories(found: Sequence[Contract]) -> Iterator[tuple[str, Sequence[Contract]]]:
    """The contracts of each buyer and year by category, with its name."""
    fit = [
        each for each in found if each.amount and each.notified and each.buyer and not each.is_works
    ]
    by_family: dict[tuple[str, str, int], list[Contract]] = defaultdict(list)
    for each in fit:
        if each.family and each.notified:
            by_family[each.buyer, each.family, each.notified.year].append(each)
    for (_, family, _), contracts in by_family.items():
        yield f"CPV {family}", contracts
    for group in groups([each for each in fit if not each.family], _buyer, _are_of_one_year):
        yield f"objets proches : {' '.join(group.words)}…", group.contracts


def _buyer(contract: Contract) -> str:
    return contract.buyer


def _are_of_one_year(one: Contract, other: Contract) -> bool:
    if one.notified is None or other.notified is None:
        return False
    return one.buyer == other.buyer and one.notified.year == other.notified.year


def _needs(category: str, found: Sequence[Contract], threshold: Threshold) -> Iterator[Need]:
    """The need that these contracts make, when their sum reaches a threshold that none does."""
    parts, whole, reached = [], Decimal(0), None
    for each in found:
        amount, day = each.amount, each.notified
        if amount is None or day is None or not _is_lighter(each, threshold):
            continue
        limit = threshold.limit(day)
        if limit is None or amount >= limit:
            continue
        parts.append(each)
        whole += amount
        if reached is None and whole >= limit:
            reached = day, limit
    if reached:
        day, limit = reached
        yield Need(threshold.name, category, tuple(parts), whole, limit, day)


_PART = re.compile(r"(?<![a-z])(?:lots?|l(?=\d)|ms|msp|secteurs?|zones?)(?![a-z])|subsequent")
"""What names, in the subject, a part of a consultation or of a framework agreement."""


def _is_lighter(contract: Contract, threshold: Threshold) -> bool:
    said = plain(contract.procedure)
    if not said:
        return _PART.search(plain(contract.subject)) is None
    return any(each in said for each in threshold.procedures)
