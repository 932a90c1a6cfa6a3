"""What questions about small lots ask to calculate, by the figures they give. Pure."""

import re
from collections.abc import Sequence
from decimal import Decimal

from assistant.calculators.calculation import Buyer, Route
from assistant.calculators.catalogue import Asked
from assistant.calculators.facts import GivenFigure, QuestionFacts
from assistant.calculators.needs import Missing, buyer, choice, completed, figure, nature
from assistant.calculators.requests.procedure import procedure
from assistant.calculators.small_lots import SmallLotsAsked
from assistant.question.parts import is_part

_LOTS = re.compile(r"\b(?:lots?|allotie?s?)\b")

_ROUTES = {
    Route.EXEMPT: re.compile(
        r"\bgre a gre\b|\bde gre\b|\bsans (?:pub\w*|mise en concurrence|concurrence|annonce|avis"
        r"|consult\w+)|\b(?:ni|sans) pub|\bdispens\w+|\ben direct\b|\bdirectement\b|\br ?2122-8\b"
    ),
    Route.ADAPTED: re.compile(
        r"\bmapa\b|\b(?:en|une|la) procedure adaptee\b|\ben adaptee?s?\b|\bpetits? lots?\b"
    ),
}

_OF_LOTS = re.compile(
    r"\b(?:(?P<all>(?:total\w*|valeur)(?: (?:de tous les|de|des) lots)?|tous (?:les )?lots"
    r"|ensemble|operation"
    r"|confondus|globale?|alloti(?:e|s|es)?|marche|consultation|chantier|construction)"
    r"|(?P<lot>lots?))\b"
)
"""Of what an amount is: of all the lots, or of one of them."""

_OF_ALL_AFTER = re.compile(
    r"^ ?(?:ht|hors taxes?)? ?,? ?(?:au total|en tout|tous (?:les )?lots|de travaux|en total"
    r"|pour (?:l'ensemble|tous|le tout)|toutes? |lots confondus)"
)

_SAID_TOGETHER = re.compile(r"\b(?:cumul|a eux (?:deux|trois)|au total,? soit)\w* ?(?:de|:|=)? ?$")

_NOT_ALL = re.compile(r"\ble reste\b|\b(?:les|des) autres\b(?! lots? (?:de|a|:))")
"""That there are lots beside those of which the amounts are told."""

_PART_OF_ALL = re.compile(r"\b(?:dont|y compris)\b(?![^,;.?!]*\blots?\b)[^,;.?!]{0,20}$")
"""Before what is a part of the amount told before it, and no lot."""

_NAMED_LOT = re.compile(r"\blots? (?:de|a) ?$")

_OTHERS = re.compile(r"\b(?:les )?autres\b")

_ONE_LOT = re.compile(r"\b(?:un|le|ce|du|d'un|au) (?:seul |petit )?lot\b")

_SMALLEST = re.compile(
    r"\b(?:les (?P<count>deux|trois|quatre|[2-4]) (?:plus )?petits|l[ea] (?:plus )?petit)\b"
)

_OF_LOT = r"lots? ?(?:n ?[°º] ?)?(?P<number>\d{1,2})(?! ?\d{3})\b"
_NUMBER_BEFORE = re.compile(rf"\b{_OF_LOT}[^\d,;.?!]{{0,25}}$")
_NUMBER_AFTER = re.compile(
    rf"^ ?(?:ht|hors taxes?)? ?(?:pour|\(|au titre de|du)? ?(?:le |du )?{_OF_LOT}"
)
_THESE = re.compile(
    r"\blots? (?:n ?[°º]s? ?)?(?P<numbers>\d{1,2}(?:(?:,| et| ou| &) ?(?:n ?[°º] ?)?\d{1,2})*)\b"
    r"(?! ?(?:[:(=]|\d|€|k))"
)
"""Lots that are named by their numbers alone: "passer les lots 3 et 4 en MAPA"."""

_COUNTS = {"deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8}

_COUNTED = re.compile(
    rf"\b(?P<count>[2-9]|1\d|{'|'.join(_COUNTS)}) (?:(?:petits|autres|derniers) )?lots\b"
)


def small_lots(facts: QuestionFacts) -> Asked | Missing | None:
    """Whether lots may be awarded without the procedure of all."""
    routes = [route for route, words in _ROUTES.items() if facts.says(words)]
    if not routes or not facts.says(_LOTS):
        return None
    amounts = [each for each in facts.amounts if not _OTHERS.search(each.before)]
    if any(each.is_limit or _is_share(each) or each.is_with_tax for each in amounts):
        return None
    read = _read(facts, amounts)
    if read is None:
        return None
    total, lots = read
    if not total and len(lots) == 1 and procedure(facts) is not None:
        return None
    whole = figure("Quel est le montant hors taxes de tous les lots ensemble ?", total)
    if not total:
        return Missing((whole.question,))
    return completed(
        lambda **given: SmallLotsAsked(
            lots=tuple(lots), route=routes[0] if len(routes) == 1 else None, **given
        ),
        amount=whole,
        nature=nature(facts),
        # Without publicity, the rule is the same whoever buys.
        buyer=buyer(facts) if Route.ADAPTED in routes else choice("", (Buyer.LOCAL,)),
    )


def counts_of_lots(facts: QuestionFacts) -> list[int]:
    """How many lots a question says there are, each time it does."""
    return [_number(each["count"]) for each in _COUNTED.finditer(facts.words)]


def _read(
    facts: QuestionFacts, amounts: Sequence[GivenFigure[Decimal]]
) -> tuple[list[Decimal], list[Decimal]] | None:
    """The value of all lots, if it is told, and of those asked about; None where it is not plain.

    A question that gives each of as many lots as it says has their sum for the whole.
    """
    if any(_PART_OF_ALL.search(each.before) for each in amounts):
        return None
    if numbered := _numbered(amounts):
        asked_lots = _named_by_number(facts, amounts, numbered)
        return ([sum(numbered.values(), Decimal(0))], asked_lots) if asked_lots else None
    values = [each.value for each in amounts if not _SAID_TOGETHER.search(each.before)]
    counts = counts_of_lots(facts)
    smallest = _SMALLEST.search(facts.words)
    if len(values) > 1 and len(values) in counts and smallest and not of_all_lots(amounts):
        asked = _number(smallest["count"]) if smallest["count"] else 1
        return [sum(values, Decimal(0))], sorted(values)[:asked] if asked < len(values) else []
    wholes = of_all_lots(amounts) or _far_above(amounts, values)
    are_some = facts.says(_NOT_ALL)
    if len(values) > 1 and len(values) in counts and not (wholes or smallest or are_some):
        return [sum(values, Decimal(0))], values
    if len(wholes) > 1 or smallest:
        return None
    lots = [value for value in values if value not in wholes]
    if not lots or any(lot >= whole for lot in lots for whole in wholes):
        return None
    is_one = len(lots) == 1 and (not counts or _ONE_LOT.search(facts.words))
    are_all = len(lots) > 1 and (not counts or max(counts) >= len(lots))
    if not (is_one or are_all):
        return None
    return wholes, lots


def _numbered(amounts: Sequence[GivenFigure[Decimal]]) -> dict[int, Decimal]:
    """The amount of each lot by its number; nothing unless these are all, from the first on."""
    found: dict[int, Decimal] = {}
    for each in amounts:
        number = _NUMBER_AFTER.match(each.after) or _NUMBER_BEFORE.search(each.before)
        if number is None:
            return {}
        found[int(number["number"])] = each.value
    is_all = sorted(found) == [*range(1, len(amounts) + 1)]
    return found if is_all and len(found) > 1 else {}


def _named_by_number(
    facts: QuestionFacts, amounts: Sequence[GivenFigure[Decimal]], numbered: dict[int, Decimal]
) -> list[Decimal]:
    """The amounts of the lots that the question goes on to name, after all their amounts."""
    numbers: list[int] = []
    rest = _NUMBER_AFTER.sub("", amounts[-1].after)
    for each in _THESE.finditer(rest):
        numbers += map(int, re.findall(r"\d+", each["numbers"]))
    if not {*numbers} <= {*numbered}:
        return []
    return [numbered[number] for number in dict.fromkeys(numbers)]


def _is_share(amount: GivenFigure[Decimal]) -> bool:
    """Whether it is one of several alike, and no first of a list: "lots de 60 000 et 45 000"."""
    is_listed = _NAMED_LOT.search(amount.before) and not is_part("", amount.after)
    return amount.is_share and not is_listed


def _far_above(amounts: Sequence[GivenFigure[Decimal]], values: Sequence[Decimal]) -> list[Decimal]:
    """The first amount, above all the others, where nothing says that it is of a lot."""
    if len(values) < 2 or len(values) != len(amounts) or values[0] <= sum(values[1:]):
        return []
    first = amounts[0]
    return [] if "lot" in first.before or _NUMBER_AFTER.match(first.after) else [values[0]]


def of_all_lots(amounts: Sequence[GivenFigure[Decimal]]) -> list[Decimal]:
    """The amounts that are said to be of all the lots."""
    return [each.value for each in amounts if _OF_ALL_AFTER.match(each.after) or _is_of_all(each)]


def _is_of_all(amount: GivenFigure[Decimal]) -> bool:
    """Whether what is last named before an amount, in its own sentence, is all the lots."""
    own = re.split(r"[.;?!]", _OF_ALL_AFTER.sub("", amount.before))[-1]
    named = [*_OF_LOTS.finditer(own)]
    return bool(named) and named[-1].lastgroup == "all"


def _number(written: str) -> int:
    return _COUNTS[written] if written in _COUNTS else int(written)
