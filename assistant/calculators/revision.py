"""The revision of a price by the formula of a question.

The law states no formula: the clauses of the contract do (article R2112-13).
"""

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from assistant.calculators.amounts import euros, numeral, require_positive
from assistant.calculators.calculation import Calculation, CalculationLine, says
from assistant.calculators.constants import Law
from assistant.calculators.formula import Formula, parse_formula, rounded, told, told_name
from assistant.errors import WrongFigures

_PRICE = re.compile(r"(?:p[a-z]?(?:0|o|i|\(0\))?|(?:m|c|v)(?:0|o)|prix\b.*|montant\b.*)$")
_AT_THE_TIME = re.compile(
    r"(?:0|o|\(0\))$|\b(?:offres?|initiale?|base|zero|m0|origine|depart|remise)\b"
)
_OF_AN_INDEX = re.compile(
    r"(?:i|index\b.*|indice\b.*|i[a-z]?\d?|(?:bt|tp|icht|ing|fsd|ev|tr|im)\w*)(?:\(.*\))?$"
)
_LOWEST, _HIGHEST = Fraction(1, 5), Fraction(5)
"""Coefficients between which a price is believed to change: others are of a mistaken index."""


class Rounding(StrEnum):
    """How the coefficient is rounded."""

    NEAREST = ROUND_HALF_UP
    UP = ROUND_CEILING
    DOWN = ROUND_FLOOR


def price_of(formula: Formula) -> str | None:
    """The name of the initial price in a formula, None where it gives a coefficient alone."""
    return next((each for each in formula.names if _PRICE.match(each)), None)


def is_of_price(name: str) -> bool:
    """Whether an index is that of the time of the price: "I0", "index du mois de l'offre"."""
    return _AT_THE_TIME.search(name) is not None


def is_credible(factor: Fraction) -> bool:
    """Whether a price is believed to change by such a coefficient."""
    return _LOWEST <= factor <= _HIGHEST


def is_index(name: str) -> bool:
    """Whether a name of a formula is that of an index: "I", "TP08", "index du mois"."""
    return _OF_AN_INDEX.match(name) is not None


@dataclass(frozen=True, slots=True)
class RevisionAsked:
    """A formula and the values of its names, but for that of the initial price, in euros.

    The formula is empty where the question gives none, only a price to be revised.
    `decimals` of the coefficient, where the question rounds it; `tax` is what is said of the price:
    "HT", "TTC" or nothing; `is_change`: by how much the price changes is asked.
    """

    formula: str
    values: tuple[tuple[str, Decimal], ...]
    price: Decimal | None = None
    tax: str = ""
    decimals: int | None = None
    rounding: Rounding = Rounding.NEAREST
    is_change: bool = False

    def __post_init__(self) -> None:
        """Raises WrongFigures for what gives no credible coefficient."""
        if self.price is not None:
            require_positive(self.price, "Le prix initial")
        if self.formula and not self.lacking and not is_credible(coefficient(self)):
            raise WrongFigures("Le coefficient n'est pas vraisemblable ; vérifiez les index.")

    @property
    def lacking(self) -> tuple[str, ...]:
        """The names of the formula that have no value, but for the initial price."""
        if not self.formula:
            return ()
        formula, given = parse_formula(self.formula), dict(self.values)
        price = price_of(formula)
        return tuple(each for each in formula.names if each not in given and each != price)


def coefficient(asked: RevisionAsked) -> Fraction:
    """By what the initial price is multiplied, before it is rounded.

    Raises WrongFigures where the formula is none, lacks a value, or is no multiple of the price.
    """
    formula = parse_formula(asked.formula)
    given = {name: Fraction(value) for name, value in asked.values}
    price = price_of(formula)
    if asked.lacking:
        raise WrongFigures(f"Il manque la valeur de {told_name(asked.lacking[0])}.")
    if price is None:
        return formula.value(given)
    once, twice = (formula.value(given | {price: Fraction(each)}) for each in (1, 2))
    if twice != 2 * once:
        raise WrongFigures("La formule n'est pas un multiple du prix initial.")
    return once


def revision(asked: RevisionAsked, law: Law) -> Calculation:
    """The revised price by the formula of the question, or the coefficient without a price."""
    clauses = law.stated("révision, clauses")
    is_lacking = bool(asked.lacking) or not asked.formula
    first = _told_lacking(asked) if is_lacking else _told_revision(asked)
    return Calculation(
        name="revision",
        title="Révision du prix",
        day=law.day,
        inputs=_inputs(asked),
        steps=() if is_lacking else tuple(map(CalculationLine, _terms(asked))),
        result=(
            says(first, clauses),
            says(
                "Le code ne fixe pas la formule : les clauses du marché fixent les modalités de "
                "calcul de la révision.",
                clauses,
            ),
        ),
        cautions=(
            *(() if is_lacking or asked.decimals else ("Le coefficient n'est pas arrondi.",)),
            "Un arrondi, un plafond ou un seuil de déclenchement que prévoient les clauses du "
            "marché, s'il n'est pas dit ici, changerait ce résultat.",
        ),
    )


def _told_revision(asked: RevisionAsked) -> str:
    result = "Prix révisé" if asked.price is not None else "Coefficient de révision"
    lacks = "" if asked.price is not None else " ; le prix initial n'est pas donné"
    if asked.is_change and asked.price is not None:
        change = Fraction(asked.price) * (_applied(asked) - 1)
        named = "Hausse" if change >= 0 else "Baisse"
        return (
            f"{named} : {told_price(abs(change), asked.tax)} ; prix révisé : {revised(asked)}, par "
            "la formule que donne la question."
        )
    return f"{result} : {revised(asked)}, par la formule que donne la question{lacks}."


def _told_lacking(asked: RevisionAsked) -> str:
    """Which values lack, and the formula with those that are given; or that it lacks itself."""
    if not asked.formula:
        return (
            "Il manque la formule de révision, que fixent les clauses du marché : donnez-la, avec "
            "la valeur de chaque indice à la date du prix initial et à celle de la révision, et le "
            "prix révisé se calcule."
        )
    formula, given = parse_formula(asked.formula), dict(asked.values)
    price = price_of(formula)
    if price and asked.price is not None:
        given[price] = asked.price
    known = formula.written({name: Fraction(value) for name, value in given.items()})
    parts = [
        f"{'la valeur' if place == 0 else 'celle'} de l'indice {told_name(name)} à la date "
        f"{'du prix initial' if is_of_price(name) else 'de la révision'}"
        for place, name in enumerate(asked.lacking)
    ]
    named = " et ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]
    return f"Il manque {named} : avec ce que donne la question, la formule est {known}."


def revised(asked: RevisionAsked) -> str:
    """The price that the formula gives, to the cent, or the coefficient, as they are told."""
    factor = _applied(asked)
    if asked.price is None:
        return told(factor)
    return told_price(Fraction(asked.price) * factor, asked.tax)


def _applied(asked: RevisionAsked) -> Fraction:
    """The coefficient, rounded where the question says how."""
    exact = coefficient(asked)
    if asked.decimals is None:
        return exact
    # Six digits more than are kept: what is beyond moves no ceiling that a contract knows.
    near = rounded(exact, asked.decimals + 6)
    return Fraction(near.quantize(Decimal(1).scaleb(-asked.decimals), asked.rounding.value))


def _terms(asked: RevisionAsked) -> list[str]:
    """The formula with its figures, the coefficient that it gives, and the product."""
    formula = parse_formula(asked.formula)
    given = {name: Fraction(value) for name, value in asked.values}
    price = price_of(formula)
    if price and asked.price is not None:
        given[price] = Fraction(asked.price)
    exact, factor = coefficient(asked), _applied(asked)
    change = numeral(rounded(abs(factor - 1) * 100, 2))
    sign = "−" if factor < 1 else "+"
    more = (
        ""
        if asked.price is None
        else f", {sign} {told_price(Fraction(asked.price) * abs(factor - 1))}"
    )
    about = "" if Fraction(rounded(exact, 6)) == exact else "environ "
    kept = "" if factor == exact else f", arrondi à {told(factor)}"
    is_of_price = price is not None and asked.price is not None
    exactly = f" = {revised(asked)}" if is_of_price and factor == exact else ""
    terms = [
        f"Formule : {formula.written()}, soit {formula.written(given)}{exactly}.",
        f"Coefficient : {about}{told(exact)}{kept}, soit {sign} {change}\u00a0%{more}.",
    ]
    if asked.price is not None and not exactly:
        by = told(factor) if factor == Fraction(rounded(factor, 6)) else "coefficient"
        terms.append(f"{euros(asked.price)} × {by} = {revised(asked)}.")
    return terms


def told_price(value: Fraction, tax: str = "") -> str:
    """A price to the cent, and its tax where it is said."""
    return f"{euros(rounded(value, 2))}{f' {tax}' if tax else ''}"


def _inputs(asked: RevisionAsked) -> tuple[tuple[str, str], ...]:
    values = tuple((told_name(name), numeral(value)) for name, value in asked.values)
    price = () if asked.price is None else (("prix initial", euros(asked.price)),)
    formula = (("formule", parse_formula(asked.formula).written()),) if asked.formula else ()
    return (*formula, *price, *values)
