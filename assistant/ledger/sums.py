"""Sums: what the rows of a plan add up to by group, by the database and again in Python."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from assistant.errors import TotalsDisagree
from assistant.ledger.fields import rows_of
from assistant.ledger.plan import Plan
from assistant.ledger.query import Late, Query, rows, totals
from ingestion.ledger.database import Ledger, Row

EURO = "EUR"
UNKNOWN = "non renseigné"

_MEASURED = ("id", "currency", "value", "part")
_CURRENCY = _MEASURED.index("currency")

_DAMAGED = (
    "Les totaux de la base et ceux de ses lignes diffèrent : le registre est endommagé. "
    "Supprimez-le et importez de nouveau les fichiers."
)


@dataclass(slots=True)
class Sum:
    """What is added up of the rows of a group: all, those with a value, those of the part."""

    label: str = UNKNOWN
    count: int = 0
    known: int = 0
    total: Decimal = Decimal(0)
    part: Decimal = Decimal(0)
    ids: list[str] = field(default_factory=list)


Groups = Mapping[str | None, Sum]


def groups(
    plans: Sequence[Plan], ledger: Ledger, today: date, late: Sequence[Late]
) -> Iterator[tuple[Groups, tuple[str, ...]]]:
    """For each plan the sum of each group by its key, and what is in none of them.

    The plans differ by their groups only: their rows are read once.

    Raises TotalsDisagree when the database does not add up to the same.
    """
    query = rows(plans, today, late)
    read = ledger.rows(query.sql, query.parameters)
    for place, plan in enumerate(plans):
        added = _added(read, len(_MEASURED) + place)
        yield _checked(plan, added, ledger, totals(plan, today, late))


def _checked(
    plan: Plan, added: dict[str | None, dict[str | None, Sum]], ledger: Ledger, query: Query
) -> tuple[Groups, tuple[str, ...]]:
    """The sums of a plan, once the database has added up to the same."""
    found = ledger.rows(query.sql, query.parameters)
    words = rows_of(plan.over).fields[plan.group].words if plan.group else {}
    if len(found) != sum(map(len, added.values())):
        raise TotalsDisagree(_DAMAGED)
    for currency, key, label, *figures in found:
        group = added.get(currency, {}).get(key, Sum())
        if figures != [group.count, group.known, group.total, group.part]:
            raise TotalsDisagree(_DAMAGED)
        group.label = UNKNOWN if label is None else words.get(label, str(label))
    counted = added.pop(None if None in added else EURO, {})
    return counted, (*_unvalued(plan, counted), *_others(added))


def whole(groups: Iterable[Sum]) -> Sum:
    """Every group together."""
    found = Sum("ensemble")
    for group in groups:
        found.count += group.count
        found.known += group.known
        found.total += group.total
        found.part += group.part
        found.ids += group.ids
    return found


def _added(read: Sequence[Row], key: int) -> dict[str | None, dict[str | None, Sum]]:
    """By currency, None where no money is counted, then by the key in that column."""
    held: dict[tuple[str | None, str | None], list[Row]] = defaultdict(list)
    for row in read:
        held[row[_CURRENCY], row[key]].append(row)
    added: dict[str | None, dict[str | None, Sum]] = defaultdict(dict)
    for (currency, name), some in held.items():
        ids, _, values, parts = zip(*(row[: len(_MEASURED)] for row in some), strict=True)
        known = [value for value in values if value is not None]
        part = (value for value, is_part in zip(values, parts, strict=True) if is_part and value)
        total = sum(known, Decimal(0))
        added[currency][name] = Sum(
            count=len(ids), known=len(known), total=total, part=sum(part, Decimal(0)), ids=list(ids)
        )
    return added


def _unvalued(plan: Plan, groups: Groups) -> list[str]:
    lacking = sum(group.count - group.known for group in groups.values())
    if not lacking or plan.field is None:
        return []
    said = rows_of(plan.over)
    noun = said.one if lacking == 1 else said.many
    return [f"{lacking} {noun} sans valeur ({plan.field.label}), hors du calcul."]


def _others(added: Mapping[str | None, Groups]) -> list[str]:
    """What is in other currencies, which are not added to euros."""
    return [
        f"{sum(group.count for group in groups.values())} en {currency}, hors du calcul."
        for currency, groups in sorted(added.items(), key=str)
    ]
