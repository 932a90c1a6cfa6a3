"""Suppliers: their volume, frequency and weight in CPV families, and how concentrated these are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from assistant.ledger.purchases import Held
from assistant.ledger.tables import Format, LedgerTable, TableColumn, tabulated

_STRATEGIC, _TAIL = 80, 95
_FREQUENT = 3
_DEPENDENT = 50
_CONCENTRATED, _MODERATE = 2500, 1500
_ONE, _CENT = Decimal(1), Decimal("0.01")

METHOD = (
    "Volume : les titulaires qui font ensemble 80 % des montants (A), jusqu'à 95 % (B), le reste "
    "(C). Fréquence : récurrent à partir de trois marchés. Dépendance : part du titulaire seul "
    "dans le groupe CPV où il pèse le plus, forte à partir de 50 %. Un groupement est compté comme "
    "un titulaire à part : son montant n'est jamais réparti ni compté deux fois. Montants de la "
    "notification ; un marché sans titulaire connu est laissé de côté."
)

CONCENTRATED = (
    "Concentration : indice de Herfindahl-Hirschman, somme des carrés des parts en pour cent ; "
    "forte à partir de 2 500, moyenne à partir de 1 500. Montants de la notification ; sont "
    "laissés de côté les marchés sans titulaire, sans code CPV ou sans montant."
)


@dataclass(frozen=True, slots=True)
class SupplierSegment:
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


def segments(found: Sequence[Held]) -> tuple[SupplierSegment, ...]:
    """Each supplier, the largest first."""
    held: dict[str, list[Held]] = defaultdict(list)
    for each in found:
        held[each.holders].append(each)
    amounts = {holders: sum(each.cents for each in some) for holders, some in held.items()}
    whole = sum(amounts.values())
    dependences = _dependences(found)
    segments, before = [], 0
    for holders in sorted(held, key=lambda holders: (-amounts[holders], holders)):
        family, dependence = dependences.get(holders, ("", 0))
        segments.append(
            SupplierSegment(
                held[holders][0].holder_names,
                tuple(each.id for each in held[holders]),
                _euros(amounts[holders]),
                _volume(before, whole),
                len(held[holders]) >= _FREQUENT,
                family,
                dependence,
            )
        )
        before += amounts[holders]
    return tuple(segments)


def concentrations(found: Sequence[Held]) -> tuple[Concentration, ...]:
    """The CPV families by their amount, the largest first; without code or price, none."""
    contracts: dict[str, list[str]] = defaultdict(list)
    for each in found:
        if each.family and each.cents > 0:
            contracts[each.family].append(each.id)
    amounts: dict[str, list[int]] = defaultdict(list)
    for (family, _), cents in _amounts(found).items():
        amounts[family].append(cents)
    every = [_concentration(family, contracts[family], each) for family, each in amounts.items()]
    return tuple(sorted(every, key=lambda one: (-one.amount, one.family)))


def _concentration(family: str, contracts: Sequence[str], amounts: Sequence[int]) -> Concentration:
    whole = sum(amounts)
    index = sum(((Decimal(100 * amount) / whole) ** 2 for amount in amounts), Decimal(0))
    return Concentration(family, len(amounts), tuple(contracts), _euros(whole), _rounded(index))


def _dependences(found: Iterable[Held]) -> dict[str, tuple[str, int]]:
    """The family in which each supplier weighs most, the first of equals, and its share there."""
    amounts = _amounts(found)
    whole: dict[str, int] = defaultdict(int)
    for (family, _), cents in amounts.items():
        whole[family] += cents
    most: dict[str, tuple[str, int]] = {}
    for (family, holders), cents in amounts.items():
        share = _rounded(Decimal(100 * cents) / whole[family])
        if share > most.get(holders, ("", -1))[1]:
            most[holders] = family, share
    return most


def _amounts(found: Iterable[Held]) -> dict[tuple[str, str], int]:
    """The cents of each family from each supplier, of contracts that have a price."""
    amounts: dict[tuple[str, str], int] = defaultdict(int)
    for _, holders, _, family, cents in found:
        if family and cents > 0:
            amounts[family, holders] += cents
    return amounts


def _volume(before: int, whole: int) -> str:
    """The class of a supplier before which the larger ones make so much."""
    if not whole or 100 * before >= _TAIL * whole:
        return "C"
    return "A" if 100 * before < _STRATEGIC * whole else "B"


def _euros(cents: int) -> Decimal:
    return Decimal(cents) * _CENT


def _rounded(value: Decimal) -> int:
    return int(value.quantize(_ONE, ROUND_HALF_UP))


def supplier_tables(found: Sequence[Held]) -> tuple[LedgerTable, LedgerTable]:
    """Segments of suppliers, and the concentration of each CPV family."""
    return _segment_table(segments(found)), _concentration_table(concentrations(found))


def _segment_table(found: Sequence[SupplierSegment]) -> LedgerTable:
    return tabulated(
        "Titulaires",
        found,
        lambda each: each.contracts,
        (METHOD,),
        {
            TableColumn("Titulaire"): lambda each: each.name,
            TableColumn("Montant HT", Format.EUROS): lambda each: each.amount,
            TableColumn("Volume"): lambda each: each.volume,
            TableColumn("Marchés", Format.COUNT): lambda each: len(each.contracts),
            TableColumn("Fréquence", Format.WORDS): lambda each: (
                "récurrent" if each.is_frequent else "ponctuel"
            ),
            TableColumn("Groupe CPV"): lambda each: each.family,
            TableColumn("Part du groupe", Format.PERCENT): lambda each: each.dependence,
            TableColumn("Dépendance", Format.WORDS): lambda each: (
                "forte" if each.is_dependent else ""
            ),
        },
    )


def _concentration_table(found: Sequence[Concentration]) -> LedgerTable:
    return tabulated(
        "Concentration par groupe CPV",
        found,
        lambda each: each.contracts,
        (CONCENTRATED,),
        {
            TableColumn("Groupe CPV"): lambda each: each.family,
            TableColumn("Titulaires", Format.COUNT): lambda each: each.suppliers,
            TableColumn("Montant HT de ces titulaires", Format.EUROS): lambda each: each.amount,
            TableColumn("Indice HHI", Format.COUNT): lambda each: each.index,
            TableColumn("Concentration", Format.WORDS): lambda each: each.degree,
        },
    )
