"""What questions about an advance ask to calculate, by the figures they give. Pure."""

import re
from functools import partial

from assistant.calculators.advance import AdvanceAsked
from assistant.calculators.calculation import Buyer
from assistant.calculators.catalogue import Asked, Missing, buyer, completed, figure, large_buyer
from assistant.calculators.facts import QuestionFacts, before_tax, but_role, first
from assistant.question.parts import speaks_of_a_part

_SME = re.compile(
    r"(?<!non )(?<!non-)(?<!pas une )(?<!autre qu'une )(?<!chose qu'une )(?<!grande qu'une )"
    r"\b(?:pme|tpe|micro[- ]?entreprise|petite (?:(?:et|ou) moyenne )?entreprise)\b"
)

_ADVANCE = re.compile(r"(?<!a l')(?<!par )\bavances?\b")

_IS_DUE = re.compile(
    r"\bobligatoire|\bdue?\b|\bdois-je\b|\bdoit-on\b|\bdevons-nous\b|\bfaut-il\b|\bobliges?\b"
    r"|\bcombien\b|\bmontant de l'avance|\bcalcul"
)

_OTHER_DURATION = re.compile(
    r"\b(?:il y a|depuis|payable\w*|preparation|jours?|semaines?)\b"
    r"|\bdans (?:\d+|une?|deux|trois|quatre|six) (?:mois|ans?)\b"
)

_OF_ADVANCE = re.compile(r"\b(?:(?P<advance>avances?)|(?P<contract>marche|contrat))\b")


def advance(facts: QuestionFacts) -> Asked | Missing | None:
    """Whether an advance is due, and how much."""
    if not facts.says(_ADVANCE, _IS_DUE) or speaks_of_a_part(facts.words):
        return None
    if facts.months and facts.says(_OTHER_DURATION):
        return None
    contract = but_role(facts.amounts, _OF_ADVANCE, "advance")
    taxed = [each.value for each in contract if each.is_with_tax]
    untaxed = before_tax(contract)
    if not contract or max(len(taxed), len(untaxed), len(facts.months)) > 1:
        return None
    is_sme = facts.says(_SME)
    needed = {
        "amount": figure("Quel est le montant initial hors taxes du marché ?", untaxed),
        "months": figure("Quelle est la durée d'exécution du marché, en mois ?", facts.months),
        "buyer": buyer(facts),
    }
    if is_sme and {*facts.buyers} & {Buyer.LOCAL, Buyer.OTHER_AUTHORITY}:
        needed["is_large_buyer"] = large_buyer("R2191-7", may_be_state=False)
    return completed(partial(AdvanceAsked, amount_with_tax=first(taxed), is_sme=is_sme), **needed)
