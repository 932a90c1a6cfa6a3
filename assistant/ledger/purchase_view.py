"""Purchases as tables: what was spent, on whom, what could be pooled, what was split."""

from collections.abc import Sequence
from datetime import date

from assistant.ledger import needs, pooling, segments
from assistant.ledger.fields import Population
from assistant.ledger.limits import Limits
from assistant.ledger.plan import Measure, Plan, Step
from assistant.ledger.purchases import Contract, Held
from assistant.ledger.result import computed_cuts
from assistant.ledger.result_view import figures
from assistant.ledger.table import Column, Format, Table
from ingestion.ledger.database import Ledger

_FIRST = 15
_SPENT = Plan(Measure.SUM, Population.PURCHASES, "amount")
_CUTS = (
    Plan(Measure.SUM, Population.PURCHASES, "amount", group="notified", step=Step.YEAR),
    Plan(Measure.SUM, Population.PURCHASES, "amount", group="procedure"),
    Plan(Measure.SUM, Population.PURCHASES, "amount", group="family", limit=_FIRST),
    Plan(Measure.SUM, Population.PURCHASES, "amount", group="buyer", limit=_FIRST),
    Plan(Measure.SUM, Population.PURCHASES, "amount", group="supplier", limit=_FIRST),
)
_DOUBTS = """
SELECT code, min(sentence), count(*) FROM remark JOIN file ON sha256 = file
WHERE kind = 'purchases' GROUP BY code ORDER BY count(*) DESC, code
"""


def summary_tables(ledger: Ledger, today: date) -> tuple[Table, ...]:
    """What was spent: in all, by year, procedure, CPV, buyer and supplier; and what is doubted."""
    spent = map(figures, computed_cuts((_SPENT, *_CUTS), ledger, today))
    doubts = Table(
        "Réserves de l'import",
        (Column("Règle"), Column("Par exemple"), Column("Fois", Format.COUNT)),
        ledger.rows(_DOUBTS),
    )
    return (*spent, doubts)


def supplier_tables(found: Sequence[Held]) -> tuple[Table, Table]:
    """Segments of suppliers, and the concentration of each CPV family."""
    every, families = segments.segments(found), segments.concentrations(found)
    suppliers = Table(
        "Titulaires",
        (
            Column("Titulaire"),
            Column("Montant HT", Format.EUROS),
            Column("Volume"),
            Column("Marchés", Format.COUNT),
            Column("Fréquence"),
            Column("Groupe CPV"),
            Column("Part du groupe", Format.PERCENT),
            Column("Dépendance"),
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
        (segments.METHOD,),
    )
    concentration = Table(
        "Concentration par groupe CPV",
        (
            Column("Groupe CPV"),
            Column("Titulaires", Format.COUNT),
            Column("Montant HT", Format.EUROS),
            Column("Indice HHI", Format.COUNT),
            Column("Concentration"),
        ),
        tuple(
            (each.family, each.suppliers, each.amount, each.index, each.degree) for each in families
        ),
        tuple(each.contracts for each in families),
    )
    return suppliers, concentration


def pooling_table(found: Sequence[Contract]) -> Table:
    """Alike purchases of several buyers."""
    every = pooling.opportunities(found)
    return Table(
        "Achats à mutualiser",
        (
            Column("Mots communs"),
            Column("Acheteurs", Format.COUNT),
            Column("Marchés", Format.COUNT),
            Column("Montant HT", Format.EUROS),
            Column("Du", Format.DATE),
            Column("Au", Format.DATE),
            Column("Par exemple"),
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
        (pooling.METHOD,),
    )


def needs_table(found: Sequence[Contract], limits: Limits) -> Table:
    """Needs bought in parts below a threshold that their sum reaches."""
    every = needs.split_needs(found, limits)
    return Table(
        "Risques de fractionnement",
        (
            Column("Acheteur"),
            Column("Catégorie"),
            Column("Marchés", Format.COUNT),
            Column("Cumul HT", Format.EUROS),
            Column("Seuil"),
            Column("Montant du seuil", Format.EUROS),
            Column("Atteint", Format.DATE),
            Column("Par exemple"),
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
