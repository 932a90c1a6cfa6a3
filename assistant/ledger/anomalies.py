"""Anomalies of the ledger: duplicates, what the other rules find, what an analyst explained."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from assistant.calculators.amounts import euros
from assistant.errors import WrongPlan
from assistant.identity import ALONE
from assistant.ledger import anomaly_rules as rules
from assistant.ledger.anomaly_rules import Anomaly, Limit, load_rules
from assistant.ledger.parsing.vocabulary import is_one_slip
from assistant.ledger.tables import Format, LedgerTable, TableColumn, tabulated
from ingestion.ledger.database import rewriting
from ingestion.ledger.embedded import Ledger
from ingestion.ledger.rows import CREDIT_TYPES, AnalystFinding, folded

# Duplicates: the official key, and AuditNet's nine combinations of exact, similar and different.
#
# Similar numbers differ by spelling (case, signs, leading zeros, O for 0), by one character more or
# less, or by two neighbours swapped; not by one digit for another, as each number does from the
# next. Similar dates are a week apart at most, or have day and month swapped. Similar amounts are
# within 1 %, or have the same digits.

_COUNTED = """
WITH named AS (
    SELECT unnest(CAST($1 AS VARCHAR[])) AS name, unnest(CAST($2 AS VARCHAR[])) AS folded
), counted AS (
    SELECT id, coalesce(supplier_siren, '') AS siren, name, folded, number, issued, gross,
        CASE WHEN supplier_siren <> '' THEN supplier_siren ELSE folded END AS supplier,
        row_number() OVER (ORDER BY issued, id) AS place
    FROM invoice JOIN named ON named.name = coalesce(supplier_name, '')
    WHERE gross IS NOT NULL AND type NOT IN {credits}
) {pairs} ORDER BY 1, 2
"""
_PAIR = """
SELECT one.place, other.place, one.id, one.siren, one.name, one.number, one.issued, one.gross,
    other.id, other.siren, other.name, other.number, other.issued, other.gross
FROM counted AS one JOIN counted AS other ON {alike} AND one.place < other.place
"""
_SAME_KEY = (
    "one.folded = other.folded AND upper(one.number) = upper(other.number) "
    "AND extract(year FROM one.issued) = extract(year FROM other.issued)"
)
# Every combination has two exact parts that few invoices share: pairs are met there only. Amounts
# with the same digits differ by a multiple of nine cents.
_ALIKE = (
    "one.supplier = other.supplier AND one.number = other.number",
    "one.number = other.number AND one.gross = other.gross",
    "one.supplier = other.supplier AND one.issued = other.issued AND ("
    "abs(one.gross - other.gross) <= 0.01 * greatest(abs(one.gross), abs(other.gross)) "
    "OR (abs(one.gross) - abs(other.gross)) * 100 % 9 = 0)",
    "one.supplier = other.supplier AND one.gross = other.gross "
    "AND other.issued - one.issued BETWEEN -7 AND 7",
    "one.supplier = other.supplier AND one.gross = other.gross "
    "AND extract(year FROM one.issued) = extract(year FROM other.issued) "
    "AND extract(day FROM one.issued) = extract(month FROM other.issued) "
    "AND extract(month FROM one.issued) = extract(day FROM other.issued)",
)
_NAMES = "SELECT DISTINCT coalesce(supplier_name, '') FROM invoice"
_REFUSED = """
SELECT concat(file, ' ', "row"), sentence FROM remark JOIN file ON sha256 = file
WHERE code = 'G1.45' AND level = 'refused' AND kind = 'invoices' ORDER BY 1, 2
"""
_WEEK = 7
_CLOSE = Decimal("0.01")
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
        return self.siren or folded(self.name)


def same_keys(ledger: Ledger) -> Iterator[Anomaly]:
    """Invoices with the supplier, the number and the year of another.

    Those refused when they were imported, and those whose supplier has its SIREN on one only.
    """
    for place, sentence in ledger.rows(_REFUSED):
        yield Anomaly(load_rules()["duplicate key"], (), sentence, place)
    for one, other in _pairs(ledger, _PAIR.format(alike=_SAME_KEY)):
        if one.name:
            yield _pair("duplicate key", one, other, "même fournisseur, numéro et année")


def near_duplicates(ledger: Ledger) -> Iterator[Anomaly]:
    """Pairs of one of the nine combinations that have not the same key, each once."""
    pairs = " UNION ".join(_PAIR.format(alike=f"{alike} AND NOT ({_SAME_KEY})") for alike in _ALIKE)
    for one, other in _pairs(ledger, pairs):
        if combination := _combination(one, other):
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


def _pairs(ledger: Ledger, pairs: str) -> Iterator[tuple[_Invoice, _Invoice]]:
    """Pairs of invoices, the earlier one first, in the order of their days."""
    names = [name for (name,) in ledger.rows(_NAMES)]
    sql = _COUNTED.format(pairs=pairs, credits=CREDIT_TYPES)
    for _, _, *row in ledger.rows(sql, [names, [folded(name) for name in names]]):
        yield _Invoice(*row[: len(row) // 2]), _Invoice(*row[len(row) // 2 :])


def _pair(rule: str, one: _Invoice, other: _Invoice, why: str) -> Anomaly:
    told = [
        f"{each.number} du {each.issued:%d/%m/%Y}, {each.name or each.siren}, {euros(each.gross)}"
        for each in (one, other)
    ]
    return Anomaly(load_rules()[rule], (one.id, other.id), f"{told[0]} et {told[1]} : {why}.")


def _numbers(one: str, other: str) -> str:
    if one == other:
        return EXACT
    first, second = _spelled(one), _spelled(other)
    is_near = first == second or is_one_slip(first, second, may_be_taken=False)
    return SIMILAR if is_near else DIFFERENT


def _spelled(number: str) -> str:
    bare = re.sub(r"[^A-Z0-9]", "", number.upper()).translate(_LOOKALIKES)
    return re.sub(r"(?<!\d)0+(?=\d)", "", bare)


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


# Every anomaly of the ledger by the rules of corpus/registre/anomalies.toml, explained or not.

_FINDERS: tuple[Callable[[Ledger], Iterator[Anomaly]], ...] = (
    same_keys,
    near_duplicates,
    rules.queried,
    rules.vat,
    rules.identifiers,
    rules.after_the_end,
    rules.round_amounts,
    rules.benford,
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an anomaly is none, who says so and since when.

    `by` is a pseudonym: the ledger is kept for longer than the account of who writes in it. `at`
    is in UTC, without saying so.
    """

    reason: str
    by: str
    at: datetime

    @property
    def signature(self) -> str:
        """Who says so on what day of this machine; the day alone where it has one user."""
        day = f"{self.at.replace(tzinfo=UTC).astimezone():%d/%m/%Y}"
        return day if self.by == ALONE.user else f"{self.by}, {day}"

    @property
    def told(self) -> str:
        """The reason, and who gave it."""
        return f"{self.reason} ({self.signature})"


@dataclass(frozen=True, slots=True)
class Explained:
    """An anomaly, and its explanation when an analyst gave one."""

    anomaly: Anomaly
    explanation: Explanation | None


def anomalies(ledger: Ledger, limit: Limit | None = None) -> tuple[Explained, ...]:
    """Every anomaly, the gravest first; amounts below a threshold only when `limit` is given."""
    found = [anomaly for finder in _FINDERS for anomaly in finder(ledger)]
    if limit is not None:
        found += rules.split_amounts(ledger, limit)
    known = {
        identifier: Explanation(reason, by, at)
        for identifier, reason, by, at in ledger.rows(
            'SELECT id, reason, explained_by, "at" FROM finding'
        )
    }
    order = list(load_rules())
    ranked = sorted(found, key=lambda each: order.index(each.rule.name))
    return tuple(Explained(each, known.get(each.id)) for each in ranked)


def explain(
    home: Path, found: Sequence[Explained], identifier: str, explanation: Explanation
) -> Anomaly:
    """Keep why an anomaly is none, and return it.

    Raises:
        WrongPlan: when none of those found has this identifier, or it is explained already.
        BusyIndex: when someone else writes in this folder.
    """
    known = next((each for each in found if each.anomaly.id == identifier), None)
    if known is None:
        raise WrongPlan(
            f"Aucune anomalie « {identifier} » : lisez les identifiants avec « sourcier invoices "
            "anomalies »."
        )
    if earlier := known.explanation:
        raise WrongPlan(f"Déjà expliquée : « {earlier.reason} » ({earlier.signature}).")
    rule, key = known.anomaly.rule.name, known.anomaly.key
    finding = AnalystFinding(
        identifier, rule, key, explanation.by, explanation.reason, explanation.at
    )
    with rewriting(home) as draft, draft.transaction():
        draft.append([finding])
    return known.anomaly


_SCREENING = (
    "Un dépistage statistique dit où regarder parmi beaucoup de factures ; il ne dit rien d'une "
    "facture seule."
)
_WITHOUT_LIMIT = (
    "Montants juste sous un seuil : non cherchés, faute d'index publié (sourcier index build)."
)


def anomaly_table(found: Sequence[Explained], *, has_limit: bool) -> LedgerTable:
    """Every anomaly with its rule, what was compared and what to check."""
    return tabulated(
        "Anomalies",
        sorted(found, key=lambda each: each.explanation is not None),
        lambda each: each.anomaly.rows,
        (_SCREENING,) if has_limit else (_SCREENING, _WITHOUT_LIMIT),
        {
            TableColumn("Identifiant"): lambda each: each.anomaly.id,
            TableColumn("Gravité", Format.WORDS): lambda each: each.anomaly.rule.severity.label,
            TableColumn("Règle", Format.WORDS): lambda each: each.anomaly.rule.told,
            TableColumn("Constat", Format.WORDS): lambda each: each.anomaly.says,
            TableColumn("À vérifier", Format.WORDS): lambda each: each.anomaly.rule.check,
            TableColumn("Définition", Format.WORDS): lambda each: each.anomaly.rule.source,
            TableColumn("Explication"): lambda each: _told(each.explanation),
        },
    )


def _told(explanation: Explanation | None) -> str | None:
    return explanation.told if explanation else None
