"""The days to pay that a contract gives, as told: "délai global : 45 jours". Pure."""

import re
from collections.abc import Iterator

from assistant.calculators.facts import QuestionFacts
from assistant.question.quantities import Quantity, find_quantities

_IN_CONTRACT = re.compile(
    r"\b(?:ccap|ccp|contractuel\w*|clauses?|stipul\w*|convenus?|acte d'engagement|delai global"
    r"|(?:marche|contrat|pieces?) (?:prevoit|fixe|dit|indique|impose|donne|parle de)"
    r"|prevus? (?:au|par le|dans le) (?:marche|contrat))\b"
)
_SAYS_NOTHING = re.compile(
    r"\bmue(?:t|ts|tte|ttes)\b|\bsilenc\w*|\brien\b"
    r"|\b(?:dit|prevoi\w*|fixe\w*|precise\w*|parle\w*|mentionne\w*) (?:pas|aucune?)\b"
)
_OF_PAYMENT = re.compile(r"\b(?:delais?|paiements?|payable\w*|paye\w*|regle\w*)\b[^.;?!]{0,60}$")
_TO_PAY = re.compile(r"^ (?:de |pour |du )?(?:delai|paiement|payer|regler)")
_LATE = re.compile(r"^ (?:calendaires )?(?:de |en )?retard")
_WAS_LATE = re.compile(r"\bretard ?(?:de|d'environ|:|=|est de|etait de)? ?$")
_OF_SOMETHING_ELSE = re.compile(
    r"\b(?:verif\w*|constat\w*|admission|preavis|garantie|repon\w*|reponse|chantier"
    r"|duree|fournisseur|cgv|conditions generales|devis|escompte)\b"
)
_SHIFTED = re.compile(r"^ (?:ouvr\w+|francs?|plus tard|apres|d'attente|fin de mois|avant)")
_LONG = 30
"""Days that a time limit has at least, which people name as what the code gives."""

UNREAD = re.compile(
    r"\bfin de mois\b|\b(?:delais?|paiement|payable)\b[^.;?!\d]{0,30} (?:\d+|un|deux|trois) mois\b"
)
"""Time limits in other words than days."""


def agreed_days(facts: QuestionFacts) -> list[int] | None:
    """The days that the contract gives to pay, if any; None where days may be of something else."""
    is_given = facts.says(_IN_CONTRACT) and not facts.says(_SAYS_NOTHING)
    found = []
    for quantity in _days(facts.words):
        before, after = facts.words[: quantity.start], facts.words[quantity.end :]
        if _LATE.match(after) or _WAS_LATE.search(before):
            continue
        days, clause = int(quantity.value), f"{_clause_end(before)} {_clause_start(after)}"
        if _OF_SOMETHING_ELSE.search(clause) or _SHIFTED.match(after):
            return None
        is_of_payment = _OF_PAYMENT.search(before) or _TO_PAY.match(after)
        if is_given and is_of_payment:
            found.append(days)
        elif is_given or days < _LONG:
            return None
    return sorted({*found}) if len({*found}) < 2 else None


def _days(words: str) -> Iterator[Quantity]:
    return (each for each in find_quantities(words) if each.unit == "day")


def _clause_end(words: str) -> str:
    """What stands before a figure in its sentence."""
    return re.split(r"[.;?!]", words)[-1]


def _clause_start(words: str) -> str:
    """What stands after a figure in its clause."""
    return re.split(r"[,;.:?!]", words)[0]
