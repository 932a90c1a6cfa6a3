"""Scope: what a question may not be answered from, and the dossiers that it seems to be about.

The kinds of questions that Sourcier does not answer whatever its texts say, the words that show
them, and those that show that building works are bought, are data: `scope.toml`. A dossier that a
question seems to be about is proposed, never taken.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import normalize

from assistant.question.language import Language, fold_text
from ingestion.documents.general_clauses import (
    CCAG,
    CCAG_OF_WORKS,
    GeneralText,
    general_texts_named,
)
from ingestion.tenders.dossiers import Dossier

CASE_LAW = "case law"
"""The name of the refusal that ends where decisions are installed."""

MOST_PROPOSED = 3
"""Dossiers that may be meant by a question that names none of them."""


@dataclass(frozen=True, slots=True)
class ScopeRefusal:
    """A kind of question out of scope; `notices` says why and where to look, by language.

    `rules` are patterns of questions that the pieces of a dossier may answer all the same.
    """

    name: str
    patterns: tuple[re.Pattern[str], ...]
    rules: tuple[re.Pattern[str], ...]
    notices: dict[Language, str]


_PIECE = re.compile(
    r"\b(?:du|le|au|selon|d'après) (?:CCAP|CCTP|RC|BPU|DPGF|DQE)\b"
    r"|\b(?:le|du|au|ce|notre) règlement de (?:la )?consultation\b"
    r"|\bacte d'engagement (?:dit|prévoit|fixe)"
    r"|\b(?:ce|le|notre) dossier de consultation\b",
    re.IGNORECASE,
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


def general_texts_meant(questions: Sequence[str]) -> tuple[GeneralText, ...] | None:
    """The CCAG that questions name, None where they name none.

    One that is named by its family is meant, not any CCAG; else, where works alone are bought, that
    of works.
    """
    named = [each.text for question in questions for each in general_texts_named(question)]
    families = [each for each in named if each.family != CCAG]
    if named and not families and buys_works(" ".join(questions)):
        families = [replace(each, family=CCAG_OF_WORKS) for each in named]
    return tuple(dict.fromkeys(families or named)) or None


def buys_works(question: str) -> bool:
    """Whether a question says that building works are bought, and nothing else. Pure."""
    asked, works = fold_text(question), _scope_table()["works"]
    return _says(asked, works["words"]) and not _says(asked, works["others"])


def dossiers_meant(question: str, dossiers: Sequence[Dossier]) -> tuple[Dossier, ...]:
    """The dossiers that a question seems to be about: those that it names, or whose piece it may.

    Of many dossiers none is more likely to have the piece than another, and none is proposed. Pure.
    """
    asked = fold_text(question)
    if named := tuple(each for each in dossiers if _names(asked, each)):
        return named
    return tuple(dossiers) if names_piece(question) and len(dossiers) <= MOST_PROPOSED else ()


def _names(asked: str, dossier: Dossier) -> bool:
    """Whether a question has the identifier or reference of a dossier, or says "dossier X"."""
    whole = (re.escape(fold_text(each)) for each in (dossier.id, dossier.reference) if each)
    words = re.findall(r"[^\W\d_]{4,}", fold_text(f"{dossier.id} {dossier.reference}"))
    called = rf"\b(?:dossier|marche|consultation|file)\b.{{0,20}}\b(?:{'|'.join(words)})\b"
    patterns = [rf"(?<![\w-])(?:{'|'.join(whole)})(?![\w-])", *([called] if words else [])]
    return any(re.search(pattern, asked) for pattern in patterns)


def refusal_for(question: str, of_dossier: bool = False) -> ScopeRefusal | None:
    """The kind of refusal that a question calls for, None when it may be answered."""
    asked = normalize("NFC", question).replace("’", "'")
    for refusal in _refusals():
        patterns = refusal.patterns if of_dossier else (*refusal.patterns, *refusal.rules)
        if any(pattern.search(asked) for pattern in patterns):
            return refusal
    return None


def _compiled(patterns: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


def _says(asked: str, words: Sequence[str]) -> bool:
    return bool(re.search(rf"\b(?:{'|'.join(words)})\b", asked))


@cache
def _scope_table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@cache
def _refusals() -> tuple[ScopeRefusal, ...]:
    return tuple(
        ScopeRefusal(
            row["name"],
            _compiled(row.get("patterns", ())),
            _compiled(row.get("rules", ())),
            {language: row[language] for language in Language},
        )
        for row in _scope_table()["refusal"]
    )


# Questions that ask what courts decided, and what they ask it about. Pure.


def subject_of(question: str) -> str:
    """A question without its words that ask for case law, which decisions do not have."""
    rest = _asking().sub(" ", question.replace("’", "'"))
    return " ".join(rest.split()).strip(" ?!.:,;") or question


@cache
def _asking() -> re.Pattern[str]:
    table = tomllib.loads(Path(__file__).with_name("case_law.toml").read_text(encoding="utf-8"))
    begun, asked, about = ("|".join(table[key]) for key in ("begun", "asked", "about"))
    return re.compile(rf"\b(?:(?:{begun})\s*)?(?:{asked})\b\s*(?:{about})?", re.IGNORECASE)
