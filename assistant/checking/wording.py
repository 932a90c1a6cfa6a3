"""Wording: what a sentence speaks of, word by word, by meaning. Pure."""

import re
from collections.abc import Iterator

from assistant.checking.atoms import Atom, Kind
from assistant.checking.lexicon import FREE, MEANINGS
from assistant.checking.nature import NATURES
from assistant.checking.stems import stem

_TOKEN = re.compile(r"[^\W_]+")


def _table(lines: str) -> Iterator[tuple[tuple[str, ...], str]]:
    for line in lines.strip().splitlines():
        key, _, writings = line.partition(":")
        for writing in writings.split("|"):
            yield tuple(stem(word) for word in writing.split()), key.strip()


_NATURES = dict(_table(NATURES))
_MEANINGS = dict(_table(MEANINGS))
_FREE = frozenset(FREE.split())
_LONGEST = max(len(words) for words in (*_NATURES, *_MEANINGS))


def find_words(text: str) -> tuple[Atom, ...]:
    """Every nature and content word of a text made `plain`, what was read before being hidden."""
    tokens = [(m.group(), stem(m.group()), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    found: list[Atom] = []
    position = 0
    while position < len(tokens):
        size, kind, key = _meaning(text, tokens, position)
        if size == 0:
            word, key, *_ = tokens[position]
            size, kind = 1, Kind.WORD
            if word in _FREE:
                position += 1
                continue
        found.append(Atom(kind, key, tokens[position][2], tokens[position + size - 1][3]))
        position += size
    return tuple(found)


def _meaning(
    text: str, tokens: list[tuple[str, str, int, int]], position: int
) -> tuple[int, Kind, str]:
    """Return (words read, kind, key) of the longest known writing that starts at a token."""
    for size in range(min(_LONGEST, len(tokens) - position), 0, -1):
        words = tuple(token[1] for token in tokens[position : position + size])
        span = text[tokens[position][2] : tokens[position + size - 1][3]]
        if re.search(r"[.,;:()\x00]", span) or (size == 1 and tokens[position][0] in _FREE):
            continue
        if words in _NATURES:
            return size, Kind.NATURE, _NATURES[words]
        if words in _MEANINGS:
            return size, Kind.WORD, _MEANINGS[words]
    return 0, Kind.WORD, ""
