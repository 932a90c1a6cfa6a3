"""Purchases: the contracts of the ledger, each once however many hold it, alike by their subjects.

Two subjects are alike when they share at least two meaningful words, and half of all they have.
"""

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from assistant.ledger.query.plan import PeriodStep, Plan, PlanMeasure, Population, rows_of
from assistant.ledger.query.result import computed_cuts
from assistant.ledger.query.wording import figures
from assistant.ledger.tables import Format, LedgerTable, TableColumn
from assistant.question.language import find_stems, fold_text
from ingestion.ledger.embedded import Ledger
from ingestion.library.corpus import CORPUS


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
