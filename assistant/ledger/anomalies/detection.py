"""Every anomaly of the ledger by the rules of corpus/registre/anomalies.toml, and its table."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.accounts.identity import ALONE
from assistant.errors import WrongPlan
from assistant.ledger.anomalies import comparisons, rules
from assistant.ledger.anomalies.rules import Anomaly, load_rules
from assistant.ledger.tables import LedgerTable, TableColumn, tabulated
from ingestion.ledger.database import rewriting
from ingestion.ledger.embedded import Ledger
from ingestion.ledger.rows import AnalystFinding

# Every anomaly of the ledger by the rules of corpus/registre/anomalies.toml, explained or not.

_FINDERS: tuple[Callable[[Ledger], Iterator[Anomaly]], ...] = (
    comparisons.same_keys,
    comparisons.near_duplicates,
    rules.totals,
    rules.vat,
    rules.lines,
    rules.payable,
    rules.credit_notes,
    rules.due_dates,
    rules.identifiers,
    rules.bank_details,
    rules.after_the_end,
    rules.paid_before_service,
    rules.missing_references,
    comparisons.round_amounts,
    comparisons.benford,
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


def anomalies(ledger: Ledger, limit: comparisons.Limit | None = None) -> tuple[Explained, ...]:
    """Every anomaly, the gravest first; amounts below a threshold only when `limit` is given."""
    found = [anomaly for finder in _FINDERS for anomaly in finder(ledger)]
    if limit is not None:
        found += comparisons.split_amounts(ledger, limit)
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


# Anomalies as a table, the explained ones last.

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
            TableColumn("Gravité"): lambda each: each.anomaly.rule.severity.label,
            TableColumn("Règle"): lambda each: each.anomaly.rule.told,
            TableColumn("Constat"): lambda each: each.anomaly.says,
            TableColumn("À vérifier"): lambda each: each.anomaly.rule.check,
            TableColumn("Définition"): lambda each: each.anomaly.rule.source,
            TableColumn("Explication"): lambda each: _told(each.explanation),
        },
    )


def _told(explanation: Explanation | None) -> str | None:
    return explanation.told if explanation else None
