"""Purchases as tables: what was spent, on whom, what could be pooled, what was split."""

from collections.abc import Sequence
from datetime import date

from assistant.ledger.purchases import needs, purchases
from assistant.ledger.purchases.needs import PurchaseThresholds
from assistant.ledger.purchases.purchases import Contract, Held
from assistant.ledger.query.plan import PeriodStep, Plan, PlanMeasure, Population
from assistant.ledger.query.result import computed_cuts
from assistant.ledger.query.wording import figures
from assistant.ledger.tables import Format, LedgerTable, TableColumn
from ingestion.ledger.embedded import Ledger

_FIRST = 15
_SPENT = Plan(PlanMeasure.SUM, Population.PURCHASES, "amount")
_CUTS = (
    Plan(PlanMeasure.SUM, Population.PURCHASES, "amount", group="notified", step=PeriodStep.YEAR),
    Plan(PlanMeasure.SUM, Population.PURCHASES, "amount", group="procedure"),
    Plan(PlanMeasure.SUM, Population.PURCHASES, "amount", group="family", limit=_FIRST),
    Plan(PlanMeasure.SUM, Population.PURCHASES, "amount", group="buyer", limit=_FIRST),
    Plan(PlanMeasure.SUM, Population.PURCHASES, "amount", group="supplier", limit=_FIRST),
)
_DOUBTS = """
SELECT code, min(sentence), count(*) FROM remark JOIN file ON sha256 = file
WHERE kind = 'purchases' GROUP BY code ORDER BY count(*) DESC, code
"""


_DOUBTED = "Une réserve par ligne ou valeur que l'import signale, comptée sous sa règle."


def summary_tables(ledger: Ledger, today: date) -> tuple[LedgerTable, ...]:
    """What was spent: in all, by year, procedure, CPV, buyer and supplier; and what is doubted."""
    spent = map(figures, computed_cuts((_SPENT, *_CUTS), ledger, today))
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
    return (*spent, doubts)


def supplier_tables(found: Sequence[Held]) -> tuple[LedgerTable, LedgerTable]:
    """Segments of suppliers, and the concentration of each CPV family."""
    return _segments(found), _concentration(found)


def _segments(found: Sequence[Held]) -> LedgerTable:
    every = purchases.segments(found)
    return LedgerTable(
        "Titulaires",
        (
            TableColumn("Titulaire"),
            TableColumn("Montant HT", Format.EUROS),
            TableColumn("Volume"),
            TableColumn("Marchés", Format.COUNT),
            TableColumn("Fréquence", Format.WORDS),
            TableColumn("Groupe CPV"),
            TableColumn("Part du groupe", Format.PERCENT),
            TableColumn("Dépendance", Format.WORDS),
        ),
        tuple(
            (
                each.name,
                each.amount,
                each.volume,
                len(each.contracts),
                "récurrent" if each.is_frequent else "ponctuel",
                each.family,
                each.dependence,
                "forte" if each.is_dependent else "",
            )
            for each in every
        ),
        tuple(each.contracts for each in every),
        (purchases.METHOD,),
    )


def _concentration(found: Sequence[Held]) -> LedgerTable:
    families = purchases.concentrations(found)
    return LedgerTable(
        "Concentration par groupe CPV",
        (
            TableColumn("Groupe CPV"),
            TableColumn("Titulaires", Format.COUNT),
            TableColumn("Montant HT de ces titulaires", Format.EUROS),
            TableColumn("Indice HHI", Format.COUNT),
            TableColumn("Concentration", Format.WORDS),
        ),
        tuple(
            (each.family, each.suppliers, each.amount, each.index, each.degree) for each in families
        ),
        tuple(each.contracts for each in families),
        (purchases.CONCENTRATED,),
    )


def pooling_table(found: Sequence[Contract]) -> LedgerTable:
    """Alike purchases of several buyers."""
    every = needs.opportunities(found)
    return LedgerTable(
        "Achats à mutualiser",
        (
            TableColumn("Mots communs"),
            TableColumn("Acheteurs", Format.COUNT),
            TableColumn("Marchés", Format.COUNT),
            TableColumn("Montant HT", Format.EUROS),
            TableColumn("Du", Format.DATE),
            TableColumn("Au", Format.DATE),
            TableColumn("Par exemple"),
        ),
        tuple(
            (
                " ".join(each.words),
                len(each.buyers),
                len(each.contracts),
                each.amount,
                *each.days,
                each.contracts[0].subject,
            )
            for each in every
        ),
        tuple(tuple(one.id for one in each.contracts) for each in every),
        (needs.POOLING_METHOD,),
    )


def needs_table(found: Sequence[Contract], limits: PurchaseThresholds) -> LedgerTable:
    """Needs bought in parts below a threshold that their sum reaches."""
    every = needs.split_needs(found, limits)
    return LedgerTable(
        "Risques de fractionnement",
        (
            TableColumn("Acheteur"),
            TableColumn("Catégorie", Format.WORDS),
            TableColumn("Marchés", Format.COUNT),
            TableColumn("Cumul HT", Format.EUROS),
            TableColumn("Seuil", Format.WORDS),
            TableColumn("Montant du seuil", Format.EUROS),
            TableColumn("Atteint", Format.DATE),
            TableColumn("Par exemple"),
        ),
        tuple(
            (
                each.buyer,
                each.category,
                len(each.contracts),
                each.amount,
                each.threshold,
                each.limit,
                each.reached,
                each.contracts[0].subject,
            )
            for each in every
        ),
        tuple(tuple(one.id for one in each.contracts) for each in every),
        (needs.METHOD,),
    )
