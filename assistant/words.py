"""Words: the stems of a text that carry meaning, to compare a question with a passage. Pure."""

import re
from functools import lru_cache
from unicodedata import combining, normalize

_WORD = re.compile(r"[^\W\d_]{3,}|\d+")
_STEM = 6
"""Characters kept of a word: "délais" and "délai", "acheter" and "acheteurs" meet."""

_EMPTY = frozenset(
    _WORD.findall(
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


def plain(text: str) -> str:
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


def stems(text: str) -> frozenset[str]:
    """First letters of the meaningful words, without accents, and the numbers, of a text."""
    words = _WORD.findall(plain(text))
    return frozenset(filter(None, map(_stem, words)))


def lacking(question: str, text: str) -> tuple[str, ...]:
    """The meaningful words of a question that a text does not have, as they are written."""
    had = stems(text)
    words = _WORD.findall(question)
    meaning = (word for word in words if plain(word) not in _EMPTY)
    return tuple(dict.fromkeys(word for word in meaning if _stem(plain(word)) not in had))


def coverage(question: str, text: str) -> float:
    """Share of the question's stems that a text has, 0 when the question has none."""
    asked = stems(question)
    return len(asked & stems(text)) / len(asked) if asked else 0.0


@lru_cache(maxsize=2**16)
def _stem(word: str) -> str:
    """What is kept of a word, "" of one that means nothing; texts say the same words again."""
    return "" if word in _EMPTY else word.removesuffix("s")[:_STEM]
