"""Every anomaly of the ledger by the rules of corpus/registre/anomalies.toml, explained or not."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.errors import WrongPlan
from assistant.identity import ALONE
from assistant.ledger import arithmetic, consistency, duplicates, screenings
from assistant.ledger.anomaly import Anomaly, rules
from ingestion.ledger.database import Ledger, rewriting
from ingestion.ledger.rows import Finding

_FINDERS: tuple[Callable[[Ledger], Iterator[Anomaly]], ...] = (
    duplicates.same_keys,
    duplicates.near_duplicates,
    arithmetic.totals,
    arithmetic.vat,
    arithmetic.lines,
    arithmetic.payable,
    arithmetic.credit_notes,
    arithmetic.due_dates,
    arithmetic.identifiers,
    consistency.bank_details,
    consistency.after_the_end,
    consistency.paid_before_service,
    consistency.missing_references,
    screenings.round_amounts,
    screenings.benford,
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


@dataclass(frozen=True, slots=True)
class Explained:
    """An anomaly, and its explanation when an analyst gave one."""

    anomaly: Anomaly
    explanation: Explanation | None


def anomalies(ledger: Ledger, limit: screenings.Limit | None = None) -> tuple[Explained, ...]:
    """Every anomaly, the gravest first; amounts below a threshold only when `limit` is given."""
    found = [anomaly for finder in _FINDERS for anomaly in finder(ledger)]
    if limit is not None:
        found += screenings.split_amounts(ledger, limit)
    known = {
        identifier: Explanation(reason, by, at)
        for identifier, reason, by, at in ledger.rows(
            'SELECT id, reason, explained_by, "at" FROM finding'
        )
    }
    order = list(rules())
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
    finding = Finding(identifier, rule, key, explanation.by, explanation.reason, explanation.at)
    with rewriting(home) as draft, draft.transaction():
        draft.append([finding])
    return known.anomaly
