"""Order: whether the parts of a sentence stand to each other as in the source. Pure.

A sentence may move one block ("avant le 1er avril, …" to its end), turn a passive, and swap the
two sides of an "ou" or "et"; anything else joins a figure or a condition to another subject.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.checking.atoms import Atom, Kind, plain
from assistant.checking.lexicon import ADDED, WEAK
from assistant.checking.nature import ACTORS
from assistant.checking.sources import Source
from assistant.checking.voice import Voice

_ONE_MOVE = {(1,), (2, 1), (1, 3, 2), (2, 1, 3), (1, 3, 2, 4)}
_PASSIVE = {
    (3, 2, 1), (3, 2, 1, 4), (4, 3, 2, 1), (1, 4, 3, 2), (2, 3, 1), (3, 1, 2), (2, 3, 1, 4),
    (3, 1, 2, 4), (3, 2, 4, 1), (3, 2, 4, 1, 5), (2, 1, 4, 3), (4, 2, 1, 3), (1, 3, 4, 2),
    (1, 4, 2, 3),
}  # fmt: skip
_GOVERNORS = {Kind.MODALITY, Kind.NEGATION, Kind.CONDITION, Kind.COMPARISON}
_MOBILE = {"by", "mandatory", "freely"}
_ADVERBIAL = {"from", "before", "after", "until"}
_ENGLISH = re.compile(r"\b(?:the|of|is|are|shall|must|may|be|by|if|for|and)\b")
_COPULA = re.compile(r"\b(?:est|sont|constituent?|is|are) (?:une?|des|les?|la|l'|an?|the)(?!\w)")
_LIGHT = WEAK | ADDED
_WIDEST = 6
_ENGLISH_ENOUGH = 3


def keeps_order(sentence: str, form: Voice, source: Source) -> bool:
    """Say whether the claim's atoms, found in the source, stand in an order that says the same."""
    said = {atom.key for atom in form.claim}
    written = [
        atom
        for index, atom in enumerate(source.atoms)
        if index not in form.spared and (index not in source.optional or atom.key in said)
    ]
    claim = list(form.claim)
    english = len(_ENGLISH.findall(plain(sentence))) >= _ENGLISH_ENOUGH
    moves = {(1,)} if english else _ONE_MOVE
    allowed = _ONE_MOVE | _PASSIVE if form.passive else moves
    for order in (written, *_swapped(source.text, written)):
        places = _places(_ordered(claim, english=english), _ordered(order, english=english))
        blocks = _blocks(places)
        led = form.passive and blocks[0] == max(blocks) and blocks[1:] in _PASSIVE
        if (blocks in allowed or led) and _governed(sentence, claim, source.text, order):
            return blocks == (1,) or (
                _keeps_neighbours(claim, order)
                and not (blocks == (2, 1) and _is_converse(sentence, source.text))
            )
    return False


def _is_converse(sentence: str, text: str) -> bool:
    """Say whether "A est B" has become "B est A"; a list may name what its items are."""
    simple = not re.search(r"[,:;]", plain(sentence)) and ":" not in text
    return simple and bool(_COPULA.search(plain(sentence)) and _COPULA.search(plain(text)))


def _ordered(atoms: Sequence[Atom], *, english: bool) -> list[str]:
    """Return the keys whose order matters: in English, words change places around their noun."""
    return [
        atom.key
        for atom in atoms
        if atom.kind is not Kind.REFERENCE
        and atom.key not in _LIGHT
        and not (english and atom.kind in {Kind.WORD, Kind.NATURE} and atom.key not in ACTORS)
    ]


def _places(claim: Sequence[str], written: Sequence[str]) -> list[int | None]:
    """Return where each key of the claim stands in the source, with as few jumps as possible."""
    options = [[i for i, key in enumerate(written) if key == wanted] for wanted in claim]
    best: dict[int, tuple[float, list[int | None]]] = {-1: (0.0, [])}
    for choices in options:
        following: dict[int, tuple[float, list[int | None]]] = {}
        for last, (cost, path) in best.items():
            fresh = [choice for choice in choices if choice not in path]
            tried: list[int | None] = [*fresh] or [None]
            for choice in tried:
                step = 0.0 if choice is None or choice == last + 1 else 1.0 + (choice <= last)
                place = last if choice is None else choice
                candidate = (cost + step, [*path, choice])
                if place not in following or candidate[0] < following[place][0]:
                    following[place] = candidate
        best = following
    return min(best.values(), key=lambda each: each[0])[1]


def _blocks(places: Sequence[int | None]) -> tuple[int, ...]:
    """Return the order of the blocks: (1,) when nothing moved, (2, 1) when two changed places."""
    present = [place for place in places if place is not None]
    rank = {place: index for index, place in enumerate(sorted(present))}
    ranks = [rank[place] for place in present]
    starts = [
        value for index, value in enumerate(ranks) if index == 0 or value != ranks[index - 1] + 1
    ]
    order = {value: index for index, value in enumerate(sorted(starts), 1)}
    return tuple(order[value] for value in starts) or (1,)


def _governed(sentence: str, claim: Sequence[Atom], text: str, written: Sequence[Atom]) -> bool:
    """Say whether each modality, negation and condition governs the same word as in the source."""
    places = _places([atom.key for atom in claim], [atom.key for atom in written])
    for index, (atom, place) in enumerate(zip(claim, places, strict=True)):
        if atom.kind not in _GOVERNORS or atom.key in _MOBILE or place is None:
            continue
        said = set(_governed_by(sentence, claim, index))
        meant = set(_governed_by(text, written, place))
        if atom.kind is Kind.MODALITY or atom.key == "or":
            said |= {each.key for each in claim[max(0, index - 1) : index]}
            meant |= {each.key for each in written[max(0, place - 1) : place]}
        if said and meant and not said & meant:
            return False
    return True


def _governed_by(text: str, atoms: Sequence[Atom], index: int) -> Iterator[str]:
    """Yield the key after this atom, and those after light words or an insertion in commas."""
    inserted = False
    for before, atom in pairwise(atoms[index:]):
        comma = "," in text[before.end : atom.start]
        if inserted and not comma:
            continue
        yield atom.key
        adverbial = atom.kind is Kind.QUANTITY and atom.key.split()[0] in _ADVERBIAL
        light = atom.key in _LIGHT or atom.key in ACTORS or atom.kind is Kind.REFERENCE
        if inserted or not (adverbial or light or comma):
            return
        inserted = comma


def _swapped(text: str, atoms: Sequence[Atom]) -> Iterator[list[Atom]]:
    """Yield the source with the two sides of one "ou", "et" or comma exchanged."""
    for middle in range(1, len(atoms)):
        gap = text[atoms[middle - 1].end : atoms[middle].start]
        is_or = atoms[middle].key == "or"
        if not is_or and not re.search(r",|\bet\b|\bni\b|\band\b", gap):
            continue
        right = middle + 1 if is_or else middle
        for left_size in range(1, _WIDEST):
            for right_size in range(1, _WIDEST):
                start, end = middle - left_size, right + right_size
                if start < 0 or end > len(atoms):
                    continue
                left, after = list(atoms[start:middle]), list(atoms[right:end])
                if not any(_binding(atom) for atom in (*left, *after)):
                    joint = list(atoms[middle:right])
                    yield [*atoms[:start], *after, *joint, *left, *atoms[end:]]


def _binding(atom: Atom) -> bool:
    return atom.kind not in {Kind.WORD, Kind.NATURE} and atom.key != "or"


def _keeps_neighbours(claim: Sequence[Atom], written: Sequence[Atom]) -> bool:
    """Say whether each quantity keeps a neighbour, where the source has another of its unit."""
    places = _places([atom.key for atom in claim], [atom.key for atom in written])
    units = Counter(atom.key.split()[-1] for atom in written if atom.kind is Kind.QUANTITY)
    for index, (atom, place) in enumerate(zip(claim, places, strict=True)):
        if atom.kind is not Kind.QUANTITY or place is None or units[atom.key.split()[-1]] < 2:
            continue
        before = index > 0 and place > 0 and claim[index - 1].key == written[place - 1].key
        last = index + 1 == len(claim) or place + 1 == len(written)
        after = not last and claim[index + 1].key == written[place + 1].key
        if not before and not after:
            return False
    return True
