"""Conditions that small words connect: what "hors" or "sauf" leaves out, what "ou" joins."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.ledger.parsing.vocabulary import Remainder
from assistant.ledger.query.plan import Operator, PlanFilter, Value

Found = list[tuple[PlanFilter, int]]
"""Conditions, and where they stand in the question."""


def fields_named(found: Found) -> set[str]:
    """The fields that conditions are on."""
    return {condition.field for condition, _ in found}


# Conditions that a question leaves out: "hors factures rejetées", "sauf Brasero".
#
# Words that say so turn the condition after them, and those joined to it that are of its kind; what
# could be read either way clashes.

_NOUN = r"factures?|marches?|contrats?|statuts?"
_OUT = re.compile(
    r"\b(?P<out>hors|sauf|hormis|excepte|sans compter|a l'exception|a l'exclusion|autres? que|"
    r"(?:qui )?(?:ne (?:sont|soient)|n'(?:est|ont|a)) pas(?: encore)?(?: ete)?|non|pas)"
    rf"(?:[ ',]|\b(?:les?|la|l|des?|d|du|celles?|ceux|et|ni|{_NOUN})\b)*"
)
_JOINED = re.compile(r",|\b(?:et|ni)\b")
_TURNED = {
    Operator.IS: Operator.IS_NOT,
    Operator.KNOWN: Operator.UNKNOWN,
    Operator.UNKNOWN: Operator.KNOWN,
}


def turned(left: Remainder, found: Found) -> Found:
    """The conditions, read out of the question before, those that it leaves out turned."""
    matches = list(_OUT.finditer(left.text))
    for match in matches:
        after = [each for each in found if match.end("out") <= each[1] <= match.end()]
        if out := _joined(left, sorted(after, key=lambda each: each[1])):
            kept = [each for each in found if each not in out]
            left.has_clash |= not _is_one_list(left, out)
            away = [(_turned(each), start) for each, start in out]
            found = [*kept, *gathered(away, lambda _: True)]
            left.erase(*match.span())
    return found


def _turned(condition: PlanFilter) -> PlanFilter:
    return replace(condition, operator=_TURNED.get(condition.operator, condition.operator))


def _joined(left: Remainder, after: Found) -> Found:
    """The first conditions, as far as commas and "et" join them."""
    joined = after[:1]
    for each in after[1:]:
        start = joined[-1][1]
        if each[1] > start and not _JOINED.search(left.text[start : each[1]]):
            break
        joined.append(each)
    return joined


def _is_one_list(left: Remainder, out: Sequence[tuple[PlanFilter, int]]) -> bool:
    """Whether each can be turned, alone in its place, and is of the kind of the first or named."""
    (first, before), *others = out
    if first.operator not in _TURNED:
        return False
    for condition, start in others:
        is_alike = condition.field == first.field or re.search(_NOUN, left.text[before:start])
        if condition.operator not in _TURNED or start == before or not is_alike:
            return False
        before = start
    return True


def gathered(found: Found, may_be_one: Callable[[PlanFilter], bool]) -> Found:
    """The conditions, those that may be one with others of their field in one: any will do."""
    alike: dict[tuple[str, Operator] | int, Found] = {}
    for place, each in enumerate(found):
        condition, _ = each
        key = (condition.field, condition.operator) if may_be_one(condition) else place
        alike.setdefault(key, []).append(each)
    return [(_together([each for each, _ in some]), some[0][1]) for some in alike.values()]


def _together(filters: Sequence[PlanFilter]) -> PlanFilter:
    """One condition for the values of all; one that adds none is not said again."""
    values: list[Value] = []
    said = []
    for each in filters:
        if new := [value for value in each.values if value not in values]:
            values += new
            said += [each.said] if each.said else []
    return replace(filters[0], values=tuple(values), said=" ou ".join(said))


# Values of one field that a question joins by "ou": "rejetées ou suspendues", "X ou Y".
#
# One of them is enough. "Ou" between conditions of two fields, or after a negation that may be of
# the first alone, is left in the question, which is then not understood.

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
    before: tuple[PlanFilter, int],
    after: tuple[PlanFilter, int],
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
