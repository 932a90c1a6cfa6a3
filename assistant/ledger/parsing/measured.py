"""What a question measures: the field, how many or how much, and what is taken off it.

The words that name the rows and their periods are in assistant/ledger/parsing/question_parts.py.
"""

import re
from collections.abc import Sequence

from assistant.ledger.parsing.comparisons import Compared
from assistant.ledger.parsing.connectives import Found, fields_named
from assistant.ledger.parsing.rankings import EACH, Ranking
from assistant.ledger.parsing.vocabulary import Remainder, load_vocabulary
from assistant.ledger.query.measures import NOT_PAID, UNPAID
from assistant.ledger.query.plan import Operator, PlanFilter, PlanMeasure, Population

# The field measured, and the days between two dates of an invoice.

_TO_PAY = re.compile(r"\b(?:met(?:tons|tez|tent)?|mis(?:e|es)?|mettre)\b")


def fields_asked(left: Remainder, filters: Found, over: Population) -> tuple[str, ...]:
    """The fields measured; of days between two dates, no other word of days says which."""
    if over is Population.PURCHASES and left.take(_LASTS):
        if not any(_is_of_one(each) for each, _ in filters):
            left.doubt(_LASTS)
        return ("months",)
    fields = tuple(rule.name for rule, _ in left.taken_by(load_vocabulary().fields, over))
    if "payment_days" in fields:
        left.take_all(_TO_PAY)
    if (
        "payable" in fields
        and not _OF_UNPAID & fields_named(filters)
        and not _NET.search(left.whole)
    ):
        left.doubt(_LEFT)  # to pay, to invoice or to spend?
    between = tuple(each for each in fields if each in BETWEEN_DATES)
    if between:
        left.doubt(_IN_ALL)
    return (*between, *(each for each in fields if each != "payment_days")) if between else fields


_OF_UNPAID = {NOT_PAID.field, UNPAID.field}
_NET = re.compile(r"\bnet a payer\b")
_LEFT = re.compile(r"\breste(?:-t-il)?\b")

_DAYS_ALONE = re.compile(r"\b(?:combien de|nombres? de) (?:jours|temps)\b")
_OF_PAYING = re.compile(
    r"\b(?:pa[iy]e|regl|mandat|vers|delai|met(?:\b|t)|mis\b|mise|attend|depot|depos)"
)


def doubt_days(left: Remainder, over: Population) -> None:
    """Doubt of days whose period alone is said, which may be those of the calendar."""
    nouns = load_vocabulary().nouns(over).says
    if not (_OF_PAYING.search(left.whole) or nouns.search(left.whole)):
        left.doubt(_DAYS_ALONE)


BETWEEN_DATES = frozenset(
    {
        "certifying_days",
        "mandating_days",
        "deposited_days",
        "ordering_days",
        "certified_days",
        "settling_days",
        "issued_days",
    }
)
"""Of an invoice, from one of its dates to another: no rule of law has a limit for them."""

_LASTS = re.compile(
    r"\b(?:(?:il |elle )?dur(?:e|era) combien de (?:mois|temps)|"
    r"combien de (?:mois|temps) dur(?:e|era)(?:-t-il)?)\b"
)
"""How long one contract is to last: of several, each lasts its own time."""


def _is_of_one(condition: PlanFilter) -> bool:
    """Whether it is one contract's number or subject."""
    is_named = condition.field in {"number", "subject"} and condition.operator is Operator.IS
    return is_named and len(condition.values) == 1


_IN_ALL = re.compile(r"\b(?:en tout|au total)\b")
"""Of days, a sum, which no plan has."""

_MOST_DAYS = re.compile(r"\b(?:(?:au )?(?:maximum|maximal|max)|le plus long(?:temps)?)\b")
_LEAST_DAYS = re.compile(r"\b(?:(?:au )?(?:minimum|minimal|min)|le plus court)\b")


def longest(left: Remainder, ranked: Ranking, fields: Sequence[str]) -> Ranking:
    """The row of the most or the fewest days between two dates, where they are asked for."""
    if ranked != Ranking() or not BETWEEN_DATES & {*fields}:
        return ranked
    is_most = left.take_all(_MOST_DAYS)
    if is_most or left.take_all(_LEAST_DAYS):
        return Ranking(EACH, limit=1, is_ascending=not is_most)
    return ranked


# What credit notes are taken off.

NET = re.compile(
    r"(?:\bune fois )?\b(?:(?:l')?avoirs?|(?:les|ses|leurs) avoirs) (?:une fois )?"
    r"(?:deduits?|retires?|retranches?)\b"
    r"|\b(?:net(?:te)?s? d'avoirs?|deduction faite des avoirs|apres (?:deduction des )?avoirs)\b"
)
"""What is so of every sum, and of no other measure."""


def without_credits(
    left: Remainder, is_net: bool, filters: Found, measures: tuple[PlanMeasure, ...]
) -> tuple[PlanMeasure, ...]:
    """The measures, a sum where credit notes are to be taken off it; of what is unpaid none is."""
    if not is_net:
        return measures
    has_other = bool({*measures} - {PlanMeasure.SUM})
    if has_other or {NOT_PAID.field, "is_credit", "document"} & fields_named(filters):
        left.doubt(NET)
    return (*measures, PlanMeasure.SUM)


# Whether it is counted, added up, or what a mean or a median is of.

_MEAN = re.compile(r"\bmoyen(?:ne)?s?\b")
_MEDIAN = re.compile(r"\bmedian(?:e|s|es)?\b")
_SPLIT = re.compile(r"\b(?:repartition|ventilation)\b")
_SPLIT_BY = (
    (re.compile(r"\ben nombres?\b"), PlanMeasure.COUNT),
    (re.compile(r"\ben (?:montants?|valeur|euros)\b"), PlanMeasure.SUM),
)
_IS_SHARE = re.compile(r"\b(?:parts?|pourcentages?|proportions?|fractions?)\b|%")
_COMES_TO = re.compile(r"\b(?:ca )?(?:fait|font) combien\b|\bcombien (?:ca )?(?:fait|font)\b")
"""How many, or how much?"""

_IS_EUROS = re.compile(
    r"\b(?:montants?|euros?|argent|ht|ttc|couts?|depens\w*|tota(?:l|ux|les?)|sommes?)\b|€"
)
_IS_MONEY = re.compile(
    r"\b(?:montants?|euros?|argent|ht|ttc|couts?|coute\w*|depens\w*|totale?s?|sommes?|"
    r"fai(?:t|sai(?:en)?t)|font|represente\w*|pese\w*|doi\w+|devons|vaut|valent)\b|€"
)


def _split(left: Remainder, found: tuple[PlanMeasure, ...]) -> tuple[PlanMeasure, ...]:
    """The measures of "répartition": what is said of it, else rows that are named are counted.

    Of an amount, "répartition des dépenses", it is the share of each.
    """
    others = tuple(each for each in found if each is not PlanMeasure.SHARE)
    said = tuple(measure for says, measure in _SPLIT_BY if says.search(left.whole))
    if said:
        return (*others, *said)
    is_share = _IS_SHARE.search(left.whole) or _IS_EUROS.search(left.whole)
    return found if others or is_share else (PlanMeasure.COUNT,)


def _how_many(
    left: Remainder, over: Population, found: tuple[PlanMeasure, ...]
) -> tuple[PlanMeasure, ...]:
    """The measures, where a bare "combien" after the rows counts them: "marchés de 2025 : combien".

    Without a sign between them, or with a word of money, it may be of what they come to. The rows
    come first, or are what there is most of: "qui a le plus de factures, et combien ?".
    """
    if PlanMeasure.SUM not in found:
        return found
    nouns = load_vocabulary().nouns(over).says.pattern
    rows = re.match(
        rf"\W*(?:(?:les|nos|mes|des|nombre de) )?{nouns}"
        rf"|.*\b(?:le plus de|le moins de|a-t-on d[eu]s?|avons-nous d[eu]s?|on a d[eu]s?) {nouns}",
        left.whole,
    )
    if rows and _COMES_TO.search(left.whole) and not _IS_EUROS.search(left.whole):
        left.doubt(_COMES_TO)
    bare = re.search(
        r"(?P<sign>[,:;?(] ?(?:et )?)?\bcombien(?= (?:par|pour chaque|dans chaque|chaque)\b|\W*$)",
        left.whole,
    )
    if not (rows and bare) or _IS_MONEY.search(left.whole):
        return found
    if not bare["sign"]:
        left.doubts.append(left.whole[bare.start() :])
    return tuple(PlanMeasure.COUNT if each is PlanMeasure.SUM else each for each in found)


_COUNTED = re.compile(
    r"(?<!pour )combien (?:d(?:e |'|es |u )(?!argent|depenses?\b|euros|frais|tva|ht\b|ttc\b)|"
    r"(?:[\w'-]+ ){1,3}d(?:e |')(?:factures|avoirs|marches)\b)"
)


_OF_MONEY = re.compile(r"combien d(?:e |')(?:argent|depenses?|euros|frais|ht|ttc|tva)\b")


def _measure_said(left: Remainder, name: str, start: int) -> PlanMeasure:
    """What a word of measure asks for, by what follows it: "combien de factures", "d'argent"."""
    if _OF_MONEY.match(left.whole, start):
        return PlanMeasure.SUM
    return PlanMeasure.COUNT if _COUNTED.match(left.whole, start) else PlanMeasure(name)


def measures_asked(
    left: Remainder, over: Population, comparison: Compared | None
) -> tuple[PlanMeasure, ...]:
    """What is computed; "combien de …" counts, whatever took the words after it."""
    found = tuple(
        _measure_said(left, rule.name, start)
        for rule, start in left.taken_by(load_vocabulary().measures, over)
    )
    if _MEAN.search(left.whole) or (over is Population.PURCHASES and _LASTS.search(left.whole)):
        found = (*found, PlanMeasure.AVERAGE)
    if _MEDIAN.search(left.whole):
        found = (*found, PlanMeasure.MEDIAN)
    is_split = _SPLIT.search(left.whole) is not None
    found = _split(left, found) if is_split else _how_many(left, over, found)
    is_of_sums = comparison is not None and comparison.is_of_sums
    return (*found, PlanMeasure.SUM) if is_of_sums and PlanMeasure.COUNT not in found else found
