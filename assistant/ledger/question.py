"""A question as rules read it: its periods, conditions, groups and measures, taken out in turn."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.ledger.comparisons import Bounds, compared
from assistant.ledger.conditions import conditions
from assistant.ledger.exclusions import Found
from assistant.ledger.fields import Kind, Population, rows_of
from assistant.ledger.periods import find_period
from assistant.ledger.plan import Filter, Measure, Operator
from assistant.ledger.rankings import EACH, Ranking, ranking
from assistant.ledger.remainder import Remainder
from assistant.ledger.vocabulary import Name, Rule, vocabulary


@dataclass(frozen=True, slots=True)
class When:
    """The date field that a period is of, and the condition that its verb is without a period.

    `is_past`: without a period, the days before today are meant.
    """

    field: str
    condition: Filter | None = None
    start: int = 0
    is_past: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """What the rules read of a question; `verb` is where the verb of its sentence stands."""

    period: Bounds | None
    compared: Bounds | None
    filters: Found
    ranked: Ranking
    when: When
    fields: tuple[str, ...]
    measures: tuple[Measure, ...]
    verb: int | None
    has_noun: bool

    @property
    def says_of_what(self) -> bool:
        """Whether it names what is counted or measured."""
        return bool(self.measures or self.fields or self.has_noun or self.ranked.group)

    @property
    def says_what(self) -> bool:
        """Whether there is more than one word of measure, as in "combien ?"."""
        ranked = self.ranked.group or self.ranked.step
        parts = (self.period, self.filters, self.fields, ranked, self.has_noun)
        return any(parts) or len(self.measures) > 1


def read_question(left: Remainder, names: Sequence[Name], today: date, over: Population) -> Read:
    """Each part of a question in the order in which rules may take it."""
    comparison = compared(left, today)
    other = comparison.bounds if comparison else None
    if period := find_period(left.text, today):
        left.erase(period.start, period.end)
    bounds = (period.first, period.last) if period else None
    left.has_clash |= bounds is not None and bounds == other
    filters = conditions(left, names, over)
    ranked = ranking(left, over)
    left.has_clash |= _MEAN_OF_GROUPS.search(left.whole) is not None
    left.has_clash |= ranked.group not in (None, EACH) and _bounds_groups(left, filters, over)
    fields = tuple(rule.name for rule, _ in _taken(left, vocabulary().fields, over))
    when = _when(left, over, period.start if period else None, filters, fields)
    left.has_clash |= find_period(left.text, today) is not None
    if when.field == _DEADLINE:
        left.has_clash |= _is_long_past(bounds, today)
    elif _is_to_come(bounds, today) and Filter("paid", Operator.UNKNOWN) in dict(filters):
        when = When(_DEADLINE)  # what is to be paid in days to come was not issued in them
    if when.is_past and bounds is None:
        bounds = (None, today - timedelta(days=1))
    measures = _measures(left, over)
    if comparison and comparison.is_of_sums:
        measures = (*measures, Measure.SUM)
    return Read(
        bounds,
        other,
        filters,
        ranked,
        when,
        fields,
        measures,
        left.place(_VERB),
        left.take_all(rule.says for rule in vocabulary().populations if rule.name == over),
    )


def _bounds_groups(left: Remainder, filters: Found, over: Population) -> bool:
    """Whether an amount is that of a whole group, which no plan bounds: "qui ont facturé plus de".

    It is that of each row where their noun stands before it: "les factures de plus de".
    """
    nouns = next(rule for rule in vocabulary().populations if rule.name == over)
    noun = re.compile(rf"(?<!\bont )(?<!\ba )(?<!\bayant ){nouns.says.pattern}")
    fields = rows_of(over).fields
    bounds = [start for each, start in filters if fields[each.field].kind is Kind.AMOUNT]
    return any(not noun.search(left.whole[:start]) for start in bounds)


_OFTEN = r"(?:mensuel|trimestriel|annuel)\w*"
_MEAN_OF_GROUPS = re.compile(
    rf"\bmoyenn\w* {_OFTEN}|\b{_OFTEN} moyenn|\ben moyenne (?:par|chaque) (?:mois|trimestre|an)|"
    r"\bpar (?:mois|trimestre|an) en moyenne|\bnombres? moyens?\b|\bmoyennes? du nombre\b"
)
"""A mean of sums or of counts: no plan has one, and the mean of the rows is another."""

_DEADLINE = "deadline"
_HALF_A_YEAR = 183
_COUNTED = re.compile(r"combien d(?:e |'|es |u )")
_VERB = re.compile(r"\b(?:est|sont|revient|reviennent|a ete|ont ete|represente|representent)\b")


def _when(
    left: Remainder, over: Population, period: int | None, filters: Found, fields: Sequence[str]
) -> When:
    """The date that the nearest verb before a period is of, the usual one without verb."""
    rows = rows_of(over)
    taken = _taken(left, vocabulary().dates, over)
    default = When(next((rows.fields[each].when for each in fields), "") or rows.when)
    if any((each.field, each.operator) == ("paid", Operator.KNOWN) for each, _ in filters):
        default = When("paid")
    if not taken:
        return default
    if period is not None:
        before = [each for each in taken if each[1] < period] or taken
        rule, start = max(before, key=lambda each: each[1])
        others = {each.name for each, _ in taken if each.name != rule.name and each.is_known}
        left.has_clash |= bool(others)
        return When(rule.name, start=start)
    known = [(rule, start) for rule, start in taken if rule.is_known]
    if not known:
        return default
    rule, start = known[0]
    if rule.is_past:
        return When(rule.name, start=start, is_past=True)
    left.has_clash |= rule.name == _DEADLINE  # in which days?
    return When(default.field, Filter(rule.name, Operator.KNOWN), start)


def _measures(left: Remainder, over: Population) -> tuple[Measure, ...]:
    """What is computed; "combien de …" counts, whatever took the words after it."""
    return tuple(
        Measure.COUNT if _COUNTED.match(left.whole, start) else Measure(rule.name)
        for rule, start in _taken(left, vocabulary().measures, over)
    )


def _is_to_come(bounds: Bounds | None, today: date) -> bool:
    return bounds is not None and bounds[0] is not None and bounds[0] >= today


def _is_long_past(bounds: Bounds | None, today: date) -> bool:
    """Whether a period in which invoices fall due is rather meant for the year to come."""
    last = bounds[1] if bounds else None
    return last is not None and (today - last).days > _HALF_A_YEAR


def _taken(left: Remainder, rules: Sequence[Rule], over: Population) -> list[tuple[Rule, int]]:
    """The rules that read something, and where."""
    return [
        (rule, start) for rule in rules if rule.is_for(over) for start in left.take_each(rule.says)
    ]
