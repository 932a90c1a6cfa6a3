"""What questions about a turnover ask to calculate, by the figures they give. Pure."""

import re

from assistant.calculators.award import TurnoverAsked
from assistant.calculators.catalogue import Asked, Missing, completed, figure
from assistant.calculators.facts import QuestionFacts, before_tax, but_role
from assistant.question.parts import speaks_of_a_part

_TURNOVER = re.compile(r"\bchiffres? d'affaires\b|\b(?:un|le|du) ca\b|\bca (?:minim|annuel|exig)")

_LEAST = re.compile(r"\b(?:minim|exig|demand|impos|plafon|maxim)")

_WHOSE_AMOUNT = re.compile(
    r"\b(?:(?P<contract>marche|contrat|besoin|lot|estime)|(?P<turnover>chiffres? d'affaires|ca)\b)"
)


def turnover(facts: QuestionFacts) -> Asked | Missing | None:
    """The highest turnover that may be required of candidates."""
    contract = but_role(facts.amounts, _WHOSE_AMOUNT, "turnover")
    is_asked = facts.says(_TURNOVER, _LEAST) and not speaks_of_a_part(facts.words)
    if not is_asked or not facts.amounts or len(contract) > 1:
        return None
    question = "Quel est le montant estimé hors taxes du marché ou du lot ?"
    return completed(TurnoverAsked, amount=figure(question, before_tax(contract)))
