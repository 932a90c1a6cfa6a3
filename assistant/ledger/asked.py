"""A question in French words to a plan, by rules: every word must be understood, or none is.

Each rule takes what it reads out of the question; a word that is left and says something would be
a condition dropped in silence, so the question is then not understood.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from assistant.errors import WrongPlan
from assistant.ledger.credits import without_credit
from assistant.ledger.exclusions import Found
from assistant.ledger.fields import Kind, Population, rows_of
from assistant.ledger.plan import Filter, Measure, Operator, Period, Plan, validated
from assistant.ledger.question import Read, read_question
from assistant.ledger.rankings import EACH
from assistant.ledger.remainder import Remainder
from assistant.ledger.shares import Share
from assistant.ledger.spelling import slips
from assistant.ledger.vocabulary import Name, beginnings, vocabulary
from assistant.words import plain


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """The words that no rule reads, none where they do not make one plan, and what can be asked.

    `near` are names of the ledger that begin with one of them.
    """

    words: tuple[str, ...]
    can: tuple[str, ...]
    near: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Why there is no plan, in French."""
        if not self.words:
            return "elle demande plusieurs calculs."
        words = ", ".join(f"« {word} »" for word in self.words)
        meant = " ou ".join(f"« {name} »" for name in self.near)
        asks = f" ; vouliez-vous dire {meant} ?" if meant else "."
        return f"je ne sais pas quoi faire de {words}{asks}"


class Planner(Protocol):
    """What fills a plan from a question; a language model may, through a constrained format."""

    def __call__(
        self, question: str, names: Sequence[Name], today: date, over: Population
    ) -> Plan | NotUnderstood:
        """The plan of a question about a population, or that there is none."""
        ...


def population_asked(question: str) -> Population | None:
    """The population that a question names first, None when it names none."""
    found = (
        (match.start(), Population(rule.name))
        for rule in vocabulary().populations
        if (match := rule.says.search(plain(question)))
    )
    return min(found, default=(0, None))[1]


def asked(
    question: str, names: Sequence[Name], today: date, over: Population
) -> Plan | NotUnderstood:
    """The plan of a question; `names` are those of the ledger."""
    left = Remainder(question)
    plan = _plan_read(left, names, today, over)
    words = left.words(vocabulary().empty)
    if plan is None and words and (meant := slips(words, names)):
        plan = _plan_read(left.respelled(meant), names, today, over)
    if plan is not None:
        return plan
    known = beginnings(names)
    near = dict.fromkeys(each.name for word in words for each in known.get(word, ()))
    return NotUnderstood(words, vocabulary().can, tuple(near))


def _plan_read(
    left: Remainder, names: Sequence[Name], today: date, over: Population
) -> Plan | None:
    """The plan of a question, None where a word is left of it, or its parts make none."""
    read = read_question(left, names, today, over)
    if left.words(vocabulary().empty) or left.has_clash:
        return None
    plan = planned(read, over)
    try:
        return validated(plan) if plan else None
    except WrongPlan:
        return None


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
        plan = replace(plan, group=when.field)
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
    if _asks_for_another(read, of, kind):
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


def _asks_for_another(read: Read, of: str | None, kind: Kind) -> bool:
    """Whether the words are of something that the plan would not compute.

    That is a total of days, a mean of counts or shares, a mean of the first rows, figures of the
    first groups by another measure, or what interest was paid, where the ledger knows what is owed.
    """
    measures, ranked = {*read.measures}, read.ranked
    is_mean = Measure.AVERAGE in measures
    if kind in {Kind.DAYS, Kind.MONTHS}:
        needs_mean = of != "payment_days" and ranked.of is None
        if measures & {Measure.SUM, Measure.COUNT} or (needs_mean and not is_mean):
            return True
    if is_mean and (measures & {Measure.SHARE, Measure.COUNT} or _is_of_first_rows(read)):
        return True
    if ranked.is_aside and ranked.group != EACH:
        is_of_sums = kind is Kind.AMOUNT and not is_mean and Measure.SHARE not in measures
        if not is_of_sums or read.filters:
            return True
    if kind is Kind.DAYS and (ranked.group or ranked.step) and _bounds_days(read):
        return True
    is_paid = "paid" in {read.when.field, *(each.field for each, _ in read.filters)}
    is_paid |= read.when.condition == Filter("paid", Operator.KNOWN)
    return of in _OWED and is_paid and not read.has_noun


def _bounds_days(read: Read) -> bool:
    """Whether days are compared, of each row or of the mean of a group."""
    return any(each.field in {"age_days", "payment_days"} for each, _ in read.filters)


def _is_of_first_rows(read: Read) -> bool:
    return read.ranked.group == EACH and read.ranked.of is None


_OWED = {"interest", "indemnity"}


def _filtered(plan: Plan, filters: Found, share: Share | None) -> Plan | None:
    """The conditions of the rows, and of a share those of the part."""
    if plan.measure is not Measure.SHARE or plan.group:
        return replace(plan, filters=tuple(each for each, _ in filters))
    parted = share.parted(filters) if share else None
    return replace(plan, filters=parted[0], part=parted[1]) if parted else None
