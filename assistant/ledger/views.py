"""The views of the ledger: what each page shows, seen under the law and the rates in use.

Each is a function of what it is seen with, so that a page, a file and a terminal show the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assistant.calculators.calculation import Buyer
from assistant.calculators.constants import IndexedLaw, Law, Rates, read_rates
from assistant.errors import Ungrounded
from assistant.ledger.anomalies import anomalies, anomaly_table
from assistant.ledger.late import Basis, terms
from assistant.ledger.needs import LawOf, PurchaseThresholds, needs_table, pooling_table
from assistant.ledger.payments import late_tables, overview, stage_table
from assistant.ledger.purchases import contracts, held_contracts, repeated, summary_tables
from assistant.ledger.query.listing import in_order, unread_listing
from assistant.ledger.query.measures import told, told_of_rows
from assistant.ledger.query.plan import Plan, PlanMeasure, Population
from assistant.ledger.query.result import PlanResult, compute_result, rows_meant
from assistant.ledger.query.sql import LateColumns
from assistant.ledger.query.wording import answer, figures, ranked
from assistant.ledger.suppliers import supplier_tables
from assistant.ledger.tables import (
    DrawingShape,
    LedgerExhibit,
)
from ingestion.errors import UnknownSnapshot
from ingestion.index.snapshot import IndexSnapshot
from ingestion.ledger.embedded import Ledger


@dataclass(frozen=True, slots=True)
class Sight:
    """What a view is seen with: the ledger, the day, who buys, the law and rates, and a plan.

    `law_of`, and the thresholds that it states, are None where no index is published.
    """

    ledger: Ledger
    today: date
    buyer: Buyer
    law_of: LawOf | None
    limits: PurchaseThresholds | None
    rates: Rates
    plan: Plan

    @property
    def basis(self) -> Basis:
        """The law and rates of the day, for this buyer; raises as `terms` does."""
        law_of = self.law_of
        if law_of is None:
            raise Ungrounded(_NO_LAW)
        return Basis(self.today, terms(self.buyer, law_of(self.today)), self.rates)

    @property
    def result(self) -> PlanResult:
        """What the plan gives; raises as `compute_result` and `basis` do."""
        return compute_result(self.plan, self.ledger, self.today, self._late)

    @property
    def rows_meant(self) -> tuple[str, ...]:
        """The ids of the rows of the plan, by their days; raises as `result` does."""
        return rows_meant(self.plan, self.ledger, self.today, self._late)

    def _late(self) -> Sequence[LateColumns]:
        return self.basis.costs_of_all(self.ledger)


_NO_LAW = (
    "Les délais et les seuils se lisent dans les textes en vigueur, et aucun index n'est publié : "
    "demandez à l'administrateur de le construire (sourcier index build)."
)


def _overview(sight: Sight) -> tuple[LedgerExhibit, ...]:
    whole, *cuts = overview(sight.ledger, sight.today)
    if sight.law_of is None or sight.buyer is Buyer.ENTITY:
        return (whole, *cuts)
    stages = stage_table(sight.ledger, sight.basis)
    return (whole, LedgerExhibit(stages, DrawingShape.AGEING), *cuts)


def _listed(sight: Sight) -> tuple[LedgerExhibit, ...]:
    means = told_of_rows(sight.plan)
    return (LedgerExhibit(unread_listing(sight.plan.over, sight.rows_meant, means)),)


def _answered(sight: Sight) -> tuple[LedgerExhibit, ...]:
    """The figures of a plan, then the rows that they are made of."""
    result = sight.result
    ids = [each for line in ranked(result) for each in line.rows]
    ordered = in_order(sight.ledger, sight.plan.over, ids)
    rows = unread_listing(sight.plan.over, ordered, told(sight.plan))
    return LedgerExhibit(figures(result), _shape(sight.plan), answer(result)), LedgerExhibit(rows)


def _shape(plan: Plan) -> DrawingShape | None:
    """How the figures of a plan are drawn: periods along time, groups as ranks or shares."""
    if plan.group is None or plan.compared:
        return None
    if plan.step:
        return DrawingShape.TIME
    adds_up = plan.measure is PlanMeasure.SUM and plan.is_of_money and not plan.is_of_some
    return DrawingShape.SHARES if adds_up else DrawingShape.RANKING


def _late(sight: Sight) -> tuple[LedgerExhibit, ...]:
    late, stages, foreseen = late_tables(sight.ledger, sight.basis)
    return LedgerExhibit(late), LedgerExhibit(stages, DrawingShape.AGEING), LedgerExhibit(foreseen)


def _anomalies(sight: Sight) -> tuple[LedgerExhibit, ...]:
    limit = sight.limits.exemption if sight.limits else None
    found = anomalies(sight.ledger, limit)
    return (LedgerExhibit(anomaly_table(found, has_limit=limit is not None)),)


def _spending(sight: Sight) -> tuple[LedgerExhibit, ...]:
    shapes = (
        None,
        DrawingShape.TIME,
        DrawingShape.SHARES,
        DrawingShape.RANKING,
        DrawingShape.RANKING,
        DrawingShape.RANKING,
        None,
    )
    tables = summary_tables(sight.ledger, sight.today)
    return tuple(LedgerExhibit(*each) for each in zip(tables, shapes, strict=True))


def _suppliers(sight: Sight) -> tuple[LedgerExhibit, ...]:
    suppliers, families = supplier_tables(held_contracts(sight.ledger))
    return LedgerExhibit(suppliers, DrawingShape.SHARES), LedgerExhibit(families)


def _pooling(sight: Sight) -> tuple[LedgerExhibit, ...]:
    return (LedgerExhibit(pooling_table(contracts(sight.ledger))),)


def _needs(sight: Sight) -> tuple[LedgerExhibit, ...]:
    if sight.limits is None:
        raise Ungrounded(_NO_LAW)
    return (LedgerExhibit(needs_table(repeated(sight.ledger), sight.limits)),)


View = Callable[[Sight], tuple[LedgerExhibit, ...]]

VIEWS: Mapping[Population, Mapping[str, View]] = {
    Population.INVOICES: {
        "apercu": _overview,
        "liste": _listed,
        "retards": _late,
        "anomalies": _anomalies,
        "calcul": _answered,
    },
    Population.PURCHASES: {
        "apercu": _spending,
        "liste": _listed,
        "titulaires": _suppliers,
        "mutualisation": _pooling,
        "seuils": _needs,
        "calcul": _answered,
    },
}
"""By the name that addresses have; the first one is what a page opens with."""


# What views are seen with: what is looked at, under the law and the rates in use.


@dataclass(frozen=True, slots=True)
class ViewRequest:
    """What a view is asked for: which one of which rows, on what day, for whom, of what plan."""

    over: Population
    view: str
    today: date
    buyer: Buyer = Buyer.LOCAL
    plan: Plan | None = None


class Sights:
    """The sights of a data folder."""

    def __init__(self, home: Path, generation: Callable[[], IndexSnapshot]) -> None:
        """`generation` gives the rules in use; it raises UnknownSnapshot where there are none."""
        self._home = home
        self._generation = generation

    def of(self, ledger: Ledger, look: ViewRequest) -> Sight:
        """What a look at this ledger is seen with."""
        plan = look.plan or Plan(PlanMeasure.COUNT, look.over)
        rates, law = read_rates(self._home), self._law(look.buyer)
        return Sight(ledger, look.today, look.buyer, *law, rates, plan)

    def limits(self, buyer: Buyer) -> PurchaseThresholds | None:
        """The thresholds of a buyer; None where no index is published."""
        _, limits = self._law(buyer)
        return limits

    @property
    def rules(self) -> str:
        """The name of the snapshot in use, "" where there is none."""
        try:
            return self._generation().manifest.name
        except UnknownSnapshot:
            return ""

    def _law(self, buyer: Buyer) -> tuple[LawOf | None, PurchaseThresholds | None]:
        """The law by day and the thresholds that it states; None where no index is published."""
        try:
            generation = self._generation()
        except UnknownSnapshot:
            return None, None

        def law_of(day: date) -> Law:
            return IndexedLaw(generation, day)

        return law_of, PurchaseThresholds(law_of, buyer)
