"""A question in French words to a plan, by rules: every word must be understood, or none is.

Each rule takes what it reads out of the question; a word that is left and says something would be
a condition dropped in silence, so the question is then not understood.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.errors import WrongPlan
from assistant.ledger.parsing.apart import said_once, set_apart
from assistant.ledger.parsing.conditions import conditions, without_credit
from assistant.ledger.parsing.connectives import Found, fields_named
from assistant.ledger.parsing.naming import words_of_names
from assistant.ledger.parsing.question_parts import Read, read_question
from assistant.ledger.parsing.rankings import EACH, Share
from assistant.ledger.parsing.single import plan_of_one
from assistant.ledger.parsing.vocabulary import Remainder, beginnings, load_vocabulary, slips
from assistant.ledger.query.measures import NOT_PAID, PAID
from assistant.ledger.query.names import Name, made_of
from assistant.ledger.query.plan import (
    FieldKind,
    LedgerField,
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
    has_when = bool(of and rows_of(Population.INVOICES).fields.get(of, _NO_FIELD).when)
    needs_mean = not has_when and read.ranked.of is None
    is_mean = bool(_MEANS & {*read.measures})
    return bool({PlanMeasure.SUM, PlanMeasure.COUNT} & {*read.measures}) or (
        needs_mean and not is_mean
    )


_NO_FIELD = LedgerField("", FieldKind.TEXT, "")
_MEANS = {PlanMeasure.AVERAGE, PlanMeasure.MEDIAN}


def _is_mean_of_others(read: Read) -> bool:
    """Whether a mean is of counts, of shares, or of the first rows."""
    if not _MEANS & {*read.measures}:
        return False
    is_of_first_rows = read.ranked.group == EACH and read.ranked.of is None
    return is_of_first_rows or bool({PlanMeasure.SHARE, PlanMeasure.COUNT} & {*read.measures})


def _is_by_another(read: Read, kind: FieldKind) -> bool:
    """Whether the first groups are by the sums of all, and another figure is asked of them."""
    if read.ranked.group == EACH:
        return False
    is_of_sums = not {*_MEANS, PlanMeasure.SHARE} & {*read.measures}
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
    if read.distinct:
        is_alone = not (read.fields or bounded or read.ranked.group or read.ranked.step)
        is_counted = {*read.measures} <= {PlanMeasure.COUNT}
        counted = replace(plan, measure=PlanMeasure.DISTINCT, of=read.distinct)
        return counted if is_alone and is_counted else None
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
    if PlanMeasure.MEDIAN in measures:
        is_other = PlanMeasure.AVERAGE in measures or _may_be_of_groups(read, kind)
        median = replace(plan, measure=PlanMeasure.MEDIAN, of=of or rows.amount)
        return None if is_other else median
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
    if (one := plan_of_one(question, names, over)) is not None:
        return one
    left, read = read_named(Remainder(said_once(question)), names, today, over)
    words = left.words(load_vocabulary().empty)
    plan = None if words or left.has_clash or left.doubts else valid_plan(read, over)
    if plan is not None:
        return plan
    known = made_of(names, beginnings)
    near = dict.fromkeys(each.name for word in words for each in known.get(word, ()))
    doubts = () if words else tuple(dict.fromkeys(left.doubts))
    return NotUnderstood(words, load_vocabulary().can, tuple(near), doubts)


def read_named(
    left: Remainder, names: Sequence[Name], today: date, over: Population
) -> tuple[Remainder, Read]:
    """A question read by the rules, then what they do not read by names, then by slips of both."""
    begun = left.text
    read = _read(left, names, today, over)
    words = left.words(load_vocabulary().empty)
    if not words:
        return left, read
    again = left.again(begun, words)
    named = _read(again, names, today, over)
    rest = again.words(load_vocabulary().empty)
    if not rest:
        return again, named
    if meant := slips(rest, made_of(names, words_of_names)):
        right = left.respelled(meant)
        right = right.again(right.text, [meant.get(word, word) for word in words])
        respelled = _read(right, names, today, over)
        if not right.words(load_vocabulary().empty):
            return right, respelled
    return again, named


def _read(left: Remainder, names: Sequence[Name], today: date, over: Population) -> Read:
    read = set_apart(left, read_question(left, names, today, over), over)
    is_of_subject = "subject" in fields_named(read.filters)
    left.has_clash |= is_of_subject and _CHEAPER.search(left.whole) is not None
    read = _of_what_is_billed(left, _of_part_before(left, read))
    _doubt_whole(left, read, names, over)
    return read


def _doubt_whole(left: Remainder, read: Read, names: Sequence[Name], over: Population) -> None:
    """Doubt of the whole of a share where it has names of the field of the part, read as one.

    "Part de Brasero dans le total de Brasero et Vauquelin".
    """
    several = {each.field for each, _ in read.filters if each.said and len(each.values) > 1}
    if read.share is None or not several:
        return
    sides = (left.whole[: read.share.last], left.whole[read.share.last :])
    found = (fields_named(conditions(_aside(left, side), names, over)) for side in sides)
    left.doubts += [sides[-1].strip(" ?.")] if several.intersection(*found) else []


def _aside(left: Remainder, side: str) -> Remainder:
    """Some words of a question, as the whole of it writes them."""
    found = left.again(side, left.unread)
    found.whole = side
    return found


_CHEAPER = re.compile(r"\b(?:fournisseur|entreprise|titulaire|qui)\b.*\b(?:plus|moins) chere?s?\b")
"""A price, where what is bought is said; who was paid the least for it is another."""

_IS_PART = re.compile(
    r"\b(?:c ?'?est|est|represente|pese|fait|compte pour) (?:quel(?:le)? |combien )?(?:en )?"
    r"(?:part|pourcentage|proportion|fraction)s?\b(?! (?:de |en )?(?:retard|paye))"
)
_SPENT = re.compile(r"\b(?:facture|depense|paye|achete|verse|mandate)\b")


def _of_part_before(left: Remainder, read: Read) -> Read:
    """The part before its verb: "X, c'est quelle part de ce qui est facturé à Y"."""
    match = _IS_PART.search(left.whole)
    before = [start for _, start in read.filters if match and start < match.start()]
    if not (match and before) or len(before) == len(read.filters):
        return read
    is_of_sums = _SPENT.search(left.whole, match.end()) is not None
    is_of_sums &= left.is_billed or not read.has_noun
    measures = (*read.measures, PlanMeasure.SUM) if is_of_sums else read.measures
    share = Share(0, match.start(), is_said=True, is_rate=False)
    return replace(read, share=share, measures=measures)


def _of_what_is_billed(left: Remainder, read: Read) -> Read:
    """What "facturé" adds up, which without its accent is the noun of the rows.

    So do two periods of someone, of whom no rows are named.
    """
    of_names = all(each.said and each.operator is Operator.IS for each, _ in read.filters)
    is_bare = bool(read.compared and read.filters) and of_names and not read.says_of_what
    if not (left.is_billed or is_bare) or read.measures or read.fields:
        return read
    return replace(read, measures=(PlanMeasure.SUM,), has_noun=False)


def valid_plan(read: Read, over: Population) -> Plan | None:
    """The plan that the parts of a question make, None where they make none together."""
    plan = planned(read, over)
    try:
        return validate_plan(plan) if plan else None
    except WrongPlan:
        return None
