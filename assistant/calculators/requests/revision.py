"""What questions about the revision of a price ask to calculate, by the formula they give. Pure."""

import re
from collections.abc import Sequence
from fractions import Fraction

from assistant.calculators.catalogue import Asked
from assistant.calculators.facts import QuestionFacts
from assistant.calculators.formula import Formula, find_formula, find_values
from assistant.calculators.requests.formula_values import (
    NOW,
    SEVERAL,
    as_decimal,
    indices_by_time,
    points_said,
    price_given,
    tax_said,
    unread_numbers,
    written,
)
from assistant.calculators.revision import RevisionAsked, Rounding, is_index, price_of

_REVISED = re.compile(r"\b(?:revis|indexation|indexe|variation|coef|indice|index|formule|p ?=)")
_UPDATED = re.compile(r"\bactualis")
_SCORED = re.compile(r"\b(?:notes?|notation|points? sur|criteres?|offres? [a-z]\b)\b")
_RESULT = re.compile(
    r"\b(?:combien(?! de (?:temps|fois|jours|mois|points|%))|nouveau (?:prix|montant)"
    r"|(?:p1?|prix|montant|loyer|tarif|forfait|situation|facture|acompte)s? revise"
    r"|(?:quels?|quelle) (?:est |sera |serait )?(?:le |la )?(?:nouveau |nouvelle )?"
    r"(?:prix|montant|valeur|coef\w*|somme|hausse|resultat|revision)"
    r"|coef\w*(?: de revision)? ?\?|calcul(?:e|ez|er|ons|ons-nous|e-moi|ez-moi)?\b"
    r"|(?:prix|montant|loyer|revise|revision) ?\?|ca (?:fait|donne|monte)|resultat"
    r"|a (?:payer|facturer|regler))"
)
_ABOUT_THE_CLAUSE = re.compile(
    r"\b(?:prevoir|choisir|rediger|inserer|code|loi|reglement|minim\w*|maxim\w*|droit|peut-il"
    r"|peut-elle|peuvent|quelle (?:formule|clause)|faut-il)\b"
)
_ROUNDED = re.compile(
    r"\b(?:arrondi|(?P<cut>tronqu))\w*(?: du coef\w*)?(?: a| au| aux| avec)? ?(?:la |le )?"
    r"(?:(?P<rank>dixieme|centieme|millieme|dix[- ]millieme)"
    r"|(?P<count>\d|deux|trois|quatre|cinq) (?:decimales?|chiffres apres la virgule))s?"
    r"(?: (?P<way>superieur|inferieur|le plus proche))?"
)
_ANY_ROUNDING = re.compile(
    r"(?<!sans )(?<!sans l')(?<!pas d')(?<!non )(?<!pas )(?<!aucun )\b(?:arrondi|tronqu)"
)
_DECIMALS = {"dixieme": 1, "centieme": 2, "millieme": 3, "dix-millieme": 4, "dix millieme": 4,
             "deux": 2, "trois": 3, "quatre": 4, "cinq": 5}  # fmt: skip
_WAYS = {"superieur": Rounding.UP, "inferieur": Rounding.DOWN}
_CHANGE = re.compile(
    r"\b(?:hausse|baisse|augmentation|surcout|difference|ecart|supplement\w*|de plus|en plus"
    r"|montant de la revision|combien de revision)\b"
)
"""What is asked is the change alone."""

_CHANGED_INDEX = re.compile(r"\b(?:indices?|index)\b")


def revision(facts: QuestionFacts) -> Asked | None:
    """A price revised by the formula that the question gives, or what lacks to revise it."""
    if not facts.says(_REVISED, _RESULT) or facts.says(_UPDATED) or facts.says(_SCORED):
        return None
    formula, rounding = find_formula(facts.words), rounding_said(facts.words)
    if rounding is None:
        return None
    if formula is None:
        return _without_formula(facts)
    values = find_values(facts.words, formula)
    name, price = price_of(formula), price_given(facts, formula)
    values |= indices_by_time(facts.words, formula, values, NOW)
    read = [*values.values(), *(() if price is None else (price,)), *points_said(facts.words)]
    if price is SEVERAL or unread_numbers(facts.words, formula, read):
        return None
    if _has_rates(facts, formula) or not _is_plain(formula, values, price):
        return None
    of_names = tuple(
        (each, as_decimal(values[each]))
        for each in formula.names
        if each in values and each != name
    )
    amount = None if price is None else as_decimal(price)
    return RevisionAsked(
        written(facts.words, formula),
        of_names,
        amount,
        tax_said(facts.words),
        *rounding,
        is_change=facts.says(_CHANGE),
    )


def _is_plain(formula: Formula, values: dict[str, Fraction], price: Fraction | None) -> bool:
    """Whether what lacks, if anything does, is the value of indices alone."""
    name = price_of(formula)
    lacking = [each for each in formula.names if each not in values and each != name]
    known = [each for each in formula.names if each in values and each != name]
    is_plain = all(is_index(each) or _is_of_two(each, formula.names) for each in lacking)
    return not lacking or (is_plain and bool(known or price is not None))


def _is_of_two(name: str, names: Sequence[str]) -> bool:
    """Whether a formula has it at both times: "E" and "E0"."""
    stem = re.sub(r"(?<=[a-z\d])(?:[0on]|\([^)]*\))$", "", name)
    return any(
        each != name and re.fullmatch(rf"{re.escape(stem)}(?:[0on]|\(.*\))?", each)
        for each in names
    )


def _has_rates(facts: QuestionFacts, formula: Formula) -> bool:
    """Whether a percentage is said around the formula: it may bound or change the price."""
    around = f"{facts.words[: formula.start]} {facts.words[formula.end :]}"
    return re.search(r"\d ?(?:%|pour ?cent|pourcent)", around) is not None


def _without_formula(facts: QuestionFacts) -> Asked | None:
    """A price to be revised by a formula that the question does not give."""
    is_asked = facts.says(_CHANGED_INDEX, re.compile(r"\brevis")) and len(facts.amounts) == 1
    if not is_asked or facts.rates or facts.says(_ABOUT_THE_CLAUSE):
        return None
    return RevisionAsked("", (), facts.amounts[0].value, tax_said(facts.words))


def rounding_said(words: str) -> tuple[int | None, Rounding] | None:
    """How the coefficient is rounded; None where it is in words that are not read."""
    found = _ROUNDED.search(words)
    if found is None:
        return None if _ANY_ROUNDING.search(words) else (None, Rounding.NEAREST)
    told = found["rank"] or found["count"]
    decimals = _DECIMALS.get(told) or int(told)
    way = "inferieur" if found["cut"] else found["way"] or ""
    return decimals, _WAYS.get(way, Rounding.NEAREST)
