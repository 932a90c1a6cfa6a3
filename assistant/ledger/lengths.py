"""How long the contracts of a question last: "de plus de 24 mois", "d'une durée de 4 ans"."""

import re
from collections.abc import Iterator

from assistant.calculators.facts import exact
from assistant.checking.quantities import find_quantities
from assistant.ledger.bounds import AFTER, SIDES
from assistant.ledger.fields import Population
from assistant.ledger.plan import Filter, Operator
from assistant.ledger.remainder import Remainder

_SIDE = "|".join(says for _, says in SIDES)
_LASTING = re.compile(
    r"(?:\b(?:marches?(?: publics?)?|contrats?) |(?P<said>\b(?:(?:d'une|dont la|avec une|de) duree|"
    r"durees?|qui dur(?:e|ent)|durant) ))(?P<bound>(?:est |prevue )?(?:de |d')?"
    rf"(?:(?P<side>{_SIDE}) ?(?:de |a )?)?)$"
)
"""What stands before a duration that is not counted from today: "depuis plus de 24 mois"."""

_OF_MANY = re.compile(r"\b(?:marches|contrats|achats|combien)\b")
"""The length of one contract, "un marché de quatre ans", is rather a question of law."""


def lengths(left: Remainder, over: Population) -> Iterator[tuple[Filter, int]]:
    """Conditions on the months of a contract."""
    if over is not Population.PURCHASES or not _OF_MANY.search(left.whole):
        return
    for quantity in find_quantities(left.text):
        if quantity.unit != "month":
            continue
        if not (match := _LASTING.search(left.text[: quantity.start])):
            continue
        start = match.start("said") if match["said"] else match.start("bound")
        operators, end = _operators(left, match["side"], quantity.end)
        left.erase(start, end)
        for operator in operators:
            yield Filter("months", operator, (int(exact(quantity)),)), start


def _operators(left: Remainder, side: str | None, end: int) -> tuple[tuple[Operator, ...], int]:
    """On which sides of a duration contracts are, and where its words end."""
    for operator, says in AFTER:
        if after := says.match(left.text, end):
            return (operator,), after.end()
    for operator, side_says in SIDES:
        if side and re.fullmatch(side_says, side):
            return (operator,), end
    return (Operator.AT_LEAST, Operator.AT_MOST), end
