"""Regimes: the parts of the code that say nearly the same thing for other contracts. Pure.

The Code de la commande publique repeats its rules for defence contracts, concessions, partnership
contracts and overseas territories. A question that names none of them is about ordinary public
contracts, and the twins must not take the place of the ordinary text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Regime:
    """A regime: how its headings show it, and how a question names it."""

    name: str
    headings: re.Pattern[str]
    question: re.Pattern[str]


def _regime(name: str, headings: str, question: str) -> Regime:
    return Regime(name, re.compile(headings, re.IGNORECASE), re.compile(question, re.IGNORECASE))


REGIMES = (
    _regime(
        "défense ou sécurité", r"défense ou de sécurité", r"défense|sécurité|militaire|defen[cs]e"
    ),
    _regime("concession", r"\bconcessions?\b", r"concession|concédant|délégation de service"),
    _regime("marché de partenariat", r"marchés? de partenariat", r"partenariat|partnership"),
    _regime(
        "maîtrise d'ouvrage publique",
        r"maîtrise d'ouvrage publique|maîtrise d'œuvre",
        r"maître d'ouvrage|maîtrise d'(ouvrage|œuvre|oeuvre)|\b(MOE|MOA|loi MOP|concours)\b",
    ),
    _regime(
        "outre-mer",
        r"outre-mer|Mayotte|Guadeloupe|Polynésie|Nouvelle-Calédonie|Wallis|Saint-Pierre",
        r"outre-mer|Mayotte|Guadeloupe|Martinique|Guyane|Réunion|Polynésie|Calédonie|Wallis",
    ),
    _regime(
        "circonstances exceptionnelles", r"circonstances exceptionnelles", r"exceptionnelle|crise"
    ),
    _regime("autres marchés publics", r"autres marchés publics", r"quasi-régie|in house|livre V"),
)


def foreign_regime(question: str, headings: Sequence[str]) -> str | None:
    """The regime that these headings belong to and that the question does not name, if any."""
    path = " / ".join(headings).replace("’", "'")
    asked = question.replace("’", "'")
    for regime in REGIMES:
        if regime.headings.search(path) and not regime.question.search(asked):
            return regime.name
    return None
