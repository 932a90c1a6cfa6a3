"""Several names of one field each beside the others: "X contre Y", "X et Y, chacun", "lequel".

Joined by "et" or "ou" alone, they are one condition that any of them meets.
"""

import re
from dataclasses import replace

from assistant.ledger.parsing.question_parts import Read
from assistant.ledger.parsing.rankings import Ranking
from assistant.ledger.parsing.vocabulary import Remainder
from assistant.ledger.query.plan import Operator, PlanFilter, Population, rows_of

_EACH = re.compile(
    r"\b(?:(?:pour|a|de) )?(?:chacune?s?|chaque(?=\W*$))"
    r"(?: (?:d'(?:eux|elles)|des (?:deux|trois)))?\b"
    r"|\b(?:separement|respectivement|l'une? et l'autre|un par un)\b"
)
"""That each is asked for; "chaque" before a noun is a grouping of its own, "chaque mois"."""

_AGAINST = re.compile(
    r"\b(?:contre|vs|versus|face a|par rapport a|compare[ers]* (?:a|aux?|avec))(?!\w)\.?"
)
_COMPARED = re.compile(r"\b(?:compare[rsz]?|comparaison|difference|ecart)\b(?: entre\b)?")
"""Two names set against each other, before the second or before both."""

_TWICE = re.compile(r"\bcombien\b.*\bet combien\b")
_TWO_COUNTS = re.compile(r"\bcombien d(?:e |').*\bet combien d(?:e |')")
"""Of other rows each, "combien d'avoirs et combien de factures suspendues": two figures."""

_WHICH = re.compile(
    r"\b(?:qui|lequel|laquelle|lesquels|lesquelles|quel(?:le)?)\b(?=.*\ble (?:plus|moins)\b)"
)
"""Which of those named, where a side follows: "lequel a facturé le plus"."""

_SIDE = re.compile(
    r"\ble (?P<side>plus|moins)\b(?: (?:cher|d'argent|gros|longtemps)\b)?"
    r"(?:(?! de (?:temps|jours)\b) d(?:e |'))?"
)
"""That side."""

_FAST = re.compile(r" (?:vite|rapidement|tot|courts?|rapides?)\b")
"""Behind it, the most has the fewest days: "payé le plus vite"."""

_ROWS = re.compile(r" d(?:e (?!temps|jours)|'(?!argent))")
"""With "de" behind it, a side is of how many rows, whose noun a rule may have taken out."""

_BETWEEN = re.compile(r"\bentre\b")
_TOGETHER = re.compile(
    r"\b(?:reuni(?:e?s)?|cumule(?:e?s)?|additionne(?:e?s)?|a (?:eux|elles) (?:deux|trois)|"
    r"(?:tou(?:te)?s )?les (?:deux|trois) (?:ensemble|reuni(?:e?s)))\b"
)
"""That one figure of both is asked for, which is so where nothing sets them apart."""

_THAT = re.compile(r"\b(?:celui|celles?|ceux)\b(?= d)")
"""What stands for the noun before the second name: "les factures de X et celles de Y"."""

_AGAIN = re.compile(
    r"\b(?P<name>[^\W\d]{4,}(?:[ '’-][^\W\d]+){0,3}?)(?P<period>(?: \S+){1,5}?) "
    r"(?P<against>contre|vs\.?|versus|par rapport à|par rapport a|comparé à|compare a) (?P=name) ",
    re.IGNORECASE,
)
"""A name, a period, a word that compares and the same name: "X en 2025 contre X en 2026"."""


def said_once(question: str) -> str:
    """A question in which two periods of one name are compared, without the second name. Pure."""
    return _AGAIN.sub(r"\g<name>\g<period> \g<against> ", question)


def set_apart(left: Remainder, read: Read, over: Population) -> Read:
    """What was read, by name where names are set beside each other; the words taken out."""
    every = [each for each, _ in read.filters if _is_of_several(each, over)]
    named = [each for each in every if each.field != "subject"] or every  # one word has many
    if len(named) != 1:
        left.has_clash |= read.compared is None and _TWO_COUNTS.search(left.whole) is not None
        return read
    left.take_all(_TOGETHER)
    left.take_all(_THAT)
    ranked = _ranked(left, read, named[0].field)
    if ranked is None:
        return read
    # Holders together hold by themselves: what one of them holds is in two groups.
    left.has_clash |= bool(rows_of(over).fields[named[0].field].members)
    left.has_clash |= (read.ranked.group or named[0].field) != named[0].field
    left.has_clash |= read.ranked.step is not None
    says_of_what = read.measures or read.fields or read.has_noun or left.is_billed
    left.has_clash |= not (says_of_what or ranked.limit)  # how many, or how much?
    return replace(read, ranked=ranked)


def _is_of_several(condition: PlanFilter, over: Population) -> bool:
    """Whether it is of two names or more, by which rows can be grouped."""
    is_grouped = bool(rows_of(over).fields[condition.field].group)
    is_named = condition.operator is Operator.IS and bool(condition.said)
    return is_grouped and is_named and len(condition.values) > 1


def _ranked(left: Remainder, read: Read, field: str) -> Ranking | None:
    """The grouping by a field that words ask for, None where they ask for all together."""
    ranked = read.ranked
    says = [left.take_all(each) for each in (_EACH, _AGAINST, _COMPARED)]
    is_each = any(says) or _TWICE.search(left.whole) is not None
    which = _WHICH.search(left.whole) is not None
    if not (is_each or which):
        return ranked if ranked.group == field and left.take_all(_BETWEEN) else None
    left.take_all(_WHICH)
    left.take_all(_BETWEEN)
    if ranked.group or ranked.step:
        return ranked
    side = left.take(_SIDE) if which else None
    if side is None:
        return None if which and not is_each else Ranking(group=field)
    behind = side.end("side")
    return Ranking(
        field,
        limit=1,
        is_ascending=(side["side"] == "moins") != (_FAST.match(left.whole, behind) is not None),
        is_count=_ROWS.match(left.whole, behind) is not None,
    )
