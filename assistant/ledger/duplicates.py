"""Duplicates: the official key, and AuditNet's nine combinations of exact, similar and different.

Similar numbers differ by spelling (case, signs, leading zeros, O for 0), by one character more or
less, or by two neighbours swapped; not by one digit for another, as each number does from the next.
Similar dates are a week apart at most, or have day and month swapped. Similar amounts are within
1 %, or have the same digits.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import combinations

from assistant.calculators.amounts import euros
from assistant.ledger.anomaly import Anomaly, rules
from ingestion.ledger.database import Ledger
from ingestion.ledger.rows import folded

_INVOICES = """
SELECT id, coalesce(supplier_siren, ''), coalesce(supplier_name, ''), number, issued, gross
FROM invoice
WHERE gross IS NOT NULL AND type NOT IN ('261', '381', '396', '502', '503')
ORDER BY issued, id
"""
_REFUSED = """
SELECT concat(file, ' ', "row"), sentence FROM remark JOIN file ON sha256 = file
WHERE code = 'G1.45' AND level = 'refused' AND kind = 'invoices' ORDER BY ALL
"""
_WEEK = 7
_CLOSE = Decimal("0.01")
_folded = cache(folded)
_LOOKALIKES = str.maketrans("OIL", "011")

EXACT, SIMILAR, DIFFERENT = "identique", "proche", "différent"

# Supplier, number, date, amount; those of an exact supplier and number that are otherwise exact are
# one invoice to the ledger, which the official key finds.
_COMBINATIONS = {
    (EXACT, EXACT, EXACT, EXACT): 1,
    (DIFFERENT, EXACT, EXACT, EXACT): 2,
    (EXACT, SIMILAR, EXACT, EXACT): 3,
    (EXACT, EXACT, SIMILAR, EXACT): 4,
    (EXACT, EXACT, EXACT, SIMILAR): 5,
    (EXACT, SIMILAR, EXACT, SIMILAR): 6,
    (EXACT, SIMILAR, SIMILAR, EXACT): 7,
    (EXACT, EXACT, SIMILAR, SIMILAR): 8,
    (DIFFERENT, EXACT, SIMILAR, EXACT): 9,
}


@dataclass(frozen=True, slots=True)
class _Invoice:
    id: str
    siren: str
    name: str
    number: str
    issued: date
    gross: Decimal

    @property
    def supplier(self) -> str:
        return self.siren or _folded(self.name)


def same_keys(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices with the supplier, the number and the year of another.

    Those refused when they were imported, and those whose supplier has its SIREN on one only.
    """
    for place, sentence in ledger.rows(_REFUSED):
        yield Anomaly(rules()["duplicate key"], (), sentence, place)
    for one, other in _pairs(_invoices(ledger), _key):
        if one.name:
            yield _pair("duplicate key", one, other, "même fournisseur, numéro et année")


def near_duplicates(ledger: Ledger) -> Iterator[Anomaly]:
    """Pairs of one of the nine combinations that have not the same key, each once."""
    invoices = _invoices(ledger)
    found = {
        (one.id, other.id): (one, other, combination)
        for key in _KEYS
        for one, other in _pairs(invoices, key)
        if (combination := _combination(one, other)) and _key(one) != _key(other)
    }
    for one, other, combination in found.values():
        yield _pair("near duplicate", one, other, f"combinaison {combination} d'AuditNet")


def _combination(one: _Invoice, other: _Invoice) -> int | None:
    """The number of the combination of two invoices, None when they are not alike enough."""
    alike = (
        EXACT if one.supplier == other.supplier else DIFFERENT,
        _numbers(one.number, other.number),
        _dates(one.issued, other.issued),
        _amounts(one.gross, other.gross),
    )
    return _COMBINATIONS.get(alike)


# Every combination has two exact parts that few invoices share: pairs are met there only. As a
# supplier may have one amount each month, its days are parted too, twice: a week is whole in one.
_KEYS: tuple[Callable[[_Invoice], Hashable], ...] = (
    lambda each: (each.supplier, each.number),
    lambda each: (each.number, each.gross),
    lambda each: (each.supplier, each.issued),
    lambda each: (each.supplier, each.gross, each.issued.toordinal() // (2 * _WEEK + 2)),
    lambda each: (
        each.supplier,
        each.gross,
        (each.issued.toordinal() + _WEEK + 1) // (2 * _WEEK + 2),
    ),
    lambda each: (each.supplier, each.gross, each.issued.year, _day_and_month(each.issued)),
)


def _day_and_month(day: date) -> frozenset[int]:
    return frozenset({day.day, day.month})


def _key(each: _Invoice) -> Hashable:
    return _folded(each.name), each.number.upper(), each.issued.year


def _invoices(ledger: Ledger) -> list[_Invoice]:
    return [_Invoice(*row) for row in ledger.rows(_INVOICES)]


def _pairs(
    invoices: Iterable[_Invoice], key: Callable[[_Invoice], Hashable]
) -> Iterator[tuple[_Invoice, _Invoice]]:
    by_key: dict[Hashable, list[_Invoice]] = defaultdict(list)
    for each in invoices:
        by_key[key(each)].append(each)
    for same in by_key.values():
        yield from combinations(same, 2)


def _pair(rule: str, one: _Invoice, other: _Invoice, why: str) -> Anomaly:
    told = [
        f"{each.number} du {each.issued:%d/%m/%Y}, {each.name or each.siren}, {euros(each.gross)}"
        for each in (one, other)
    ]
    return Anomaly(rules()[rule], (one.id, other.id), f"{told[0]} et {told[1]} : {why}.")


def _numbers(one: str, other: str) -> str:
    if one == other:
        return EXACT
    return SIMILAR if _are_close(_spelled(one), _spelled(other)) else DIFFERENT


def _spelled(number: str) -> str:
    bare = re.sub(r"[^A-Z0-9]", "", number.upper()).translate(_LOOKALIKES)
    return re.sub(r"(?<!\d)0+(?=\d)", "", bare)


def _are_close(one: str, other: str) -> bool:
    """Whether one character more or less, or two neighbours swapped, make them equal."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(long) == len(short) + 1:
        return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))
    apart = [place for place, pair in enumerate(zip(one, other, strict=False)) if len({*pair}) > 1]
    is_swap = len(one) == len(other) and len(apart) == 2 and apart[1] == apart[0] + 1
    return is_swap and sorted(one[apart[0] :][:2]) == sorted(other[apart[0] :][:2])


def _dates(one: date, other: date) -> str:
    if one == other:
        return EXACT
    swapped = (one.year, one.month, one.day) == (other.year, other.day, other.month)
    return SIMILAR if swapped or abs((one - other).days) <= _WEEK else DIFFERENT


def _amounts(one: Decimal, other: Decimal) -> str:
    if one == other:
        return EXACT
    close = abs(one - other) <= _CLOSE * max(abs(one), abs(other))
    return SIMILAR if close or _digits(one) == _digits(other) else DIFFERENT


def _digits(amount: Decimal) -> Sequence[str]:
    return sorted(str(abs(amount)).replace(".", ""))
