"""Measures: what each figure counts, what it leaves out, and the sentence that tells it. Pure.

Every plan is computed as `defined` writes it, whoever made it: the chat, a page, a command, an
export. So a figure has one definition, and a plan says only what was asked.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from assistant.ledger.query.plan import (
    FieldKind,
    Operator,
    Plan,
    PlanFilter,
    PlanMeasure,
    Population,
    rows_of,
)

INVOICE = PlanFilter("is_credit", Operator.UNKNOWN)
CREDIT_NOTE = PlanFilter("is_credit", Operator.KNOWN)
_AVOIR = PlanFilter("document", Operator.IS, ("avoir",))
REPEATING = PlanFilter("is_repeating", Operator.KNOWN)
NOT_PAID = PlanFilter("paid", Operator.UNKNOWN)
"""As a question or a form says it."""

UNPAID = PlanFilter("is_unpaid", Operator.KNOWN)
"""What it means: champs.toml has its condition."""

PAID = PlanFilter("paid", Operator.KNOWN)
SENT = PlanFilter("status", Operator.IS, ("11",))
UNRECEIVED = PlanFilter("received", Operator.UNKNOWN)
SUSPENDED = PlanFilter("status", Operator.IS, ("06",))
REJECTED = PlanFilter("status", Operator.IS, ("05",))
IN_EUROS = PlanFilter("currency", Operator.IS, ("EUR",))
LATE = PlanFilter("late_days", Operator.MORE, (0,))


@dataclass(frozen=True, slots=True)
class Definition:
    """What the plans that it `concerns` count; `says` is part of a French sentence.

    `adds` are conditions of every row counted; `means` takes the place of the condition `said`.
    """

    says: str
    concerns: Callable[[Plan], bool]
    adds: tuple[PlanFilter, ...] = ()
    said: PlanFilter | None = None
    means: PlanFilter | None = None


def is_by_invoice(plan: Plan) -> bool:
    """Whether each invoice counts for one, and credit notes are not counted.

    A sum is the only measure that they lessen.
    """
    is_of_rows = plan.measure is not PlanMeasure.SUM and (
        plan.measure is not PlanMeasure.SHARE or plan.of is None
    )
    return plan.over is Population.INVOICES and is_of_rows and not _names_credits(plan)


def _names_credits(plan: Plan) -> bool:
    """Whether a condition says what is to become of credit notes."""
    return any(each.field in {"is_credit", "document"} for each in plan.conditions)


def is_of_credits(plan: Plan) -> bool:
    """Whether an amount is of credit notes alone: nothing is there to take it off."""
    is_amount = plan.is_of_money and plan.measure is not PlanMeasure.SHARE
    return is_amount and bool({CREDIT_NOTE, _AVOIR} & {*plan.filters})


def _is_of_invoiced(plan: Plan) -> bool:
    is_sum = plan.measure is PlanMeasure.SUM or (
        plan.measure is PlanMeasure.SHARE and plan.of is not None
    )
    is_known = _is_of_unpaid(plan) or _names_credits(plan) or plan.is_computed
    return plan.over is Population.INVOICES and is_sum and plan.is_of_money and not is_known


def _is_of_unpaid(plan: Plan) -> bool:
    """Whether invoices to pay are meant: credit notes or rejected ones may be asked for by name."""
    others = CREDIT_NOTE in plan.conditions or any(
        each.field == "status" and each.operator is Operator.IS and "05" in each.values
        for each in plan.conditions
    )
    return plan.over is Population.INVOICES and NOT_PAID in plan.conditions and not others


def _is_late(plan: Plan, *, unpaid: bool) -> bool:
    every = plan.conditions
    return LATE in every and (NOT_PAID in every or UNPAID in every) is unpaid


def _bounds_amounts(plan: Plan) -> bool:
    """Whether an amount is compared with one in euros, and no condition says the currency."""
    fields = rows_of(plan.over).fields
    named = {each.field for each in plan.conditions}
    amounts = {
        each.field
        for each in plan.conditions
        if each.operator in _COMPARES and fields[each.field].kind is FieldKind.AMOUNT
    }
    return "currency" in fields and bool(amounts) and "currency" not in named


_COMPARES = {Operator.MORE, Operator.AT_LEAST, Operator.LESS, Operator.AT_MOST}


def _measures(name: str) -> Callable[[Plan], bool]:
    return lambda plan: plan.of == name


DEFINITIONS = (
    Definition("les avoirs ne sont pas des factures comptées", is_by_invoice, (INVOICE,)),
    Definition(
        "les avoirs sont déduits, les factures rejetées restent comprises",
        _is_of_invoiced,
    ),
    Definition("le montant des avoirs est dit sans son signe moins", is_of_credits),
    Definition(
        "est non payée une facture sans date de paiement, ni mise en paiement, ni rejetée, ni "
        "avoir, dont il reste un montant à payer",
        _is_of_unpaid,
        said=NOT_PAID,
        means=UNPAID,
    ),
    Definition(
        "est en retard une facture non payée après le dernier jour du délai de paiement",
        lambda plan: _is_late(plan, unpaid=True),
    ),
    Definition(
        "un retard est celui d'une facture payée après le dernier jour du délai, ou qui ne l'est "
        "pas encore",
        lambda plan: _is_late(plan, unpaid=False) and PAID not in plan.filters,
    ),
    Definition(
        "le délai va de la réception, ou de la livraison si elle la suit, au paiement",
        _measures("payment_days"),
    ),
    Definition(
        "les intérêts sont ceux des factures payées en retard et de celles qui le sont encore, "
        "comptées comme payées ce jour",
        _measures("interest"),
    ),
    Definition(
        "un montant comparé est en euros : ce qui est en une autre devise n'y est pas",
        _bounds_amounts,
        (IN_EUROS,),
    ),
    Definition("sans net à payer, le TTC en tient lieu", _measures("payable")),
    Definition(
        "le montant est celui de la notification, hors taxes et sans ses modifications ; un marché "
        "compte une fois, quel que soit le nombre de ses titulaires",
        lambda plan: plan.over is Population.PURCHASES and plan.of == "amount",
    ),
    Definition(
        "le montant est celui de la dernière modification publiée, à défaut celui de la "
        "notification",
        _measures("last_amount"),
    ),
    Definition(
        "un marché compte une fois, quel que soit le nombre de ses titulaires",
        lambda plan: plan.over is Population.PURCHASES and plan.of != "amount",
    ),
)


def defined(plan: Plan) -> Plan:
    """The plan with the conditions that its definitions mean and add: what is computed."""
    added = tuple(condition for each in definitions(plan) for condition in each.adds)
    known = meant(plan)
    return replace(known, filters=(*known.filters, *added))


def meant(plan: Plan) -> Plan:
    """The plan with the conditions that its own ones mean: the rows of a list, credit notes too."""
    for each in definitions(plan):
        if each.said and each.means:
            plan = replace(
                plan,
                filters=_in_place(plan.filters, each.said, each.means),
                part=_in_place(plan.part, each.said, each.means),
            )
    return plan


def definitions(plan: Plan) -> tuple[Definition, ...]:
    """Those that concern a plan."""
    return tuple(each for each in DEFINITIONS if each.concerns(plan))


def has_credit_notes(plan: Plan) -> bool:
    """Whether credit notes may be among the rows of a plan, which then are not all invoices."""
    without = {INVOICE, UNPAID, LATE} & {*defined(plan).filters}
    return plan.over is Population.INVOICES and not without


def told(*plans: Plan) -> str:
    """What figures count, in a sentence; "" where there is nothing to say of it."""
    return _sentence(each for plan in plans for each in definitions(plan))


def told_of_rows(plan: Plan) -> str:
    """What the conditions of a list mean: it has the rows that figures would not count."""
    return _sentence(each for each in definitions(plan) if each.means)


def _sentence(found: Iterable[Definition]) -> str:
    says = " ; ".join(dict.fromkeys(each.says for each in found))
    return f"{says[0].upper()}{says[1:]}." if says else ""


def _in_place(
    filters: tuple[PlanFilter, ...], said: PlanFilter, means: PlanFilter
) -> tuple[PlanFilter, ...]:
    return tuple(means if each == said else each for each in filters)
