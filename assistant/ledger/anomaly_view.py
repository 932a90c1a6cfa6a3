"""Anomalies as a table, the explained ones last."""

from collections.abc import Sequence

from assistant.ledger.anomalies import Explained
from assistant.ledger.table import Cell, Column, Table

_SCREENING = (
    "Un dépistage statistique dit où regarder parmi beaucoup de factures ; il ne dit rien d'une "
    "facture seule."
)
_WITHOUT_LIMIT = (
    "Montants juste sous un seuil : non cherchés, faute d'index publié (sourcier index build)."
)


def anomaly_table(found: Sequence[Explained], *, has_limit: bool) -> Table:
    """Every anomaly with its rule, what was compared and what to check."""
    ranked = sorted(found, key=lambda each: each.explanation is not None)
    return Table(
        "Anomalies",
        (
            Column("Identifiant"),
            Column("Gravité"),
            Column("Règle"),
            Column("Constat"),
            Column("À vérifier"),
            Column("Définition"),
            Column("Explication"),
        ),
        tuple(_row(each) for each in ranked),
        tuple(each.anomaly.rows for each in ranked),
        (_SCREENING,) if has_limit else (_SCREENING, _WITHOUT_LIMIT),
    )


def _row(each: Explained) -> tuple[Cell, ...]:
    rule, told = each.anomaly.rule, each.explanation
    title = f"Dépistage : {rule.title}" if rule.is_screening else rule.title
    explained = f"{told.reason} ({told.by}, {told.day:%d/%m/%Y})" if told else None
    found = (each.anomaly.id, rule.severity.label, title, each.anomaly.says)
    return (*found, rule.check, rule.source, explained)
