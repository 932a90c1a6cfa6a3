"""What questions about a retenue de garantie ask to calculate, by the figures they give. Pure."""

import re
from functools import partial

from assistant.calculators.calculation import Buyer
from assistant.calculators.catalogue import Asked, Missing, completed, figure, large_buyer
from assistant.calculators.facts import (
    BODY_OF_THE_STATE,
    QuestionFacts,
    but_role,
    first,
    of_role,
    with_tax,
)
from assistant.calculators.retention import RetentionAsked

_SME = re.compile(
    r"(?<!non )(?<!non-)(?<!pas une )(?<!autre qu'une )(?<!chose qu'une )(?<!grande qu'une )"
    r"\b(?:pme|tpe|micro[- ]?entreprise|petite (?:(?:et|ou) moyenne )?entreprise)\b"
)

_RETENTION = re.compile(r"\bretenue de garantie\b|\brg\b")

_IS_LAWFUL = re.compile(
    r"\b(?:legal|possible|regulier|autoris|permis|trop|plafon|maxim|depass|combien|calcul|puis-je"
    r"|peut-on)"
)

_OF_RETENTION = re.compile(r"\b(?:(?P<retained>retenue|rg)|(?P<contract>marche|contrat))\b")


def retention(facts: QuestionFacts) -> Asked | Missing | None:
    """How much may be retained as a guarantee, and whether a rate is too much."""
    contract = but_role(facts.amounts, _OF_RETENTION, "retained")
    rates = of_role(facts.rates, _OF_RETENTION, "retained")
    if not facts.says(_RETENTION, _IS_LAWFUL) or len(contract) != 1 or len(rates) > 1:
        return None
    is_sme = facts.says(_SME)
    is_state = Buyer.STATE in facts.buyers and not facts.says(BODY_OF_THE_STATE)
    question = "Quel est le montant toutes taxes comprises du marché ?"
    needed = {"amount": figure(question, with_tax(contract))}
    if is_sme and not is_state and Buyer.HOSPITAL not in facts.buyers:
        needed["is_large_buyer"] = large_buyer("R2191-33", may_be_state=not facts.buyers)
    asked = partial(RetentionAsked, is_sme=is_sme, rate=first(rates))
    return completed(partial(asked, is_large_buyer=True) if is_state else asked, **needed)
