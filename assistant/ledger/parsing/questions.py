"""A question in French words to a plan, by rules: every word must be understood, or none is.

Each rule takes what it reads out of the question; a word that is left and says something would be
a condition dropped in silence, so the question is then not understood.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.errors import WrongPlan
from assistant.ledger.parsing.conditions import without_credit
from assistant.ledger.parsing.connectives import Found, fields_named
from assistant.ledger.parsing.question_parts import Read, read_question
from assistant.ledger.parsing.rankings import EACH, Share
from assistant.ledger.parsing.vocabulary import Remainder, beginnings, load_vocabulary, slips
from assistant.ledger.query.measures import NOT_PAID, PAID
from assistant.ledger.query.names import Name
from assistant.ledger.query.plan import (
    FieldKind,
    Operator,
    Plan,
    PlanFilter,
    PlanMeasure,
    PlanPeriod,
    Population,
    Rows,
    rows_of,
    validate_plan,
)

# Questions whose words ask for another figure than their plan would give. Pure.

_OWED = {"interest", "indemnity"}


def asks_for_another(read: Read, of: str | None, kind: FieldKind) -> bool:
    """Whether the words are of something that the plan would not compute."""
    return (
        (kind in {FieldKind.DAYS, FieldKind.MONTHS} and _is_no_mean(read, of))
        or _is_mean_of_others(read)
        or (read.ranked.is_aside and _is_by_another(read, kind))
        or (kind is FieldKind.DAYS and _bounds_days_of_groups(read))
        or (of in _OWED and _is_paid(read) and not read.has_noun)
    )


def _is_no_mean(read: Read, of: str | None) -> bool:
    """Whether a total of days or of months is asked for: only their means are computed."""
    needs_mean = of != "payment_days" and read.ranked.of is None
    is_mean = PlanMeasure.AVERAGE in read.measures
    return bool({PlanMeasure.SUM, PlanMeasure.COUNT} & {*read.measures}) or (
        needs_mean and not is_mean
    )


def _is_mean_of_others(read: Read) -> bool:
    """Whether a mean is of counts, of shares, or of the first rows."""
    if PlanMeasure.AVERAGE not in read.measures:
        return False
    is_of_first_rows = read.ranked.group == EACH and read.ranked.of is None
    return is_of_first_rows or bool({PlanMeasure.SHARE, PlanMeasure.COUNT} & {*read.measures})


def _is_by_another(read: Read, kind: FieldKind) -> bool:
    """Whether the first groups are by the sums of all, and another figure is asked of them."""
    if read.ranked.group == EACH:
        return False
    is_of_sums = not {PlanMeasure.AVERAGE, PlanMeasure.SHARE} & {*read.measures}
    return kind is not FieldKind.AMOUNT or not is_of_sums or bool(read.filters)


def _bounds_days_of_groups(read: Read) -> bool:
    """Whether days are compared that may be those of each row or the mean of a group."""
    is_grouped = read.ranked.group or read.ranked.step
    return bool(is_grouped and fields_named(read.filters) & {"age_days", "payment_days"})


def _is_paid(read: Read) -> bool:
    """Whether it is of what was paid: the ledger knows what interest is owed."""
    return "paid" in {read.when.field} | fields_named(read.filters) or read.when.condition == PAID


# What rules read of a question to one plan, or none where it asks for two things. Pure.


def planned(read: Read, over: Population) -> Plan | None:
    """The plan that the parts of a question make, None where they do not say what to compute."""
    plan = _measured(Plan(PlanMeasure.COUNT, over), read)
    if plan and read.bounded:
        is_measured = plan.measure is read.bounded.measure
        plan = replace(plan, bound=read.bounded.bound) if is_measured else None
    if plan is None or not read.says_what or (read.compared and not read.says_of_what):
        return None
    when, filters = read.when, read.filters
    if read.period:
        plan = replace(plan, period=PlanPeriod(when.field, *read.period))
        filters = [each for each in filters if each[0] != PlanFilter(when.field, Operator.KNOWN)]
    if when.condition:
        if when.condition.field in fields_named(filters):
            return None
        filters = [*filters, (when.condition, when.start)]
    if read.compared:
        plan = replace(plan, compared=PlanPeriod(when.field, *read.compared))
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
    of = next(iter(fields), None)
    kind = rows_of(plan.over).fields[of].kind if of else FieldKind.AMOUNT
    if asks_for_another(read, of, kind):
        return None
    return _by_measure(read.ranked.applied(plan), read, of, kind)


def _by_measure(plan: Plan, read: Read, of: str | None, kind: FieldKind) -> Plan | None:
    """The measure of a field, or of that which the words leave unsaid."""
    rows, ranked, measures = rows_of(plan.over), read.ranked, {*read.measures}
    measures |= {read.bounded.measure} if read.bounded else set()
    if PlanMeasure.SHARE in measures:
        sums = of or (rows.amount if PlanMeasure.SUM in measures else None)
        if not sums and (not read.has_noun or ranked.group == EACH):
            return None  # of how many, or of how much?
        return replace(plan, measure=PlanMeasure.SHARE, of=sums)
    if kind is FieldKind.DAYS:
        return replace(plan, measure=PlanMeasure.DAYS, of=of)
    if PlanMeasure.AVERAGE in measures and _may_be_of_groups(read, kind):
        return None
    if PlanMeasure.AVERAGE in measures or kind is FieldKind.MONTHS:
        return replace(plan, measure=PlanMeasure.AVERAGE, of=of or rows.amount)
    counts = PlanMeasure.COUNT in measures or ranked.is_count
    if of or PlanMeasure.SUM in measures or ((ranked.group or ranked.step) and not counts):
        summed = summed_field([each for each, _ in read.filters], rows)
        return replace(plan, measure=PlanMeasure.SUM, of=of or summed)
    return plan


def _may_be_of_groups(read: Read, kind: FieldKind) -> bool:
    """Whether a mean may be that of the rows, or of what groups add up to."""
    is_grouped = read.ranked.step or read.ranked.group not in (None, EACH)
    return bool(is_grouped) and not read.has_noun and kind is FieldKind.AMOUNT


def summed_field(filters: Sequence[PlanFilter], rows: Rows) -> str:
    """What a sum is of where no word says it: of what is not paid, what is left to pay."""
    return "payable" if NOT_PAID in filters else rows.amount


def _filtered(plan: Plan, filters: Found, share: Share | None) -> Plan | None:
    """The conditions of the rows, and of a share those of the part."""
    if plan.measure is not PlanMeasure.SHARE or (plan.group and not (share and share.is_rate)):
        return replace(plan, filters=tuple(each for each, _ in filters))
    parted = share.parted(filters) if share else None
    return replace(plan, filters=parted[0], part=parted[1]) if parted else None


# Whole questions: understood, or what of them is not.


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """The words that no rule reads, none where they do not make one plan, and what can be asked.

    `near` are names of the ledger that begin with one of them; `doubts` are words that rules
    read, where they may mean something else.
    """

    words: tuple[str, ...]
    can: tuple[str, ...]
    near: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Why there is no plan, in French."""
        if not self.words and self.doubts:
            doubted = ", ".join(f"« {words} »" for words in self.doubts)
            return f"je ne suis pas sûr de comprendre {doubted} ; dites-le autrement."
        if not self.words:
            return "elle demande plusieurs calculs."
        words = ", ".join(f"« {word} »" for word in self.words)
        meant = " ou ".join(f"« {name} »" for name in self.near)
        asks = f" ; vouliez-vous dire {meant} ?" if meant else "."
        return f"je ne sais pas quoi faire de {words}{asks}"


def parse_plan(
    question: str, names: Sequence[Name], today: date, over: Population
) -> Plan | NotUnderstood:
    """The plan of a question; `names` are those of the ledger."""
    left = Remainder(question)
    plan = _plan_read(left, names, today, over)
    words = left.words(load_vocabulary().empty)
    if plan is None and words and (meant := slips(words, names)):
        plan = _plan_read(left.respelled(meant), names, today, over)
    if plan is not None:
        return plan
    known = beginnings(names)
    near = dict.fromkeys(each.name for word in words for each in known.get(word, ()))
    doubts = () if words else tuple(dict.fromkeys(left.doubts))
    return NotUnderstood(words, load_vocabulary().can, tuple(near), doubts)


def _plan_read(
    left: Remainder, names: Sequence[Name], today: date, over: Population
) -> Plan | None:
    """The plan of a question, None where a word is left of it, or its parts make none."""
    read = read_question(left, names, today, over)
    if left.words(load_vocabulary().empty) or left.has_clash or left.doubts:
        return None
    return valid_plan(read, over)


def valid_plan(read: Read, over: Population) -> Plan | None:
    """The plan that the parts of a question make, None where they make none together."""
    plan = planned(read, over)
    try:
        return validate_plan(plan) if plan else None
    except WrongPlan:
        return None
