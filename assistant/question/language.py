"""The language of a question, and the stems of its words that carry meaning. Pure."""

import re
from enum import StrEnum
from functools import lru_cache
from unicodedata import combining, normalize

LONGEST = 2000
"""Characters of a question that people and their programs may ask."""


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


_OF_A_FORMULA = re.compile(
    r"(?<![^\W\d_])[^\W\d_]{1,2}(?:(?=[\d(])|(?= ?[=/×*+]| [-−] ))"
    r"|(?<=[=/×*+\d])[^\W\d_]{1,2}(?![^\W\d_])|(?<=[=/×*+−] )[^\W\d_]{1,2}(?![^\W\d_])"
)
"""A letter or two that stand for a value: "I/I0", "In / Io", "I = 124"."""


def detect_language(question: str) -> Language:
    """English when more of the words are English small words than French ones, else French."""
    words = _WORD.findall(_OF_A_FORMULA.sub(" ", question.lower()))
    english = sum(word in _ENGLISH for word in words)
    french = sum(word in _FRENCH for word in words)
    return Language.ENGLISH if english > french else Language.FRENCH


# Words: the stems of a text that carry meaning, to compare a question with a passage. Pure.

_SMALL_WORD = re.compile(r"[^\W\d_]{3,}|\d+")
_STEM = 6
"""Characters kept of a word: "délais" and "délai", "acheter" and "acheteurs" meet."""

_EMPTY = frozenset(
    _SMALL_WORD.findall(
        "les des une est sont quel quelle quels quelles comment quand qui que puis peut doit dois "
        "pour dans aux mon mes nous notre votre vos avec sans cette ces son ses sur pas plus etre "
        "avoir faire fait faut marche marches public publics publique acheteur acheteurs article "
        "the what which how when who does can may must should for and our with from are long much "
        "many"
    )
)


class _Marks(dict[int, int | None]):
    """What `translate` makes of a letter: nothing of a mark over another; each is found once."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if combining(chr(code)) else code
        return self[code]


_MARKS = _Marks()


def fold_text(text: str) -> str:
    """A text in lower case, without accents, ligatures or curved apostrophes."""
    spelled = text.lower().replace("œ", "oe").replace("’", "'")
    if spelled.isascii():
        return spelled
    return normalize("NFD", spelled).translate(_MARKS)


def readable(text: str) -> str:
    """A text whose halves of surrogate pairs, which no library accepts, are joined or replaced.

    A browser may send one half, and JSON may spell it.
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def find_stems(text: str) -> frozenset[str]:
    """First letters of the meaningful words, without accents, and the numbers, of a text."""
    words = _SMALL_WORD.findall(fold_text(text))
    return frozenset(filter(None, map(_stem, words)))


@lru_cache(maxsize=2**16)
def _stem(word: str) -> str:
    """What is kept of a word, "" of one that means nothing; texts say the same words again."""
    return "" if word in _EMPTY else word.removesuffix("s")[:_STEM]
