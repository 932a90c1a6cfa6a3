"""The date that a period of a question is of: that of the nearest verb, of a status, or the usual.

"Factures reçues en mai", "suspendues en mai", "de mai", "à échéance en mai".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from operator import itemgetter

from assistant.calculators.amounts import add_days
from assistant.ledger.parsing.connectives import Found, fields_named
from assistant.ledger.parsing.period_forms import TODAY, Bounds
from assistant.ledger.parsing.periods import PeriodSpan, is_yearless
from assistant.ledger.parsing.vocabulary import Remainder, WordRule, load_vocabulary
from assistant.ledger.query.measures import NOT_PAID, PAID
from assistant.ledger.query.plan import Operator, PlanFilter, Population, rows_of

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

OF_NOW = {"mandated", "certified", *_STATES}
"""What has been so for a time that no field has, though a question may name it."""

_TO_PAY = re.compile(r"(?<!net )(?<!reste )(?<!restent )(?<!reste-t-il )\ba (?:payer|regler)\b")
_NET_TO_PAY = re.compile(r"\bnet a (?:payer|regler)\b")
_LEFT_TO_PAY = re.compile(r"\breste(?:nt|-t-il)? (?:a (?:payer|regler|verser)|du)\b")
_SINCE = re.compile(r"^depuis\b|\b(?:a|jusqu'a) (?:ce jour|aujourd'hui|date)$")
_AGED = re.compile(r"\b(?:depuis |de )?(?:plus|moins|au moins|au plus) (?:d(?:e |'))?\w+ jours?\b")
_SO_LONG = re.compile(r" ?depuis (?:moins de )?(?:\d|une? |deux|trois|quatre|cinq|six)")


@dataclass(frozen=True, slots=True)
class When:
    """The date field that a period is of, and the condition that its verb is without a period.

    `by` is the date that months are cut by, where it is another than that of the period.
    `is_past` and `is_coming`: without a period, the days before today are meant, or those from it.
    """

    field: str
    condition: PlanFilter | None = None
    start: int = 0
    is_past: bool = False
    is_coming: bool = False
    by: str = ""


Taken = Sequence[tuple[WordRule, int]]
"""The rules that read something, and where."""


def dated(
    left: Remainder,
    over: Population,
    period: PeriodSpan | None,
    found: Found,
    usual: str,
    today: date,
) -> tuple[When, Bounds | None, Found]:
    """The date that a period is of, its days, and the conditions but those that it stands for.

    `usual` is the date of a row where no word says another.
    """
    left.doubt(_IS_IT_PAID)
    taken = left.taken_by(load_vocabulary().dates, over)
    if period and _is_of_now(left, period, found, taken):
        period = None
    if named := _date_named(left, over):
        return _of_named(left, named, period, found, taken)
    if period and not taken:
        _doubt_when(left, period, today)
        _doubt_since(left, over, period, found)
    staged = _staged(left, period, found, taken) if period else None
    when, filters = staged or (_when(left, over, period, found, taken, usual), found)
    if period and _is_to_pay(left, period, taken):
        when = When(_DEADLINE, start=period.start)
        left.has_clash |= period.last is None or period.last < today
    return _due(left, when, _days(when, period, today), filters, today)


_IS_IT_PAID = re.compile(r"[,:;] ?(?:deja )?(?:payee?s?|reglee?s?|soldee?s?) ?\?+$")
"""A question whether it is so, and no condition: "Brasero juin 2026, payé ?"."""


def _is_of_now(left: Remainder, period: PeriodSpan, found: Found, taken: Taken) -> bool:
    """Whether "aujourd'hui" says of a state when it is so: "impayées", "déjà terminés"."""
    if _said(left, period) != TODAY:
        return False
    if taken:
        return any(rule.is_past or rule.is_coming for rule, _ in taken)
    return bool(_STATES & fields_named(found))


_DATES = {
    Population.INVOICES: {
        "paid": "paiement|reglement|mise en paiement",
        "received": "depot|reception",
        "issued": "(?:la )?facture|facturation|emission",
        "mandated": "mandatement",
        "certified": "service fait",
    },
    Population.PURCHASES: {
        "notified": "notification",
        "published": "publication",
        "ends": "fin|echeance",
    },
}
_BASED = (
    r"(?:(?:d'apres|selon|suivant|par|en) (?:(?:la|leur|sa) )?|[,;] ?(?:a )?(?:la )?|"
    r"\( ?(?:(?:selon|par) )?(?:la )?)"
    r"dates? d(?:e |'|u )(?:{})(?: ?\))?(?!\w)"
)


def _date_named(left: Remainder, over: Population) -> str:
    """The date that a period is said to be of, taken out: "par date de paiement"; "" for none."""
    for field, says in _DATES[over].items():
        if left.take_all(re.compile(_BASED.format(says))):
            return field
    return ""


def _of_named(
    left: Remainder, named: str, period: PeriodSpan | None, found: Found, taken: Taken
) -> tuple[When, Bounds | None, Found]:
    """The period, of the date that is named; verbs of other dates are conditions of the rows."""
    left.has_clash |= any(rule.is_past or rule.is_coming for rule, _ in taken)
    others = {rule.name for rule, _ in taken if rule.is_known and rule.name != named}
    left.has_clash |= len(others) > 1 or bool(others & _NEEDS_DAYS)
    condition = PlanFilter(next(iter(others)), Operator.KNOWN) if others else None
    left.has_clash |= period is None and not re.search(
        r"\b(?:mois|trimestre|annee|an)\b", left.whole
    )
    return When(named, condition, by=named), period.bounds if period else None, found


def _days(when: When, period: PeriodSpan | None, today: date) -> Bounds | None:
    """The days of a period, or without one those that the verb means."""
    if period:
        return period.bounds
    if when.is_coming:
        return today, None
    return (None, add_days(today, -1)) if when.is_past else None


def _due(
    left: Remainder, when: When, bounds: Bounds | None, filters: Found, today: date
) -> tuple[When, Bounds | None, Found]:
    """The same, where what is to be paid in days to come falls due in them and is unpaid."""
    is_to_come = _is_to_come(bounds, today)
    if when.field == _DEADLINE:
        left.has_clash |= _is_long_past(bounds, today)
        if is_to_come and "paid" not in fields_named(filters):
            filters = [*filters, (NOT_PAID, when.start)]  # what is paid falls due no more
    elif is_to_come and NOT_PAID in dict(filters):
        when = When(_DEADLINE)  # what is to be paid in days to come was not issued in them
    return when, bounds, filters


def _said(left: Remainder, period: PeriodSpan) -> str:
    return left.whole[period.start : period.end]


def _follows_noun(left: Remainder, over: Population, period: PeriodSpan) -> bool:
    """Whether a period is said of the rows: "avons-nous payé les factures de mars"."""
    noun = load_vocabulary().nouns(over).says.pattern
    return re.search(rf"{noun} $", left.whole[: period.start]) is not None


def _when(
    left: Remainder,
    over: Population,
    period: PeriodSpan | None,
    found: Found,
    taken: Taken,
    usual: str,
) -> When:
    """The date that the nearest verb before a period is of, the usual one without verb."""
    default = When("paid" if PAID in dict(found) else usual)
    if not taken:
        return default
    if period and not _is_of_rows(left, over, period, taken):
        return _of_nearest(left, period, taken)
    return _of_first(left, period, found, taken, default)


def _is_of_rows(left: Remainder, over: Population, period: PeriodSpan, taken: Taken) -> bool:
    """Whether a period is said of the rows, and not of a verb."""
    has_verb = any(start < period.start for _, start in taken)
    is_begun = _OF_ROWS.match(left.whole, period.start) is not None
    return is_begun and (not has_verb or _follows_noun(left, over, period))


def _of_nearest(left: Remainder, period: PeriodSpan, taken: Taken) -> When:
    """The date of the last verb before a period, or of what follows it."""
    before = [each for each in taken if each[1] < period.start] or taken
    rule, start = max(before, key=itemgetter(1))
    others = {each.name for each, _ in taken if each.name != rule.name and each.is_known}
    # What is under way in a period neither ends in it nor began in it.
    left.has_clash |= bool(others) or _are_joined(left, taken) or rule.is_coming
    return When(rule.name, start=start)


def _of_first(
    left: Remainder, period: PeriodSpan | None, found: Found, taken: Taken, default: When
) -> When:
    """What the first verb says that has no period of its own: a condition, or days of today's."""
    known = [(rule, start) for rule, start in taken if rule.is_known]
    if period is None:
        default = replace(default, by=(known or taken)[0][0].name)
    if not known:
        return default
    rule, start = known[0]
    left.has_clash |= period is not None and rule.name in _NEEDS_DAYS  # of two dates
    if rule.is_past or rule.is_coming:
        if rule.is_past and "age_days" in fields_named(found):
            left.has_clash = True  # days since reception are none since the deadline
            left.doubt(_AGED)
        return When(rule.name, start=start, is_past=rule.is_past, is_coming=rule.is_coming)
    left.has_clash |= rule.name in _NEEDS_DAYS  # in which days?
    return replace(default, condition=PlanFilter(rule.name, Operator.KNOWN), start=start)


def _doubt_when(left: Remainder, period: PeriodSpan, today: date) -> None:
    """Doubt of a period without verb that may be of what is to be paid in it, or of the rows."""
    said = _said(left, period)
    is_to_come = period.last is not None and period.last >= today
    is_of_rows = _OF_ROWS.match(said) or said.startswith("depuis ")
    if _LEFT_TO_PAY.search(left.whole) and not is_of_rows:
        is_dated = said.startswith("sur ") and not is_yearless(said)
        left.doubts += [said] if is_yearless(said) or (is_to_come and not is_dated) else []
    if net := _NET_TO_PAY.search(left.whole):
        follows = net.end() + 1 == period.start and not is_of_rows
        left.doubts += [said] if follows or _is_to_come(period.bounds, today) else []


def _doubt_since(left: Remainder, over: Population, period: PeriodSpan, found: Found) -> None:
    """Doubt of "impayées depuis 30 jours", which is no day of issue, as "factures depuis" is."""
    said = _said(left, period)
    is_since = _SINCE.search(said) and not _follows_noun(left, over, period)
    is_of_now = PAID not in dict(found) and OF_NOW & fields_named(found)
    if is_since and is_of_now:
        left.doubts.append(said)


def _are_joined(left: Remainder, taken: Taken) -> bool:
    """Whether a period is of two verbs: "reçues et payées en mai"."""
    verbs = sorted((start, rule.name) for rule, start in taken)
    return any(
        name != other and re.fullmatch(r"\w+ (?:et|ou|puis) ", left.whole[start:end])
        for (start, name), (end, other) in pairwise(verbs)
    )


def _staged(
    left: Remainder, period: PeriodSpan, found: Found, taken: Taken
) -> tuple[When, Found] | None:
    """The day of a status, where it is the verb of the period: "suspendues en juin"."""
    said = _said(left, period)
    statuses = [
        (each, start)
        for each, start in found
        if each.field == "status" and each.operator is Operator.IS
    ]
    verbs = [start for _, start in taken if start < period.start]
    before = [each for each in statuses if each[1] < period.start]
    is_passive = re.search(r"\bete $", left.whole[: statuses[0][1]]) if statuses else None
    nearest = max(before, key=itemgetter(1), default=None)
    if nearest is None and is_passive and not taken:
        nearest = statuses[0]
    is_of_rows = _OF_ROWS.match(said) and not _IS_RANGE.search(said)
    if nearest is None or is_of_rows or any(start > nearest[1] for start in verbs):
        return None
    fields = [_OF_STATUS.get(str(value)) for value in nearest[0].values]
    left.has_clash |= len(fields) > 1 or fields[0] is None or _SO_LONG.match(said) is not None
    when = When(fields[0] or "issued", start=nearest[1])
    return when, [each for each in found if each != nearest]


def _is_to_pay(left: Remainder, period: PeriodSpan, taken: Taken) -> bool:
    """Whether a period is that in which something is to be paid: "à payer cette semaine"."""
    is_of_rows = _OF_ROWS.match(left.whole, period.start)
    return not taken and not is_of_rows and _TO_PAY.search(left.whole, 0, period.start) is not None


def _is_to_come(bounds: Bounds | None, today: date) -> bool:
    return bounds is not None and bounds[0] is not None and bounds[0] >= today


def _is_long_past(bounds: Bounds | None, today: date) -> bool:
    """Whether a period in which invoices fall due is rather meant for the year to come."""
    last = bounds[1] if bounds else None
    return last is not None and (today - last).days > _HALF_A_YEAR


def date_without_verb(
    left: Remainder, over: Population, period: PeriodSpan | None, fields: Sequence[str]
) -> str:
    """The usual date; that of the rows where the period is theirs: "délai, factures de mai"."""
    if period and _OF_ROWS.match(left.whole, period.start) and _follows_noun(left, over, period):
        return rows_of(over).when
    return usual_date(over, fields)


def usual_date(over: Population, fields: Sequence[str]) -> str:
    """The date that a period is of where no verb says it, by what is measured."""
    rows = rows_of(over)
    return next((rows.fields[each].when for each in fields), "") or rows.when


# What is mandated and not paid is so at any stage since.

_MANDATED = "08"
_BEYOND = ("09", "10", "11")
_AT_STATUS = re.compile(r"\b(?:au statut|a l'etat) mandatee")


def from_mandate(left: Remainder, when: When, filters: Found) -> Found:
    """The conditions, what is mandated and unpaid at any stage since; what is paid clashes."""
    named = dict(filters)
    places = [each for each in named if each.field == "status" and _MANDATED in each.values]
    if not places or places[0].operator is not Operator.IS or _AT_STATUS.search(left.whole):
        return filters
    left.has_clash |= PAID in named or when.condition == PAID or when.field == "paid"
    if NOT_PAID not in named:
        return filters
    values = tuple(dict.fromkeys((*places[0].values, *_BEYOND)))
    wider = replace(places[0], values=values)
    return [(wider if each == places[0] else each, start) for each, start in filters]
