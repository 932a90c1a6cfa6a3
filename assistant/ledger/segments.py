"""Segments of suppliers: volume, frequency, dependence of the buyer, concentration of families."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from assistant.ledger.purchases import Contract

_STRATEGIC, _TAIL = 80, 95
_FREQUENT = 3
_DEPENDENT = 50
_CONCENTRATED, _MODERATE = 2500, 1500
_ONE = Decimal(1)

METHOD = (
    "Volume : les titulaires qui font ensemble 80 % des montants (A), jusqu'à 95 % (B), le reste "
    "(C). Fréquence : récurrent à partir de trois marchés. Dépendance : part du titulaire seul "
    "dans le groupe CPV où il pèse le plus, forte à partir de 50 %. Un groupement est compté comme "
    "un titulaire à part : son montant n'est jamais réparti ni compté deux fois. Concentration : "
    "indice de Herfindahl-Hirschman, somme des carrés des parts en pour cent ; forte à partir de "
    "2 500, moyenne à partir de 1 500."
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A supplier or a group of them; `dependence` is its share in `family`, in percent.

    `amount` is in euros without tax; None where no contract of its own has one.
    """

    name: str
    contracts: tuple[str, ...]
    amount: Decimal | None
    volume: str
    is_frequent: bool
    family: str
    dependence: int

    @property
    def is_dependent(self) -> bool:
        """Whether most of a family is bought from it."""
        return self.dependence >= _DEPENDENT


@dataclass(frozen=True, slots=True)
class Concentration:
    """The Herfindahl-Hirschman index of a CPV family, from near 0 to 10 000."""

    family: str
    suppliers: int
    contracts: tuple[str, ...]
    amount: Decimal
    index: int

    @property
    def degree(self) -> str:
        """How concentrated it is, in French."""
        if self.index >= _CONCENTRATED:
            return "forte"
        return "moyenne" if self.index >= _MODERATE else "faible"


def segments(found: Sequence[Contract]) -> tuple[Segment, ...]:
    """Each supplier, the largest first; contracts without holder have none."""
    held = _by_holders(found)
    amounts = {holders: _sum(each) for holders, each in held.items()}
    whole = sum(amounts.values(), Decimal(0))
    dependences = _dependences(found)
    segments, before = [], Decimal(0)
    for holders in sorted(held, key=lambda holders: (-amounts[holders], holders)):
        family, dependence = dependences.get(holders, ("", 0))
        segments.append(
            Segment(
                held[holders][0].holder_names,
                tuple(each.id for each in held[holders]),
                amounts[holders],
                _volume(before, whole),
                len(held[holders]) >= _FREQUENT,
                family,
                dependence,
            )
        )
        before += amounts[holders]
    return tuple(segments)


def concentrations(found: Iterable[Contract]) -> tuple[Concentration, ...]:
    """The CPV families by their amount, the largest first; without code or amount, none."""
    by_family: dict[str, list[Contract]] = defaultdict(list)
    for each in found:
        if each.family and each.amount and each.holders:
            by_family[each.family].append(each)
    every = [_concentration(family, each) for family, each in by_family.items()]
    return tuple(sorted(every, key=lambda one: (-one.amount, one.family)))


def _concentration(family: str, found: Sequence[Contract]) -> Concentration:
    amounts = [_sum(each) for each in _by_holders(found).values()]
    whole = sum(amounts, Decimal(0))
    index = sum(((100 * amount / whole) ** 2 for amount in amounts), Decimal(0))
    contracts = tuple(each.id for each in found)
    return Concentration(family, len(amounts), contracts, whole, _rounded(index))


def _by_holders(found: Iterable[Contract]) -> dict[str, list[Contract]]:
    held: dict[str, list[Contract]] = defaultdict(list)
    for each in found:
        if each.holders:
            held[each.holders].append(each)
    return held


def _dependences(found: Iterable[Contract]) -> dict[str, tuple[str, int]]:
    """The family in which each supplier weighs most, the first of equals, and its share there."""
    most: dict[str, tuple[str, int]] = {}
    for (family, holders), share in _shares(found).items():
        if share > most.get(holders, ("", -1))[1]:
            most[holders] = family, share
    return most


def _shares(found: Iterable[Contract]) -> dict[tuple[str, str], int]:
    """The share in percent of each supplier in each family."""
    amounts: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    families: dict[str, Decimal] = defaultdict(Decimal)
    for each in found:
        if each.family and each.amount and each.holders:
            amounts[each.family, each.holders] += each.amount
            families[each.family] += each.amount
    return {key: _rounded(100 * amount / families[key[0]]) for key, amount in amounts.items()}


def _volume(before: Decimal, whole: Decimal) -> str:
    """The class of a supplier before which the larger ones make so much."""
    if not whole or 100 * before >= _TAIL * whole:
        return "C"
    return "A" if 100 * before < _STRATEGIC * whole else "B"


def _sum(found: Iterable[Contract]) -> Decimal:
    return sum((each.amount for each in found if each.amount), Decimal(0))


def _rounded(value: Decimal) -> int:
    return int(value.quantize(_ONE, ROUND_HALF_UP))
