"""Values of one field that a question joins by "ou": "rejetées ou suspendues", "X ou Y".

One of them is enough. "Ou" between conditions of two fields, or after a negation that may be of the
first alone, is left in the question, which is then not understood.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.ledger.exclusions import Found
from assistant.ledger.plan import Filter, Operator
from assistant.ledger.remainder import Remainder

_EITHER = re.compile(r"\b(?:ou(?: bien)?|soit)\b")
_LINK = re.compile(
    r"[^a-z0-9]*(?:\b(?:d[eu]s?|d|l|les?|la|en|au|aux|a|par|celles?|ceux|factures?|marches?|services?|"
    r"fournisseurs?|statuts?)\b[^a-z0-9]*)*"
)
_NEGATED = re.compile(r"\b(?:non|pas)(?: encore)?(?: ete)? *$")


def joined(left: Remainder, found: Found) -> Found:
    """The conditions, the values that "ou" joins in one of them, and the word taken out."""
    for match in list(_EITHER.finditer(left.text)):
        places = sorted(found, key=lambda each: each[1])
        before = [each for each in places if each[1] < match.start()]
        after = [each for each in places if each[1] >= match.end()]
        if not (before and after and _are_joined(left, match, before[-1], after[0])):
            continue
        left.erase(*match.span())
        chain = [*_chain(left, before), after[0]]
        one = _together([each for each, _ in chain]), chain[0][1]
        found = [one, *(each for each in found if each not in chain)]
    return found


def _are_joined(
    left: Remainder,
    match: re.Match[str],
    before: tuple[Filter, int],
    after: tuple[Filter, int],
) -> bool:
    """Whether nothing but small words is between two values of a field and what joins them."""
    one, other = before[0], after[0]
    return (
        (one.field, one.operator, other.operator) == (other.field, Operator.IS, Operator.IS)
        and _LINK.fullmatch(left.text, before[1], match.start()) is not None
        and _LINK.fullmatch(left.text, match.end(), after[1]) is not None
        and not _NEGATED.search(left.text[: before[1]])
    )


def _chain(left: Remainder, before: Found) -> Found:
    """The last condition and those of its field that commas join to it."""
    chain = [before[-1]]
    for each in reversed(before[:-1]):
        between = left.text[each[1] : chain[0][1]]
        is_alike = (each[0].field, each[0].operator) == (chain[0][0].field, Operator.IS)
        if not (is_alike and "," in between and _LINK.fullmatch(between)):
            break
        chain.insert(0, each)
    return chain


def _together(filters: Sequence[Filter]) -> Filter:
    """One condition that any of the values meets."""
    values = tuple(dict.fromkeys(value for each in filters for value in each.values))
    said = " ou ".join(each.said for each in filters if each.said)
    return replace(filters[0], values=values, said=said)
