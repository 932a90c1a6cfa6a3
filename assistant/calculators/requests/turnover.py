"""What questions about a turnover ask to calculate, by the figures they give. Pure."""

import re
from functools import partial

from assistant.calculators.award import TurnoverAsked
from assistant.calculators.catalogue import Asked
from assistant.calculators.facts import QuestionFacts, before_tax, first
from assistant.calculators.needs import Missing, completed, figure
from assistant.question.parts import speaks_of_a_part

_TURNOVER = re.compile(r"\bchiffres? d'affaires\b|\b(?:un|le|du) ca\b|\bca (?:minim|annuel|exig)")

_LEAST = re.compile(r"\b(?:minim|exig|demand|reclam|impos|plafon|maxim)")

_WHOSE_AMOUNT = re.compile(
    r"\b(?:(?P<contract>marche|contrat|besoin|lot|estim\w*)"
    r"|(?P<turnover>chiffres? d'affaires|ca))\b"
    r"|\b(?:fait|faisons|font|fais|realis\w+|affich\w+|declar\w+|justifi\w+|pese)"
    r"(?: (?:que|environ|en \d{4}))* (?P<own>$)"
)
_REQUIRED = re.compile(r"\b(?:exig|demand|reclam|impos|requi|minim)\w*")


def turnover(facts: QuestionFacts) -> Asked | Missing | None:
    """The highest turnover that may be required of candidates."""
    roles = [(each, each.role(_WHOSE_AMOUNT)) for each in facts.amounts]
    contract = [each for each, role in roles if role not in {"turnover", "own"}]
    told = [each for each, role in roles if role == "turnover"]
    is_asked = facts.says(_TURNOVER, _LEAST) and not speaks_of_a_part(facts.words)
    if not is_asked or not facts.amounts or max(len(contract), len(told)) > 1:
        return None
    required = first(
        each.value
        for each in told
        if _REQUIRED.search(each.before) or _REQUIRED.search(_CLAUSE.split(each.after)[0])
    )
    question = "Quel est le montant estimé hors taxes du marché ou du lot ?"
    return completed(
        partial(TurnoverAsked, required=required), amount=figure(question, before_tax(contract))
    )


_CLAUSE = re.compile(r"[,;:.?!]")
