"""Purchases: the contracts of the ledger, alike by their subjects, and who holds them."""

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import NamedTuple

from assistant.ledger.query.plan import PeriodStep, Plan, PlanMeasure, Population, rows_of
from assistant.ledger.query.result import computed_cuts
from assistant.ledger.query.wording import figures
from assistant.ledger.tables import Format, LedgerTable, TableColumn, tabulated
from assistant.question.language import find_stems, fold_text
from ingestion.ledger.embedded import Ledger
from ingestion.library.library import CORPUS

# Works by the words of their subject, where neither code nor nature says what a contract is.


def is_worded_as_works(subject: str) -> bool:
    """Whether a subject names a trade of building, and nothing that is done without building."""
    says, unless, even_so = _patterns()
    words = fold_text(subject)
    if even_so.search(words):
        return True
    return says.search(words) is not None and unless.search(words) is None


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    table = tomllib.loads((CORPUS / "registre" / "travaux.toml").read_text(encoding="utf-8"))
    says, unless, even_so = (
        re.compile(rf"(?<!\w)(?:{'|'.join(table[name])})(?!\w)")
        for name in ("says", "unless", "even_so")
    )
    return says, unless, even_so


# Purchases: the contracts of the ledger, each once however many hold it.

_FAMILY = "CASE WHEN length(cpv) >= 3 THEN left(cpv, 3) ELSE '' END"
"""The group of a CPV code, by its first digits; "" where it is not known."""

_CONTRACT = f"""
SELECT id, coalesce(buyer, ''), coalesce(buyer_name, buyer, ''), coalesce(subject, ''),
    coalesce(procedure, ''), coalesce(category, ''), {_FAMILY}, amount, notified
"""
_REPEATED = f"""
SELECT *, count(*) OVER (
    PARTITION BY buyer, {_FAMILY}, extract(year FROM notified)
) AS alike
FROM ({{rows}}) AS counted
WHERE buyer <> '' AND amount <> 0 AND notified IS NOT NULL AND coalesce(category, '') <> 'travaux'
"""


class Contract(NamedTuple):
    """A contract, and its amount without tax.

    A tuple, as there are as many as rows.
    """

    id: str
    buyer: str
    buyer_name: str
    subject: str
    procedure: str
    category: str
    family: str
    amount: Decimal | None
    notified: date | None

    @property
    def is_works(self) -> bool:
        """Whether its code says works, without code its nature, without nature its words."""
        return self.category == "travaux" or (
            not self.category and is_worded_as_works(self.subject)
        )


class Held(NamedTuple):
    """A contract that someone holds, the key and the names of who does, and its amount in cents."""

    id: str
    holders: str
    holder_names: str
    family: str
    cents: int


def contracts(ledger: Ledger) -> tuple[Contract, ...]:
    """Every contract, in the order of their notification."""
    rows = ledger.rows(f"{_CONTRACT} FROM ({_rows()}) AS counted ORDER BY notified, id")
    return tuple(map(Contract._make, rows))


def repeated(ledger: Ledger) -> tuple[Contract, ...]:
    """The contracts that are not works, but those whose CPV group was bought once that year."""
    fit = _REPEATED.format(rows=_rows())
    rows = ledger.rows(
        f"{_CONTRACT} FROM ({fit}) AS fit WHERE {_FAMILY} = '' OR alike > 1 ORDER BY notified, id"
    )
    return tuple(map(Contract._make, rows))


def held_contracts(ledger: Ledger) -> tuple[Held, ...]:
    """Every contract that someone holds, in the order of their notification."""
    rows = ledger.rows(
        f"SELECT id, supplier, coalesce(supplier_name, ''), {_FAMILY}, "
        f"CAST(100 * coalesce(amount, 0) AS BIGINT) FROM ({_rows()}) AS counted "
        "WHERE supplier <> '' ORDER BY notified, id"
    )
    return tuple(map(Held._make, rows))


def _rows() -> str:
    return rows_of(Population.PURCHASES).sql


# Likeness of purchases by the words of their subjects. Pure.
#
# Two subjects are alike when they share at least two meaningful words, and half of all they have.

_EMPTY = find_stems(
    "lot lots marché accord cadre accords-cadres prestation prestations travaux service services "
    "fourniture fournitures commune ville mairie département relance subséquent années annuel no "
    "bons commande groupement mapa msp secteur zone partie besoins"
)
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_WORDS, _LEAST_SHARE = 2, 0.5
_COMMON = 200
"""Contracts that have a word beyond which it no longer leads from one to another."""


@dataclass(frozen=True, slots=True)
class Group:
    """Contracts alike one of them, in the order given, and the words that most of them have.

    Words are written as most subjects have them, in the order of the first one.
    """

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


def groups(
    found: Sequence[Contract],
    part: Callable[[Contract], str],
    are_near: Callable[[Contract, Contract], bool],
) -> tuple[Group, ...]:
    """Groups of alike contracts that may go together, each contract in one at most.

    Contracts go together that are near, and of the same part, or of the part "" that goes with all.
    The contract that most others are alike makes the first group; nothing is alike through a third.
    """
    words = [_words(each) for each in found]
    alike: dict[int, set[int]] = defaultdict(set)
    for one, other in _candidates(words, [part(each) for each in found]):
        if _are_alike(words[one], words[other]) and are_near(found[one], found[other]):
            alike[one].add(other)
            alike[other].add(one)
    return tuple(
        Group(
            tuple(found[place] for place in sorted(places)),
            _shared([found[place].subject for place in sorted(places)]),
        )
        for places in _stars(alike)
    )


def _words(contract: Contract) -> frozenset[str]:
    return frozenset(word for word in find_stems(contract.subject) - _EMPTY if not word.isdecimal())


def _shared(subjects: Sequence[str]) -> tuple[str, ...]:
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for subject in subjects:
        for word in dict.fromkeys(_WORD.findall(subject.lower())):
            for stem in find_stems(word) - _EMPTY:
                spellings[stem][word] += 1
    most = {stem: each for stem, each in spellings.items() if 2 * each.total() > len(subjects)}
    return tuple(each.most_common(1)[0][0] for each in most.values())


def _candidates(words: Sequence[frozenset[str]], parts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The places of a part that share a word which is not everywhere, each pair once.

    Where half of all words are shared, the rarest of those is among the rarest half of either's.
    """
    counts = Counter(word for each in words for word in each)
    rank = {word: rank for rank, word in enumerate(sorted(counts, key=lambda w: (counts[w], w)))}
    places: dict[str, dict[str, set[int]]] = {
        word: defaultdict(set) for word, count in counts.items() if 1 < count <= _COMMON
    }
    for place, (each, part) in enumerate(zip(words, parts, strict=True)):
        rarest = sorted(each, key=rank.__getitem__)[: len(each) // 2 + 1]
        rare = [places[word] for word in rarest if word in places]
        met = (by_part[one] for by_part in rare for one in ({part, ""} if part else [*by_part]))
        yield from ((place, other) for other in set[int]().union(*met))
        for by_part in rare:
            by_part[part].add(place)


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = len(one & other)
    return shared >= _LEAST_WORDS and shared >= _LEAST_SHARE * len(one | other)


def _stars(alike: Mapping[int, set[int]]) -> Iterator[set[int]]:
    """Places around one that they are all alike, the most numerous first."""
    taken: set[int] = set()
    for centre in sorted(alike, key=lambda place: (-len(alike[place]), place)):
        star = {centre, *alike[centre]} - taken
        if centre not in taken and len(star) > 1:
            taken |= star
            yield star


# Segments of suppliers: volume, frequency, dependence of the buyer, concentration of families.

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
    """The CPV families by their amount, the largest first; without code or amount, none."""
    contracts: dict[str, list[str]] = defaultdict(list)
    for each in found:
        if each.family and each.cents:
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
    """The cents of each family from each supplier, where they are known."""
    amounts: dict[tuple[str, str], int] = defaultdict(int)
    for _, holders, _, family, cents in found:
        if family and cents:
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


# What was spent, and on whom, as tables.

_FIRST = 15
_CUTS = tuple(
    Plan(PlanMeasure.SUM, Population.PURCHASES, "amount", group=group, step=step, limit=limit)
    for group, step, limit in (
        (None, None, None),
        ("notified", PeriodStep.YEAR, None),
        ("procedure", None, None),
        ("family", None, _FIRST),
        ("buyer", None, _FIRST),
        ("supplier", None, _FIRST),
    )
)
_DOUBTS = """
SELECT code, min(sentence), count(*) FROM remark JOIN file ON sha256 = file
WHERE kind = 'purchases' GROUP BY code ORDER BY count(*) DESC, code
"""
_DOUBTED = "Une réserve par ligne ou valeur que l'import signale, comptée sous sa règle."


def summary_tables(ledger: Ledger, today: date) -> tuple[LedgerTable, ...]:
    """What was spent: in all, by year, procedure, CPV, buyer and supplier; and what is doubted."""
    doubts = LedgerTable(
        "Réserves de l'import",
        (
            TableColumn("Règle"),
            TableColumn("Par exemple", Format.WORDS),
            TableColumn("Fois", Format.COUNT),
        ),
        ledger.rows(_DOUBTS),
        notes=(_DOUBTED,),
    )
    return (*map(figures, computed_cuts(_CUTS, ledger, today)), doubts)


def supplier_tables(found: Sequence[Held]) -> tuple[LedgerTable, LedgerTable]:
    """Segments of suppliers, and the concentration of each CPV family."""
    suppliers = tabulated(
        "Titulaires",
        segments(found),
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
    families = tabulated(
        "Concentration par groupe CPV",
        concentrations(found),
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
    return suppliers, families
