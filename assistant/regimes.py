"""Regimes: the parts of the code that say nearly the same thing for other contracts. Pure.

The Code de la commande publique repeats its rules for defence contracts, concessions, partnership
contracts and overseas territories. A question that names none of them is about ordinary public
contracts, and the twins must not take the place of the ordinary text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.words import plain


@dataclass(frozen=True, slots=True)
class Regime:
    """A regime: how its headings show it, and how a question names it; both as `plain` writes."""

    name: str
    headings: re.Pattern[str]
    question: re.Pattern[str]


def _regime(name: str, headings: str, question: str) -> Regime:
    return Regime(name, re.compile(headings), re.compile(question))


REGIMES = (
    _regime(
        "défense ou sécurité",
        r"defense ou de securite",
        r"defen[cs]e|militaire|armement|\bmds\b|securite (nationale|interieure)"
        r"|marches?( publics?)? de securite",
    ),
    _regime(
        "concession",
        r"\bconcessions?\b",
        r"concession|concedant|delegation de service|delegataire|affermage|\bdsp\b",
    ),
    _regime(
        "marché de partenariat",
        r"marches? de partenariat",
        r"partenariat(?!s? d'innovation)|public-private partnership|partnership contract|\bppp\b",
    ),
    _regime(
        "maîtrise d'ouvrage publique",
        r"maitrise d'ouvrage publique|maitrise d'oeuvre",
        r"maitr(e|es|ise) d'(ouvrage|oeuvre)|architect|\b(moe|moa|mop|concours)\b",
    ),
    _regime(
        "outre-mer",
        r"outre-mer|mayotte|guadeloupe|polynesie|nouvelle-caledonie|wallis|saint-pierre"
        r"|saint-martin|saint-barthelemy|terres australes",
        r"outre-mer|mayotte|guadeloupe|martinique|guyane|polynesie|caledonie|wallis|futuna"
        r"|saint-pierre-et|saint-martin|saint-barthelemy|terres australes|\btaaf\b|overseas"
        r"|\b(a|ile de|departement de|region de) la reunion\b(?! (de|du|des)\b| d')",
    ),
    _regime(
        "circonstances exceptionnelles",
        r"circonstances exceptionnelles",
        r"circonstances? exceptionnelle|crise|epidemi|pandemi|\bguerre\b",
    ),
    _regime(
        "autres marchés publics", r"autres marches publics", r"quasi-regie|in house|\blivre v\b"
    ),
)


def foreign_regime(question: str, headings: Sequence[str]) -> str | None:
    """The regime that these headings belong to and that the question does not name, if any."""
    path, asked = plain(" / ".join(headings)), plain(question)
    for regime in REGIMES:
        if regime.headings.search(path) and not regime.question.search(asked):
            return regime.name
    return None
