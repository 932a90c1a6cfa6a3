"""The views of the ledger: what each page shows, down to one piece and its places in a file.

Each is a function of what it is seen with, so that a page, a file and a terminal show the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
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
from assistant.ledger.query.measures import told, told_of_rows
from assistant.ledger.query.plan import Plan, PlanMeasure, Population, rows_of
from assistant.ledger.query.result import PlanResult, compute_result, rows_meant
from assistant.ledger.query.sql import LateColumns
from assistant.ledger.query.wording import answer, figures, in_order, ranked, unread
from assistant.ledger.suppliers import supplier_tables
from assistant.ledger.tables import (
    Cell,
    DrawingShape,
    Format,
    LedgerExhibit,
    LedgerTable,
    TableColumn,
)
from ingestion.errors import UnknownSnapshot
from ingestion.index.snapshot import IndexSnapshot
from ingestion.ledger.embedded import Ledger
from ingestion.ledger.rows import (
    Invoice,
    InvoiceLine,
    Purchase,
    PurchaseChange,
    PurchaseHolder,
    StatusEvent,
    TableRow,
    VatLine,
)

# A piece: one invoice or contract, each value with the place in the file that says it.

_LABELS = {
    "number": "Numéro (BT-1)",
    "type": "Type (BT-3)",
    "issued": "Émise le (BT-2)",
    "received": "Reçue le",
    "delivered": "Livrée le, ou service fait (BT-72)",
    "due": "Échéance (BT-9)",
    "supplier_siren": "SIREN du fournisseur (BT-30)",
    "supplier_siret": "SIRET du fournisseur (BT-29)",
    "supplier_name": "Fournisseur (BT-27)",
    "buyer_siren": "SIREN de l'acheteur (BT-47)",
    "buyer_siret": "SIRET de l'acheteur (BT-46)",
    "buyer_name": "Acheteur (BT-44)",
    "service": "Service exécutant (BT-10)",
    "commitment": "Engagement (BT-13)",
    "preceding": "Facture antérieure (BT-25)",
    "net": "Montant HT (BT-109)",
    "vat": "TVA (BT-110)",
    "gross": "Montant TTC (BT-112)",
    "payable": "Net à payer (BT-115)",
    "currency": "Devise (BT-5)",
    "status": "Statut",
    "paid": "Payée le",
    "iban_sha256": "IBAN (BT-84), empreinte",
    "contract_id": "Numéro du marché",
    "subject": "Objet",
    "nature": "Nature",
    "procedure": "Procédure",
    "cpv": "Code CPV",
    "amount": "Montant HT",
    "months": "Durée (mois)",
    "notified": "Notifié le",
    "published": "Publié le",
    "place": "Lieu d'exécution",
    "form": "Forme de prix",
    "at": "Le",
    "label": "Désignation",
    "quantity": "Quantité",
    "unit_price": "Prix unitaire",
    "vat_rate": "Taux de TVA (%)",
    "rate": "Taux de TVA (%)",
    "category": "Catégorie de TVA",
    "base": "Base HT",
    "siret": "SIRET",
    "name": "Nom",
    "contract": "Marché (BT-12)",
}
_TITLES: dict[type[TableRow], str] = {
    InvoiceLine: "Lignes",
    VatLine: "TVA par taux",
    StatusEvent: "Statuts",
    PurchaseHolder: "Titulaires",
    PurchaseChange: "Modifications",
}
_MAIN: dict[Population, type[Invoice] | type[Purchase]] = {
    Population.INVOICES: Invoice,
    Population.PURCHASES: Purchase,
}
_PARTS: dict[Population, tuple[type[TableRow], ...]] = {
    Population.INVOICES: (InvoiceLine, VatLine, StatusEvent),
    Population.PURCHASES: (PurchaseHolder, PurchaseChange),
}
_UNSAID = {"id", "file", "invoice", "purchase", "position"}
_CELLS = """
SELECT column_name, concat(file.name, ', ', place) FROM lineage JOIN file ON sha256 = file
WHERE table_name = $1 AND "row" = $2
"""
_PART_CELLS = """
SELECT table_name, column_name, concat(file.name, ', ', place) FROM lineage
JOIN file ON sha256 = file WHERE starts_with("row", $1) ORDER BY table_name, "row", column_name
"""
_REMARKS = 'SELECT code, level, sentence FROM remark WHERE "row" = $1 ORDER BY level, code'
_LEVELS = {"warning": "réserve", "refused": "refus"}


def piece_tables(
    ledger: Ledger, population: Population, identifier: str
) -> tuple[LedgerTable, ...]:
    """Its values, its parts, and what the import said of it; nothing for an unknown one."""
    main = _MAIN[population]
    found = _rows(ledger, main, "id", identifier)
    if not found:
        return ()
    places: dict[str, str] = dict(ledger.rows(_CELLS, [main.table, identifier]))
    cells = tuple(
        (_LABELS[name], _worded(name, value), places.get(name))
        for name, value in zip(_columns(main), found[0], strict=True)
        if value is not None and name not in _UNSAID
    )
    columns = (
        TableColumn("Donnée", Format.WORDS),
        TableColumn("Valeur"),
        TableColumn("Source", Format.WORDS),
    )
    parts = (_part(ledger, each, main.table, identifier) for each in _PARTS[population])
    every = (
        LedgerTable("Valeurs", columns, cells),
        *parts,
        *_said(ledger, identifier),
    )
    return tuple(each for each in every if each.rows)


def _part(ledger: Ledger, part: type[TableRow], owner: str, identifier: str) -> LedgerTable:
    """What hangs on the piece: the columns that have a value, one row each."""
    columns, rows = _columns(part), _rows(ledger, part, owner, identifier)
    shown = [
        index
        for index, column in enumerate(columns)
        if column not in _UNSAID and any(row[index] is not None for row in rows)
    ]
    return LedgerTable(
        _TITLES[part],
        tuple(TableColumn(_LABELS[columns[index]], Format.NUMBER) for index in shown),
        tuple(tuple(_worded(columns[index], row[index]) for index in shown) for row in rows),
    )


def _said(ledger: Ledger, identifier: str) -> tuple[LedgerTable, LedgerTable]:
    """Where the values of the parts were read, and what the import remarked."""
    titles = {part.table: title for part, title in _TITLES.items()}
    places = tuple(
        (titles[part], _LABELS[column], place)
        for part, column, place in ledger.rows(_PART_CELLS, [f"{identifier}/"])
    )
    remarks = tuple(
        (code, _LEVELS[level], sentence)
        for code, level, sentence in ledger.rows(_REMARKS, [identifier])
    )
    return (
        LedgerTable(
            "Sources de ces lignes",
            (
                TableColumn("Où", Format.WORDS),
                TableColumn("Donnée", Format.WORDS),
                TableColumn("Source", Format.WORDS),
            ),
            places,
        ),
        LedgerTable(
            "Dit à l'import",
            (
                TableColumn("Règle"),
                TableColumn("Niveau", Format.WORDS),
                TableColumn("Constat", Format.WORDS),
            ),
            remarks,
        ),
    )


def _worded(name: str, value: Cell) -> Cell:
    """A value, or the word that its code stands for."""
    if name != "status":
        return value
    return rows_of(Population.INVOICES).fields["status"].words.get(str(value), value)


def _columns(table: type[TableRow]) -> list[str]:
    return [each.name for each in fields(table)]


def _rows(
    ledger: Ledger, table: type[TableRow], key: str, identifier: str
) -> tuple[tuple[Cell, ...], ...]:
    """The rows of a table of the schema that a piece has, in the order of its fields."""
    quoted = ", ".join(f'"{name}"' for name in _columns(table))
    return ledger.rows(f"SELECT {quoted} FROM {table.table} WHERE {key} = $1", [identifier])


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
    return (LedgerExhibit(unread(sight.plan.over, sight.rows_meant, means)),)


def _answered(sight: Sight) -> tuple[LedgerExhibit, ...]:
    """The figures of a plan, then the rows that they are made of."""
    result = sight.result
    ids = [each for line in ranked(result) for each in line.rows]
    rows = unread(sight.plan.over, in_order(sight.ledger, sight.plan.over, ids), told(sight.plan))
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
