"""Wording: what a sentence speaks of, word by word, by meaning. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from assistant.checking.atoms import Atom, Kind
from assistant.checking.english import ENGLISH, ENGLISH_FREE
from assistant.checking.lexicon import MEANINGS
from assistant.checking.light import FREE
from assistant.checking.nature import NATURES
from assistant.checking.stems import stem

OTHERWISE = "|"
"""Stands between the meanings of an English word that has several."""

_TOKEN = re.compile(r"[^\W_]+")


def _table(lines: str) -> Iterator[tuple[tuple[str, ...], str]]:
    for line in lines.strip().splitlines():
        key, _, writings = line.partition(":")
        for writing in writings.split("|"):
            yield tuple(stem(word) for word in writing.split()), key.strip()


def _translated(french: dict[tuple[str, ...], str]) -> dict[tuple[str, ...], str]:
    """Return the English writings with their French meanings, joined where there are several."""
    found: dict[tuple[str, ...], str] = {}
    for entry in ENGLISH.replace("\n", " ").split(";"):
        written, _, translations = entry.partition("=")
        stems = tuple(stem(word) for word in written.split())
        meaning = french.get(stems, stems[-1])
        for translation in translations.split(","):
            words = tuple(stem(word) for word in translation.replace("-", " ").split())
            cognate = words[0] if len(words) == 1 else ""
            others = found.get(words, french.get(words, cognate)).split(OTHERWISE)
            found[words] = OTHERWISE.join(dict.fromkeys(filter(None, (*others, meaning))))
    return found


_NATURES = dict(_table(NATURES))
_FRENCH = {**dict(_table(MEANINGS)), **_NATURES}
_ENGLISH = {**_FRENCH, **_translated(_FRENCH)}
_NATURE_KEYS = frozenset(_NATURES.values())
_FREE = frozenset(FREE.split())
_ENGLISH_FREE = _FREE | frozenset(ENGLISH_FREE.split())
_LONGEST = max(len(words) for words in _ENGLISH)


def find_words(text: str, *, english: bool = False) -> tuple[Atom, ...]:
    """Every nature and content word of a text made `plain`, what was read before being hidden."""
    known, free = (_ENGLISH, _ENGLISH_FREE) if english else (_FRENCH, _FREE)
    tokens = [(m.group(), stem(m.group()), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    found: list[Atom] = []
    position = 0
    while position < len(tokens):
        word, key, start, _ = tokens[position]
        size = _size(text, tokens, position, known, free)
        if size:
            key = known[tuple(token[1] for token in tokens[position : position + size])]
        if size or word not in free:
            is_nature = size and key.split(OTHERWISE)[0] in _NATURE_KEYS
            kind = Kind.NATURE if is_nature else Kind.WORD
            found.append(Atom(kind, key, start, tokens[position + max(size, 1) - 1][3]))
        position += max(size, 1)
    return tuple(found)


def _size(
    text: str,
    tokens: Sequence[tuple[str, str, int, int]],
    position: int,
    known: Mapping[tuple[str, ...], str],
    free: Collection[str],
) -> int:
    """Return how many words make the longest known writing that starts at a token."""
    for size in range(min(_LONGEST, len(tokens) - position), 0, -1):
        words = tuple(token[1] for token in tokens[position : position + size])
        span = text[tokens[position][2] : tokens[position + size - 1][3]]
        is_broken = re.search(r"[.,;:()\x00]", span) is not None
        if words in known and not is_broken and (size > 1 or tokens[position][0] not in free):
            return size
    return 0
