"""A question as rules read it: its periods, conditions, groups and measures, taken out in turn."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.ledger.parsing.bounds import Bounded, group_bound
from assistant.ledger.parsing.comparisons import Compared, compared, placed
from assistant.ledger.parsing.conditions import conditions
from assistant.ledger.parsing.connectives import Found, fields_named
from assistant.ledger.parsing.moments import When, dated, from_mandate, usual_date
from assistant.ledger.parsing.period_forms import Bounds
from assistant.ledger.parsing.periods import PeriodSpan, find_period, is_to_date
from assistant.ledger.parsing.rankings import Ranking, Share, ranking, share_place
from assistant.ledger.parsing.vocabulary import Remainder, load_vocabulary
from assistant.ledger.query.measures import NOT_PAID
from assistant.ledger.query.names import Name
from assistant.ledger.query.plan import PlanMeasure, Population


@dataclass(frozen=True, slots=True)
class Read:
    """What the rules read of a question; `share` is where the part of a share is said."""

    period: Bounds | None
    compared: Bounds | None
    filters: Found
    ranked: Ranking
    when: When
    fields: tuple[str, ...]
    measures: tuple[PlanMeasure, ...]
    share: Share | None
    has_noun: bool
    bounded: Bounded | None

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
    period, comparison = _periods(left, today)
    filters, ranked, bounded = _bounded(left, names, over)
    fields = tuple(rule.name for rule, _ in left.taken_by(load_vocabulary().fields, over))
    left.has_clash |= _counts_days_of_unpaid(filters, fields)
    by_date = ranked.group if ranked.step else None
    usual = by_date or usual_date(over, fields)
    when, bounds, filters = dated(left, over, period, filters, usual, today)
    filters = from_mandate(left, when, filters)
    left.has_clash |= find_period(left.text, today) is not None
    if (ranked.group or ranked.step) and (filters or when.condition or when.field != usual):
        left.doubt(_SHARE_OF)
    return Read(
        bounds,
        comparison.bounds if comparison else None,
        filters,
        ranked,
        when,
        fields,
        _measures(left, over, comparison),
        share_place(left),
        left.take_all(load_vocabulary().nouns(over).says),
        bounded,
    )


def _periods(left: Remainder, today: date) -> tuple[PeriodSpan | None, Compared | None]:
    """The period of a question and the one that it is compared with, taken out."""
    comparison = compared(left, today)
    if period := find_period(left.text, today):
        said = left.text[period.start : period.end]
        left.has_clash |= comparison is not None and comparison.may_share_year(said)
        left.erase(period.start, period.end)
        left.doubts += [said] if is_to_date(left.whole, period, today) else []
    if period and comparison:
        comparison = placed(left, period, comparison)
        left.has_clash |= period.bounds == comparison.bounds
    return period, comparison


def _bounded(
    left: Remainder, names: Sequence[Name], over: Population
) -> tuple[Found, Ranking, Bounded | None]:
    """The conditions of rows, the groups, and what the figures of these are compared with."""
    filters = conditions(left, names, over)
    ranked = ranking(left, over)
    left.has_clash |= _SUMMER.search(left.whole) is not None
    left.has_clash |= _MEAN_OF_GROUPS.search(left.whole) is not None
    bounded = group_bound(left, ranked, filters, over)
    return bounded.filters if bounded else filters, ranked, bounded


def _counts_days_of_unpaid(filters: Found, fields: Sequence[str]) -> bool:
    """Whether the days until payment are asked of what is not paid, which has none."""
    has_days = "payment_days" in fields_named(filters) | {*fields}
    return has_days and NOT_PAID in dict(filters)


_SHARE_OF = re.compile(
    r"(?<!en )\b(?:(?:parts?|proportions?|fractions?)(?! (?:de )?(?:chaque|chacune?)\b)|"
    r"pourcentages?|combien pour cent)\b"
)
"""Of each group, the share that meets a condition, or of what meets it, the share of each?"""

_SUMMER = re.compile(r"\b(?:l'|cet |d')ete\b")
"""Which is not the participle, that says nothing."""

_OFTEN = r"(?:mensuel|trimestriel|annuel)\w*"
_MEAN_OF_GROUPS = re.compile(
    rf"\bmoyenn\w* {_OFTEN}|\b{_OFTEN} moyenn|\ben moyenne (?:par|chaque) (?:mois|trimestre|an)|"
    r"\bpar (?:mois|trimestre|an) en moyenne|\bnombres? moyens?\b|\bmoyennes? du nombre\b"
)
"""A mean of sums or of counts: no plan has one, and the mean of the rows is another."""

_MEAN = re.compile(r"\bmoyen(?:ne)?s?\b")
_COUNTED = re.compile(
    r"(?<!pour )combien (?:d(?:e |'|es |u )(?!argent|depenses?\b|euros|frais|tva)|"
    r"(?:[\w'-]+ ){1,3}d(?:e |')(?:factures|avoirs|marches)\b)"
)


def _measures(
    left: Remainder, over: Population, comparison: Compared | None
) -> tuple[PlanMeasure, ...]:
    """What is computed; "combien de …" counts, whatever took the words after it."""
    found = tuple(
        PlanMeasure.COUNT if _COUNTED.match(left.whole, start) else PlanMeasure(rule.name)
        for rule, start in left.taken_by(load_vocabulary().measures, over)
    )
    if _MEAN.search(left.whole):
        found = (*found, PlanMeasure.AVERAGE)
    is_of_sums = comparison is not None and comparison.is_of_sums
    return (*found, PlanMeasure.SUM) if is_of_sums and PlanMeasure.COUNT not in found else found
