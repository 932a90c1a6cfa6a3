"""What questions about the scores of tenders ask to calculate, by the figures they give. Pure.

Where a figure is not read, the question is left to the texts.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assistant.calculators.catalogue import Asked
from assistant.calculators.facts import QuestionFacts
from assistant.calculators.formula import Formula, find_formula
from assistant.calculators.requests.score_items import (
    SCALE,
    ScoreItem,
    UnreadFigure,
    parts_of_tenders,
    score_items,
)
from assistant.calculators.scores import PRICE, ScoredTender, ScoresAsked, price_roles

_SOUGHT = re.compile(
    r"\bcombien de (?:points|pts)|\btota(?:l|ux)\b|\bgagn|\b(?:l'|r)?emport|\bpremiere?s?\b|\bclass"
    r"|\bnotes? (?:ponderee?s?|finales?|globales?|totales?|du prix|prix|obtenue?s?)|\bscores?\b"
    r"|\b(?:moyenne|total|score) ponder|\blaquelle\b|\blequel\b|\bmieux[- ]disant|\bcalcul"
    r"|\bquelles? (?:est |sera |sont )?(?:la |les |sa |ma )?notes?\b|\bqui (?:est|a|arrive)\b"
)
_OF_NOTES = re.compile(r"\b(?:notes?|notee?s?|notation|points?|pts|bareme|criteres?)\b")
_RESULT = re.compile(r"\bcombien\b|\bca (?:donne|fait)\b|\bresultats?\b")
_WHOLE_SOUGHT = re.compile(
    r"\b(?:fait|font|faire|total\w*|somme|egal\w*)\b[^.?]{0,20}\b100\b( ?%)?"
)
_METHOD_SAID = re.compile(
    r"\bformule|\bproportion|\bregle de trois|\blineaire|\bmini ?/|\bmoyenne des"
    r"|\bnote(?: prix)? ?="
)
_RANKED = re.compile(
    r"\bgagn|\b(?:l'|r)?emport|\bpremiere?s?\b|\bclass|\b(?:laquelle|lequel)\b"
    r"|\bqui (?:est|a|arrive)\b"
)
_TAXES = re.compile(r"\bttc\b.*\b(?:ht|hors taxes?)\b|\b(?:ht|hors taxes?)\b.*\bttc\b")
_PONDERED = re.compile(r"\bponder")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a question says of all tenders and of each, and how their notes are made.

    `scale` is what all notes are on; `is_pondered`: weights are to be counted with; `is_ranking`:
    several tenders are compared.
    """

    head: tuple[ScoreItem, ...]
    tenders: tuple[tuple[str, tuple[ScoreItem, ...]], ...]
    formula: Formula | None
    scale: Decimal | None
    is_pondered: bool
    is_ranking: bool

    @property
    def items(self) -> list[ScoreItem]:
        """What is said of all tenders, then of each."""
        return [*self.head, *(item for _, items in self.tenders for item in items)]

    @property
    def in_percent(self) -> bool:
        """Whether weights are percentages."""
        return any(item.is_percent for item in self.items)


def scores(facts: QuestionFacts) -> Asked | None:
    """Notes of tenders, weighted or added up, or that the method for those of price lacks."""
    is_sum, formula = facts.says(_WHOLE_SOUGHT), find_formula(facts.words)
    is_noted = formula is not None and facts.says(_RESULT)
    is_sought = is_sum or is_noted or facts.says(_SOUGHT)
    if not (is_sought and (facts.says(_OF_NOTES) or len(facts.rates) > 1)):
        return None
    if facts.says(_TAXES) or (formula is None and facts.says(_METHOD_SAID)):
        return None
    words = facts.words
    if formula:
        words = f"{words[: formula.start].rstrip(' =:(')} , {words[formula.end :].lstrip(' )')}"
    if is_sum:
        words = _WHOLE_SOUGHT.sub(" ", words)
    scale = SCALE.search(words)
    head, tenders = parts_of_tenders(SCALE.sub(" ", words))
    try:
        said = _Said(
            tuple(score_items(head)),
            tuple((name, tuple(score_items(own))) for name, own in tenders),
            formula,
            Decimal(scale["scale"]) if scale else None,
            is_pondered=facts.says(_PONDERED),
            is_ranking=facts.says(_RANKED),
        )
        return _asked(said, is_sum=is_sum)
    except UnreadFigure:
        return None


def _asked(said: _Said, *, is_sum: bool) -> Asked | None:
    """What is asked by the items on all tenders and by those on each."""
    weights = _weights(said)
    if not weights and not said.is_pondered:
        weights = _highest_notes(said.items)
    if not weights:
        return None
    alone = _alone(said)
    if is_sum and not said.tenders and not any(item.bare is not None for item in alone):
        return ScoresAsked(weights, in_percent=said.in_percent) if len(weights) > 1 else None
    if said.tenders:
        if any(item.of is not None for item in said.head):
            raise UnreadFigure
        return _of_tenders(said, weights, said.tenders, said.head)
    if said.is_ranking or any(item.bare is not None and not item.label for item in alone):
        return None
    return _of_tenders(said, weights, (("l'offre", tuple(alone)),), ())


def _of_tenders(
    said: _Said,
    weights: tuple[tuple[str, Decimal], ...],
    told: Sequence[tuple[str, tuple[ScoreItem, ...]]],
    head: Sequence[ScoreItem],
) -> Asked | None:
    """The scores of tenders, of which one may be told beside the lowest price of another.

    Raises UnreadFigure for a price of no tender.
    """
    lows = [item for item in head if item.price is not None]
    if any(not item.is_lowest for item in lows):
        raise UnreadFigure
    tenders, is_lowest = [], False
    for name, items in told:
        others = [item for item in items if item.is_lowest]
        if all(item.is_lowest or item.price is None for item in items):
            is_lowest, others = is_lowest or bool(others), []
        lows += others
        tenders.append(_tender(name, [item for item in items if item not in others], weights))
    lowest = _only(item.price for item in lows)
    if len(tenders) == 1:
        if not tenders[0].notes:
            weights = tuple(each for each in weights if each[0] == PRICE)
        lowest = lowest or (tenders[0].price if is_lowest else None)
    return _scored(said, weights, tuple(tenders), lowest)


def _alone(said: _Said) -> list[ScoreItem]:
    """The notes and prices that are given of no tender by its name.

    A bare number was read as a weight, and is no note too.
    """
    return [
        each
        for each in said.head
        if each.price is not None
        or (each.bare is not None and (each.weight is not None or each.of is not None))
    ]


def _scored(
    said: _Said,
    weights: tuple[tuple[str, Decimal], ...],
    tenders: tuple[ScoredTender, ...],
    lowest: Decimal | None,
) -> Asked | None:
    """The scores of tenders; None where their notes do not suffice, or are not plain."""
    if not weights or any(not each.notes and each.price is None for each in tenders):
        return None
    is_sought = PRICE in dict(weights)
    lacks = [each for each in tenders if is_sought and PRICE not in dict(each.notes)]
    if any(each.price is None for each in lacks):
        return None
    if lacks and said.formula is None:
        return ScoresAsked(weights, tenders, said.scale, lowest=lowest, in_percent=said.in_percent)
    if len(tenders) == len(weights) == 1 and not lacks:
        return None
    formula = said.formula if lacks else None
    mode = _mode(said, weights, formula)
    if mode is None:
        return None
    is_weighted, on = mode
    text = formula.written() if formula else ""
    return ScoresAsked(weights, tenders, on, text, lowest, said.in_percent, is_weighted)


def _only(values: Iterable[Decimal | None]) -> Decimal | None:
    """The only value there is; raises UnreadFigure where there are several."""
    found = {each for each in values if each is not None}
    if len(found) > 1:
        raise UnreadFigure
    return found.pop() if found else None


def _highest_notes(items: Sequence[ScoreItem]) -> tuple[tuple[str, Decimal], ...]:
    """On what the notes of each criterion are, where every note says it: "36/40"."""
    if any(item.of is None for item in items if item.bare is not None):
        return ()
    found: dict[str, Decimal] = {}
    for item in items:
        if item.of is not None and found.setdefault(item.label, item.of) != item.of:
            raise UnreadFigure
    return tuple(found.items()) if "" not in found else ()


def _weights(said: _Said) -> tuple[tuple[str, Decimal], ...]:
    """The weight of each criterion: a percentage, a coefficient, a highest note, or a bare number.

    A bare number is a weight where words are on all tenders and give it no other.
    """
    found: dict[str, Decimal] = {}
    for item in said.items:
        weight = item.weight
        if weight is None and item in said.head and item.of is None and item.price is None:
            weight = item.bare
        if weight is None:
            continue
        label = item.label or (PRICE if said.formula and item.price is not None else "")
        name = next((each for each in found if _same(each, label)), label)
        if not name or found.setdefault(name, weight) != weight:
            raise UnreadFigure
    if not found and said.formula and not any(item.bare is not None for item in said.items):
        return _highest_of_the_price(said.formula)
    return tuple(found.items())


def _highest_of_the_price(formula: Formula) -> tuple[tuple[str, Decimal], ...]:
    """The weight of the price that a formula says by itself: "40 x mini/offre"."""
    roles = price_roles(formula).values()
    return ((PRICE, _highest(formula, None)),) if "highest" not in roles else ()


def _same(one: str, other: str) -> bool:
    """Whether two labels are of one criterion, of which one may be in short: "tech", "env"."""
    return any(
        first.startswith(second) or second.startswith(first)
        for first in one.split()
        for second in other.split()
    )


def _tender(
    name: str, items: Sequence[ScoreItem], weights: Sequence[tuple[str, Decimal]]
) -> ScoredTender:
    """The notes and the price of a tender; a note without a name is of the only criterion left."""
    price = _only(each.price for each in items)
    notes: dict[str, Decimal] = {}
    unnamed = []
    for item in items:
        if item.bare is None:
            continue
        criterion = next((each for each, _ in weights if _same(each, item.label)), "")
        if (item.label and not criterion) or criterion in notes:
            raise UnreadFigure
        if criterion:
            notes[criterion] = item.bare
        else:
            unnamed.append(item.bare)
    left = [each for each, _ in weights if each not in notes and (each != PRICE or price is None)]
    if unnamed:
        if len(left) != 1 or len(unnamed) != 1:
            raise UnreadFigure
        notes[left.pop()] = unnamed[0]
    if left and notes:
        raise UnreadFigure
    return ScoredTender(name, tuple(notes.items()), price)


def _mode(
    said: _Said, weights: tuple[tuple[str, Decimal], ...], formula: Formula | None
) -> tuple[bool, Decimal | None] | None:
    """Whether notes are weighted, and the scale they are on; None where it is not plain.

    Points are added up: each is at most the weight of its criterion.
    """
    highest = _highest(formula, dict(weights).get(PRICE)) if formula else None
    noted = [each for each in said.items if each.bare is not None and each.price is None]
    on = {each.of for each in noted if each.of is not None} | (
        {said.scale} if said.scale else set()
    )
    is_points = all(_is_on_weight(each, weights) for each in noted)
    if on and is_points and (len(on) > 1 or not said.in_percent) and said.scale is None:
        return (False, None) if highest in (None, dict(weights).get(PRICE)) else None
    if on:
        common = next(iter(on)) if len(on) == 1 else None
        if common and highest == dict(weights).get(PRICE) != common:
            return False, common
        return (True, common) if common and highest in (None, common) else None
    if any("coef" in each.words for each in said.items) or (said.in_percent and said.is_pondered):
        return (True, None) if highest is None else None
    if said.in_percent and highest is None:
        return None
    return (False, None) if highest in (None, dict(weights).get(PRICE)) else None


def _is_on_weight(item: ScoreItem, weights: Sequence[tuple[str, Decimal]]) -> bool:
    """Whether a note is on no scale, or on that of the weight of its criterion."""
    weight = next((weight for name, weight in weights if _same(name, item.label)), None)
    return item.of is None or item.of == weight


def _highest(formula: Formula, weight: Decimal | None) -> Decimal:
    """The note that a formula gives to the lowest price, "note max" being the weight."""
    roles = price_roles(formula)
    values = {
        name: Fraction(weight or 0) if role == "highest" else Fraction(1)
        for name, role in roles.items()
    }
    value = formula.value(values)
    return Decimal(value.numerator) / value.denominator
