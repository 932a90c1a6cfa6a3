"""Scope: the questions that Sourcier does not answer whatever its texts say, and where to look.

The kinds of questions and the words that show them are data: `scope.toml`.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unicodedata import normalize

from assistant.language import Language


@dataclass(frozen=True, slots=True)
class Refusal:
    """A kind of question out of scope; `notices` says why and where to look, by language."""

    name: str
    patterns: tuple[re.Pattern[str], ...]
    notices: dict[Language, str]


_PIECE = re.compile(
    r"\b(?:du|le|au|selon|d'après) (?:CCAP|CCTP|RC|BPU|DPGF|DQE)\b"
    r"|\brèglement de (?:la )?consultation\b|\bacte d'engagement (?:dit|prévoit|fixe)"
    r"|\b(?:ce|le|notre) dossier de consultation\b"
)

_OFFER = re.compile(
    r"(?<!appel d')\boffre\b(?! (?:anormalement|économiquement|irrégulière|inacceptable|inapprop))"
    r"|\boffres (?:du|des|de ces?) |\bmémoires? (?:technique|justificatif|méthodologique)s?\b"
    r"|\b(?:candidat|soumissionnaire)s?\b(?!.{0,12}\b(?:doi[tv]|peu[tv]|faut))",
    re.IGNORECASE,
)


def names_offer(question: str) -> bool:
    """Whether a question asks what a supplier wrote ("le mémoire technique du candidat")."""
    return bool(_OFFER.search(question.replace("’", "'")))


def names_piece(question: str) -> bool:
    """Whether a question asks what a piece of a tender dossier says ("article 12.3 du CCAP")."""
    return bool(_PIECE.search(question.replace("’", "'")))


def refusal_for(question: str) -> Refusal | None:
    """The kind of refusal that a question calls for, None when it may be answered."""
    plain = normalize("NFC", question).replace("’", "'")
    for refusal in _refusals():
        if any(pattern.search(plain) for pattern in refusal.patterns):
            return refusal
    return None


@cache
def _refusals() -> tuple[Refusal, ...]:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return tuple(
        Refusal(
            row["name"],
            tuple(re.compile(pattern, re.IGNORECASE) for pattern in row["patterns"]),
            {language: row[language] for language in Language},
        )
        for row in table["refusal"]
    )
