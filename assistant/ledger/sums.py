"""Sums: what the rows of a plan add up to by group, by the database and again in Python."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from assistant.errors import TotalsDisagree
from assistant.ledger.fields import rows_of
from assistant.ledger.plan import Plan
from assistant.ledger.query import Late, rows, totals
from ingestion.ledger.database import Ledger

EURO = "EUR"
UNKNOWN = "non renseigné"

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

    def add(self, identifier: str, value: Decimal | int | None, is_part: bool) -> None:
        """Add a row."""
        self.count += 1
        self.ids.append(identifier)
        if value is not None:
            self.known += 1
            self.total += value
            self.part += value if is_part else 0


Groups = Mapping[str | None, Sum]


def groups(
    plan: Plan, ledger: Ledger, today: date, late: Sequence[Late]
) -> tuple[Groups, tuple[str, ...]]:
    """The sum of each group by its key, and what is in none of them.

    Raises TotalsDisagree when the database does not add up to the same.
    """
    added = _added(plan, ledger, today, late)
    query = totals(plan, today, late)
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


def _added(
    plan: Plan, ledger: Ledger, today: date, late: Sequence[Late]
) -> dict[str | None, dict[str | None, Sum]]:
    """By currency, None where no money is counted, then by key."""
    added: dict[str | None, dict[str | None, Sum]] = {}
    query = rows(plan, today, late)
    for currency, key, identifier, value, is_part in ledger.rows(query.sql, query.parameters):
        added.setdefault(currency, {}).setdefault(key, Sum()).add(identifier, value, is_part)
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
