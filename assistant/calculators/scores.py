"""Scores of tenders: weighted notes, totals and ranks, by the method that a question gives.

The law states no method: the documents of the consultation do (article R2152-11).
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assistant.calculators.amounts import numeral, require_positive
from assistant.calculators.calculation import Calculation, says
from assistant.calculators.constants import Law
from assistant.calculators.formula import Formula, parse_formula, rounded
from assistant.errors import WrongFigures

PRICE = "prix"
"""The criterion of the price, whatever it is called."""

_WHOLE = Decimal(100)
_DECIMALS = 2
_LOWEST = re.compile(
    r"\bmin\w*|\bplus bas|\bmoins[- ]?(?:disant|cher|eleve)|\bp(?:m|min|mini|md|bas)$|\bp0$"
)
_HIGHEST_NOTE = re.compile(r"\b(?:notes?|points?) max\w*|\bnombre de points|\bbareme|\bponderation")
_OTHER = re.compile(r"\b(?:moyen|median|estim|max|plus (?:haut|eleve|cher)|referen|budget|ecart)")
_OWN = re.compile(r"\b(?:offres?|prix|candidat|montant|propose|entreprise)\b|^p[ionx]?$")


@dataclass(frozen=True, slots=True)
class ScoredTender:
    """A tender by its name, its notes by criterion, and its price in euros."""

    name: str
    notes: tuple[tuple[str, Decimal], ...]
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ScoresAsked:
    """Tenders, and the weight of each criterion.

    Notes are points, of which the weight is the highest, unless `is_weighted`. `scale` is what they
    are on, where it is said: points are then notes brought from it to the weight. `formula` gives
    the note of the price; `lowest` is the lowest price of all tenders, where it is not that of
    these. Weights are `in_percent`, or plain numbers.
    """

    weights: tuple[tuple[str, Decimal], ...]
    tenders: tuple[ScoredTender, ...] = ()
    scale: Decimal | None = None
    formula: str = ""
    lowest: Decimal | None = None
    in_percent: bool = False
    is_weighted: bool = False

    def __post_init__(self) -> None:
        """Raises WrongFigures for a note above its highest, a note that lacks, or no such price."""
        for _, weight in self.weights:
            require_positive(weight, "La pondération d'un critère")
        is_lacking = self.lacks_method or self.lacks_lowest
        for tender in self.tenders:
            for criterion, weight in self.weights:
                if is_lacking and criterion not in dict(tender.notes):
                    continue
                note = note_of(self, tender, criterion)
                highest = (self.scale or _WHOLE) if self.is_weighted else weight
                if not 0 <= note <= highest:
                    raise WrongFigures(f"La note « {criterion} » dépasse son maximum.")

    @property
    def lacks_method(self) -> bool:
        """Whether the note of a price is to be found and the question does not say how."""
        sought = [each for each in self.tenders if PRICE not in dict(each.notes)]
        return PRICE in dict(self.weights) and not self.formula and bool(sought)

    @property
    def lacks_lowest(self) -> bool:
        """Whether the note of the price is to be found, and the lowest price is not given."""
        is_sought = len(self.tenders) == 1 and PRICE not in dict(self.tenders[0].notes)
        if not (self.formula and is_sought and PRICE in dict(self.weights)):
            return False
        return self.lowest is None and "lowest" in price_roles(parse_formula(self.formula)).values()


def note_of(asked: ScoresAsked, tender: ScoredTender, criterion: str) -> Fraction:
    """The note of a tender for a criterion, that of its price by the formula of the question.

    Raises WrongFigures where the question gives neither.
    """
    given = dict(tender.notes).get(criterion)
    if given is not None and asked.scale and not asked.is_weighted:
        return Fraction(given) / Fraction(asked.scale) * Fraction(dict(asked.weights)[criterion])
    if given is not None:
        return Fraction(given)
    if criterion != PRICE or not asked.formula or tender.price is None:
        raise WrongFigures(f"Il manque la note « {criterion} » de {tender.name}.")
    return parse_formula(asked.formula).value(_prices(asked, tender))


def _prices(asked: ScoresAsked, tender: ScoredTender) -> dict[str, Fraction]:
    """The values of the names of the formula: the lowest price, that of the tender, the highest."""
    price = require_positive(tender.price or Decimal(0), "Le prix de l'offre")
    prices = [each.price for each in asked.tenders if each.price is not None]
    lowest = min(prices if asked.lowest is None else [asked.lowest, *prices])
    highest = (asked.is_weighted and asked.scale) or dict(asked.weights)[PRICE]
    roles = {"lowest": lowest, "own": price, "highest": highest}
    return {
        name: Fraction(roles[role])
        for name, role in price_roles(parse_formula(asked.formula)).items()
    }


def price_roles(formula: Formula) -> dict[str, str]:
    """What each name of a formula of the price is: the "lowest" price, the "own", the "highest".

    Raises WrongFigures where one is none of them, or the price of the tender is not among them.
    """
    roles = {name: _role(name) for name in formula.names}
    if "own" not in roles.values() or "" in roles.values():
        raise WrongFigures("La formule de notation du prix a des termes qui ne sont pas lus.")
    return roles


def _role(name: str) -> str:
    named = ((_HIGHEST_NOTE, "highest"), (_LOWEST, "lowest"), (_OTHER, ""), (_OWN, "own"))
    return next((role for words, role in named if words.search(name)), "")


def scores(asked: ScoresAsked, law: Law) -> Calculation:
    """The total of each tender and the first of them; of weights alone, their sum."""
    methods, ranks = law.stated("critères, modalités"), law.stated("classement des offres")
    criteria = law.stated("pluralité de critères")
    grounds = (ranks, criteria, methods)
    is_whole = not asked.in_percent or _sum(asked) == _WHOLE
    is_lacking = asked.lacks_method or asked.lacks_lowest
    is_scored = is_whole and bool(asked.tenders) and not is_lacking
    answers = [_told_lacking(asked)] if is_whole and is_lacking else [_told_sum(asked, is_whole)]
    answers = _answers(asked) if is_scored else answers
    terms = [_terms(asked, each) for each in asked.tenders] if is_scored else []
    method = (
        "Le code ne fixe pas de méthode de notation : les critères et leurs modalités de mise en "
        "œuvre sont indiqués dans les documents de la consultation."
    )
    return Calculation(
        name="notes",
        title="Notes des offres",
        day=law.day,
        inputs=tuple((name, _weight(asked, weight)) for name, weight in asked.weights),
        steps=(),
        result=(
            *(says(each, *grounds) for each in answers),
            *(says(each, ranks) for each in terms),
            says(method, methods),
        ),
        cautions=_CAUTIONS if is_scored else (),
    )


_NO_METHOD = (
    "Il manque la formule de notation du prix : donnez celle que fixent les documents de la "
    "consultation, et les notes se calculent."
)
_CAUTIONS = (
    "Seules les offres régulières, acceptables et appropriées se classent.",
    "Les notes ne sont pas arrondies avant le total ; les documents de la consultation peuvent "
    "prévoir un arrondi.",
)


def _told_lacking(asked: ScoresAsked) -> str:
    """What lacks to find the note of the price: the method, or the lowest price."""
    if asked.lacks_method:
        return _NO_METHOD
    prices = _prices(asked, asked.tenders[0])
    formula = parse_formula(asked.formula)
    lowest = [name for name, role in price_roles(formula).items() if role == "lowest"]
    known = formula.written({name: each for name, each in prices.items() if name not in lowest})
    return (
        "Il manque le prix de l'offre la plus basse : avec ce que donne la question, la note "
        f"« {PRICE} » est {known}."
    )


def _sum(asked: ScoresAsked) -> Decimal:
    return sum((weight for _, weight in asked.weights), Decimal(0))


def _told_sum(asked: ScoresAsked, is_whole: bool) -> str:
    """Whether the weights make the whole."""
    terms = " + ".join(_weight(asked, weight) for _, weight in asked.weights)
    whole, total = _weight(asked, _WHOLE), _weight(asked, _sum(asked))
    if _sum(asked) == _WHOLE:
        return f"Oui : les pondérations font {terms} = {total}."
    end = "." if is_whole else " ; aucune note n'est calculée."
    start = "Les pondérations font" if asked.tenders else "Non : les pondérations font"
    return f"{start} {terms} = {total}, et non {whole}{end if asked.tenders else '.'}"


def _weight(asked: ScoresAsked, weight: Decimal) -> str:
    return f"{numeral(weight)}\u00a0%" if asked.in_percent else numeral(weight)


def total(asked: ScoresAsked, tender: ScoredTender) -> Fraction:
    """The sum of the points of a tender, or of its notes by their weights."""
    notes = [(note_of(asked, tender, name), Fraction(weight)) for name, weight in asked.weights]
    if not asked.is_weighted:
        return sum((note for note, _ in notes), Fraction(0))
    return sum((note * weight for note, weight in notes), Fraction(0)) / Fraction(_sum(asked))


def _answers(asked: ScoresAsked) -> list[str]:
    """Who is first, with the totals; of one tender, its total."""
    ranked = sorted(asked.tenders, key=lambda each: -total(asked, each))
    first, *others = ranked
    by = ", par la formule que donne la question" if asked.formula else ""
    if not others:
        named = "Note pondérée" if asked.is_weighted else "Total"
        if len(asked.weights) == 1:
            named = f"Note « {asked.weights[0][0]} »"
        return [f"{named} : {_points(asked, first)}{by}."]
    best, second = total(asked, first), total(asked, others[0])
    leading = [each.name for each in ranked if total(asked, each) == best]
    below = [f"{_points(asked, each)} pour {each.name}" for each in ranked[len(leading) :]]
    start = "En tête" if len(leading) == 1 else "Égalité en tête"
    after = f", contre {', '.join(below)}" if below else ""
    told = [f"{start} : {' et '.join(leading)}, {_points(asked, first)}{after}{by}."]
    if 0 < best - second < Fraction(1, 10**_DECIMALS):
        told.append("L'écart est inférieur au centième : un arrondi des notes peut le changer.")
    return told


def _points(asked: ScoresAsked, tender: ScoredTender) -> str:
    value = _told(total(asked, tender))
    if asked.is_weighted:
        return f"{value} sur {numeral(asked.scale)}" if asked.scale else value
    return f"{value} sur {numeral(_sum(asked))}"


def _terms(asked: ScoresAsked, tender: ScoredTender) -> str:
    """The sum that makes the total of a tender, the note of its price as the formula gives it."""
    terms = [_term(asked, tender, name, weight) for name, weight in asked.weights]
    if len(terms) == 1 and asked.formula:
        return f"{_named(tender)} : {_written(asked, tender)} = {_told(total(asked, tender))}."
    made = " + ".join(terms)
    if asked.is_weighted and not asked.in_percent:
        made = f"({made}) / {numeral(_sum(asked))}"
    return f"{_named(tender)} : {made} = {_told(total(asked, tender))}."


def _term(asked: ScoresAsked, tender: ScoredTender, criterion: str, weight: Decimal) -> str:
    note = note_of(asked, tender, criterion)
    told = _told(note)
    given = dict(tender.notes).get(criterion)
    if given is not None and asked.scale and not asked.is_weighted:
        told = f"{told} ({numeral(given)}/{numeral(asked.scale)} × {numeral(weight)})"
    if given is None:
        told = f"{told} ({_written(asked, tender)})"
    return f"{told} × {_weight(asked, weight)}" if asked.is_weighted else told


def _written(asked: ScoresAsked, tender: ScoredTender) -> str:
    """The formula of the price with its figures."""
    return parse_formula(asked.formula).written(_prices(asked, tender))


def _told(value: Fraction) -> str:
    return numeral(rounded(value, _DECIMALS))


def _named(tender: ScoredTender) -> str:
    return tender.name[:1].upper() + tender.name[1:]
