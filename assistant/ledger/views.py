"""The views of the ledger: what each page shows, and each export writes, of invoices and purchases.

Each is a function of what it is seen with, so that a page, a file and a terminal show the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.calculators.rates import Rates
from assistant.calculators.situation import Buyer
from assistant.errors import Ungrounded
from assistant.ledger.anomalies import anomalies
from assistant.ledger.anomaly_view import anomaly_table
from assistant.ledger.exhibit import Exhibit, Shape, shape_of
from assistant.ledger.fields import Population
from assistant.ledger.late import Basis, terms
from assistant.ledger.late_view import late_tables, stage_table
from assistant.ledger.limits import LawOf, Limits
from assistant.ledger.overview import overview
from assistant.ledger.plan import Plan
from assistant.ledger.purchase_view import (
    needs_table,
    pooling_table,
    summary_tables,
    supplier_tables,
)
from assistant.ledger.purchases import contracts, held_contracts, repeated
from assistant.ledger.query import Late
from assistant.ledger.result import Result, computed, rows_meant
from assistant.ledger.result_view import answer, figures, in_order, ranked, unread
from ingestion.ledger.database import Ledger


@dataclass(frozen=True, slots=True)
class Sight:
    """What a view is seen with: the ledger, the day, who buys, the law and rates, and a plan.

    `law_of`, and the thresholds that it states, are None where no index is published.
    """

    ledger: Ledger
    today: date
    buyer: Buyer
    law_of: LawOf | None
    limits: Limits | None
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
    def result(self) -> Result:
        """What the plan gives; raises as `computed` and `basis` do."""
        return computed(self.plan, self.ledger, self.today, self._late)

    @property
    def rows_meant(self) -> tuple[str, ...]:
        """The ids of the rows of the plan, by their days; raises as `result` does."""
        return rows_meant(self.plan, self.ledger, self.today, self._late)

    def _late(self) -> Sequence[Late]:
        return self.basis.costs_of_all(self.ledger)


_NO_LAW = (
    "Les délais et les seuils se lisent dans les textes en vigueur, et aucun index n'est publié : "
    "demandez à l'administrateur de le construire (sourcier index build)."
)


def _overview(sight: Sight) -> tuple[Exhibit, ...]:
    whole, *cuts = overview(sight.ledger, sight.today)
    if sight.law_of is None or sight.buyer is Buyer.ENTITY:
        return (whole, *cuts)
    stages = stage_table(sight.ledger, sight.basis)
    return (whole, Exhibit(stages, Shape.AGEING), *cuts)


def _listed(sight: Sight) -> tuple[Exhibit, ...]:
    return (Exhibit(unread(sight.plan.over, sight.rows_meant)),)


def _answered(sight: Sight) -> tuple[Exhibit, ...]:
    """The figures of a plan, then the rows that they are made of."""
    result = sight.result
    ids = [each for line in ranked(result) for each in line.rows]
    rows = unread(sight.plan.over, in_order(sight.ledger, sight.plan.over, ids))
    return Exhibit(figures(result), shape_of(sight.plan), answer(result)), Exhibit(rows)


def _late(sight: Sight) -> tuple[Exhibit, ...]:
    late, stages, foreseen = late_tables(sight.ledger, sight.basis)
    return Exhibit(late), Exhibit(stages, Shape.AGEING), Exhibit(foreseen)


def _anomalies(sight: Sight) -> tuple[Exhibit, ...]:
    limit = sight.limits.exemption if sight.limits else None
    found = anomalies(sight.ledger, limit)
    return (Exhibit(anomaly_table(found, has_limit=limit is not None)),)


def _spending(sight: Sight) -> tuple[Exhibit, ...]:
    shapes = (None, Shape.TIME, Shape.SHARES, Shape.RANKING, Shape.RANKING, Shape.RANKING, None)
    tables = summary_tables(sight.ledger, sight.today)
    return tuple(Exhibit(*each) for each in zip(tables, shapes, strict=True))


def _suppliers(sight: Sight) -> tuple[Exhibit, ...]:
    suppliers, families = supplier_tables(held_contracts(sight.ledger))
    return Exhibit(suppliers, Shape.SHARES), Exhibit(families)


def _pooling(sight: Sight) -> tuple[Exhibit, ...]:
    return (Exhibit(pooling_table(contracts(sight.ledger))),)


def _needs(sight: Sight) -> tuple[Exhibit, ...]:
    if sight.limits is None:
        raise Ungrounded(_NO_LAW)
    return (Exhibit(needs_table(repeated(sight.ledger), sight.limits)),)


View = Callable[[Sight], tuple[Exhibit, ...]]

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
