"""What the page says to a firm that answers a contract, and suggests (corpus/entreprises.toml).

Only its own words change: what is quoted, and what an answer says, are the same for everybody.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from assistant.question.language import Language
from assistant.reports.markup import NOTHING, Html, Words, render_macro
from ingestion.library.corpus import CORPUS

PARTS = "buyer/firms.html"

OWN_WORDS = ("footer", "footer_undated", "question_placeholder")
"""The sentences of the page that a firm reads otherwise, each under `firm_` and its name."""


def words_for(said: Words, *, is_firm: bool) -> Words:
    """The words of the page for a buyer, or for a firm. Pure."""
    return {**said, **{key: said[f"firm_{key}"] for key in OWN_WORDS}} if is_firm else said


@dataclass(frozen=True, slots=True)
class FirmQuestion:
    """A question as it is shown, and what script.js sends: it, in French, to the rules of today.

    An English one would be put in French by the model, which seldom finds what answers it.
    """

    shown: str
    asked: str


@cache
def firm_themes(language: Language) -> Mapping[str, Sequence[FirmQuestion]]:
    """The questions by what they are about, in the order of the file."""
    table = tomllib.loads((CORPUS / "entreprises.toml").read_text(encoding="utf-8"))
    return {
        row[language]: [
            FirmQuestion(each[language], _sent(each["fr"])) for each in row["questions"]
        ]
        for row in table["theme"]
    }


def _sent(question: str) -> str:
    return json.dumps({"question": question, "dossier": "", "as_of": ""})


def suggestions(said: Words, language: Language, *, is_firm: bool) -> Html:
    """The questions of firms before the first one, in the place of those of buyers. Pure."""
    return render_macro(PARTS, "suggestions", said, firm_themes(language)) if is_firm else NOTHING
