"""The date that a period of a question is of: that of the nearest verb, of a status, or the usual.

"Factures reçues en mai", "suspendues en mai", "de mai", "à échéance en mai".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from assistant.ledger.exclusions import Found
from assistant.ledger.fields import Population, rows_of
from assistant.ledger.period_forms import TODAY, Bounds
from assistant.ledger.periods import Span
from assistant.ledger.plan import Filter, Operator
from assistant.ledger.remainder import Remainder
from assistant.ledger.vocabulary import Rule, vocabulary

_UNPAID = Filter("paid", Operator.UNKNOWN)
_PAID = Filter("paid", Operator.KNOWN)
_DEADLINE = "deadline"
_NEEDS_DAYS = {_DEADLINE, "ends"}
"""Dates that every row has, so that they say nothing without a period."""

_HALF_A_YEAR = 183
_OF_STATUS = {
    "01": "received",
    "05": "rejected",
    "06": "suspended",
    "07": "certified",
    "08": "mandated",
    "11": "paid",
}
_OF_ROWS = re.compile(r" ?(?:d[eu] |d'|20\d\d|[ts][1-4]\b|exercice|annee|l'annee)")
"""How a period begins that is of the rows, and not of the verb before it: "rejetées de mai"."""

_IS_RANGE = re.compile(r" (?:au|a) ")
_STATES = {"paid", "status", "late_days", "age_days"}
"""What is so today, and not what was issued today: "impayées aujourd'hui"."""

_TO_PAY = re.compile(r"(?<!reste )(?<!restent )(?<!reste-t-il )\ba (?:payer|regler)\b")
_SO_LONG = re.compile(r" ?depuis (?:moins de )?(?:\d|une? |deux|trois|quatre|cinq|six)")


@dataclass(frozen=True, slots=True)
class When:
    """The date field that a period is of, and the condition that its verb is without a period.

    `by` is the date that months are cut by, where it is another than that of the period.
    `is_past` and `is_coming`: without a period, the days before today are meant, or those from it.
    """

    field: str
    condition: Filter | None = None
    start: int = 0
    is_past: bool = False
    is_coming: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True)
class Dated:
    """The date of a question, its days, and the conditions once those that it stands for left."""

    when: When
    bounds: Bounds | None
    filters: Found


def dated(
    left: Remainder, over: Population, period: Span | None, found: Found, usual: str, today: date
) -> Dated:
    """What a period is of; `usual` is the date of a row where no word says another."""
    taken = [
        (rule, start)
        for rule in vocabulary().dates
        if rule.is_for(over)
        for start in left.take_each(rule.says)
    ]
    if period and not taken and left.whole[period.start : period.end] == TODAY:
        period = None if _STATES & {each.field for each, _ in found} else period
    staged = _staged(left, period, found, taken) if period else None
    when, filters = staged or (_when(left, period, found, taken, usual), found)
    bounds = (period.first, period.last) if period else None
    if period and _is_to_pay(left, period, taken):
        when = When(_DEADLINE, start=period.start)
        left.has_clash |= period.last is None or period.last < today
    if bounds is None and (when.is_past or when.is_coming):
        bounds = (today, None) if when.is_coming else (None, today - timedelta(days=1))
    if when.field == _DEADLINE:
        left.has_clash |= _is_long_past(bounds, today)
        if _is_to_come(bounds, today) and not any(each.field == "paid" for each, _ in filters):
            filters = [*filters, (_UNPAID, when.start)]  # what is paid falls due no more
    elif _is_to_come(bounds, today) and _UNPAID in dict(filters):
        when = When(_DEADLINE)  # what is to be paid in days to come was not issued in them
    return Dated(when, bounds, filters)


def _when(
    left: Remainder,
    period: Span | None,
    found: Found,
    taken: Sequence[tuple[Rule, int]],
    usual: str,
) -> When:
    """The date that the nearest verb before a period is of, the usual one without verb."""
    default = When("paid" if _PAID in dict(found) else usual)
    if not taken:
        return default
    before = [each for each in taken if period and each[1] < period.start]
    is_of_rows = period and not before and _OF_ROWS.match(left.whole, period.start)
    if period is not None and not is_of_rows:
        before = before or list(taken)
        rule, start = max(before, key=lambda each: each[1])
        others = {each.name for each, _ in taken if each.name != rule.name and each.is_known}
        left.has_clash |= bool(others) or _are_joined(left, taken)
        return When(rule.name, start=start)
    known = [(rule, start) for rule, start in taken if rule.is_known]
    if period is None:
        default = replace(default, by=(known or taken)[0][0].name)
    if not known:
        return default
    rule, start = known[0]
    left.has_clash |= period is not None and rule.name in _NEEDS_DAYS  # of two dates
    if rule.is_past or rule.is_coming:
        return When(rule.name, start=start, is_past=rule.is_past, is_coming=rule.is_coming)
    left.has_clash |= rule.name in _NEEDS_DAYS  # in which days?
    return replace(default, condition=Filter(rule.name, Operator.KNOWN), start=start)


def _are_joined(left: Remainder, taken: Sequence[tuple[Rule, int]]) -> bool:
    """Whether a period is of two verbs: "reçues et payées en mai"."""
    verbs = sorted((start, rule.name) for rule, start in taken)
    return any(
        name != other and re.fullmatch(r"\w+ (?:et|ou|puis) ", left.whole[start:end])
        for (start, name), (end, other) in pairwise(verbs)
    )


def _staged(
    left: Remainder, period: Span, found: Found, taken: Sequence[tuple[Rule, int]]
) -> tuple[When, Found] | None:
    """The day of a status, where it is the verb of the period: "suspendues en juin"."""
    said = left.whole[period.start : period.end]
    statuses = [
        (each, start)
        for each, start in found
        if each.field == "status" and each.operator is Operator.IS
    ]
    verbs = [start for _, start in taken if start < period.start]
    before = [each for each in statuses if each[1] < period.start]
    is_passive = re.search(r"\bete $", left.whole[: statuses[0][1]]) if statuses else None
    nearest = max(before, key=lambda each: each[1]) if before else None
    if nearest is None and is_passive and not taken:
        nearest = statuses[0]
    is_of_rows = _OF_ROWS.match(said) and not _IS_RANGE.search(said)
    if nearest is None or is_of_rows or any(start > nearest[1] for start in verbs):
        return None
    fields = [_OF_STATUS.get(str(value)) for value in nearest[0].values]
    left.has_clash |= len(fields) > 1 or fields[0] is None or _SO_LONG.match(said) is not None
    when = When(fields[0] or "issued", start=nearest[1])
    return when, [each for each in found if each != nearest]


def _is_to_pay(left: Remainder, period: Span, taken: Sequence[tuple[Rule, int]]) -> bool:
    """Whether a period is that in which something is to be paid: "à payer cette semaine"."""
    is_of_rows = _OF_ROWS.match(left.whole, period.start)
    return not taken and not is_of_rows and _TO_PAY.search(left.whole, 0, period.start) is not None


def _is_to_come(bounds: Bounds | None, today: date) -> bool:
    return bounds is not None and bounds[0] is not None and bounds[0] >= today


def _is_long_past(bounds: Bounds | None, today: date) -> bool:
    """Whether a period in which invoices fall due is rather meant for the year to come."""
    last = bounds[1] if bounds else None
    return last is not None and (today - last).days > _HALF_A_YEAR


def usual_date(over: Population, fields: Sequence[str]) -> str:
    """The date that a period is of where no verb says it, by what is measured."""
    rows = rows_of(over)
    return next((rows.fields[each].when for each in fields), "") or rows.when
