"""The groups and ranks that a question names: by supplier, the first five, the highest."""

import re
from dataclasses import dataclass, replace

from assistant.ledger.fields import Population
from assistant.ledger.plan import Step
from assistant.ledger.remainder import Remainder
from assistant.ledger.vocabulary import Rule, vocabulary

_COUNTS = {"deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8}
_COUNTS |= {"neuf": 9, "dix": 10, "vingt": 20}
_COUNT = rf"\d{{1,3}}|{'|'.join(_COUNTS)}"
_THE = r"(?:les? |la |l'|mes |nos |des )?"
_SIDES = (
    (
        False,
        r"(?:plus (?:gros(?:ses?)?|grande?s?|elevee?s?|chere?s?|importante?s?|forte?s?)|"
        r"premi(?:er|ere)s?|princip(?:aux|ales?|al)|meilleure?s?)",
    ),
    (
        True,
        r"(?:plus (?:petite?s?|faibles?|basse?s?)|moins (?:elevee?s?|chere?s?|importante?s?))",
    ),
)
_BY = r"(?:par|pour chaque|de chaque|selon (?:le|la|les)|ventile\w* par)"
_MOST = re.compile(r"\ble (?P<side>plus|moins)\b(?P<rows> (?:grand nombre )?d(?:e |'))?")


_TREND = re.compile(
    r"\b(?:evolutions?|tendances?|courbes?)\b(?: (?:dans le temps|au fil du temps))?"
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The field, or the length of the periods, that rows are grouped by, and the ranks kept.

    `is_count`: ranks are by how many rows there are.
    """

    group: str | None = None
    step: Step | None = None
    limit: int | None = None
    is_ascending: bool = False
    is_count: bool = False


def ranking(left: Remainder, over: Population) -> Ranking:
    """The grouping of a question, taken out; two of them clash."""
    rules = [rule for rule in vocabulary().groups if rule.is_for(over)]
    ranks = [
        found
        for rule in (*rules, _rows(over))
        if (found := _superlative(left, rule) or _chosen(left, rule))
    ]
    groups = [Ranking(rule.name or None, rule.step) for rule in rules if _is_grouped(left, rule)]
    every = [*ranks, *groups]
    if left.take(_TREND):
        left.has_clash |= any(each.step is None for each in every)
        every = every or [Ranking(step=Step.MONTH)]
    left.has_clash |= len(every) > 1
    return every[0] if every else Ranking()


def _rows(over: Population) -> Rule:
    """The rows themselves as groups of one."""
    nouns = next(rule for rule in vocabulary().populations if rule.name == over)
    return replace(nouns, name=EACH)


EACH = "number"
"""The field by which each row is a group of its own."""


def _is_grouped(left: Remainder, rule: Rule) -> bool:
    by = rf"(?:{_BY} )?" if rule.step and left.place(_ADVERB) is not None else rf"{_BY} "
    return bool(left.take(re.compile(rf"\b{by}{rule.says.pattern}")))


_ADVERB = re.compile(r"\b(?:mensuel|trimestriel|annuel)")


def _superlative(left: Remainder, rule: Rule) -> Ranking | None:
    """Ranks whose side an adjective says: "les 5 plus gros …", "la … la plus élevée", "top 5"."""
    noun = rule.says.pattern
    for is_low, side in _SIDES:
        forms = (
            rf"(?P<the>{_THE})(?:(?P<count>{_COUNT}) )?{side} {noun}",
            rf"(?P<the>{_THE})(?:(?P<count>{_COUNT}) )?{noun} (?:les? |la |l')?{side}",
            rf"(?P<the>)top ?(?P<count>{_COUNT}) (?:des? |d')?(?:{side} )?{noun}",
        )
        for form in forms:
            if match := left.take(re.compile(rf"\b{form}(?!\w)")):
                is_one = match["the"] in {"le ", "la ", "l'"}
                limit = 1 if is_one and not match["count"] else _number(match["count"])
                return Ranking(rule.name or None, rule.step, limit, is_low)
    return None


def _chosen(left: Remainder, rule: Rule) -> Ranking | None:
    """Ranks whose side the verb says: "quel … le plus", "les 5 … le plus", or all of them."""
    if rule.name == EACH:
        return None
    says = rf"\b(?P<which>quel(?:le)?s?|les)(?: (?P<count>{_COUNT}))? {rule.says.pattern}"
    if not (match := left.take(re.compile(says))):
        return None
    side = left.take(_MOST)
    is_one = match["which"] in {"quel", "quelle"}
    left.has_clash |= side is None and (is_one or match["count"] is not None)
    return Ranking(
        rule.name or None,
        rule.step,
        1 if is_one else _number(match["count"]),
        side is not None and side["side"] == "moins",
        side is not None and side["rows"] is not None,
    )


def _number(written: str | None) -> int | None:
    return None if written is None else _COUNTS.get(written) or int(written)
