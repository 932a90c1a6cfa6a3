"""Pooling: needs that several buyers had at about the same time, and could have bought together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from assistant.ledger.likeness import groups
from assistant.ledger.purchases import Contract

METHOD = (
    "Rapprochés : marchés d'acheteurs différents, notifiés à 180 jours au plus l'un de l'autre, de "
    "même groupe CPV quand il est connu, dont les objets ont au moins deux mots porteurs et la "
    "moitié de leurs mots porteurs en commun. Les travaux, liés à un lieu, sont laissés de côté, "
    "reconnus à leurs mots quand ni code ni nature ne le disent."
)

_CLOSE = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Opportunity:
    """Alike contracts of several buyers, and the words that their subjects share."""

    contracts: tuple[Contract, ...]
    words: tuple[str, ...]

    @property
    def buyers(self) -> tuple[str, ...]:
        """Who bought, each once."""
        return tuple(dict.fromkeys(each.buyer_name for each in self.contracts))

    @property
    def amount(self) -> Decimal:
        """What they spent, in euros without tax."""
        return sum((each.amount for each in self.contracts if each.amount), Decimal(0))

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last notification."""
        days = [each.notified for each in self.contracts if each.notified]
        return min(days), max(days)


def opportunities(found: Sequence[Contract]) -> tuple[Opportunity, ...]:
    """Groups of alike contracts, those of the most buyers first."""
    fit = [each for each in found if each.buyer and not each.is_works]
    every = [Opportunity(each.contracts, each.words) for each in groups(fit, _family, _are_near)]
    return tuple(sorted(every, key=lambda each: (-len(each.buyers), -each.amount, each.words)))


def _family(contract: Contract) -> str:
    return contract.family


def _are_near(one: Contract, other: Contract) -> bool:
    if one.buyer == other.buyer or one.notified is None or other.notified is None:
        return False
    return abs(one.notified - other.notified) <= _CLOSE
