"""What a question compares the figures of groups with: "les fournisseurs qui ont facturé plus de".

An amount, how many rows, or a share: each is of the group where no noun of the rows stands before.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.ledger.bounds import SIDES
from assistant.ledger.exclusions import Found
from assistant.ledger.fields import Kind, Population, rows_of
from assistant.ledger.plan import Bound, Filter, Measure
from assistant.ledger.rankings import EACH, Ranking
from assistant.ledger.remainder import Remainder
from assistant.ledger.vocabulary import vocabulary

_SIDE = "|".join(f"(?:{says})" for _, says in SIDES)
_HAVING = r"(?:(?:qui |avec |ayant |ont |a )*)"
_NUMBER = r"(?P<value>\d{1,3}(?:,\d+)?|une?|deux|trois|quatre|cinq|dix)"
_NUMBERS = {"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "dix": 10}
_SHARE = re.compile(
    rf"\b(?:qui )?(?:pes(?:e|ent)|represent(?:e|ent|ant)|font|concentrent|(?=depass))? ?"
    rf"(?P<side>{_SIDE}) ?{_NUMBER} ?(?:%|pour cent)"
)


_OF_OTHERS = re.compile(rf"\bmoyen\w*(?: ht| ttc)?(?: est)? (?:{_SIDE})|\bdont tou(?:te)?s\b")
"""A mean that is compared, or all the rows of a group."""


@dataclass(frozen=True, slots=True)
class Bounded:
    """A bound on groups, by which measure and of which field, and the conditions left for rows."""

    bound: Bound
    measure: Measure
    of: str | None
    filters: Found


def group_bound(
    left: Remainder, ranked: Ranking, filters: Found, over: Population
) -> Bounded | None:
    """The bound of a grouped question, taken out; several of them clash."""
    left.has_clash |= _OF_OTHERS.search(left.whole) is not None
    if not (ranked.group or ranked.step):
        spent = [_SPENT.search(left.whole, 0, start) for _, start in _amounts(left, filters, over)]
        left.has_clash |= any(spent)
        return None
    if ranked.group == EACH:
        return None
    of_groups = _amounts(left, filters, over)
    if of_groups:
        left.has_clash |= len(of_groups) > 1
        condition, start = of_groups[0]
        value = condition.values[0]
        rest = [each for each in filters if each != (condition, start)]
        if isinstance(value, Decimal):
            return Bounded(Bound(condition.operator, value), Measure.SUM, condition.field, rest)
    nouns = next(rule for rule in vocabulary().populations if rule.name == over)
    counted = rf"\b{_HAVING}(?P<side>{_SIDE}) ?{_NUMBER} (?={nouns.says.pattern})"
    if match := left.take(re.compile(counted)):
        return Bounded(_bound(match), Measure.COUNT, None, filters)
    if match := left.take(_SHARE):
        left.has_clash |= bool(filters)  # the share of a group among these, or of these in it?
        return Bounded(_bound(match), Measure.SHARE, None, filters)
    return None


def _bound(match: re.Match[str]) -> Bound:
    operator = next(each for each, says in SIDES if re.fullmatch(says, match["side"]))
    value = _NUMBERS.get(match["value"]) or match["value"].replace(",", ".")
    return Bound(operator, Decimal(value))


def _amounts(left: Remainder, filters: Found, over: Population) -> Sequence[tuple[Filter, int]]:
    """The conditions on an amount that is that of a whole group: "qui ont facturé plus de".

    It is that of each row where their noun stands before it: "les factures de plus de".
    """
    nouns = next(rule for rule in vocabulary().populations if rule.name == over)
    noun = re.compile(rf"(?<!\bont )(?<!\ba )(?<!\bayant )(?<!\bete ){nouns.says.pattern}")
    fields = rows_of(over).fields
    found = []
    for each, start in filters:
        if fields[each.field].kind is Kind.AMOUNT:
            before = noun.split(left.whole[:start])
            left.has_clash |= len(before) > 1 and _BY.search(before[-1]) is not None
            found += [(each, start)] if len(before) == 1 else []
    return found


_SPENT = re.compile(
    r"\b(?:depense|depenser|facture|paye|verse|achete|a-t-(?:on|il|elle)|avons-nous|on a)\b"
)
"""What makes an amount that of everything together: "avons-nous dépensé plus de 100 000 €"."""

_BY = re.compile(r"\b(?:par|chaque)\b")
"""What stands between the noun and an amount of either: "factures par marché de plus de"."""
