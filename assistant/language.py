"""The language of a question, French or English, by its small words. Pure."""

import re
from enum import StrEnum


class Language(StrEnum):
    """The language of the question, and so of the answer's own words."""

    FRENCH = "fr"
    ENGLISH = "en"


_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    _WORD.findall(
        "the is are what which how when who does do can may must should of for in to a an and or "
        "i my we our by with without from between there it long much many"
    )
)
_FRENCH = frozenset(
    _WORD.findall(
        "le la les l un une des du de d est sont quel quelle quels quelles comment quand qui que "
        "qu puis peut doit dois pour dans à au aux et ou je mon ma mes nous notre par avec sans "
        "il y a"
    )
)


def language_of(question: str) -> Language:
    """English when more of the words are English small words than French ones, else French."""
    words = _WORD.findall(question.lower())
    english = sum(word in _ENGLISH for word in words)
    french = sum(word in _FRENCH for word in words)
    return Language.ENGLISH if english > french else Language.FRENCH
