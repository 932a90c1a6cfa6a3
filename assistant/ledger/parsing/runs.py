"""Words of a question that stand together in a name or subject: "le gaz des bâtiments". Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.ledger.parsing.vocabulary import Remainder
from assistant.ledger.query.names import Name

SHORTEST = 3
"""Letters from which a word may be that of a subject: "gaz"."""

TOKEN = re.compile(r"[a-z0-9]+")
_TOGETHER = re.compile(r"[ '\"-]*")
SMALL = frozenset(
    ("a", "au", "aux", "d", "de", "des", "du", "en", "l", "la", "le", "les", "par", "pour", "sur")
)
_MOST_SMALL = 3
"""Words that may stand between two of a name, and how many: "gaz de l'école"."""


@dataclass(frozen=True, slots=True)
class WordRun:
    """Words of a question that stand together, half-open places, and what has all of them."""

    start: int
    end: int
    stems: frozenset[str]
    said: str
    found: tuple[Name, ...]

    @property
    def weight(self) -> int:
        """How many words it has."""
        return len(self.stems)


Holders = Callable[[frozenset[str]], Sequence[Name]]
"""What has all of some stems."""


def stem(word: str) -> str:
    """A word without the mark of its plural."""
    return word.rstrip("sx") if len(word) > SHORTEST else word


def stems_of(text: str) -> frozenset[str]:
    """The words of a text, each without the mark of its plural."""
    return frozenset(map(stem, TOKEN.findall(text)))


def widest(left: Remainder, words: Sequence[re.Match[str]], at: int, having: Holders) -> WordRun:
    """The words around one that stand together in one of those that have it."""
    first = last = at
    stems = frozenset({stem(words[at][0])})
    for step in (1, -1):
        place = at
        while (beside := _beyond(left, words, place, step)) is not None:
            place = beside
            wider = stems | {stem(words[place][0])}
            if not having(wider):
                break
            stems = wider
            first, last = min(first, place), max(last, place)
    start, end = words[first].start(), words[last].end()
    return WordRun(start, end, stems, left.whole[start:end], tuple(having(stems)))


def _beyond(left: Remainder, words: Sequence[re.Match[str]], place: int, step: int) -> int | None:
    """The next word that says something, where only small ones stand between."""
    for _ in range(_MOST_SMALL + 1):
        beside = place + step
        if not 0 <= beside < len(words):
            return None
        one, other = sorted((words[place], words[beside]), key=re.Match.start)
        if not _TOGETHER.fullmatch(left.whole, one.end(), other.start()):
            return None
        if words[beside][0] not in SMALL:
            return beside
        place = beside
    return None
