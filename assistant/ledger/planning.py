"""What rules read of a question to one plan, or none where it asks for two things. Pure."""

from dataclasses import replace

from assistant.ledger.credits import without_credit
from assistant.ledger.doubts import asks_for_another
from assistant.ledger.exclusions import Found
from assistant.ledger.fields import Kind, Population, rows_of
from assistant.ledger.plan import Filter, Measure, Operator, Period, Plan
from assistant.ledger.question import Read
from assistant.ledger.rankings import EACH
from assistant.ledger.shares import Share


def planned(read: Read, over: Population) -> Plan | None:
    """The plan that the parts of a question make, None where they do not say what to compute."""
    plan = _measured(Plan(Measure.COUNT, over), read)
    if plan and read.bounded:
        is_measured = plan.measure is read.bounded.measure
        plan = replace(plan, bound=read.bounded.bound) if is_measured else None
    if plan is None or not read.says_what or (read.compared and not read.says_of_what):
        return None
    when, filters = read.when, read.filters
    if read.period:
        plan = replace(plan, period=Period(when.field, *read.period))
        filters = [each for each in filters if each[0] != Filter(when.field, Operator.KNOWN)]
    if when.condition:
        if any(each.field == when.condition.field for each, _ in filters):
            return None
        filters = [*filters, (when.condition, when.start)]
    if read.compared:
        plan = replace(plan, compared=Period(when.field, *read.compared))
    if plan.step:
        plan = replace(plan, group=plan.group or when.by or when.field)
    kept = without_credit(plan, filters)
    return _filtered(plan, kept, read.share) if kept is not None else None


def _measured(plan: Plan, read: Read) -> Plan | None:
    """What is measured, and by group; None where the words ask for two things."""
    bounded = read.bounded
    fields = {*read.fields, *filter(None, [read.ranked.of, bounded.of if bounded else None])}
    if len(fields) > 1:
        return None
    rows, ranked, measures = rows_of(plan.over), read.ranked, {*read.measures}
    measures |= {bounded.measure} if bounded else set()
    of = next(iter(fields), None)
    kind = rows.fields[of].kind if of else Kind.AMOUNT
    plan = replace(
        plan,
        group=ranked.group,
        step=ranked.step,
        limit=ranked.limit,
        is_ascending=ranked.is_ascending,
    )
    if asks_for_another(read, of, kind):
        return None
    if Measure.SHARE in measures:
        sums = of or (rows.amount if Measure.SUM in measures else None)
        if not sums and not read.has_noun:
            return None  # of how many, or of how much?
        return replace(plan, measure=Measure.SHARE, of=sums)
    if kind is Kind.DAYS:
        return replace(plan, measure=Measure.DAYS, of=of)
    of_groups = ranked.step or ranked.group not in (None, EACH)
    if Measure.AVERAGE in measures and of_groups and not read.has_noun and kind is Kind.AMOUNT:
        return None  # the mean of the rows, or of what groups add up to?
    if Measure.AVERAGE in measures or kind is Kind.MONTHS:
        return replace(plan, measure=Measure.AVERAGE, of=of or rows.amount)
    counts = Measure.COUNT in measures or ranked.is_count
    if of or Measure.SUM in measures or ((ranked.group or ranked.step) and not counts):
        return replace(plan, measure=Measure.SUM, of=of or rows.amount)
    return plan


def _filtered(plan: Plan, filters: Found, share: Share | None) -> Plan | None:
    """The conditions of the rows, and of a share those of the part."""
    if plan.measure is not Measure.SHARE or plan.group:
        return replace(plan, filters=tuple(each for each, _ in filters))
    parted = share.parted(filters) if share else None
    return replace(plan, filters=parted[0], part=parted[1]) if parted else None
