"""What the rules of electronic invoices say in French, and which refuse. Pure but for its table."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ingestion.ledger.records import Comment, refused, warned

_RULE = re.compile(r"\s*\[?((?:BR|PEPPOL|CII|UBL)-[A-Z0-9-]*\d+)\]?\s*[-:]*\s*", re.IGNORECASE)
_FRENCH = "BR-FR-"
_DECIMALS = "BR-DEC-"


@dataclass(frozen=True, slots=True)
class _Rules:
    refusing: tuple[str, ...]
    sentences: dict[str, str]


def broken_rule(identifier: str, text: str) -> Comment | None:
    """What to say of a broken rule, None for one that only knows the declared profile.

    `identifier` is the validator's own, `text` its message, in French for the French rules.
    """
    if identifier.startswith(_FRENCH):
        code = identifier.partition("_")[0]
        say = refused if code in _rules().refusing else warned
        return say(identifier, " ".join(text.split()))
    named = _RULE.match(text) or _RULE.fullmatch(identifier)
    if named is None:
        return None
    code = named[1].upper()
    say = refused if code.startswith("BR-") else warned
    return say(code, _sentence(code, text[_end(text) :]))


def _sentence(code: str, english: str) -> str:
    if code.startswith(_DECIMALS):
        return "Un montant a plus de deux décimales."
    known = _rules().sentences.get(code)
    return known or f"Règle de la norme EN 16931 non respectée : {' '.join(english.split())}"


def _end(text: str) -> int:
    found = _RULE.match(text)
    return found.end() if found else 0


@cache
def _rules() -> _Rules:
    with Path(__file__).with_name("rules.toml").open("rb") as file:
        table = tomllib.load(file)
    return _Rules(tuple(table["refusing"]), dict(table["sentences"]))
