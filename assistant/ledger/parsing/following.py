"""A question that follows a figure: "et en montant ?", "et par fournisseur ?", "et en 2027 ?".

It changes the plan of the question before it, and what it does not name stays as it was.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.errors import WrongPlan
from assistant.ledger.parsing.moments import OF_NOW, usual_date
from assistant.ledger.parsing.periods import are_alike, find_period, is_beside, is_relative
from assistant.ledger.parsing.question_parts import Read
from assistant.ledger.parsing.questions import NotUnderstood, read_named, summed_field
from assistant.ledger.parsing.rankings import EACH, Ranking
from assistant.ledger.parsing.subject import asks_ledger, is_of_buying, population_asked
from assistant.ledger.parsing.vocabulary import Remainder, load_vocabulary
from assistant.ledger.query.measures import PAID
from assistant.ledger.query.names import Name
from assistant.ledger.query.plan import (
    FieldKind,
    Plan,
    PlanMeasure,
    PlanPeriod,
    rows_of,
    validate_plan,
)
from assistant.ledger.query.wording import changes_said
from assistant.question.conversation import leans_by_words
from assistant.question.language import fold_text

_CUE = re.compile(r"^\W*(?:et|mais|puis|pareil|idem|meme chose)\b")
_THOSE = re.compile(r"\b(?:celles?|ceux|celui)\b")
_WHOLE = re.compile(r"\b(?:total|en tout|ensemble)\b")
_IN_NUMBER = re.compile(r"\ben nombre\b")
_SINCE = re.compile(r"\bdepuis [\w' ]*\w")
_YEAR_BEFORE = re.compile(r"\b(?:an|annee|exercice) (?:derniere?|passee?)\b|\bn-1\b")
"""Which may mean the same days of it, as long as what was asked before."""

_ASKING = {"pourquoi", "comment", "lesquelles", "lesquels"}
"""What is asked of a figure itself: no rule of law says it."""

_SHORT = 4
"""Words under which a question cannot say all that it asks."""


@dataclass(frozen=True, slots=True)
class Followed:
    """The plan that a question makes of the one before, and what it changed, in French."""

    plan: Plan
    changed: str


def has_cue(question: str) -> bool:
    """Whether a question begins as one that goes on."""
    return _CUE.match(fold_text(question)) is not None


def is_about_figures(question: str, plan: Plan | NotUnderstood, previous: str) -> bool:
    """Whether a question asks for figures: one that is not understood, only by its words.

    One that leans on the `previous` question, which has no figure, does where that asked for one.
    """
    if asks_ledger(question):
        return True
    if isinstance(plan, NotUnderstood):
        return bool(plan.doubts)
    if previous and leans(question, plan):
        return asks_ledger(previous)
    if is_of_buying(question):
        return False
    return population_asked(question) is not None or not is_bare(plan)


def is_bare(plan: Plan | NotUnderstood) -> bool:
    """Whether a plan is of all rows: "intérêts moratoires ?" asks what they are, not how many.

    So does "le plus long délai de paiement ?", which is of one of them. A subject is what others
    buy as well.
    """
    if isinstance(plan, NotUnderstood):
        return not plan.doubts
    conditions = [each for each in plan.conditions if each.field != "subject"]
    return not (conditions or plan.period or plan.group not in (None, EACH))


def leans(question: str, plan: Plan | NotUnderstood) -> bool:
    """Whether a question names nothing to count and goes on: "et en 2025 ?", "depuis avril ?"."""
    if population_asked(question) is not None:
        return False
    is_count = isinstance(plan, Plan) and plan.measure is PlanMeasure.COUNT
    return has_cue(question) or (is_count and leans_by_words(question))


def followed(
    question: str, before: Plan, names: Sequence[Name], today: date
) -> Followed | tuple[str, ...] | None:
    """What a question changes of the plan before it, None where it does not go on from that.

    Where it goes on and makes no plan, the words that no rule reads or that are doubtful; () where
    all are read, and they change nothing or ask for what no plan can say.
    """
    left = Remainder(question)
    left.take_all(_THOSE)
    left, found = read_named(left, names, today, before.over)
    read = _placed(left, found, before)
    _doubt_since(left, read, before)
    if not _goes_on(question, left, read):
        return None
    if words := left.words(load_vocabulary().empty):
        return words if has_cue(question) and _is_of_figure(words, left, read) else None
    if left.doubts:
        return tuple(dict.fromkeys(left.doubts))
    plan = _changed(before, left, read)
    if left.has_clash or not _is_another(plan, before):
        return () if has_cue(question) else None
    return Followed(plan, changes_said(before, plan))


def _doubt_since(left: Remainder, read: Read, before: Plan) -> None:
    """Doubt of "depuis avril ?" after "impayées", which have been so for a time that none knows."""
    is_of_now = OF_NOW & {each.field for each in before.filters}
    if is_of_now and read.period and read.when.field == usual_date(before.over, read.fields):
        left.doubt(_SINCE)


def _goes_on(question: str, left: Remainder, read: Read) -> bool:
    """Whether a question says so, or names no rows and is too short to say all."""
    says_all = _says_measure(left, read) and _says_more(read)
    is_short = len(question.split()) <= _SHORT and not says_all
    return not read.has_noun and (has_cue(question) or is_short)


def _is_of_figure(words: Sequence[str], left: Remainder, read: Read) -> bool:
    """Whether a question of which some words are not read asks for another figure, or why."""
    return _says_more(read) or _says_measure(left, read) or {*words} <= _ASKING


def _is_another(plan: Plan, before: Plan) -> bool:
    try:
        return validate_plan(plan) != before
    except WrongPlan:
        return False


def _placed(left: Remainder, read: Read, before: Plan) -> Read:
    """The period counted from that of the plan before, where words say so: "le mois précédent"."""
    whole, bounds = before.period, read.period or read.compared
    found = find_period(left.whole, whole.first) if whole and whole.first else None
    if not (whole and bounds and found):
        return read
    if is_beside(left.whole):
        bounds = found.bounds
    is_counted = is_beside(left.whole) or _YEAR_BEFORE.search(left.whole) or read.compared
    if is_counted and is_relative(left.whole) and not are_alike(bounds, (whole.first, whole.last)):
        left.doubts.append(left.whole[found.start : found.end])
    return replace(read, period=bounds) if read.period else replace(read, compared=bounds)


def _says_measure(left: Remainder, read: Read) -> bool:
    return bool(read.measures or read.fields or _IN_NUMBER.search(left.whole))


def _says_more(read: Read) -> bool:
    return bool(read.ranked.group or read.ranked.step or read.filters or read.period)


def _changed(before: Plan, left: Remainder, read: Read) -> Plan:
    """The plan with each part that is named in place of its own."""
    plan = _measured(before, left, read)
    plan = _during(plan, read)
    plan = _filtered(plan, read)
    plan = _grouped(plan, read)
    return _ungrouped(plan) if plan == before and _WHOLE.search(left.whole) else plan


def _measured(plan: Plan, left: Remainder, read: Read) -> Plan:
    """Another field, or another measure of the same one."""
    rows = rows_of(plan.over)
    of = next(iter(read.fields), None)
    if _IN_NUMBER.search(left.whole) or PlanMeasure.COUNT in read.measures:
        return replace(plan, measure=PlanMeasure.COUNT, of=None, part=(), bound=None)
    if of and rows.fields[of].kind is FieldKind.DAYS:
        return replace(plan, measure=PlanMeasure.DAYS, of=of, part=(), bound=None)
    kind = next((each for each in read.measures if each is not PlanMeasure.COUNT), None)
    if kind is PlanMeasure.SHARE:
        is_of_part = plan.group is None and len(plan.filters) == 1
        part, filters = (plan.filters, ()) if is_of_part else (plan.part, plan.filters)
        return replace(plan, measure=kind, filters=filters, part=part, bound=None)
    if kind or of:
        is_money = plan.measure in {PlanMeasure.SUM, PlanMeasure.AVERAGE, PlanMeasure.MEDIAN}
        is_money |= kind is PlanMeasure.MEDIAN and plan.measure is PlanMeasure.DAYS
        kept = plan.measure if is_money else PlanMeasure.SUM
        known = plan.of if is_money else summed_field(plan.filters, rows)
        return replace(plan, measure=kind or kept, of=of or known, part=(), bound=None)
    return plan


def _during(plan: Plan, read: Read) -> Plan:
    """Another period, of the same date where no verb names another."""
    is_named = read.when.field != usual_date(plan.over, read.fields)
    field = read.when.field if is_named or not plan.period else plan.period.field
    if read.period:
        plan = replace(plan, period=PlanPeriod(field, *read.period), compared=None)
    if read.compared and plan.period:
        plan = replace(plan, compared=PlanPeriod(plan.period.field, *read.compared))
    return plan


def _filtered(plan: Plan, read: Read) -> Plan:
    """Other conditions on the same fields, and new ones."""
    found = [each for each, _ in read.filters]
    if read.when.condition:
        found.append(read.when.condition)
    named = {each.field for each in found}
    kept = [each for each in plan.filters if each.field not in named]
    plan = replace(plan, filters=(*kept, *found))
    return _ungrouped(plan) if plan.group in named else plan


def _ungrouped(plan: Plan) -> Plan:
    return replace(Ranking().applied(plan), bound=None)


def _grouped(plan: Plan, read: Read) -> Plan:
    """Another grouping, by months of the date that the plan is of."""
    ranked = read.ranked
    if not (ranked.group or ranked.step):
        return plan
    by = ranked.group or read.when.by or _date_of(plan)
    part = () if by in {each.field for each in plan.part} else plan.part
    return replace(ranked.applied(plan), group=by, part=part, bound=None)


def _date_of(plan: Plan) -> str:
    if plan.period:
        return plan.period.field
    return "paid" if PAID in plan.filters else usual_date(plan.over, [plan.of] if plan.of else [])
