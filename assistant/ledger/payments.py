"""Late payment and the overview of the invoices, as tables."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from assistant.calculators.amounts import euros
from assistant.confidence import Estimate
from assistant.ledger.forecasts import METHOD, SUMMED, Forecast, expected, forecasts, paces
from assistant.ledger.late import (
    Basis,
    LateInvoice,
    Payment,
    Payments,
    late_invoices,
    missing_rates,
    payments,
    undated,
)
from assistant.ledger.query.measures import (
    CREDIT_NOTE,
    LATE,
    NOT_PAID,
    PAID,
    REJECTED,
    SUSPENDED,
    told,
)
from assistant.ledger.query.plan import EURO, PeriodStep, Plan, PlanMeasure, Population
from assistant.ledger.query.result import PlanResult, computed_cuts
from assistant.ledger.query.sql import LateColumns
from assistant.ledger.query.wording import figures
from assistant.ledger.stages import StagePassage, StageWaiting, passages, stage_of, waiting
from assistant.ledger.tables import (
    DrawingShape,
    Format,
    LedgerExhibit,
    LedgerTable,
    TableColumn,
    tabulated,
)
from ingestion.french import number
from ingestion.ledger.embedded import Ledger

# Late payment as tables: the late invoices, where the others wait, and which will be late.

_OPEN = Plan(PlanMeasure.COUNT, Population.INVOICES, filters=(NOT_PAID,))
_TO_PAY = Plan(PlanMeasure.SUM, Population.INVOICES, "payable", (NOT_PAID,))
_LATE = Plan(PlanMeasure.COUNT, Population.INVOICES, filters=(LATE, NOT_PAID))

CAUTIONS = (
    "Le marché peut fixer un délai plus court. Un statut « suspendue » ne prouve pas que le délai "
    "a été valablement interrompu : il n'est pas déduit.",
    "Facture non payée : intérêts comme si elle était payée ce jour.",
)


def late_tables(ledger: Ledger, basis: Basis) -> tuple[LedgerTable, ...]:
    """Late invoices, unpaid ones by stage, and the forecast."""
    today = basis.today
    found, both, passed = _open_or_late(ledger, basis)
    foreseen = forecasts(both, passed, paces(ledger, today), today)
    stages = _stage_table(waiting(both, passed, today, undated(ledger, today)))
    return _late_table(late_invoices(both), found, basis), stages, _forecast_table(foreseen, today)


def stage_table(ledger: Ledger, basis: Basis) -> LedgerTable:
    """Unpaid invoices by stage alone."""
    _, both, passed = _open_or_late(ledger, basis)
    return _stage_table(waiting(both, passed, basis.today, undated(ledger, basis.today)))


def _open_or_late(
    ledger: Ledger, basis: Basis
) -> tuple[Payments, Sequence[tuple[Payment, LateColumns]], Mapping[str, Sequence[StagePassage]]]:
    """The invoices that are unpaid or late, what each costs, and the stages of the unpaid ones."""
    found = payments(ledger, basis.today, basis.terms.days)
    unpaid = [each.id for each in found.known if each.paid is None]
    unpaid += [each.id for each in undated(ledger, basis.today)]
    both = list(zip(found.known, basis.costs(found.known), strict=True))
    return found, both, passages(ledger, unpaid)


def _stage_table(held: Sequence[StageWaiting]) -> LedgerTable:
    return tabulated(
        "Factures non payées, par étape",
        held,
        lambda each: each.invoices,
        (told(_OPEN, _TO_PAY),),
        {
            TableColumn("Étape", Format.WORDS): lambda each: each.stage,
            TableColumn("Délai", Format.WORDS): lambda each: each.bracket,
            TableColumn("Factures", Format.COUNT): lambda each: len(each.invoices),
            TableColumn("À payer", Format.EUROS): lambda each: each.amount,
            TableColumn("Dans l'étape, au plus (jours)", Format.COUNT): lambda each: each.longest,
        },
    )


def _late_table(late: Sequence[LateInvoice], found: Payments, basis: Basis) -> LedgerTable:
    return tabulated(
        "Factures en retard ou payées en retard",
        late,
        lambda each: (each.payment.id,),
        tuple(_notes(late, found, basis)),
        {
            TableColumn("Facture"): lambda each: each.payment.number,
            TableColumn("Fournisseur"): lambda each: each.payment.supplier,
            TableColumn("Dernier jour", Format.DATE): lambda each: each.cost.deadline,
            TableColumn("Payée", Format.DATE): lambda each: each.payment.paid,
            TableColumn("Retard (jours)", Format.COUNT): lambda each: each.cost.late_days,
            TableColumn("À payer", Format.EUROS): lambda each: _euros(each, each.payment.amount),
            TableColumn("Intérêts", Format.EUROS): lambda each: _euros(each, each.cost.interest),
            TableColumn("Indemnité", Format.EUROS): lambda each: _euros(each, each.cost.indemnity),
            TableColumn("Statut", Format.WORDS): lambda each: _status(each.payment.status),
        },
    )


def _status(code: str | None) -> str | None:
    return code and stage_of(code)


def _euros(late: LateInvoice, amount: Decimal | None) -> Decimal | None:
    """An amount of an invoice, nothing in another currency."""
    return amount if late.payment.currency == EURO else None


def _notes(late: Sequence[LateInvoice], found: Payments, basis: Basis) -> list[str]:
    in_euros = [each for each in late if each.payment.currency == EURO]
    interests = [each.cost.interest for each in in_euros]
    known = [interest for interest in interests if interest is not None]
    indemnities = sum((each.cost.indemnity for each in in_euros), Decimal(0))
    unpaid = sum(each.payment.paid is None for each in late)
    notes = [
        f"{unpaid} en retard au {basis.today:%d/%m/%Y}, {len(late) - unpaid} payées en retard, "
        f"sur {found.count} dont le dernier jour est connu ({basis.terms.days} jours). Intérêts "
        f"moratoires : {euros(sum(known, Decimal(0)))} ; indemnités forfaitaires : "
        f"{euros(indemnities)}.",
        told(_LATE),
    ]
    if len(known) < len(late):
        notes.append(f"{len(late) - len(known)} sans intérêts : taux, montant ou euros absents.")
    notes += missing_rates(late, basis.rates)
    notes += [f"Sans dernier jour : {count} ({why})." for why, count in found.without]
    suspended = sum(
        each.payment.status in SUSPENDED.values for each in late if each.payment.paid is None
    )
    notes += [f"Suspendues parmi celles en retard : {suspended}."] if suspended else []
    articles = dict.fromkeys(
        f"art. {each.article} : « {each.quote} »" for each in basis.terms.grounds
    )
    return [*notes, *CAUTIONS, *articles]


def _forecast_table(found: Sequence[Forecast], today: date) -> LedgerTable:
    notes = [METHOD]
    if foreseen := expected(found):
        low, value, high = (number(each, 1) for each in foreseen)
        notes.insert(0, f"Attendues en retard : {value} (de {low} à {high}, {SUMMED}).")
    return tabulated(
        "Factures non payées, risque de retard",
        found,
        lambda each: (each.payment.id,),
        tuple(notes),
        {
            TableColumn("Facture"): lambda each: each.payment.number,
            TableColumn("Fournisseur"): lambda each: each.payment.supplier,
            TableColumn("Étape", Format.WORDS): lambda each: each.stage.stage,
            TableColumn("Depuis", Format.DATE): lambda each: each.stage.entered,
            TableColumn("Dernier jour", Format.DATE): lambda each: each.deadline,
            TableColumn("Jours restants", Format.COUNT): lambda each: (each.deadline - today).days,
            TableColumn("Risque", Format.WORDS): lambda each: _risk(each.risk),
        },
    )


def _risk(risk: Estimate | None) -> str:
    if risk is None:
        return "trop peu de factures comparables"
    return f"{risk.value:.0%} (de {risk.low:.0%} à {risk.high:.0%}, sur {risk.whole})".replace(
        "%", "\u00a0%"
    )


# The overview of the invoices: how many, how much, what is unpaid, by month, supplier, status.

_FIRST = 15
_ALL = Population.INVOICES
_KINDS = (
    ("Factures, avoirs déduits du montant", ()),
    ("Payées", (PAID,)),
    ("Non payées", (NOT_PAID,)),
    ("Dont suspendues", (NOT_PAID, SUSPENDED)),
    ("Rejetées", (REJECTED,)),
    ("Avoirs", (CREDIT_NOTE,)),
)
_CUTS = (
    (
        Plan(PlanMeasure.SUM, _ALL, "gross", group="issued", step=PeriodStep.MONTH),
        DrawingShape.TIME,
    ),
    (Plan(PlanMeasure.SUM, _ALL, "gross", group="supplier", limit=_FIRST), DrawingShape.RANKING),
    (Plan(PlanMeasure.SUM, _ALL, "gross", group="status"), DrawingShape.RANKING),
)


def overview(ledger: Ledger, today: date) -> tuple[LedgerExhibit, ...]:
    """What there is, then how it divides."""
    kinds = [filters for _, filters in _KINDS]
    counts = [Plan(PlanMeasure.COUNT, _ALL, filters=each) for each in kinds]
    sums = [Plan(PlanMeasure.SUM, _ALL, "gross", each) for each in kinds]
    counted = computed_cuts(counts, ledger, today)
    found = computed_cuts([*sums, *(plan for plan, _ in _CUTS)], ledger, today)
    drawn = zip(found[len(sums) :], (shape for _, shape in _CUTS), strict=True)
    cuts = (LedgerExhibit(figures(cut), shape) for cut, shape in drawn)
    return (LedgerExhibit(_whole(counted, found[: len(sums)])), *cuts)


def _whole(counted: Sequence[PlanResult], summed: Sequence[PlanResult]) -> LedgerTable:
    """One row a kind of invoice: their number and the euros that they add up to."""
    both = (*counted, *summed)
    notes = dict.fromkeys(note for each in both for note in each.notes)
    return LedgerTable(
        "Les factures en bref",
        (
            TableColumn("Ensemble", Format.WORDS),
            TableColumn("Nombre", Format.COUNT),
            TableColumn("TTC", Format.EUROS),
        ),
        tuple(
            (label, len(count.total.rows), amount.total.value)
            for (label, _), count, amount in zip(_KINDS, counted, summed, strict=True)
        ),
        tuple(each.total.rows for each in counted),
        (told(*(each.plan for each in both)), *notes),
    )
