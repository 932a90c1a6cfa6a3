"""A question in French words to a plan, by rules: every word must be understood, or none is.

Each rule takes what it reads out of the question; a word that is left and says something would be
a condition dropped in silence, so the question is then not understood.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from assistant.errors import WrongPlan
from assistant.ledger.exclusions import Found
from assistant.ledger.fields import Kind, Population, rows_of
from assistant.ledger.plan import Filter, Measure, Operator, Period, Plan, validated
from assistant.ledger.question import Read, read_question
from assistant.ledger.rankings import EACH
from assistant.ledger.remainder import Remainder
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
    read = read_question(left, names, today, over)
    words = left.words(vocabulary().empty)
    plan = None if words or left.has_clash else planned(read, over)
    if plan is not None:
        try:
            return validated(plan)
        except WrongPlan:
            pass  # words that make no plan together
    known = beginnings(names)
    near = dict.fromkeys(each.name for word in words for each in known.get(word, ()))
    return NotUnderstood(words, vocabulary().can, tuple(near))


def planned(read: Read, over: Population) -> Plan | None:
    """The plan that the parts of a question make, None where they do not say what to compute."""
    plan = _measured(Plan(Measure.COUNT, over), read)
    if plan is None or not read.says_what or (read.compared and not read.says_of_what):
        return None
    when, filters = read.when, read.filters
    if read.period:
        plan = replace(plan, period=Period(when.field, *read.period))
        filters = [each for each in filters if each[0] != Filter(when.field, Operator.KNOWN)]
    elif when.condition:
        if any(each.field == when.condition.field for each, _ in filters):
            return None
        filters = [*filters, (when.condition, when.start)]
    if read.compared:
        plan = replace(plan, compared=Period(when.field, *read.compared))
    if plan.step:
        plan = replace(plan, group=when.field)
    if plan.group == EACH and plan.is_ascending and "is_credit" in rows_of(over).fields:
        is_said = any(each.field == "is_credit" for each, _ in filters)
        # A credit note is below every invoice, and is none: "la moins chère" is not about it.
        filters = filters if is_said else [*filters, (Filter("is_credit", Operator.UNKNOWN), 0)]
    return _filtered(plan, filters, read.verb)


def _measured(plan: Plan, read: Read) -> Plan | None:
    """What is measured, and by group; None where the words ask for two things."""
    if len(set(read.fields)) > 1:
        return None
    rows, ranked, measures = rows_of(plan.over), read.ranked, read.measures
    of = read.fields[0] if read.fields else None
    kind = rows.fields[of].kind if of else Kind.AMOUNT
    plan = replace(
        plan,
        group=ranked.group,
        step=ranked.step,
        limit=ranked.limit,
        is_ascending=ranked.is_ascending,
    )
    if Measure.SHARE in measures:
        sums = of or (rows.amount if Measure.SUM in measures else None)
        return replace(plan, measure=Measure.SHARE, of=sums)
    if kind is Kind.DAYS:
        return replace(plan, measure=Measure.DAYS, of=of)
    if Measure.AVERAGE in measures or kind is Kind.MONTHS:
        return replace(plan, measure=Measure.AVERAGE, of=of or rows.amount)
    counts = Measure.COUNT in measures or ranked.is_count
    if of or Measure.SUM in measures or ((ranked.group or ranked.step) and not counts):
        return replace(plan, measure=Measure.SUM, of=of or rows.amount)
    return plan


def _filtered(plan: Plan, filters: Found, verb: int | None) -> Plan:
    """The conditions of the rows; of a share, those after its verb are the part."""
    if plan.measure is not Measure.SHARE or plan.group:
        return replace(plan, filters=tuple(each for each, _ in filters))
    if len(filters) == 1:
        return replace(plan, part=(filters[0][0],))
    after = verb if verb is not None else 0
    return replace(
        plan,
        filters=tuple(each for each, start in filters if start < after),
        part=tuple(each for each, start in filters if start >= after),
    )
