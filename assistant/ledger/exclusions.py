"""Conditions that a question leaves out: "hors factures rejetées", "sauf Brasero".

Words that say so turn the condition after them, and those joined to it that are of its kind; what
could be read either way clashes.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.ledger.plan import Filter, Operator
from assistant.ledger.remainder import Remainder

Found = list[tuple[Filter, int]]
"""Conditions, and where they stand in the question."""

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
            found = [*kept, *_merged([(_turned(each), start) for each, start in out])]
            left.erase(*match.span())
    return found


def _turned(condition: Filter) -> Filter:
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


def _is_one_list(left: Remainder, out: Sequence[tuple[Filter, int]]) -> bool:
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


def _merged(out: Found) -> Found:
    """One condition for the values of a field."""
    by_field: dict[tuple[str, Operator], tuple[Filter, int]] = {}
    for condition, start in out:
        key = condition.field, condition.operator
        if key in by_field:
            other, start = by_field[key]
            names = " ou ".join(each for each in (other.said, condition.said) if each)
            condition = replace(other, values=other.values + condition.values, said=names)
        by_field[key] = condition, start
    return list(by_field.values())
