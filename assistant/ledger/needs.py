"""Needs: what was bought of one category, against the thresholds, and what could be pooled."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from assistant.calculators.calculation import Buyer, Nature
from assistant.calculators.constants import Law
from assistant.calculators.procedure import european, exemption
from assistant.errors import Ungrounded
from assistant.ledger.purchases import Contract, Group, groups
from assistant.ledger.tables import Format, LedgerTable, TableColumn, tabulated
from assistant.question.language import fold_text

# Thresholds of supplies and services on any day, as the texts in force that day state them.

LawOf = Callable[[date], Law]
"""The law of a day."""


class PurchaseThresholds:
    """The thresholds of a kind of buyer by day, each day read once."""

    def __init__(self, law_of: LawOf, buyer: Buyer) -> None:
        self._buyer = buyer
        self._stated = cache(lambda name, day: _stated(name, law_of(day)))

    def exemption(self, day: date) -> Decimal | None:
        """The amount below which there is no publicity; None where no text in force says it."""
        return self._stated(exemption(Nature.SUPPLIES), day)

    def european(self, day: date) -> Decimal | None:
        """The amount from which the procedure is formalised; None where no text says it."""
        return self._stated(european(Nature.SUPPLIES, self._buyer), day)


def _stated(name: str, law: Law) -> Decimal | None:
    try:
        return law.stated(name).value
    except Ungrounded:
        return None


# Needs: what a buyer bought of one category in a year, against the thresholds of those days.
#
# Supplies and services are estimated by homogeneous category (R2121-6), for which the CPV group
# stands here, or alike subjects where there is no code; the buyer's own list may cut otherwise.
# Works are estimated by operation (R2121-5), which no published figure names, and are left out.

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


def thresholds(limits: PurchaseThresholds) -> tuple[Threshold, ...]:
    """Those below which a lighter procedure is open, the lowest first."""
    free = ("sans publicite",)
    return (
        Threshold("dispense de publicité", free, limits.exemption),
        Threshold("procédure formalisée", (*free, "adaptee"), limits.european),
    )


def split_needs(found: Sequence[Contract], limits: PurchaseThresholds) -> tuple[Need, ...]:
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
    for group in groups(
        [each for each in fit if not each.family], lambda one: one.buyer, _are_of_one_year
    ):
        yield f"objets proches : {' '.join(group.words)}…", group.contracts


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
    said = fold_text(contract.procedure)
    if not said:
        return _PART.search(fold_text(contract.subject)) is None
    return any(each in said for each in threshold.procedures)


# Pooling: needs that several buyers had at about the same time, and could have bought together.

POOLING_METHOD = (
    "Rapprochés : marchés d'acheteurs différents, notifiés à 180 jours au plus l'un de l'autre, de "
    "même groupe CPV quand il est connu, dont les objets ont au moins deux mots porteurs et la "
    "moitié de leurs mots porteurs en commun. Les travaux, liés à un lieu, sont laissés de côté, "
    "reconnus à leurs mots quand ni code ni nature ne le disent."
)

_CLOSE = timedelta(days=180)


def opportunities(found: Sequence[Contract]) -> tuple[Group, ...]:
    """Groups of alike contracts of several buyers, those of the most first."""
    fit = [each for each in found if each.buyer and not each.is_works]
    every = groups(fit, lambda one: one.family, _are_near)
    return tuple(sorted(every, key=lambda each: (-len(each.buyers), -each.amount, each.words)))


def _are_near(one: Contract, other: Contract) -> bool:
    if one.buyer == other.buyer or one.notified is None or other.notified is None:
        return False
    return abs(one.notified - other.notified) <= _CLOSE


# Both as tables.


def pooling_table(found: Sequence[Contract]) -> LedgerTable:
    """Alike purchases of several buyers."""
    return tabulated(
        "Achats à mutualiser",
        opportunities(found),
        lambda each: tuple(one.id for one in each.contracts),
        (POOLING_METHOD,),
        {
            TableColumn("Mots communs"): lambda each: " ".join(each.words),
            TableColumn("Acheteurs", Format.COUNT): lambda each: len(each.buyers),
            TableColumn("Marchés", Format.COUNT): lambda each: len(each.contracts),
            TableColumn("Montant HT", Format.EUROS): lambda each: each.amount,
            TableColumn("Du", Format.DATE): lambda each: each.days[0],
            TableColumn("Au", Format.DATE): lambda each: each.days[1],
            TableColumn("Par exemple"): lambda each: each.contracts[0].subject,
        },
    )


def needs_table(found: Sequence[Contract], limits: PurchaseThresholds) -> LedgerTable:
    """Needs bought in parts below a threshold that their sum reaches."""
    return tabulated(
        "Risques de fractionnement",
        split_needs(found, limits),
        lambda each: tuple(one.id for one in each.contracts),
        (METHOD,),
        {
            TableColumn("Acheteur"): lambda each: each.buyer,
            TableColumn("Catégorie", Format.WORDS): lambda each: each.category,
            TableColumn("Marchés", Format.COUNT): lambda each: len(each.contracts),
            TableColumn("Cumul HT", Format.EUROS): lambda each: each.amount,
            TableColumn("Seuil", Format.WORDS): lambda each: each.threshold,
            TableColumn("Montant du seuil", Format.EUROS): lambda each: each.limit,
            TableColumn("Atteint", Format.DATE): lambda each: each.reached,
            TableColumn("Par exemple"): lambda each: each.contracts[0].subject,
        },
    )
