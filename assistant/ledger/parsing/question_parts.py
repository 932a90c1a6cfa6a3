"""A question as rules read it: its periods, conditions, groups and measures, taken out in turn."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.ledger.parsing.bounds import Bounded, group_bound
from assistant.ledger.parsing.comparisons import Compared, compared, placed
from assistant.ledger.parsing.conditions import conditions
from assistant.ledger.parsing.connectives import Found, fields_named
from assistant.ledger.parsing.measured import (
    NET,
    doubt_days,
    fields_asked,
    longest,
    measures_asked,
    without_credits,
)
from assistant.ledger.parsing.moments import When, date_without_verb, dated, from_mandate
from assistant.ledger.parsing.period_forms import COUNTS, Bounds
from assistant.ledger.parsing.periods import PeriodSpan, find_period, gloss_of, is_to_date
from assistant.ledger.parsing.rankings import (
    Ranking,
    Share,
    counted_values,
    ranking,
    share_place,
)
from assistant.ledger.parsing.vocabulary import Remainder, load_vocabulary
from assistant.ledger.query.measures import NOT_PAID
from assistant.ledger.query.names import Name
from assistant.ledger.query.plan import PlanMeasure, Population, rows_of


@dataclass(frozen=True, slots=True)
class Read:
    """What the rules read of a question; `share` is where the part of a share is said.

    `distinct` is the field of which the values are counted, "" where rows are.
    """

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
    distinct: str = ""

    @property
    def says_of_what(self) -> bool:
        """Whether it names what is counted or measured."""
        return bool(
            self.measures or self.fields or self.has_noun or self.ranked.group or self.distinct
        )

    @property
    def says_what(self) -> bool:
        """Whether there is more than one word of measure, as in "combien ?"."""
        ranked = self.ranked.group or self.ranked.step
        parts = (self.period, self.filters, self.fields, ranked, self.has_noun, self.distinct)
        return any(parts) or len(self.measures) > 1


def read_question(left: Remainder, names: Sequence[Name], today: date, over: Population) -> Read:
    """Each part of a question in the order in which rules may take it."""
    period, comparison = _periods(left, today)
    is_net = left.take_all(NET)
    _take_all_buyers(left, names)
    filters = conditions(left, names, over)
    distinct = counted_values(left, over)
    _doubt_words(left, filters, over, distinct)
    ranked, bounded = _bounded(left, filters, over, distinct)
    filters = bounded.filters if bounded else filters
    fields = fields_asked(left, filters, over)
    ranked = longest(left, ranked, fields)
    left.has_clash |= _counts_days_of_unpaid(filters, fields)
    if period and "payment_days" in fields and not (filters or ranked.group or ranked.step):
        doubt_days(left, over)
    by_date = ranked.group if ranked.step else None
    usual = by_date or date_without_verb(left, over, period, fields)
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
        without_credits(left, is_net, filters, measures_asked(left, over, comparison)),
        share_place(left),
        left.take_all(load_vocabulary().nouns(over).says),
        bounded,
        distinct,
    )


def _periods(left: Remainder, today: date) -> tuple[PeriodSpan | None, Compared | None]:
    """The period of a question and the one that it is compared with, taken out."""
    comparison = compared(left, today)
    if period := find_period(left.text, today):
        period = gloss_of(left.text, period, today) or period
        said = left.text[period.start : period.end]
        left.has_clash |= comparison is not None and comparison.may_share_year(said)
        left.erase(period.start, period.end)
        is_doubted = is_to_date(left.whole, period, today) or _ARE_TWO.search(said)
        left.doubts += [said] if is_doubted else []
    if period and comparison:
        comparison = placed(left, period, comparison)
        left.has_clash |= period.bounds == comparison.bounds
    return period, comparison


_ARE_TWO = re.compile(r"\b(?:en|au) [^,]*\d et (?:en|au) [^,]*\d$")
"""Said with its own preposition, each may be asked about by itself: "en 2025 et en 2026"."""


_SEASON = r"(?:printemps|ete|automne|hiver)"
_SEASONS = re.compile(
    rf"\b(?:(?:du|au|cet?|en) |l'|(?:factures|depenses|achats|marches) (?:de |d')){_SEASON}\b"
    rf"|\bd'ete\b|\b{_SEASON} (?:20\d\d|dernier|prochain|passe)\b"
)
"""Whose first and last days are not said; "été" that follows a verb says nothing."""

_TWO_FIGURES = re.compile(
    r"\bnombres?(?: total)? et (?:(?:le|la|leur|en) )?(?:montants?|tota(?:l|ux)|sommes?|valeur)\b"
    r"|\b(?:montants?|tota(?:l|ux)|sommes?|valeur) et (?:(?:le|leur|en) )?nombres?\b"
    r"|\b(?:combien|nombre) d'avoirs(?: [a-z]+)? et (?:de )?factures\b"
    r"|\b(?:combien|nombre) de factures(?: [a-z]+)? et d'avoirs\b"
)
_WITH = re.compile(r"\bd(?:e |u |').*\bavec (?!une? |des |plus |moins )")
"""Both together, or each: "marchés de Brasero avec Sève"."""
_AMONG = re.compile(r"\bdont (?:(?:les?|la) |l')?$")


def _doubt_words(left: Remainder, filters: Found, over: Population, distinct: str) -> None:
    """Doubt of words that may mean what no plan has: two figures, rows that are not, seasons."""
    nouns = load_vocabulary().nouns(over).says.pattern
    none = rf"\bpas (?:encore |eu )*d(?:e |')(?:{nouns}(?! d'origine)|avoirs?)\b"
    for says in (_SEASONS, _TWO_FIGURES, re.compile(none)):
        left.doubt(says)
    for condition, start in filters:
        if condition.field == "supplier" and len(condition.values) > 1:
            left.doubt(_WITH)
        if distinct and condition.said and _AMONG.search(left.whole[:start]):
            left.doubts.append(left.whole[start:])  # that one is among them, or it alone?


def _bounded(
    left: Remainder, filters: Found, over: Population, distinct: str
) -> tuple[Ranking, Bounded | None]:
    """The groups, and what the figures of these are compared with."""
    ranked = ranking(left, over)
    left.has_clash |= _MEAN_OF_GROUPS.search(left.whole) is not None
    bounded = group_bound(left, ranked, filters, over, distinct)
    left.has_clash |= ranked.of == "age_days" and NOT_PAID not in dict(filters)
    if ranked.is_count and ranked.group and rows_of(over).fields[ranked.group].members:
        left.doubt(_RANKED)  # those of a group of holders count for it alone
    return ranked, bounded


def _counts_days_of_unpaid(filters: Found, fields: Sequence[str]) -> bool:
    """Whether the days until payment are asked of what is not paid, which has none."""
    has_days = "payment_days" in fields_named(filters) | {*fields}
    return has_days and NOT_PAID in dict(filters)


_BUYERS = re.compile(
    rf"\b(?:(?:pour|chez|de) )?les (?P<count>\d|{'|'.join(COUNTS)}) acheteurs"
    r"(?: confondus| reunis)?\b"
)


def _take_all_buyers(left: Remainder, names: Sequence[Name]) -> None:
    """Take out "les trois acheteurs" where the ledger has three: all are meant anyway."""
    match = _BUYERS.search(left.text)
    known = {each.key for each in names if each.field == "buyer"}
    if match and (COUNTS.get(match["count"]) or int(match["count"])) == len(known):
        left.erase(*match.span())


_SHARE_OF = re.compile(
    r"(?<!en )\b(?:(?:parts?|proportions?|fractions?)(?! (?:de )?(?:chaque|chacune?)\b)|"
    r"pourcentages?|combien pour cent)\b"
)
"""Of each group, the share that meets a condition, or of what meets it, the share of each?"""

_RANKED = re.compile(r"\ble (?:plus|moins) d(?:e |')\w+")

_OFTEN = r"(?:mensuel|trimestriel|annuel)\w*"
_MEAN_OF_GROUPS = re.compile(
    rf"\b(?:moyenn|median)\w* {_OFTEN}|\b{_OFTEN} (?:moyenn|median)|"
    r"\ben moyenne (?:par|chaque) (?:mois|trimestre|an)|"
    r"\bpar (?:mois|trimestre|an) en moyenne|\bnombres? moyens?\b|\bmoyennes? du nombre\b"
)
"""A mean of sums or of counts: no plan has one, and the mean of the rows is another."""
