"""Limits of the law that a question names beside its own amounts: "au-dessus de 100 000". Pure."""

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache

from assistant.calculators.constants import constants
from assistant.calculators.facts import QuestionFacts

# "plus de" and "entre" are not among them: they may tell what the need itself comes to.
_SAID_A_LIMIT = re.compile(
    r"\b(?:seuils?|au[- ]dess?ous|au[- ]dessus|sous|au[- ]dela|plafond|limite|depass\w+|exced\w+"
    r"|inferieure?s?|superieure?s?)"
    r"(?: (?:le|la|les) (?:seuil|plafond|limite))? ?(?:a|aux?|de|d'|du|des|les)? ?$"
    r"|\ben dessous (?:de|du) ?$"
)


def but_limits_of_the_law(facts: QuestionFacts) -> QuestionFacts:
    """The facts without what is only named as a limit, and is one of the law.

    Nothing is left out where it is the first amount, which may be the need itself.
    """
    kept = [
        each
        for place, each in enumerate(facts.amounts)
        if not (place and each.value in _limits() and _SAID_A_LIMIT.search(each.before))
    ]
    if len(kept) == len(facts.amounts):
        return facts
    return replace(facts, amounts=tuple(kept))


@cache
def _limits() -> frozenset[Decimal]:
    """Every amount in euros that the law has or had for a limit."""
    return frozenset(
        value
        for constant in constants().values()
        if constant.unit == "euro"
        for _, value in constant.values
    )
