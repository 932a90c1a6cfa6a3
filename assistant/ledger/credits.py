"""Credit notes among invoices: their amounts are negative, and below every other. Pure."""

from assistant.ledger.exclusions import Found
from assistant.ledger.fields import Kind, rows_of
from assistant.ledger.plan import Filter, Operator, Plan
from assistant.ledger.rankings import EACH

_ABOVE = {Operator.MORE, Operator.AT_LEAST}
_BELOW = {Operator.LESS, Operator.AT_MOST}


def without_credit(plan: Plan, filters: Found) -> Found | None:
    """The conditions, without credit notes where the least is asked for and they are not named.

    "La moins chère" and "de moins de 100 €" are about invoices. None where credit notes are
    compared with an amount, or ranked by theirs: is the highest the one nearest to nothing?
    """
    fields = rows_of(plan.over).fields
    if "is_credit" not in fields:
        return filters
    said = {each.operator for each, _ in filters if each.field == "is_credit"}
    sides = {each.operator for each, _ in filters if fields[each.field].kind is Kind.AMOUNT}
    if Operator.KNOWN in said and (sides or (plan.is_of_some and plan.of)):
        return None
    is_least = plan.group == EACH and plan.is_ascending
    if said or not (is_least or (sides & _BELOW and not sides & _ABOVE)):
        return filters
    return [*filters, (Filter("is_credit", Operator.UNKNOWN), 0)]
