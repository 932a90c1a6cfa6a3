"""Late payment as tables: the late invoices, where the others wait, and which will be late."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from assistant.calculators.amounts import euros
from assistant.confidence import Estimate
from assistant.ledger.fields import Population, rows_of
from assistant.ledger.forecast import METHOD, SUMMED, Forecast, expected, forecasts, paces
from assistant.ledger.late import (
    SUSPENDED,
    Basis,
    LateInvoice,
    Payment,
    Payments,
    late_invoices,
    missing_rates,
    payments,
    undated,
)
from assistant.ledger.measures import LATE, NOT_PAID, told
from assistant.ledger.plan import Measure, Plan
from assistant.ledger.query import Late
from assistant.ledger.stages import Passage, Waiting, passages, waiting
from assistant.ledger.sums import EURO
from assistant.ledger.table import Column, Format, Table
from ingestion.ledger.database import Ledger

_OPEN = Plan(Measure.COUNT, Population.INVOICES, filters=(NOT_PAID,))
_TO_PAY = Plan(Measure.SUM, Population.INVOICES, "payable", (NOT_PAID,))
_LATE = Plan(Measure.COUNT, Population.INVOICES, filters=(LATE, NOT_PAID))

CAUTIONS = (
    "Le marché peut fixer un délai plus court. Un statut « suspendue » ne prouve pas que le délai "
    "a été valablement interrompu : il n'est pas déduit.",
    "Facture non payée : intérêts comme si elle était payée ce jour.",
)


def late_tables(ledger: Ledger, basis: Basis) -> tuple[Table, ...]:
    """Late invoices, unpaid ones by stage, and the forecast."""
    today = basis.today
    found, both, passed = _open_or_late(ledger, basis)
    foreseen = forecasts(both, passed, paces(ledger, today), today)
    stages = _stage_table(waiting(both, passed, today, undated(ledger, today)))
    return _late_table(late_invoices(both), found, basis), stages, _forecast_table(foreseen, today)


def stage_table(ledger: Ledger, basis: Basis) -> Table:
    """Unpaid invoices by stage alone."""
    _, both, passed = _open_or_late(ledger, basis)
    return _stage_table(waiting(both, passed, basis.today, undated(ledger, basis.today)))


def _open_or_late(
    ledger: Ledger, basis: Basis
) -> tuple[Payments, Sequence[tuple[Payment, Late]], Mapping[str, Sequence[Passage]]]:
    """The invoices that are unpaid or late, what each costs, and the stages of the unpaid ones."""
    found = payments(ledger, basis.today, basis.terms.days)
    unpaid = [each.id for each in found.known if each.paid is None]
    unpaid += [each.id for each in undated(ledger, basis.today)]
    both = list(zip(found.known, basis.costs(found.known), strict=True))
    return found, both, passages(ledger, unpaid)


def _stage_table(held: Sequence[Waiting]) -> Table:
    return Table(
        "Factures non payées, par étape",
        (
            Column("Étape"),
            Column("Délai"),
            Column("Factures", Format.COUNT),
            Column("À payer", Format.EUROS),
            Column("Dans l'étape, au plus (jours)", Format.COUNT),
        ),
        tuple(
            (each.stage, each.bracket, len(each.invoices), each.amount, each.longest)
            for each in held
        ),
        tuple(each.invoices for each in held),
        (told(_OPEN, _TO_PAY),),
    )


def _late_table(late: Sequence[LateInvoice], found: Payments, basis: Basis) -> Table:
    words = rows_of(Population.INVOICES).fields["status"].words
    rows = tuple(
        (
            each.payment.number,
            each.payment.supplier,
            each.cost.deadline,
            each.payment.paid,
            each.cost.late_days,
            each.payment.amount,
            each.cost.interest,
            each.cost.indemnity,
            words.get(each.payment.status or "", each.payment.status),
        )
        for each in late
    )
    columns = (
        Column("Facture"),
        Column("Fournisseur"),
        Column("Dernier jour", Format.DATE),
        Column("Payée", Format.DATE),
        Column("Retard (jours)", Format.COUNT),
        Column("À payer", Format.EUROS),
        Column("Intérêts", Format.EUROS),
        Column("Indemnité", Format.EUROS),
        Column("Statut"),
    )
    ids = tuple((each.payment.id,) for each in late)
    return Table(
        "Factures en retard ou payées en retard",
        columns,
        rows,
        ids,
        tuple(_notes(late, found, basis)),
    )


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
    suspended = sum(each.payment.status == SUSPENDED for each in late)
    notes += [f"Dont suspendues : {suspended}."] if suspended else []
    articles = dict.fromkeys(
        f"art. {each.article} : « {each.quote} »" for each in basis.terms.grounds
    )
    return [*notes, *CAUTIONS, *articles]


def _forecast_table(found: Sequence[Forecast], today: date) -> Table:
    notes = [METHOD]
    if foreseen := expected(found):
        low, value, high = (f"{each:.1f}".replace(".", ",") for each in foreseen)
        notes.insert(0, f"Attendues en retard : {value} (de {low} à {high}, {SUMMED}).")
    return Table(
        "Factures non payées, risque de retard",
        (
            Column("Facture"),
            Column("Fournisseur"),
            Column("Étape"),
            Column("Depuis", Format.DATE),
            Column("Dernier jour", Format.DATE),
            Column("Jours restants", Format.COUNT),
            Column("Risque"),
        ),
        tuple(
            (
                each.payment.number,
                each.payment.supplier,
                each.stage.stage,
                each.stage.entered,
                each.deadline,
                (each.deadline - today).days,
                _risk(each.risk),
            )
            for each in found
        ),
        tuple((each.payment.id,) for each in found),
        tuple(notes),
    )


def _risk(risk: Estimate | None) -> str:
    if risk is None:
        return "trop peu de factures comparables"
    return f"{risk.value:.0%} (de {risk.low:.0%} à {risk.high:.0%}, sur {risk.whole})".replace(
        "%", "\u00a0%"
    )
