"""Cases: the figures within which a rule holds, and whether a question is about others. Pure."""

import operator
import re
from collections.abc import Sequence
from fractions import Fraction

from assistant.citations.comparison import bound_quantities, find_comparisons
from assistant.question.quantities import Quantity, find_quantities, fold_same_length

_BEGINS_WITH_A_CASE = re.compile(
    r"(?:pour|au-delà|au-dessus|en dessous|à partir|jusqu'|lorsque|si|quand|dès|un marché)\b"
)
_STATES = re.compile(r"\b(?:(?:n')?(?:est|dure|doit|peut)|ne)\b|\bn'")
_RELATIVE = re.compile(r"\b(?:dont|qui|où)\b")
_HOLDS = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "from": operator.ge,
}


def is_of_another_case(rule: str, question: str) -> bool:
    """Whether a rule begins with a case that the question's one figure of its kind is outside of.

    "Pour un marché de plus de 12 mois, …" is of another case than "un marché de 10 mois", but "un
    marché réservé dure 3 ans au plus" is what somebody asks who names 5 years.
    """
    case = re.split(r",\s", fold_same_length(rule), maxsplit=1)[0]
    if not _BEGINS_WITH_A_CASE.match(case):
        return False
    if case.startswith("un marché"):
        case = case[: _end_of_case(case)]
    bounded, _ = bound_quantities(case, find_quantities(case), find_comparisons(case))
    given = find_quantities(fold_same_length(question))
    return any(_leaves_out(atom.key, given) for atom in bounded)


def _end_of_case(rule: str) -> int:
    """Where "un marché …" is left for what it is: at its verb, not at that of its relative."""
    verbs = [found.start() for found in _STATES.finditer(rule)]
    if verbs and _RELATIVE.search(rule[: verbs[0]]):
        del verbs[0]
    return verbs[0] if verbs else len(rule)


def _leaves_out(bounded: str, given: Sequence[Quantity]) -> bool:
    """Whether the one figure of a unit, if there is one, does not keep to "gt 12 month".

    Dates have no side here: half of them are without their year.
    """
    *bound, value, unit = bounded.split(" ")
    asked = [figure for figure in given if figure.unit == unit]
    if unit == "date" or len(asked) != 1 or len(bound) != 1 or bound[0] not in _HOLDS:
        return False
    return not _HOLDS[bound[0]](Fraction(asked[0].value), Fraction(value))
