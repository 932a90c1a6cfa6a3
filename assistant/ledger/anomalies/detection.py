"""Every anomaly of the ledger by the rules of corpus/registre/anomalies.toml, and its table."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.accounts.identity import ALONE
from assistant.errors import WrongPlan
from assistant.ledger.anomalies import comparisons, rules
from assistant.ledger.anomalies.rules import Anomaly, load_rules
from assistant.ledger.tables import Cell, Format, LedgerTable, TableColumn
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
    ranked = sorted(found, key=lambda each: each.explanation is not None)
    return LedgerTable(
        "Anomalies",
        (
            TableColumn("Identifiant"),
            TableColumn("Gravité", Format.WORDS),
            TableColumn("Règle", Format.WORDS),
            TableColumn("Constat", Format.WORDS),
            TableColumn("À vérifier", Format.WORDS),
            TableColumn("Définition", Format.WORDS),
            TableColumn("Explication"),
        ),
        tuple(_row(each) for each in ranked),
        tuple(each.anomaly.rows for each in ranked),
        (_SCREENING,) if has_limit else (_SCREENING, _WITHOUT_LIMIT),
    )


def _row(each: Explained) -> tuple[Cell, ...]:
    rule, told = each.anomaly.rule, each.explanation
    title = f"Dépistage : {rule.title}" if rule.is_screening else rule.title
    explained = f"{told.reason} ({told.signature})" if told else None
    found = (each.anomaly.id, rule.severity.label, title, each.anomaly.says)
    return (*found, rule.check, rule.source, explained)
