"""Weights: whether the criteria of an award add up to the whole. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.calculators.amounts import number
from assistant.conformity.case import Case
from assistant.conformity.checks import Fault
from assistant.conformity.clauses import Clause
from assistant.conformity.rules import Rule
from assistant.conformity.values import exact, looked_at
from ingestion.passages import Passage

_WHOLE = Decimal(100)
_DETAIL = re.compile(r"\([^()]*\)")
_WEIGHT = re.compile(r"\{(?P<value>[\d/]+) (?P<unit>ratio|point)\}[ ;.,)]*(?=\||$)")


@dataclass(frozen=True, slots=True)
class _Weight:
    """A weight in percent or points, and the line or cell that it ends."""

    value: Decimal
    place: Passage


def sums(rule: Rule, case: Case) -> Iterator[Fault]:
    """The clauses whose weights do not make wholes."""
    for clause in looked_at(rule.where, case.clauses):
        weights = tuple(_weights(clause, rule))
        if left := _beside_the_whole([each.value for each in weights]):
            total = f"{' + '.join(map(number, left))} = {number(Decimal(sum(left)))}"
            places = dict.fromkeys(each.place for each in weights)
            yield Fault(tuple(places), f"{total} ≠ {_WHOLE}", {"found": total})


def _weights(clause: Clause, rule: Rule) -> Iterator[_Weight]:
    """The weights that end a line or a cell, but for those that detail one between parentheses."""
    begins = 0
    for line in clause.canonical.text.split("\n"):
        bare = _DETAIL.sub(lambda detail: " " * len(detail[0]), line)
        is_alone = len(_WEIGHT.findall(line)) == 1  # "Prix (60 %)" details nothing
        skipped = any(pattern.search(line) for pattern in rule.unless)
        for match in () if skipped else _WEIGHT.finditer(line if is_alone else bare):
            value = exact(match["value"], "percent" if match["unit"] == "ratio" else "point")
            span = clause.canonical.origin(begins + match.start(), begins + match.end())
            yield _Weight(value, clause.sentences_of(span))
        begins += len(line) + 1


def _beside_the_whole(weights: Sequence[Decimal]) -> list[Decimal]:
    """The weights left once those that make a whole one after the other are taken away.

    Weights that detail one already counted leave nothing.
    """
    left: list[Decimal] = []
    for weight in weights:
        left = [] if sum(left) + weight == _WHOLE else [*left, weight]
    counted = weights[: len(weights) - len(left)]
    return [] if len(left) > 1 and sum(left) in counted else left
