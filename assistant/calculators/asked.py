"""A calculation asked in words: "Quelle procédure pour 150 000 € de fournitures ?" Pure.

A calculation wrongly begun is worse than none: what is not plain is left to the texts.
"""

import re
from datetime import date

from assistant.calculators import asked_award, asked_performance
from assistant.calculators.catalogue import Asked
from assistant.calculators.facts import read_facts
from assistant.calculators.missing import Missing
from assistant.errors import WrongFigures
from assistant.regimes import REGIMES

_READERS = (
    asked_award.procedure,
    asked_award.time_limits,
    asked_award.standstill,
    asked_award.turnover,
    asked_performance.advance,
    asked_performance.retention,
    asked_performance.payment,
    asked_performance.modification,
)
# What the calculators do not know, and questions about the rule of any case.
_NOT_CALCULATED = re.compile(
    r"\b(?:accords?-cadres?|bons? de commande|marches? subsequents?|sous-trait\w+|cotrait\w+"
    r"|groupements?|tranches?|reconduc\w+|reconduit\w*|centrale d'achat|dialogue competitif"
    r"|a partir de quel|au-dela de quel|en dessous de quel|jusqu'a quel montant|quels? seuils?)\b"
)


def asked_calculation(question: str, today: date) -> Asked | Missing | None:
    """The calculation that a French question plainly asks for, with the figures it gives.

    Missing when it lacks one fact. None when it gives no figure, asks about the rule itself, about
    what is not calculated or about several calculations, or when its figures cannot be true.
    """
    facts = read_facts(question, today)
    is_other = _NOT_CALCULATED.search(facts.words) or any(
        regime.question.search(facts.words) for regime in REGIMES
    )
    if is_other or any(each.is_limit or each.is_share for each in facts.amounts):
        return None
    if len(facts.natures) > 1 or len(facts.buyers) > 1:
        return None
    try:
        found = [asked for read in _READERS if (asked := read(facts)) is not None]
    except WrongFigures:
        return None
    return found[0] if len(found) == 1 else None
