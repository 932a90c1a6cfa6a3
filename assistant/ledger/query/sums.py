"""Sums: what the rows of a plan add up to by group, by the database and again in Python."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from assistant.errors import TotalsDisagree
from assistant.ledger.query.plan import Plan, PlanMeasure, rows_of
from assistant.ledger.query.sql import LateColumns, rows, told_apart, totals
from ingestion.ledger.embedded import Ledger, Row

UNKNOWN = "non renseigné"
WHOLE = "Ensemble"
"""What stands for a name where none is known, and where all are meant."""

_ID, _CURRENCY, _VALUE, _PART, _MEASURED = range(5)
_ONE, _CENT = Decimal(1), Decimal("0.01")

_DAMAGED = (
    "Les totaux de la base et ceux de ses lignes diffèrent : le registre est endommagé. "
    "Supprimez-le et importez de nouveau les fichiers."
)


@dataclass(slots=True)
class Sum:
    """What is added up of the rows of a group: all, those with a value, those of the part.

    Of a measure that does not add up, `values` are those known and `total` is what the database
    computes of them: how many there are, each once, or twice the median.
    """

    label: str = UNKNOWN
    count: int = 0
    known: int = 0
    total: Decimal = Decimal(0)
    part: Decimal = Decimal(0)
    ids: list[str] = field(default_factory=list)
    values: list[Decimal | str] = field(default_factory=list)


Groups = Mapping[str | None, Sum]
_Added = dict[str | None, dict[str | None, Sum]]
_Held = dict[tuple[str | None, str | None], tuple[list[str], list[Any]]]


def groups(
    plans: Sequence[Plan], ledger: Ledger, today: date, late: Sequence[LateColumns]
) -> Iterator[tuple[Groups, tuple[str, ...]]]:
    """For each plan the sum of each group by its key, and what is in none of them.

    The plans differ by their filters and groups only: their rows are read once.

    Raises TotalsDisagree when the database does not add up to the same.
    """
    query = rows(plans, today, late)
    read = ledger.rows(query.sql, query.parameters)
    query = totals(plans, today, late)
    found: dict[int, list[Row]] = defaultdict(list)
    for place, *line in ledger.rows(query.sql, query.parameters):
        found[place].append(tuple(line))
    apart = {place: n for n, place in enumerate(told_apart(plans), _MEASURED + len(plans))}
    for place, plan in enumerate(plans):
        own = [row for row in read if row[apart[place]]] if place in apart else read
        yield _checked(plan, _added(plan, own, _MEASURED + place), found[place])


def _checked(plan: Plan, added: _Added, found: Sequence[Row]) -> tuple[Groups, tuple[str, ...]]:
    """The sums of a plan, once the database is found to have added up to the same."""
    words = rows_of(plan.over).fields[plan.group].words if plan.group else {}
    if len(found) != sum(map(len, added.values())):
        raise TotalsDisagree(_DAMAGED)
    for currency, key, label, *figures in found:
        group = added.get(currency, {}).get(key, Sum())
        if figures != [group.count, group.known, group.total, group.part]:
            raise TotalsDisagree(_DAMAGED)
        group.label = UNKNOWN if label is None else words.get(label, str(label))
    counted = added.pop(None if None in added else plan.currency, {})
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
        found.values += group.values
    return found


def _added(plan: Plan, read: Sequence[Row], key: int) -> _Added:
    """By currency, None where no money is counted, then by the key in that column."""
    unit = _CENT if plan.is_of_money else _ONE
    held = _held(read, key)
    parts = _held((row for row in read if row[_PART]), key) if plan.part else held
    added: _Added = defaultdict(dict)
    for (currency, name), (ids, values) in held.items():
        if not plan.measure.adds_up:
            added[currency][name] = _with_values(plan.measure, ids, values, unit)
            continue
        _, part = parts.get((currency, name), ((), ()))
        added[currency][name] = Sum(
            count=len(ids),
            known=len(ids) - values.count(None),
            total=sum(filter(None, values)) * unit,
            part=sum(filter(None, part)) * unit,
            ids=ids,
        )
    return added


def _with_values(measure: PlanMeasure, ids: list[str], values: Sequence[Any], unit: Decimal) -> Sum:
    """The sum of a group whose values do not add up, which it keeps."""
    known = [value for value in values if value is not None]
    if measure is PlanMeasure.DISTINCT:
        total = Decimal(len({*known}))
    else:
        known = [value * unit for value in known]
        total = twice_median(known)
    return Sum(count=len(ids), known=len(known), total=total, ids=ids, values=known)


def twice_median(values: Sequence[Any]) -> Decimal:
    """The two middle values together, the same one twice where it is alone; 0 without values."""
    if not values:
        return Decimal(0)
    ordered = sorted(values)
    half = len(ordered) // 2
    return Decimal(ordered[half]) + Decimal(ordered[-half - 1])


def _held(read: Iterable[Row], key: int) -> _Held:
    """The ids and values of rows by currency and key."""
    held: _Held = defaultdict(lambda: ([], []))
    for row in read:
        ids, values = held[row[_CURRENCY], row[key]]
        ids.append(row[_ID])
        values.append(row[_VALUE])
    return held


def _unvalued(plan: Plan, groups: Groups) -> list[str]:
    lacking = sum(group.count - group.known for group in groups.values())
    if not lacking or plan.field is None:
        return []
    said = rows_of(plan.over)
    noun = said.one if lacking == 1 else said.many
    return [f"{lacking} {noun} sans valeur ({plan.field.label}), hors du calcul."]


def _others(added: Mapping[str | None, Groups]) -> list[str]:
    """What is in other currencies, which are not added to those of the figure."""
    return [
        f"{sum(group.count for group in groups.values())} en {currency}, hors du calcul."
        for currency, groups in sorted(added.items(), key=str)
    ]
