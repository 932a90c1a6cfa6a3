"""Likeness of purchases by the words of their subjects. Pure.

Two subjects are alike when they share at least two meaningful words, and half of all they have.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.ledger.purchases import Contract
from assistant.words import stems

_EMPTY = stems(
    "lot lots marché accord cadre accords-cadres prestation prestations travaux service services "
    "fourniture fournitures commune ville mairie département relance subséquent années annuel no "
    "bons commande groupement mapa msp secteur zone partie besoins"
)
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_WORDS, _LEAST_SHARE = 2, 0.5
_COMMON = 200
"""Contracts that have a word beyond which it no longer leads from one to another."""


@dataclass(frozen=True, slots=True)
class Group:
    """Contracts alike one of them, in the order given, and the words that most of them have.

    Words are written as most subjects have them, in the order of the first one.
    """

    contracts: tuple[Contract, ...]
    words: tuple[str, ...]


def groups(
    found: Sequence[Contract],
    part: Callable[[Contract], str],
    are_near: Callable[[Contract, Contract], bool],
) -> tuple[Group, ...]:
    """Groups of alike contracts that may go together, each contract in one at most.

    Contracts go together that are near, and of the same part, or of the part "" that goes with all.
    The contract that most others are alike makes the first group; nothing is alike through a third.
    """
    words = [_words(each) for each in found]
    alike: dict[int, set[int]] = defaultdict(set)
    for one, other in _candidates(words, [part(each) for each in found]):
        if _are_alike(words[one], words[other]) and are_near(found[one], found[other]):
            alike[one].add(other)
            alike[other].add(one)
    return tuple(
        Group(
            tuple(found[place] for place in sorted(places)),
            _shared([found[place].subject for place in sorted(places)]),
        )
        for places in _stars(alike)
    )


def _words(contract: Contract) -> frozenset[str]:
    return frozenset(word for word in stems(contract.subject) - _EMPTY if not word.isdecimal())


def _shared(subjects: Sequence[str]) -> tuple[str, ...]:
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for subject in subjects:
        for word in dict.fromkeys(_WORD.findall(subject.lower())):
            for stem in stems(word) - _EMPTY:
                spellings[stem][word] += 1
    most = {stem: each for stem, each in spellings.items() if 2 * each.total() > len(subjects)}
    return tuple(each.most_common(1)[0][0] for each in most.values())


def _candidates(words: Sequence[frozenset[str]], parts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The places of a part that share a word which is not everywhere, each pair once.

    Where half of all words are shared, the rarest of those is among the rarest half of either's.
    """
    counts = Counter(word for each in words for word in each)
    rank = {word: rank for rank, word in enumerate(sorted(counts, key=lambda w: (counts[w], w)))}
    places: dict[str, dict[str, set[int]]] = {
        word: defaultdict(set) for word, count in counts.items() if 1 < count <= _COMMON
    }
    for place, (each, part) in enumerate(zip(words, parts, strict=True)):
        rarest = sorted(each, key=rank.__getitem__)[: len(each) // 2 + 1]
        rare = [places[word] for word in rarest if word in places]
        met = (by_part[one] for by_part in rare for one in ({part, ""} if part else [*by_part]))
        yield from ((place, other) for other in set[int]().union(*met))
        for by_part in rare:
            by_part[part].add(place)


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = len(one & other)
    return shared >= _LEAST_WORDS and shared >= _LEAST_SHARE * len(one | other)


def _stars(alike: Mapping[int, set[int]]) -> Iterator[set[int]]:
    """Places around one that they are all alike, the most numerous first."""
    taken: set[int] = set()
    for centre in sorted(alike, key=lambda place: (-len(alike[place]), place)):
        star = {centre, *alike[centre]} - taken
        if centre not in taken and len(star) > 1:
            taken |= star
            yield star
