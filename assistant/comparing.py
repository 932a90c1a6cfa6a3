"""Comparisons computed by code: the question's figures against a quote's limits. Pure.

Arithmetic only: it says on which side of a limit a figure falls, never what follows from it.
"""

import re
from fractions import Fraction

from assistant.checking.atoms import plain
from assistant.checking.comparison import bound_quantities, find_comparisons
from assistant.checking.quantities import Quantity, find_quantities
from assistant.language import Language

_COMPARED = {"euro", "ratio", "month", "day"}
_BOUNDS = {"lt", "le", "gt", "ge", "max", "min"}
_WITH_TAX = re.compile(r"\bttc\b|toutes taxes|including (vat|tax)")
_WITHOUT_TAX = re.compile(r"\bht\b|hors taxe|excluding (vat|tax)")
_WORDS = {
    Language.FRENCH: (
        "Calcul : {} est {}.",
        "inférieur à {}",
        "égal à {}",
        "supérieur à {}",
        " et ",
    ),
    Language.ENGLISH: (
        "Computed: {} is {}.",
        "less than {}",
        "equal to {}",
        "more than {}",
        " and ",
    ),
}


def compare(question: str, quote: str, language: Language) -> str | None:
    """Where the question's only figure of a kind falls against the quote's limits of that kind.

    None when there is nothing to compare: no such figure, no limit, or one with tax and the other
    without.
    """
    asked, said = plain(question), plain(quote)
    if _tax_differs(asked, said):
        return None
    sentence, *_ = _WORDS[language]
    parts = []
    for unit in sorted(_COMPARED):
        given = [figure for figure in find_quantities(asked) if figure.unit == unit]
        limits = _limits(said, unit)
        if len(given) == 1 and limits:
            parts.append(_side(given[0], asked, limits, said, language))
    if not parts:
        return None
    return " ".join(sentence.format(figure, sides) for figure, sides in parts)


def _limits(said: str, unit: str) -> list[Quantity]:
    quantities = find_quantities(said)
    atoms, _ = bound_quantities(said, quantities, find_comparisons(said))
    bounded = {atom.start for atom in atoms if atom.key.split(" ")[0] in _BOUNDS}
    found = [figure for figure in quantities if figure.unit == unit and figure.start in bounded]
    return list({figure.value: figure for figure in found}.values())


def _side(
    given: Quantity, asked: str, limits: list[Quantity], said: str, language: Language
) -> tuple[str, str]:
    _, less, equal, more, joint = _WORDS[language]
    sides = []
    for limit in limits:
        difference = Fraction(given.value) - Fraction(limit.value)
        words = equal if not difference else less if difference < 0 else more
        sides.append(words.format(said[limit.start : limit.end]))
    return asked[given.start : given.end], joint.join(sides)


def _tax_differs(asked: str, said: str) -> bool:
    with_tax = bool(_WITH_TAX.search(asked)), bool(_WITH_TAX.search(said))
    without = bool(_WITHOUT_TAX.search(asked)), bool(_WITHOUT_TAX.search(said))
    return (with_tax[0] and without[1]) or (without[0] and with_tax[1])
